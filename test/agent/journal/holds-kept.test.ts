import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { TillBook } from '../../../agent/journal/book.ts';
import type { Attempt } from '../../../agent/payment/attempt.ts';
import { type CardFacts, newCardAttempt } from '../../../agent/payment/card.ts';
import { lateYes } from '../../world/late-yes.ts';
import { MemoryDisk } from './memory-disk.ts';
import { order, START, StillClock, TERMINAL } from './till-entries.ts';

type Kind = 'preAuth' | 'completePreAuth' | 'cancelPreAuth';

/** The n-th order's attempt with this command, as it is first written down or at its end. */
function attempt(n: number, kind: Kind, state: Attempt['state'] = 'CREATED'): Attempt {
  const amount = 50_000;
  const reference = `REF-${kind}-${n}`;
  const command =
    kind === 'preAuth' ? { kind, reference, amount } : { kind, reference, amount, original: { receipt: '0001' } };
  const card: CardFacts = {
    protocol: 'zvt',
    command,
    canAsk: true,
    ...(kind === 'preAuth' ? {} : { holdId: `preAuth-${n}` }),
  };
  const terms = { attemptId: `${kind}-${n}`, orderId: `ORDER-${n}`, amountFen: amount };
  const created = newCardAttempt(terms, card);
  return state === 'CREATED' ? created : { ...created, state, doing: { kind: 'done' }, settledAt: START };
}

async function open(disk: MemoryDisk): Promise<TillBook> {
  const { book } = await TillBook.open(disk, new StillClock(), TERMINAL);
  return book;
}

function write(book: TillBook, n: number, of: Attempt): Promise<void> {
  return book.write({ type: 'ATTEMPT', record: { attempt: of, startedAt: START }, order: order(n, 'OPEN') });
}

async function hold(book: TillBook, n: number): Promise<void> {
  await write(book, n, attempt(n, 'preAuth'));
  await write(book, n, attempt(n, 'preAuth', 'REVERSED'));
}

it('a hold that stands is there after a restart, read from the log and read from a checkpoint', async () => {
  const disk = new MemoryDisk();
  const first = await open(disk);
  await hold(first, 1);
  expect(first.standingHold('ORDER-1')).toMatchObject({ holdId: 'preAuth-1', state: 'HELD', amountFen: 50_000 });
  const again = await open(disk);
  expect(again.standingHold('ORDER-1')).toEqual(first.standingHold('ORDER-1'));
  await again.maintain();
  await write(again, 1, attempt(1, 'completePreAuth'));
  await again.close();
  expect([...(await disk.list())].some((name) => name.startsWith('checkpoint'))).toBe(true);
  const fromCheckpoint = await open(disk);
  expect(fromCheckpoint.standingHold('ORDER-1')).toEqual(again.standingHold('ORDER-1'));
  expect(fromCheckpoint.snapshot()).toEqual(again.snapshot());
});

it('a checkpoint of a program that knew no holds is not used: the log is', async () => {
  const disk = new MemoryDisk();
  const first = await open(disk);
  await hold(first, 1);
  await first.close();
  const [name = ''] = (await disk.list()).filter((one) => one.startsWith('checkpoint'));
  const [head = '', ...lines] = Buffer.from(await disk.read(name))
    .toString()
    .trimEnd()
    .split('\n');
  const older = lines.filter((line) => !line.startsWith('["hold"'));
  const body = Buffer.from(older.map((line) => `${line}\n`).join(''));
  const crc = crc32(body).toString(16).padStart(8, '0');
  const told = { ...(JSON.parse(head) as object), v: 2, crc, lines: older.length };
  await disk.remove(name);
  await disk.append(name, Buffer.concat([Buffer.from(`${JSON.stringify(told)}\n`), body]));
  expect(older).toHaveLength(lines.length - 1);
  expect((await open(disk)).standingHold('ORDER-1')).toMatchObject({ state: 'HELD', amountFen: 50_000 });
});

