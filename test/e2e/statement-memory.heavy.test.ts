import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { writeBill } from '../bench/statements.ts';

const READER = fileURLToPath(new URL('../../dist/agent/statements/read-statement.js', import.meta.url));
/** Counts rows, and tells the most memory that the process had, kB. */
const PROGRAM = `
  const { readStatement } = await import(process.argv[1]);
  let fen = 0;
  const { rows } = await readStatement(process.argv[2], (row) => { fen += row.amountFen; });
  console.log(JSON.stringify({ rows, fen, peakKb: process.resourceUsage().maxRSS }));`;

function read(file: string): { rows: number; fen: number; peakKb: number } {
  const args = ['--max-old-space-size=48', '--input-type=module', '-e', PROGRAM, READER, file];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { rows: number; fen: number; peakKb: number };
}

it('a million rows take no more memory than they need to be told apart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-million-'));
  try {
    const [small, large] = [join(folder, 'small.csv'), join(folder, 'large.csv')];
    await writeBill(small, 1_000);
    await writeBill(large, 1_000_000);
    const [few, many] = [read(small), read(large)];
    expect([many.rows, many.fen]).toEqual([1_000_000, 3_580_000_000]);
    // 320 MB of text; 16 MB of it tell duplicates, the rest is what a young generation may hold
    expect(many.peakKb - few.peakKb).toBeLessThan(110_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
