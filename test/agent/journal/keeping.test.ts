import { describe, expect, it } from 'vitest';
import { BackupRefused, backUp, checkBackup, restore } from '../../../agent/journal/backup.ts';
import { TillBook } from '../../../agent/journal/book.ts';
import { verifyLog } from '../../../agent/journal/verify.ts';
import { MemoryDisk } from './memory-disk.ts';
import { attempt, attemptEvent, order, record, START, StillClock, sale, TERMINAL } from './till-entries.ts';

const DAY_MS = 86_400_000;
const taken = { terminal: TERMINAL, takenAt: START };
const open = (disk: MemoryDisk, clock = new StillClock()) =>
  TillBook.open(disk, clock, TERMINAL, { reserveBytes: 4096 });

async function copied(disk: MemoryDisk, book: TillBook): Promise<MemoryDisk> {
  const copy = new MemoryDisk();
  await backUp(disk, book.end, copy, taken);
  return copy;
}

describe('a backup', () => {
  it('taken while the till goes on is a whole journal of its moment', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk);
    for (let n = 0; n < 20; n++) await sale(book, n);
    const { head } = book;
    const copy = new MemoryDisk();
    const backup = backUp(disk, book.end, copy, taken);
    for (let n = 20; n < 40; n++) await sale(book, n);
    expect((await backup).head).toEqual(head);
    expect(await checkBackup(copy)).toMatchObject({ manifest: { head, takenAt: START }, report: { ok: true } });
    expect(await verifyLog(copy)).toMatchObject({ ok: true, entries: 120, head });
  });

  it('[003-11] restored knows what it knew, uses no event number twice, and overwrites nothing', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk);
    for (let n = 0; n < 5; n++) await sale(book, n);
    await book.write({ type: 'ATTEMPT', record: record(attempt(9)), order: order(9, 'IN_PAYMENT') });
    const copy = await copied(disk, book);
    const place = new MemoryDisk();
    await restore(copy, place, new StillClock());
    const { book: again, damages } = await open(place);
    expect(damages).toEqual([]);
    expect(again.openAttempts()).toHaveLength(1);
    expect([...again.orders.keys()]).toEqual([...book.orders.keys()]);
    expect(attemptEvent(again, attempt(9)).seq).toBeGreaterThan(1_000_000);
    await expect(restore(copy, place, new StillClock())).rejects.toBeInstanceOf(BackupRefused);
    await expect(backUp(disk, book.end, copy, taken)).rejects.toThrow('not empty');

    // The old till went on after the copy was taken, and the backend saw it.
    await sale(book, 10);
    again.pending(0, 16);
    await again.acknowledge(1, book.head);
    expect(again.trouble).toMatchObject({ code: 'JOURNAL_DAMAGED' });
  });

  it('changed or unfinished is refused', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk);
    await sale(book, 1);
    const copy = await copied(disk, book);
    const unfinished = copy.copy();
    unfinished.files.delete('backup.json');
    await expect(restore(unfinished, new MemoryDisk(), new StillClock())).rejects.toThrow('unfinished');
    const shorter = copy.copy();
    const bytes = shorter.bytes('journal-000001.log');
    shorter.overwrite('journal-000001.log', bytes.subarray(0, bytes.lastIndexOf(0x0a, -2) + 1));
    await expect(restore(shorter, new MemoryDisk(), new StillClock())).rejects.toThrow('not as it was copied');
  });
});

describe('retention', () => {
  /** Three years of one sale a day, padded so that segments fill. */
  async function oldTill() {
    const disk = new MemoryDisk();
    const clock = new StillClock();
    const { book } = await open(disk, clock);
    book.backendNow = () => clock.wall;
    const title = 'x'.repeat(60_000);
    for (let n = 0; n < 3 * 366; n++) {
      const one = attempt(n, { state: 'PAID', doing: { kind: 'done' } });
      await book.write({
        type: 'ATTEMPT',
        record: record(one, clock.wall),
        order: { ...order(n, 'PAID'), title },
        event: attemptEvent(book, one),
      });
      await book.write({
        type: 'SLIP',
        slip: { slipId: `S-${n}`, attemptId: one.attemptId, state: 'sent', duplicate: false },
      });
      // Padded orders are for the log only.
      await book.write({ type: 'FORGET', commands: [], attempts: [], orders: [`ORDER-${n - 10}`] });
      clock.wall += DAY_MS;
    }
    return { disk, clock, book };
  }
  const segments = (disk: MemoryDisk) => [...disk.files.keys()].filter((name) => name.endsWith('.log')).sort();

  it('removes what is two years old and acknowledged, says so, and every start still agrees', async () => {
    const { disk, clock, book } = await oldTill();
    const before = segments(disk);
    await book.maintain();
    expect(segments(disk), 'nothing acknowledged yet, nothing goes').toEqual(before);

    book.pending(0, 16);
    const witnessed = book.head;
    await book.acknowledge(1_000);
    await book.maintain();
    expect(segments(disk), 'no anchor: only this disk knows what was there').toEqual(before);

    await book.acknowledge(Number.MAX_SAFE_INTEGER, witnessed);
    await book.maintain();
    const after = segments(disk);
    expect(before.length - after.length).toBeGreaterThan(1);
    expect(after.length).toBeGreaterThan(before.length / 2);
    const report = await verifyLog(disk);
    expect(report).toMatchObject({ ok: true, problems: [] });
    expect(report.firstSeq).toBeGreaterThan(1);

    const { book: quick } = await open(disk.copy(), clock);
    const alone = disk.copy();
    for (const name of alone.files.keys()) if (name.startsWith('checkpoint')) alone.files.delete(name);
    const { book: whole, damages } = await open(alone, clock);
    expect(damages).toEqual([]);
    expect(whole.snapshot()).toEqual(quick.snapshot());
    expect(attemptEvent(whole, attempt(1)).seq).toBe(3 * 366 + 1);
  });
});
