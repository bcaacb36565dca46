import { describe, expect, it, onTestFailed } from 'vitest';
import { type BookOptions, TillBook } from '../../../agent/journal/book.ts';
import { COMMAND_MEMORY_MS } from '../../../agent/journal/forgetting.ts';
import { JournalDamaged, JournalUnavailable } from '../../../agent/journal/journal.ts';
import { MemoryDisk } from './memory-disk.ts';
import { attempt, attemptEvent, command, order, record, START, StillClock, sale, TERMINAL } from './till-entries.ts';

const DAY_MS = 86_400_000;
const SMALL: BookOptions = { reserveBytes: 4096 };

async function open(disk: MemoryDisk, clock = new StillClock(), options: BookOptions = {}) {
  const opened = await TillBook.open(disk, clock, TERMINAL, { ...SMALL, ...options });
  // a housekeeping run that gave up rejects nothing: a test that fails of it says why
  const told: string[] = [];
  opened.book.onTrouble = ({ detail }) => told.push(detail);
  onTestFailed(() => void process.stderr.write(`told by the book: ${told.join('; ')}\n`));
  return opened;
}

const checkpoints = (disk: MemoryDisk) => [...disk.files.keys()].filter((name) => name.startsWith('checkpoint-'));

/** The disk without its checkpoints: the log alone. */
function logAlone(disk: MemoryDisk): MemoryDisk {
  const alone = disk.copy();
  for (const name of checkpoints(alone)) alone.files.delete(name);
  return alone;
}

describe('a start', () => {
  it('from a checkpoint and one from the first entry know the same', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk, new StillClock(), { checkpointEntries: 40 });
    for (let n = 0; n < 100; n++) await sale(book, n);
    await book.maintain();
    await book.write({ type: 'ATTEMPT', record: record(attempt(200)), order: order(200, 'IN_PAYMENT') });
    await book.acknowledge(60);
    const live = book.snapshot();
    expect(checkpoints(disk).length).toBeGreaterThan(0);

    const quick = disk.copy();
    const fromCheckpoint = await open(quick);
    const whole = logAlone(disk);
    const fromLog = await open(whole);
    expect(fromCheckpoint.book.snapshot()).toEqual(live);
    expect(fromLog.book.snapshot()).toEqual(live);
    expect(fromCheckpoint.book.head).toEqual(book.head);
    expect(fromLog.book.openAttempts().map(({ attempt: { attemptId } }) => attemptId)).toEqual(['ATT-200']);
    expect(fromCheckpoint.book.pending(0, 100)).toEqual(fromLog.book.pending(0, 100));
    expect(fromCheckpoint.book.paidEntry('ATT-99')).toEqual(book.paidEntry('ATT-99'));
  });

  it('after a clean stop reads no entry twice', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk);
    for (let n = 0; n < 30; n++) await sale(book, n);
    await book.close();
    const again = await open(disk);
    expect(again.book.snapshot()).toEqual(book.snapshot());
    await again.book.close();
    expect(checkpoints(disk), 'nothing new, no further checkpoint').toHaveLength(1);
  });

  it('with a damaged checkpoint uses the one before, with none the log; it says so', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk, new StillClock(), { checkpointEntries: 25 });
    for (let n = 0; n < 40; n++) await sale(book, n);
    await book.close();
    const [older, newest] = checkpoints(disk).sort();
    for (const name of [newest, older]) {
      const bytes = Buffer.from(disk.bytes(name ?? ''));
      bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 4;
      disk.overwrite(name ?? '', bytes);
      const { book: again, repairs, damages } = await open(disk.copy());
      expect(again.snapshot()).toEqual(book.snapshot());
      expect(repairs[0]).toEqual({ kind: 'checkpoint', checkpoint: newest, why: 'damaged' });
      expect([damages, again.trouble]).toEqual([[], undefined]);
    }
  });

  it('a crash at any moment of writing a checkpoint leaves a start that knows the same', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk);
    for (let n = 0; n < 10; n++) await sale(book, n);
    const steps: MemoryDisk[] = [];
    for (const step of ['append', 'sync', 'rename', 'remove'] as const) {
      const real = disk[step].bind(disk);
      Object.assign(disk, {
        [step]: async (...args: never[]) => {
          steps.push(disk.powerCut(0), disk.powerCut(10), disk.copy());
          await real(...(args as unknown as [never, never]));
          steps.push(disk.powerCut(0), disk.copy());
        },
      });
    }
    await book.maintain();
    expect(steps.length).toBeGreaterThan(10);
    for (const step of steps) {
      const again = await open(step);
      expect(again.book.snapshot()).toEqual(book.snapshot());
      expect(again.damages).toEqual([]);
    }
  });
});

