import fs from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { systemClock } from '../../agent/clock.ts';
import { TillBook } from '../../agent/journal/book.ts';
import { folderFiles } from '../../agent/journal/files.ts';
import type { Order, TillRecord } from '../../agent/journal/records.ts';
import { newAttempt } from '../../agent/payment/attempt.ts';
import type { Run } from './rows.ts';

/** What an attempt of the field says when its pay request left; one record of the journal. */
function attemptRecord(n: number): TillRecord {
  const orderId = `ORDER-${String(n % KEPT).padStart(8, '0')}`;
  const identity = { attemptId: `01KAM3${String(n % KEPT).padStart(20, '0')}`, orderId, amountFen: 1250 };
  const attempt = newAttempt({ ...identity, channel: 'WECHAT', maskedPaycode: '13************1492' });
  const order: Order = { orderId, amountFen: 1250, commandId: `COLLECT-${n}`, state: 'IN_PAYMENT' };
  const paying = { ...attempt, state: 'SUBMITTED', doing: { kind: 'paying' } } as const;
  return { type: 'ATTEMPT', record: { attempt: paying, startedAt: systemClock.now() }, order };
}
/** The till's memory stays as small as on a busy day. */
const KEPT = 1_000;

/**
 * One record into the product's journal, then a bare write and fdatasync of as many bytes to a file beside it, in turn.
 * The bare pair is made synchronously: no durable append of Node is faster, and the product may not use it, because a disk
 * that takes 50 ms must not make the gun deaf meanwhile.
 */
export async function measureAppend(folder: string, samples: number, warmUp: number): Promise<Run> {
  const journalFolder = join(folder, 'journal');
  const { book } = await TillBook.open(await folderFiles(journalFolder), systemClock, 'T0000001');
  const floorFile = fs.openSync(join(folder, 'bare'), 'a', 0o600);
  const line = Buffer.alloc(await recordBytes(book, journalFolder), 'x');
  const ours: number[] = [];
  const floor: number[] = [];
  for (let n = 0; n < warmUp + samples; n++) {
    const record = attemptRecord(n);
    const began = performance.now();
    await book.write(record);
    const between = performance.now();
    fs.writeSync(floorFile, line);
    fs.fdatasyncSync(floorFile);
    const end = performance.now();
    if (n < warmUp) continue;
    ours.push(between - began);
    floor.push(end - between);
  }
  await book.close();
  fs.closeSync(floorFile);
  return { ours, floor };
}

async function recordBytes(book: TillBook, journalFolder: string): Promise<number> {
  await book.write(attemptRecord(0));
  const before = bytesBelow(journalFolder);
  await book.write(attemptRecord(0));
  const bytes = bytesBelow(journalFolder) - before;
  if (bytes <= 0) throw new Error('a record was written and the journal did not grow');
  return bytes;
}

/** Bytes of all files of a folder. */
export function bytesBelow(folder: string): number {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + fs.statSync(join(parentPath, name)).size, 0);
}
