import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

// Where the running agent listens, for programs of the same user on the same machine: `tillwire pay` finds it here. The
// token in it is this process's own and dies with it; whoever may read this file may read the journal beside it too.

const Address = z.strictObject({ url: z.url(), token: z.string().min(20).max(200), pid: z.int().positive() });
export type Address = z.infer<typeof Address>;

export function addressFile(dataDir: string): string {
  return join(dataDir, 'console', 'address.json');
}

export function writeAddress(file: string, address: Address): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, `${JSON.stringify(address)}\n`, { mode: 0o600 });
    chmodSync(temporary, 0o600);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** `undefined`: no agent has told where it listens. */
export function readAddress(file: string): Address | undefined {
  try {
    return Address.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** The agent stops; a newer one's address stays. */
export function removeAddress(file: string): void {
  if (readAddress(file)?.pid === process.pid) rmSync(file, { force: true });
}
