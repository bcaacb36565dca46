import { expect, it } from 'vitest';
import { TillBook } from '../../../agent/journal/book.ts';
import { type Intent, newIntent } from '../../../agent/payment/intent.ts';
import { MemoryDisk } from './memory-disk.ts';
import { order, START, StillClock, TERMINAL } from './till-entries.ts';

function intent(n: number, change: Partial<Intent> = {}): Intent {
  const terms = {
    intentId: `INT-${n}`,
    orderId: `ORDER-${n}`,
    commandId: `CMD-${n}`,
    amountFen: 1000 + n,
    createdAt: START,
  } as const;
  return { ...newIntent({ ...terms, forms: ['screen'], ttlMs: 300_000 }), ...change };
}

function open(disk: MemoryDisk) {
  return TillBook.open(disk, new StillClock(), TERMINAL).then(({ book }) => book);
}

it('an open intent is there after a restart, read from the log and read from a checkpoint', async () => {
  const disk = new MemoryDisk();
  const first = await open(disk);
  const waiting = intent(1, { codeText: 'weixin://wxpay/bizpayurl?pr=AbC', doing: { kind: 'waiting', until: 5 } });
  await first.write({ type: 'INTENT', intent: intent(1), order: order(1, 'IN_PAYMENT') });
  await first.write({ type: 'INTENT', intent: waiting, order: { ...order(1, 'IN_PAYMENT'), intentId: 'INT-1' } });
  const second = await open(disk);
  expect(second.openIntents()).toEqual([waiting]);
  await second.close();
  const third = await open(disk);
  expect(third.openIntents()).toEqual([waiting]);
  expect(third.snapshot()).toEqual(second.snapshot());
});

it('the entry that says PAID is the one the slip names; a second payment does not move it', async () => {
  const book = await open(new MemoryDisk());
  const paid = intent(1, { state: 'PAID', doing: { kind: 'done' } });
  await book.write({ type: 'INTENT', intent: paid, order: order(1, 'PAID') });
  const entry = book.head;
  await book.write({ type: 'INTENT', intent: { ...paid, reason: 'PAID_TWICE' }, order: order(1, 'DISPUTED') });
  expect(book.paidEntry('INT-1')).toEqual(entry);
});

it('memory lets go of finished intents, and never of an open or a disputed one', async () => {
  const book = await open(new MemoryDisk());
  const done = { doing: { kind: 'done' } } as const;
  await book.write({ type: 'INTENT', intent: intent(0), order: order(0, 'IN_PAYMENT') });
  const disputed = intent(1, { ...done, state: 'DISPUTED' });
  await book.write({ type: 'INTENT', intent: disputed, order: order(1, 'DISPUTED') });
  for (let n = 2; n < 520; n++)
    await book.write({ type: 'INTENT', intent: intent(n, { ...done, state: 'EXPIRED' }), order: order(n) });
  await book.maintain();
  expect(book.intents.size).toBe(502);
  expect([book.intents.has('INT-0'), book.intents.has('INT-1'), book.intents.has('INT-2')]).toEqual([
    true,
    true,
    false,
  ]);
});

it('a look back at an intent that is over does not undo what became of its order meanwhile', async () => {
  const disk = new MemoryDisk();
  const book = await open(disk);
  const closed = intent(1, { state: 'CLOSED', doing: { kind: 'done' } });
  await book.write({ type: 'INTENT', intent: closed, order: order(1, 'OPEN') });
  // both are on their way at once: the look back was begun while the order was being paid with the gun
  const paid = book.write({ type: 'ORDER', order: order(1, 'PAID') });
  const looking = { ...closed, doing: { kind: 'confirming' } } as const;
  await book.write({ type: 'INTENT', intent: looking, order: order(1, 'IN_PAYMENT') });
  await paid;
  expect(book.orders.get('ORDER-1')?.state).toBe('PAID');
  const again = await open(disk);
  expect(again.snapshot()).toEqual(book.snapshot());
});
