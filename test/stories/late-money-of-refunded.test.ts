import { describe, expect, it } from 'vitest';
import { StateBody } from '../../agent/console/state-schemas.ts';
import { blockedView } from '../../agent/console/views.ts';
import { Projection } from '../../agent/journal/projection.ts';
import { moneyFacts } from '../../agent/reports/money-facts.ts';
import { reportOfDate } from '../../agent/reports/report-of-date.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { MemoryShop, TILL } from '../world/shop.ts';

// A code is refused, another one pays, and the goods come back: all of the money went back, and the order is over. Then the channel
// says yes to the first code after all. Nobody looks at an order that is over, so it must come back to those that wait for a person,
// with what the person has to know.

const PERSON = { personId: 'manager.2', reason: 'seen at the channel' };
const REFUND = { currency: 'CNY', reason: 'goods returned', requestedBy: 'clerk.7', approvedBy: 'manager.2' };

async function refunded(refundFen = 1250) {
  const seen = await paidBySecond();
  await seen.shop.command('refund', { refundId: 'F1', orderId: 'O1', refundFen, ...REFUND }, BACKEND_KEY);
  await seen.shop.untilRefund('F1', 'REFUNDED');
  await seen.shop.pass(3_000);
  return seen;
}

/** The first code is refused, the second one pays. */
async function paidBySecond() {
  const shop = await MemoryShop.open();
  await shop.collect('O1');
  shop.customer({ behaviour: { kind: 'refuses', code: 'NOTENOUGH' } });
  shop.scan(shop.showCode());
  await shop.untilState('O1', 'FAILED');
  await shop.pass(100);
  const [first = ''] = shop.attemptIds('O1');
  shop.customer({ behaviour: { kind: 'pays' } });
  shop.scan(shop.showCode());
  await shop.untilState('O1', 'PAID');
  await shop.pass(3_000);
  const refusal = shop.messages.find(({ topic, text }) => topic.includes('/rep/') && text.includes('NOTENOUGH'));
  const sayYes = async () => {
    const said = JSON.parse(refusal?.text ?? '{}') as object;
    const paid = { code: 'SUCCESS', paidFen: 1250, paidAt: shop.clock.now(), transactionId: '4200009999' };
    shop.broker.publish(refusal?.topic ?? '', { ...said, ...paid }, 1);
    await shop.pass(1_000);
  };
  return { shop, first, sayYes };
}

const resolve = (shop: MemoryShop, outcome: string) =>
  shop.sendCommand(shop.backend.draft(TILL, 'resolve', { orderId: 'O1', outcome, ...PERSON }, BACKEND_KEY));