describe('memory', () => {
  it('lets go of what is finished and old, and the log remembers', async () => {
    const disk = new MemoryDisk();
    const clock = new StillClock();
    const { book } = await open(disk, clock, { checkpointEntries: 1_000 });
    book.backendNow = () => clock.wall;
    for (let day = 0; day < 60; day++) {
      for (let n = 0; n < 50; n++) await sale(book, day * 50 + n, clock);
      await book.acknowledge(Number.MAX_SAFE_INTEGER);
      clock.wall += DAY_MS;
    }
    // The first of them may be one that was already under way.
    for (let n = 0; n < 2; n++) await book.maintain();
    expect(book.attempts.size).toBe(200);
    expect(book.slips.size).toBe(200);
    expect(book.orders.size).toBeLessThanOrEqual(2_400);
    expect(book.recall('CMD-0')).toBeUndefined();
    const lastWeek = 60 * 50 - 6 * 50;
    for (let n = lastWeek; n < 3_000; n++) {
      expect(book.recall(`CMD-${n}`)?.result?.code).toBe('PAID');
      expect(book.orders.get(`ORDER-${n}`)?.state).toBe('PAID');
    }
    expect((await open(logAlone(disk), clock)).book.snapshot()).toEqual(book.snapshot());
  });

  it('forgets no command by the till’s own clock', async () => {
    const disk = new MemoryDisk();
    const clock = new StillClock();
    const { book } = await open(disk, clock);
    await sale(book, 1);
    clock.wall += 10 * COMMAND_MEMORY_MS;
    await book.maintain();
    expect(book.recall('CMD-1')?.result?.code).toBe('PAID');
  });

  it('a command of a till whose clock was wrong is remembered for seven days from when the time was known', async () => {
    const disk = new MemoryDisk();
    const clock = new StillClock();
    const { book } = await open(disk, clock);
    const done = { v: 1, boot: 'BOOT', phase: 'final', status: 'ok', code: 'PAID', ts: 60_000 } as const;
    // a flat battery: the PC says 1970, and nobody has told the time
    await book.accept(command(1, 60_000));
    await book.write({ type: 'COMMAND_RESULT', result: { ...done, id: 'CMD-1' } });
    book.backendNow = () => clock.wall;
    await book.maintain();
    expect(book.recall('CMD-1')?.result?.code, 'the time is known now').toBe('PAID');

    await sale(book, 2, clock);
    const again = await open(disk.copy(), clock);
    again.book.backendNow = book.backendNow;
    clock.wall += COMMAND_MEMORY_MS - 60_000;
    for (const one of [book, again.book]) {
      await one.maintain();
      expect(one.recall('CMD-1')?.result?.code, 'within seven days').toBe('PAID');
    }
    clock.wall += 10 * 60_000;
    await book.maintain();
    expect(book.recall('CMD-1')).toBeUndefined();
    expect((await open(logAlone(disk), clock)).book.snapshot()).toEqual(book.snapshot());
  });

  it('never lets go of an open attempt or its order', async () => {
    const disk = new MemoryDisk();
    const clock = new StillClock();
    const { book } = await open(disk, clock);
    book.backendNow = () => clock.wall;
    await book.accept(command(1));
    await book.write({ type: 'ATTEMPT', record: record(attempt(1)), order: order(1, 'IN_PAYMENT') });
    for (let n = 2; n < 500; n++) await sale(book, n, clock);
    clock.wall += 100 * DAY_MS;
    for (let round = 0; round < 5; round++) await book.maintain();
    expect(book.openAttempts()).toHaveLength(1);
    expect(book.orders.get('ORDER-1')?.state).toBe('IN_PAYMENT');
    expect(book.unfinishedCommands().map(({ id }) => id)).toEqual(['CMD-1']);
  });
});

