import * as fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { TillBook } from '../../agent/journal/book.ts';
import type { Order, Slip } from '../../agent/journal/records.ts';
import { type Attempt, newAttempt } from '../../agent/payment/attempt.ts';
import { PaymentLayouts } from '../../agent/slips/payment-layouts.ts';
import { MemoryDisk } from './journal/memory-disk.ts';
import { order, START, StillClock, TERMINAL } from './journal/till-entries.ts';

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
  return new PaymentLayouts({ book, merchant, paper: 58, training: false, backendNow: () => START });
}

const slipOf = ({ attemptId }: Attempt, slipId = `S-${attemptId}`): Slip => ({
  slipId,
  attemptId,
  state: 'sending',
  duplicate: false,
});

async function pay(attempt: Attempt, slip: Slip): Promise<void> {
  const record = { attempt, startedAt: START };
  await book.write({ type: 'ATTEMPT', record, order: orderOf(attempt, 'PAID'), slip });
}

function orderOf({ orderId, amountFen }: Attempt, state: Order['state']): Order {
  return { ...order(1, state), orderId, amountFen };
}

function paidAttempt(n: number, answer: Partial<Attempt>): Attempt {
  const { orderId = 'D-1', amountFen = 1, maskedPaycode = '', channel = 'WECHAT', ...rest } = answer;
  const attempt = newAttempt({ attemptId: `A-${n}`, orderId, amountFen, maskedPaycode, channel });
  return { ...attempt, ...rest, state: 'PAID', category: 'PAID', doing: { kind: 'done' } };
}

it('a slip that was rehearsed for its order, or for another one, says of the payment what it would have said without', async () => {
  let n = 0;
  await fc.assert(
    fc.asyncProperty(answers, answers, async (answer, other) => {
      const attempt = paidAttempt(++n, answer);
      const slip = slipOf(attempt);
      await pay(attempt, slip);
      const unrehearsed = layouts.of(slip);
      layouts.rehearse(orderOf(attempt, 'OPEN'));
      expect(layouts.of(slip)).toEqual(unrehearsed);
      layouts.rehearse(orderOf(paidAttempt(0, other), 'OPEN'));
      expect(layouts.of(slip)).toEqual(unrehearsed);
      const text = Buffer.from(unrehearsed.bytes).toString('latin1');
      expect(text).toContain(book.paidEntry(attempt.attemptId)?.hash.slice(0, 8));
      expect(text).toContain(attempt.attemptId);
    }),
    { numRuns: 100 },
  );
});

it('an order whose slip cannot be laid out is no trouble before it is paid', () => {
  expect(() => layouts.rehearse({ ...order(1, 'OPEN'), amountFen: 0.5 })).not.toThrow();
});

it('a reprint is marked, whatever was rehearsed for the original', async () => {
  const attempt = paidAttempt(1, { paidAt: START });
  await pay(attempt, slipOf(attempt));
  const reprint = { ...slipOf(attempt, 'S-2'), duplicate: true };
  const marked = layouts.of(reprint);
  layouts.rehearse(orderOf(attempt, 'OPEN'));
  expect(layouts.of(reprint)).toEqual(marked);
  expect(marked.bytes).not.toEqual(layouts.of(slipOf(attempt)).bytes);
});
