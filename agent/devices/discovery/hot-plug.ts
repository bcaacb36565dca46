import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import type { SystemRoots } from './found-device.ts';

// When to look again. devtmpfs and udev's links can be watched; sysfs tells nothing of its folders, so their names are read
// once a second (four readdir, no USB traffic). Elsewhere the same poll does it all.

const POLL_MS = 1000;
/** udev needs a moment between the node and its links and rights. */
const SETTLE_MS = 100;

const WATCHED = ['', 'serial/by-id', 'input', 'usb'];
const POLLED = ['class/tty', 'class/hidraw', 'class/input', 'class/usbmisc', 'bus/usb/devices'];

/** Calls `changed` when devices may have come or gone, never twice within {@link SETTLE_MS}. Returns what ends it. */
export function watchDevices(roots: SystemRoots, clock: Clock, changed: () => void): () => void {
  let stopped = false;
  let stopSettling: (() => void) | undefined;
  let stopPolling: () => void = () => undefined;
  let names: string | undefined;
  const soon = () => {
    stopSettling ??= clock.after(SETTLE_MS, () => {
      stopSettling = undefined;
      changed();
    });
  };
  const watchers = new Map<string, FSWatcher>();
  const look = async () => {
    for (const folder of WATCHED.map((name) => join(roots.dev, name))) rewatch(watchers, folder, soon);
    const now = await namesIn(roots);
    if (stopped) return;
    if (names !== undefined && now !== names) soon();
    names = now;
    stopPolling = clock.after(POLL_MS, () => void look());
  };
  void look();
  return () => {
    stopped = true;
    stopSettling?.();
    stopPolling();
    for (const watcher of watchers.values()) watcher.close();
  };
}

/** A folder that is made with its first link, and goes with its last, is watched whenever it is there. */
function rewatch(watchers: Map<string, FSWatcher>, folder: string, soon: () => void): void {
  if (watchers.has(folder)) return;
  try {
    const watcher = watch(folder, { persistent: true }, soon);
    watchers.set(folder, watcher);
    const forget = () => {
      watcher.close();
      watchers.delete(folder);
    };
    watcher.on('error', forget);
    watcher.on('change', (type, name) => {
      // the folder itself went away: inotify names it by its own name
      if (type === 'rename' && name !== null && folder.endsWith(`/${String(name)}`)) forget();
    });
  } catch {
    // not there, or this system cannot watch it: the poll goes on
  }
}

async function namesIn(roots: SystemRoots): Promise<string> {
  const lists = await Promise.all(
    [...POLLED.map((name) => join(roots.sys, name)), join(roots.dev, 'serial', 'by-id')].map((folder) =>
      readdir(folder).catch(() => []),
    ),
  );
  return lists.map((list) => list.toSorted((a, b) => (a < b ? -1 : 1)).join()).join('\n');
}
