import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { TillBook } from '../../agent/journal/book.ts';
import { folderFiles, readOnlyFiles } from '../../agent/journal/files.ts';
import { fromJournal } from '../../agent/journal/records.ts';
import { readLog } from '../../agent/journal/recovery.ts';
import { BEGINNING } from '../../agent/journal/segments.ts';
import { verifyLog } from '../../agent/journal/verify.ts';
import { LCG } from '../seeded.ts';

const WRITER = fileURLToPath(new URL('../../dist/test/e2e/journal-writer.js', import.meta.url));
/** TILLWIRE_KILLS=1000 for a night. */
const KILLS = Number(process.env['TILLWIRE_KILLS'] ?? 200);

/** Starts the writer, kills it `lifeMs` after it is open; what it had acknowledged by then. */
function killedWriter(folder: string, round: number, lifeMs: number): Promise<string[]> {
  const child = spawn(process.execPath, [WRITER, folder, String(round)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (said === '') setTimeout(() => child.kill('SIGKILL'), lifeMs);
    said += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  return new Promise((resolve, reject) => {
    child.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(`the writer ended by itself in round ${round}: ${complaint}`));
      // The last line may be cut short: then its order was not yet acknowledged to anybody.
      resolve(said.split('\n').slice(1, -1));
    });
  });
}

it(
  `${KILLS} times kill -9: no acknowledged entry is lost, every start is clean, all starts agree`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tillwire-kill-'));
    const random = new LCG(20_261_122);
    const acknowledged: string[] = [];
    for (let round = 0; round < KILLS; round++)
      acknowledged.push(...(await killedWriter(folder, round, random.below(40))));

    const orders = new Set<string>();
    const events = new Map<number, string>();
    const log = await readLog(readOnlyFiles(folder), BEGINNING, (entry) => {
      const record = fromJournal(entry);
      if (record.type === 'ORDER') orders.add(record.order.orderId);
      if (record.type !== 'EVENT') return;
      expect(events.has(record.event.seq), 'an event number used twice').toBe(false);
      events.set(record.event.seq, record.event.id);
    });
    expect(log.gaps).toEqual([]);
    const lost = acknowledged.filter((line) => {
      const [orderId = '', seq = ''] = line.split(' ');
      return !orders.has(orderId) || events.get(Number(seq)) !== orderId;
    });
    expect(lost).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(KILLS * 5);
    expect((await verifyLog(readOnlyFiles(folder))).ok).toBe(true);

    const { book: quick } = await TillBook.open(await folderFiles(folder), systemClock, 'T0000001', {
      reserveBytes: 4096,
    });
    const state = JSON.parse(JSON.stringify(quick.snapshot())) as unknown;
    for (const name of await readOnlyFiles(folder).list())
      if (name.startsWith('checkpoint')) rmSync(join(folder, name));
    const { book: whole } = await TillBook.open(await folderFiles(folder), systemClock, 'T0000001', {
      reserveBytes: 4096,
    });
    expect(JSON.parse(JSON.stringify(whole.snapshot()))).toEqual(state);
    rmSync(folder, { recursive: true });
  },
  60_000 + KILLS * 2_000,
);