describe('a damaged log', () => {
  async function damagedDisk(): Promise<{ disk: MemoryDisk; at: number }> {
    const disk = new MemoryDisk();
    const { book } = await open(disk);
    for (let n = 0; n < 5; n++) await sale(book, n);
    await book.write({ type: 'ATTEMPT', record: record(attempt(7)), order: order(7, 'IN_PAYMENT') });
    const open8 = attempt(8, { state: 'REVERSING', doing: { kind: 'reversing' }, reverses: 1 });
    await book.write({ type: 'ATTEMPT', record: record(open8), order: order(8, 'IN_PAYMENT') });
    const bytes = Buffer.from(disk.bytes('journal-000001.log'));
    const at = bytes.indexOf('"attemptId":"ATT-7"') + 40;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    disk.overwrite('journal-000001.log', bytes);
    return { disk, at };
  }

  it('is told, copied aside, and begins no payment until a person has looked', async () => {
    const { disk } = await damagedDisk();
    const evidence = Buffer.from(disk.bytes('journal-000001.log'));
    const { book, damages } = await open(disk);
    expect(damages).toMatchObject([{ segment: 'journal-000001.log', attempts: ['ATT-7'] }]);
    expect(book.trouble?.code).toBe('JOURNAL_DAMAGED');
    expect(book.trouble?.detail).toContain('ATT-7');
    const copy = [...disk.files.keys()].find((name) => name.includes('.damaged-')) ?? '';
    expect(disk.bytes(copy)).toEqual(evidence);
    expect(disk.bytes('journal-000001.log'), 'evidence is never written over').toEqual(evidence);

    const begin = () => book.write({ type: 'ATTEMPT', record: record(attempt(9)), order: order(9, 'IN_PAYMENT') });
    await expect(begin()).rejects.toBeInstanceOf(JournalDamaged);
    await expect(book.accept(command(9))).rejects.toBeInstanceOf(JournalDamaged);

    // Everything under way goes on, and what is not in doubt is known.
    expect(book.openAttempts().map(({ attempt: { attemptId } }) => attemptId)).toEqual(['ATT-8']);
    const reversed = attempt(8, { state: 'REVERSED', doing: { kind: 'done' }, reverses: 1 });
    await book.write({
      type: 'ATTEMPT',
      record: record(reversed),
      order: order(8),
      event: attemptEvent(book, reversed),
    });
    expect(book.orders.get('ORDER-4')?.state).toBe('PAID');

    const again = await open(disk.copy());
    expect([again.damages, again.book.trouble?.code], 'told once, remembered').toEqual([[], 'JOURNAL_DAMAGED']);
    await again.book.review('技术员 王');
    await again.book.write({ type: 'ATTEMPT', record: record(attempt(9)), order: order(9, 'IN_PAYMENT') });
    expect(again.book.trouble).toBeUndefined();
  });

  it('uses no event number twice', async () => {
    const { disk } = await damagedDisk();
    const { book } = await open(disk);
    const event = attemptEvent(book, attempt(8));
    expect(event.seq).toBeGreaterThan(5);
    await book.write({ type: 'EVENT', event });
    const [, , , , fifth, sixth] = book.pending(0, 10);
    expect([fifth?.seq, fifth?.after]).toEqual([5, undefined]);
    expect([sixth?.seq, sixth?.after], 'the backend is told that nothing comes between').toEqual([event.seq, 5]);
  });

  it('whose end was taken away is missed by its checkpoint, and the open attempt is not forgotten', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk);
    await sale(book, 1);
    const length = disk.bytes('journal-000001.log').length;
    await book.write({ type: 'ATTEMPT', record: record(attempt(2)), order: order(2, 'IN_PAYMENT') });
    await book.close();
    disk.overwrite('journal-000001.log', disk.bytes('journal-000001.log').subarray(0, length));
    const again = await open(disk);
    expect(again.damages).toMatchObject([{ bytes: 0, afterSeq: 6 }]);
    expect(again.book.openAttempts().map(({ attempt: { attemptId } }) => attemptId)).toEqual(['ATT-2']);
    expect(again.book.trouble?.code).toBe('JOURNAL_DAMAGED');
    expect((await open(logAlone(disk))).book.openAttempts()).toHaveLength(1);
  });

  it('whose first segment was removed by nobody known is told', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk);
    const filler = { ...order(1), title: 'x'.repeat(100) };
    for (let n = 0; n < 3; n++) await book.write({ type: 'ORDER', order: filler });
    disk.overwrite(
      'journal-000002.log',
      disk.bytes('journal-000001.log').subarray(disk.bytes('journal-000001.log').indexOf(0x0a) + 1),
    );
    disk.files.delete('journal-000001.log');
    const again = await open(disk);
    expect(again.damages).toMatchObject([{ segment: 'journal-000001.log', afterSeq: 0, nextSeq: 2 }]);
  });

  it('that the backend has seen longer is missed through its acknowledgement', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk);
    await sale(book, 1);
    const shorter = disk.copy();
    await sale(book, 2);
    const anchor = book.head;
    book.pending(0, 10);
    await book.acknowledge(2, anchor);
    expect(book.anchor).toEqual(anchor);

    const { book: cut } = await open(shorter);
    const said: string[] = [];
    cut.onTrouble = ({ code }) => said.push(code);
    cut.pending(0, 10);
    await cut.acknowledge(1, anchor);
    await cut.acknowledge(1, anchor);
    expect([said, cut.trouble?.code]).toEqual([['JOURNAL_DAMAGED'], 'JOURNAL_DAMAGED']);
    expect(cut.anchor, 'what is not ours is no anchor').toBeUndefined();
  });
});

