import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REHEARSAL = fileURLToPath(new URL('../../dist/bin/rehearsal.js', import.meta.url));

export interface Rehearsed {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** `npm start -- ARGS` without npm. */
export function rehearse(args: readonly string[]): Promise<Rehearsed> {
  const began = Date.now();
  const child = spawn(process.execPath, [REHEARSAL, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve) =>
    child.once('close', (code) => resolve({ code, stdout, stderr, ms: Date.now() - began })),
  );
}

/** `--once` into a folder of its own, and what the folder holds afterwards. */
export async function rehearseOnce(args: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-out-'));
  const rehearsed = await rehearse(['--once', '--out', folder, ...args]);
  const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as Record<string, unknown>;
  return { ...rehearsed, folder, result };
}