const needsCheck = async (shop: MemoryShop) => {
  const day = new Date(shop.clock.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const report = await reportOfDate(shop.disk.open(), day, { rates: {}, timeZone: 'Asia/Shanghai' });
  return report.needsCheck;
};

/** As the records show it; nothing of the order is in doubt there. */
const listed = async (shop: MemoryShop, attemptId: string) => {
  const projection = Projection.open(':memory:');
  await projection.catchUp(shop.disk.open());
  expect(projection.find({ state: 'DISPUTED' })).toEqual([]);
  const row = projection.find({ orderId: 'O1' }).find((one) => one.attemptId === attemptId);
  projection.close();
  return row;
};

describe.each([
  ['REFUNDED', 1250],
  ['PARTLY_REFUNDED', 500],
] as const)('late money of an order that is %s', (state, refundFen) => {
  it('is listed with what a person has to know, over a restart, and told with its evidence', async () => {
    const { shop, first, sayYes } = await refunded(refundFen);
    expect([shop.orderState('O1'), await needsCheck(shop)]).toEqual([state, 0]);
    await sayYes();
    await sayYes();
    const late = { attemptId: first, channel: 'WECHAT', amountFen: 1250, transactionId: '4200009999' };
    const listed = [{ orderId: 'O1', why: 'NEEDS_MANUAL_CHECK', late: [late] }];
    expect(shop.desk.blockedOrders()).toMatchObject(listed);
    expect(shop.attempts('O1').filter(({ lateSuccess }) => lateSuccess)).toMatchObject([
      { attemptId: first, transactionId: '4200009999', evidence: { paidFen: 1250 } },
    ]);
    expect(await needsCheck(shop)).toBe(1);
    expect((await moneyFacts(shop.disk.open())).get(first)).toMatchObject({ state: 'DISPUTED', amountFen: 1250 });
    await shop.kill();
    await shop.start();
    expect(shop.desk.blockedOrders()).toMatchObject(listed);
  });

  it('the page and the search show it: amount, numbers, what to do', async () => {
    const { shop, first, sayYes } = await refunded(refundFen);
    await sayYes();
    const [shown] = StateBody.shape.blocked.parse(shop.desk.blockedOrders().map(blockedView));
    expect(shown).toMatchObject({ late: [{ attemptId: first, amountFen: 1250, transactionId: '4200009999' }] });
    expect(shown?.todo?.zh).toContain('交易号');
    expect(shown?.todo?.zh, 'which of the two').toContain('还留有任何一笔款，登记“已收到钱”');
    expect(shown?.todo?.en).toContain('paid, while the shop keeps any payment of this order');
    const projection = Projection.open(':memory:');
    await projection.catchUp(shop.disk.open());
    const found = { attemptId: first, orderId: 'O1', transactionId: '4200009999', category: 'NEEDS_MANUAL_CHECK' };
    expect(projection.find({ state: 'DISPUTED' })).toMatchObject([found]);
    projection.close();
  });

  it('no further refund is given while nobody knows', async () => {
    const { shop, sayYes } = await refunded(refundFen);
    await sayYes();
    const id = await shop.command('refund', { refundId: 'F2', orderId: 'O1', refundFen: 1, ...REFUND }, BACKEND_KEY);
    expect(shop.backend.resultsOf(id).at(-1)).toMatchObject({ status: 'failed', code: 'ORDER_BLOCKED' });
  });

  it('a person has seen it go back: the order is refunded, and the same late word disputes nothing again', async () => {
    const { shop, first, sayYes } = await refunded(refundFen);
    await sayYes();
    expect(await resolve(shop, 'refunded')).toMatchObject({ code: 'RESOLVED' });
    await sayYes();
    expect([shop.orderState('O1'), shop.desk.blockedOrders(), await needsCheck(shop)]).toEqual(['REFUNDED', [], 0]);
    expect((await moneyFacts(shop.disk.open())).get(first)).toMatchObject({ state: 'RESOLVED' });
    expect(await listed(shop, first)).toMatchObject({ state: 'REVERSED', amountFen: 1250 });
  });
});

it('late money beside a payment that stays went back at the channel: “paid”, and the payment can be given back later', async () => {
  const { shop, first, sayYes } = await paidBySecond();
  const second = shop.process.till.book.charge('O1')?.attemptId;
  await sayYes();
  expect(shop.orderState('O1')).toBe('DISPUTED');
  expect(await resolve(shop, 'paid')).toMatchObject({ code: 'RESOLVED' });
  expect([shop.orderState('O1'), shop.desk.blockedOrders(), await needsCheck(shop)]).toEqual(['PAID', [], 0]);
  expect(second).not.toBe(first);
  await shop.command('refund', { refundId: 'F1', orderId: 'O1', refundFen: 1250, ...REFUND }, BACKEND_KEY);
  await shop.untilRefund('F1', 'REFUNDED');
  expect(shop.refundEvents('F1')[0]).toMatchObject({ attemptId: second, remainingFen: 0 });
});

it('what a person has settled stays settled when the record of its attempt is written once more', async () => {
  const { shop, first, sayYes } = await refunded();
  await sayYes();
  expect(await resolve(shop, 'refunded')).toMatchObject({ code: 'RESOLVED' });
  const { book } = shop.process.till;
  const [record, order] = [book.attempts.get(first), book.orders.get('O1')];
  if (!record?.attempt.late || !order) throw new Error('the late yes is not in the attempt');
  await book.write({ type: 'ATTEMPT', record, order });
  expect(await needsCheck(shop)).toBe(0);
  expect((await moneyFacts(shop.disk.open())).get(first)).toMatchObject({ state: 'RESOLVED' });
  expect(await listed(shop, first)).toMatchObject({ state: 'REVERSED', amountFen: 1250 });
});

describe('a person has found that the shop has the late money', () => {
  it('of an order that was refunded: it is the order’s payment now, and goes back by a refund of its own, once', async () => {
    const { shop, first, sayYes } = await refunded();
    await sayYes();
    expect(await resolve(shop, 'paid')).toMatchObject({ code: 'RESOLVED' });
    expect(shop.orderState('O1')).toBe('PAID');
    const { book } = shop.process.till;
    expect(book.charge('O1')).toMatchObject({ attemptId: first, amountFen: 1250, transactionId: '4200009999' });
    expect(await listed(shop, first)).toMatchObject({ state: 'PAID', category: 'PAID', amountFen: 1250 });
    await shop.kill();
    await shop.start();
    const id = await shop.command('refund', { refundId: 'F2', orderId: 'O1', refundFen: 1251, ...REFUND }, BACKEND_KEY);
    expect(shop.backend.resultsOf(id).at(-1)).toMatchObject({ code: 'REFUND_AMOUNT' });
    await shop.command('refund', { refundId: 'F3', orderId: 'O1', refundFen: 1250, ...REFUND }, BACKEND_KEY);
    await shop.pass(3_000);
    const sent = shop.requests('refund').map(({ text }) => JSON.parse(text) as { attemptId: string });
    expect(sent.at(-1)).toMatchObject({ attemptId: first, args: { refundFen: 1250 } });
    const said = shop.refundEvents('F3').map(({ attemptId, remainingFen }) => [attemptId, remainingFen]);
    expect(said[0]).toEqual([first, 0]);
  });

  it('of one that was partly refunded: the first payment stays the order’s, with what is left of it', async () => {
    const { shop, first, sayYes } = await refunded(500);
    await sayYes();
    expect(await resolve(shop, 'paid')).toMatchObject({ code: 'RESOLVED' });
    expect([shop.orderState('O1'), await needsCheck(shop)]).toEqual(['PARTLY_REFUNDED', 0]);
    expect(shop.process.till.book.charge('O1')?.attemptId).not.toBe(first);
    expect(await listed(shop, first), 'its own end').toMatchObject({ state: 'FAILED', category: 'INSUFFICIENT_FUNDS' });
  });
});

it('a code that was paid and refunded is paid once more: listed with the second payment’s numbers', async () => {
  const shop = await MemoryShop.open();
  const buyers = [
    { afterMs: 12_000, wallet: 'WECHAT' },
    { afterMs: 90_000, wallet: 'ALIPAY', slipsThrough: true },
  ] as const;
  shop.acquirer.intents.send({ buyers });
  const { intentId } = await shop.intent({ orderId: 'O1' });
  await shop.untilIntent('O1', 'PAID');
  await shop.pass(3_000);
  await shop.command('refund', { refundId: 'F1', orderId: 'O1', refundFen: 3580, ...REFUND }, BACKEND_KEY);
  await shop.untilRefund('F1', 'REFUNDED');
  await shop.pass(180_000);
  expect(shop.desk.blockedOrders()).toMatchObject([
    { orderId: 'O1', late: [{ attemptId: intentId, channel: 'ALIPAY', amountFen: 3580 }] },
  ]);
  expect(await resolve(shop, 'refunded')).toMatchObject({ code: 'RESOLVED' });
  expect([shop.orderState('O1'), shop.desk.blockedOrders()]).toEqual(['REFUNDED', []]);
});

it('one payment that was taken back, and the order cancelled: the late yes is listed with its evidence', async () => {
  const shop = await MemoryShop.open();
  shop.customer({ behaviour: { kind: 'enters-password', afterMs: 'never' } });
  await shop.collect('O1');
  shop.scan(shop.showCode());
  await shop.untilState('O1', 'USER_PAYING');
  await shop.desk.cancel('O1');
  await shop.untilState('O1', 'REVERSED');
  await shop.pass(1_000);
  const answer = shop.messages.find(({ topic, text }) => topic.includes('/rep/') && text.includes('USERPAYING'));
  const said = JSON.parse(answer?.text ?? '{}') as object;
  const paid = { code: 'SUCCESS', paidFen: 1250, paidAt: shop.clock.now(), transactionId: '4200007777' };
  shop.broker.publish(answer?.topic ?? '', { ...said, ...paid }, 1);
  await shop.pass(1_000);
  expect(shop.desk.blockedOrders()).toMatchObject([
    { orderId: 'O1', why: 'NEEDS_MANUAL_CHECK', late: [{ amountFen: 1250, transactionId: '4200007777' }] },
  ]);
  expect(await resolve(shop, 'paid')).toMatchObject({ code: 'RESOLVED' });
  expect(shop.process.till.book.charge('O1')).toMatchObject({ amountFen: 1250, transactionId: '4200007777' });
});