describe('a disk in trouble', () => {
  it('full: the reserve carries payments under way to their end, new ones wait for room', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk);
    await book.write({ type: 'ATTEMPT', record: record(attempt(1)), order: order(1, 'IN_PAYMENT') });
    disk.capacity = [...disk.files.values()].reduce((sum, { bytes }) => sum + bytes.length, 0) + 10;
    const paid = attempt(1, { state: 'PAID', doing: { kind: 'done' } });
    await book.write({
      type: 'ATTEMPT',
      record: record(paid),
      order: order(1, 'PAID'),
      event: attemptEvent(book, paid),
    });
    expect(book.orders.get('ORDER-1')?.state).toBe('PAID');

    const begin = () => book.write({ type: 'ATTEMPT', record: record(attempt(2)), order: order(2, 'IN_PAYMENT') });
    expect(book.trouble?.code).toBe('JOURNAL_UNAVAILABLE');
    await expect(begin()).rejects.toBeInstanceOf(JournalUnavailable);
    await expect(book.accept(command(2))).rejects.toThrow(/ENOSPC/);

    disk.capacity = Number.POSITIVE_INFINITY;
    await begin();
    expect(book.trouble).toBeUndefined();
    expect((await open(disk.copy())).book.snapshot()).toEqual(book.snapshot());
  });

  it('full from the start: it opens, knows everything, and begins nothing', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk);
    await book.write({ type: 'ATTEMPT', record: record(attempt(1)), order: order(1, 'IN_PAYMENT') });
    disk.files.delete('reserve');
    disk.capacity = 0;
    const { book: again } = await open(disk);
    expect(again.openAttempts()).toHaveLength(1);
    expect(again.trouble?.code).toBe('JOURNAL_UNAVAILABLE');
    await expect(again.accept(command(2))).rejects.toBeInstanceOf(JournalUnavailable);
  });

  it('read-only, with a torn end that cannot be cut: opens, refuses, goes on once it may write', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk);
    await sale(book, 1);
    disk.overwrite('journal-000001.log', disk.bytes('journal-000001.log').subarray(0, -7));
    disk.readOnly = true;
    const { book: again } = await open(disk);
    await expect(again.accept(command(2))).rejects.toBeInstanceOf(JournalUnavailable);
    disk.readOnly = false;
    await again.accept(command(2));
    const { repairs, damages } = await open(disk);
    expect([repairs, damages]).toEqual([[], []]);
  });

  it('a failed write gives its event number back', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk);
    disk.readOnly = true;
    await expect(book.write({ type: 'EVENT', event: attemptEvent(book, attempt(1)) })).rejects.toThrow(/EROFS/);
    disk.readOnly = false;
    await book.write({ type: 'EVENT', event: attemptEvent(book, attempt(1)) });
    expect(book.pending(0, 10).map(({ seq }) => seq)).toEqual([1]);
  });
});

