import * as fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { TillBook } from '../../agent/journal/book.ts';
import type { EntryRef } from '../../agent/journal/entry.ts';
import type { Slip } from '../../agent/journal/records.ts';
import type { Log } from '../../agent/log.ts';
import { type Attempt, newAttempt } from '../../agent/payment/attempt.ts';
import { PaymentLayouts } from '../../agent/slips/payment-layouts.ts';
import type { Laid } from '../../agent/slips/print-form.ts';
import { MemoryDisk } from './journal/memory-disk.ts';
import { order, START, StillClock, TERMINAL } from './journal/till-entries.ts';

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Whatever a channel may answer, of an order named however the shop likes. */
const answers = fc.record(
  {
    transactionId: fc.string({ maxLength: 64, unit: 'binary' }),
    paidAt: fc.integer({ min: START, max: START + 86_400_000 }),
    instalments: fc.record({ count: fc.integer({ min: 2, max: 60 }), eachFen: fc.integer({ min: 1, max: 99_999 }) }),
    amountFen: fc.integer({ min: 1, max: 10_000_000_000 }),
    maskedPaycode: fc.stringMatching(/^\d\d\*{12}\d{4}$/),
    orderId: fc.stringMatching(/^[\x21-\x7e]{1,64}$/),
    channel: fc.constantFrom('WECHAT', 'ALIPAY', 'UNIONPAY', 'ECNY'),
  },
  { requiredKeys: ['paidAt', 'amountFen', 'orderId', 'maskedPaycode', 'channel'] },
);

let book: TillBook;
let layouts: PaymentLayouts;
beforeEach(async () => {
  ({ book } = await TillBook.open(new MemoryDisk(), new StillClock(), TERMINAL));
  layouts = fresh();
});

function fresh(): PaymentLayouts {
  const merchant = {
    name: '街角小店',
    merchantNo: '898310054110001',
    terminalNo: TERMINAL,
    operatorNo: '01',
    timeZone: 'Asia/Shanghai',
  };
  return new PaymentLayouts({ book, merchant, paper: 58, training: false, log: silent, backendNow: () => START });
}

const slipOf = ({ attemptId }: Attempt, slipId = `S-${attemptId}`): Slip => ({
  slipId,
  attemptId,
  state: 'sending',
  duplicate: false,
});

/** Writes the payment down, and drafts its slip while the disk works. */
async function pay(attempt: Attempt, slip: Slip): Promise<{ entry: EntryRef; drafted: Laid | undefined }> {
  const record = { attempt, startedAt: START };
  const paid = { ...order(1, 'PAID'), orderId: attempt.orderId, amountFen: attempt.amountFen };
  const writing = book.write({ type: 'ATTEMPT', record, order: paid, slip }, 'meanwhile');
  const { sealed } = book;
  const drafted = layouts.draft({ attempt, slip, entry: sealed, written: writing });
  await writing;
  return { entry: sealed, drafted };
}

function paidAttempt(n: number, answer: Partial<Attempt>): Attempt {
  const { orderId = 'D-1', amountFen = 1, maskedPaycode = '', channel = 'WECHAT', ...rest } = answer;
  if (channel === 'CARD') throw new RangeError('no card is drafted');
  const attempt = newAttempt({ attemptId: `A-${n}`, orderId, amountFen, maskedPaycode, channel });
  return { ...attempt, ...rest, state: 'PAID', category: 'PAID', doing: { kind: 'done' } };
}

it('a slip that was laid out while the disk worked is the one that would be laid out afterwards, byte for byte', async () => {
  let n = 0;
  await fc.assert(
    fc.asyncProperty(answers, async (answer) => {
      const attempt = paidAttempt(++n, answer);
      const slip = slipOf(attempt);
      const { entry, drafted } = await pay(attempt, slip);
      expect(book.paidEntry(attempt.attemptId)).toEqual(entry);
      expect(drafted).toEqual(fresh().of(slip));
    }),
    { numRuns: 100 },
  );
});

it('a reprint is marked, whatever was drafted for the original', async () => {
  const attempt = paidAttempt(1, { paidAt: START });
  await pay(attempt, slipOf(attempt));
  const reprint = { ...slipOf(attempt, 'S-2'), duplicate: true };
  expect(layouts.of(reprint)).toEqual(fresh().of(reprint));
  expect(layouts.of(reprint).bytes).not.toEqual(layouts.of(slipOf(attempt)).bytes);
});
