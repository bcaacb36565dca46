import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundDevice } from '../devices/discovery/found-device.ts';
import { locate, type Wanted } from '../devices/discovery/locate.ts';
import { locatePrinter } from '../devices/discovery/locate-printer.ts';
import { parseAddress } from '../transport/address.ts';
import type { LinkProblem } from '../transport/link.ts';
import { type PortHolder, portHolder } from '../transport/port-holder.ts';
import type { Site } from './site.ts';

/** Where a configured device is, found without opening it. */
export type Place =
  | { readonly kind: 'node'; readonly path: string }
  /** behind a socket: only a connection tells */
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'missing'; readonly problem: LinkProblem };

export async function placeOf(site: Site, text: string): Promise<Place> {
  const address = parseAddress(text);
  const devices = await site.devices();
  if (!address || address.kind === 'serial') return existing(text);
  if (address.kind === 'tcp' || address.kind === 'reports') return { kind: 'socket', path: text };
  if (address.kind === 'usblp') {
    if ('path' in address.which) return existing(address.which.path);
    return asPlace(locatePrinter(devices, address.which, text));
  }
  const wanted: Wanted = address.kind === 'usb' ? 'gun' : address.kind;
  return asPlace(locate(devices, wanted, address.which, text));
}

function asPlace(found: { readonly path: string } | LinkProblem): Place {
  return 'code' in found ? { kind: 'missing', problem: found } : { kind: 'node', path: found.path };
}

async function existing(path: string): Promise<Place> {
  const isThere = process.platform === 'win32' || (await stat(path).catch(() => undefined)) !== undefined;
  if (isThere) return { kind: 'node', path };
  return { kind: 'missing', problem: { code: 'PORT_NOT_FOUND', path, detail: `${path} is not there` } };
}

/** Every process that has the file open, with a lock or without one (a lock of serialport's binds only serialport). */
export async function openersOf(path: string, proc: string): Promise<number[]> {
  const target = await realpath(path).catch(() => path);
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const open = await Promise.all(
    pids.map(async (pid) => ((await hasOpen(join(proc, String(pid), 'fd'), target)) ? [pid] : [])),
  );
  return open.flat();
}

async function hasOpen(folder: string, target: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
  return files.includes(target);
}

/** Who holds the lock of a port. */
export function holderAt(path: string): Promise<PortHolder | undefined> {
  return process.platform === 'linux' ? portHolder(path) : Promise.resolve(undefined);
}

/** The plugged-in thing behind a path, if it is one. */
export async function deviceAt(site: Site, path: string): Promise<FoundDevice | undefined> {
  const target = await realpath(path).catch(() => path);
  for (const device of await site.devices())
    for (const node of device.nodes) if ((await realpath(node.path).catch(() => node.path)) === target) return device;
  return undefined;
}
