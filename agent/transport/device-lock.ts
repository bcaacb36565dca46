import { accessSync, constants, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DataDirBusy, lockFolder } from '../journal/lock.ts';
import type { LinkProblem } from './link.ts';

/** Shared by all programs of the machine and empty after its start; elsewhere the folder for temporary files. */
const SHARED = '/run/lock';

/**
 * Two programs may open one hidraw device, and each gets every code: two payments. So who reads one holds a lock with its
 * pid in it, named after the node. Returns what releases it, or who holds it.
 */
export function lockDevice(path: string, folder = lockFolderHere()): (() => void) | LinkProblem {
  try {
    const own = join(folder, `tillwire-${basename(path)}`);
    const release = lockFolder(own);
    return () => {
      release();
      leave(own);
    };
  } catch (error) {
    if (error instanceof DataDirBusy) return { code: 'PORT_BUSY', path, detail: `held by process ${error.pid}` };
    const detail = error instanceof Error ? error.message : String(error);
    return { code: 'PORT_BUSY', path, detail: `another user's program may hold it: ${detail}` };
  }
}

/** Nothing of ours stays behind, unless the next one is there already. */
function leave(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // somebody else's lock is in it
  }
}

function lockFolderHere(): string {
  try {
    accessSync(SHARED, constants.W_OK);
    return SHARED;
  } catch {
    return tmpdir(); // no Linux, or no such folder
  }
}
