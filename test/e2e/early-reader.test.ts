import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TillBook } from '../../agent/journal/book.ts';
import { folderFiles } from '../../agent/journal/files.ts';
import { order, StillClock, TERMINAL } from '../agent/journal/till-entries.ts';
import { TILLWIRE } from './agent-process.ts';

// tillwire journal export | head -1

it.each([[[]], [['--json']]])(
  'a reader that has seen enough is no fault: %s',
  async (flags) => {
    const data = mkdtempSync(join(tmpdir(), 'tillwire-reader-'));
    try {
      const { book } = await TillBook.open(await folderFiles(join(data, 'journal')), new StillClock(), TERMINAL);
      // several times what a pipe holds
      const long = { ...order(1), title: 'x'.repeat(1_000) };
      await Promise.all(Array.from({ length: 1_000 }, () => book.write({ type: 'ORDER', order: long })));
      await book.close();
      const args = [TILLWIRE, 'journal', 'export', '--data', data, ...flags];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.stdout.once('data', () => child.stdout.destroy());
      const code = await new Promise((resolve) => child.once('close', resolve));
      expect([code, stderr]).toEqual([0, '']);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  },
  30_000,
);

// tillwire journal verify | true

it.each([
  ['intact', 0],
  ['broken', 1],
] as const)(
  'what was found of a journal that is %s stays the answer, though nobody reads it: %i',
  async (how, wanted) => {
    const data = mkdtempSync(join(tmpdir(), 'tillwire-reader-'));
    try {
      const { book } = await TillBook.open(await folderFiles(join(data, 'journal')), new StillClock(), TERMINAL);
      for (let n = 0; n < 3; n++) await book.write({ type: 'ORDER', order: order(n) });
      await book.close();
      const segment = join(data, 'journal', 'journal-000001.log');
      const bytes = readFileSync(segment);
      if (how === 'broken') writeFileSync(segment, bytes.fill(0x20, 100, 120));
      const command = '{ "$0" "$1" journal verify --data "$2"; echo "$?" >&2; } | true';
      const child = spawn('sh', ['-c', command, process.execPath, TILLWIRE, data], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      await new Promise((resolve) => child.once('close', resolve));
      expect(stderr).toBe(`${wanted}\n`);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  },
  30_000,
);