describe('the outbox', () => {
  it('holds far more than memory and gives all of it in order', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk);
    await Promise.all(
      Array.from({ length: 3_000 }, (_, n) =>
        book.write({ type: 'EVENT', event: attemptEvent(book, attempt(n, { state: 'PAID' })) }),
      ),
    );
    await book.close();
    for (const from of [disk, logAlone(disk)]) {
      const { book: again } = await open(from);
      const seen: number[] = [];
      while (seen.length < 3_000) {
        const events = again.pending(seen.at(-1) ?? 0, 16);
        seen.push(...events.map(({ seq }) => seq));
        await again.acknowledge(seen.at(-1) ?? 0);
        if (events.length < 16) await new Promise((resolve) => setImmediate(resolve));
      }
      expect(seen).toEqual(Array.from({ length: 3_000 }, (_, n) => n + 1));
      expect(again.outboxStats()).toMatchObject({ waiting: 0, acked: 3_000 });
    }
  });

  it('gives up the least first, counts it, writes it down, and never a result', async () => {
    const disk = new MemoryDisk();
    const clock = new StillClock();
    const { book } = await open(disk, clock, { outboxLimits: { count: 100, bytes: 1e9, ageMs: DAY_MS } });
    book.backendNow = () => clock.wall;
    for (let n = 0; n < 200; n++) {
      const data = { type: 'scan-refused' as const, reason: 'WRONG_CODE_KIND', length: n };
      if (n % 4 === 0) await book.write({ type: 'EVENT', event: book.event(data, `N-${n}`, 'BOOT', START) });
      else
        await book.write({
          type: 'EVENT',
          event: attemptEvent(book, attempt(n, { state: n % 4 === 1 ? 'PAID' : 'USER_PAYING' })),
        });
    }
    await book.maintain();
    const stats = book.outboxStats();
    expect(stats.drops).toEqual({ count: 60 });
    const left = book.pending(0, 1_000);
    expect(left.filter(({ data }) => data.type === 'scan-refused')).toEqual([]);
    expect(left.filter(({ data }) => data.type === 'attempt' && data.state === 'PAID')).toHaveLength(50);
    expect(left[0]).toMatchObject({ seq: 2, after: 0 });

    clock.wall += 2 * DAY_MS;
    await book.maintain();
    expect(book.outboxStats()).toMatchObject({ waiting: 50, drops: { count: 60, age: 90 } });
    expect((await open(logAlone(disk), clock)).book.snapshot()).toEqual(book.snapshot());
  });

  it('an event that can no longer be read is told and does not hold up the others', async () => {
    const disk = new MemoryDisk();
    const { book } = await open(disk);
    await Promise.all(
      Array.from({ length: 600 }, (_, n) =>
        book.write({ type: 'EVENT', event: attemptEvent(book, attempt(n, { state: 'PAID' })) }),
      ),
    );
    await book.close();
    const bytes = Buffer.from(disk.bytes('journal-000001.log'));
    const at = bytes.indexOf('"ATT-300"');
    bytes[at + 2] = 0x7a;
    disk.overwrite('journal-000001.log', bytes);
    const { book: again } = await open(disk);
    const said: string[] = [];
    again.onTrouble = ({ detail }) => said.push(detail);
    const seen = new Set<number>();
    for (let upto = 0; upto < 600; ) {
      for (const { seq } of again.pending(upto, 16)) seen.add((upto = seq));
      await again.acknowledge(upto);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(seen.size).toBe(599);
    expect(said).toHaveLength(1);
    expect(again.outboxStats().drops).toEqual({ unreadable: 1 });
  });
});