it('the record of a command that is over, said again, changes nothing', async () => {
  const book = await open(new MemoryDisk());
  await hold(book, 1);
  await write(book, 1, attempt(1, 'completePreAuth'));
  await write(book, 1, attempt(1, 'preAuth', 'REVERSED'));
  expect(book.standingHold('ORDER-1')?.state).toBe('COMPLETING');
  await write(book, 1, attempt(1, 'completePreAuth', 'FAILED'));
  await write(book, 1, attempt(1, 'cancelPreAuth'));
  await write(book, 1, attempt(1, 'completePreAuth', 'FAILED'));
  expect(book.standingHold('ORDER-1')?.state).toBe('RELEASING');
});

it('the entry that says that it is held is the one that its slip names', async () => {
  const book = await open(new MemoryDisk());
  await hold(book, 1);
  const entry = book.head;
  await hold(book, 2);
  expect(book.paidEntry('preAuth-1')).toEqual(entry);
});

it('memory lets go of finished holds with their orders, and never of one that stands', async () => {
  const clock = new StillClock();
  const { book } = await TillBook.open(new MemoryDisk(), clock, TERMINAL);
  await hold(book, 0);
  for (let n = 1; n < 210; n++) {
    await hold(book, n);
    await write(book, n, attempt(n, 'cancelPreAuth'));
    await write(book, n, attempt(n, 'cancelPreAuth', 'REVERSED'));
  }
  for (let n = 1_000; n < 3_010; n++) await book.write({ type: 'ORDER', order: order(n, 'CANCELLED') });
  clock.wall += 8 * 86_400_000;
  await book.maintain();
  await book.maintain();
  expect([book.attempts.has('preAuth-0'), book.orders.has('ORDER-0')]).toEqual([true, true]);
  expect(book.standingHold('ORDER-0')).toMatchObject({ state: 'HELD', amountFen: 50_000 });
  expect([book.orders.has('ORDER-1'), book.holds.has('preAuth-1')]).toEqual([false, false]);
});

it('nor of the attempts of an order that a person has to decide about', async () => {
  const { book } = await TillBook.open(new MemoryDisk(), new StillClock(), TERMINAL);
  const doubtful: Attempt = { ...attempt(0, 'preAuth', 'NEEDS_MANUAL_CHECK'), attemptId: 'doubtful' };
  await book.write({ type: 'ATTEMPT', record: { attempt: doubtful, startedAt: START }, order: order(0, 'DISPUTED') });
  for (let n = 1; n < 260; n++) await write(book, n, attempt(n, 'preAuth', 'FAILED'));
  await book.maintain();
  expect([book.attempts.has('doubtful'), book.attempts.has('preAuth-1')]).toEqual([true, false]);
});

it.each([
  ['FAILED', 'UNCLEAR'],
  ['REVERSED', 'UNCLEAR'],
  ['NEEDS_MANUAL_CHECK', 'UNCLEAR'],
] as const)(
  'a refused charge that was carried out after all, heard of while the cancellation runs: %s',
  async (end, state) => {
    const disk = new MemoryDisk();
    const book = await open(disk);
    await hold(book, 1);
    await write(book, 1, attempt(1, 'completePreAuth'));
    await write(book, 1, attempt(1, 'completePreAuth', 'FAILED'));
    await write(book, 1, attempt(1, 'cancelPreAuth'));
    await lateYes(book, 'completePreAuth-1', START);
    expect(book.standingHold('ORDER-1')).toMatchObject({ state: 'RELEASING', runs: 'cancelPreAuth-1' });
    await write(book, 1, attempt(1, 'cancelPreAuth', end));
    expect(book.standingHold('ORDER-1')?.state).toBe(state);
    expect((await open(disk)).standingHold('ORDER-1')).toEqual(book.standingHold('ORDER-1'));
  },
);
