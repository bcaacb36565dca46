import { describe, expect, it } from 'vitest';
import { canonicalHash } from '../../protocols/backend/canonical.ts';
import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { COMMAND_VERBS } from '../../protocols/backend/verbs.ts';
import { CommandSigner } from '../../simulator/backend/command-signer.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { MemoryShop, TILL } from '../world/shop.ts';
import { LocalCaller } from './local-caller.ts';

const REFUND = {
  refundId: 'F1',
  orderId: 'O1',
  refundFen: 500,
  currency: 'CNY',
  reason: '退货',
  requestedBy: 'clerk.7',
  approvedBy: 'manager.2',
};
const STRANGER = new CommandSigner('stranger', new Uint8Array(32).fill(9));
/** the right key id over another key */
const FORGER = new CommandSigner(BACKEND_KEY.kid, new Uint8Array(32).fill(9));

async function soldShop(config: object = {}) {
  const shop = await MemoryShop.open(config);
  await shop.sell('O1');
  return shop;
}

/** The last answer to a command that was sent as it stands. */
const say = (shop: MemoryShop, command: CommandEnvelope) => shop.sendCommand(command);
const order = async (shop: MemoryShop, verb: string, args: CommandEnvelope['args'], key?: CommandSigner) =>
  say(shop, shop.backend.draft(TILL, verb, args, key));

describe('what gives money back is signed', () => {
  async function refused(make: (shop: MemoryShop) => CommandEnvelope, config: object = {}) {
    const shop = await soldShop(config);
    const answer = await say(shop, make(shop));
    expect([shop.requests('refund').length, shop.refundEvents('F1').length]).toEqual([0, 0]);
    return answer;
  }
  const draft = (shop: MemoryShop, key?: CommandSigner) => shop.backend.draft(TILL, 'refund', REFUND, key);

  it('not at all', async () => {
    expect(await refused((shop) => draft(shop))).toMatchObject({ status: 'failed', code: 'SIGNATURE_REQUIRED' });
  });
  it('by a key nobody knows', async () => {
    expect(await refused((shop) => draft(shop, STRANGER))).toMatchObject({ code: 'SIGNATURE_KEY_UNKNOWN' });
  });
  it('by another key under the known name', async () => {
    expect(await refused((shop) => draft(shop, FORGER))).toMatchObject({ code: 'SIGNATURE_INVALID' });
  });
  it('for another till', async () => {
    const elsewhere = { ...TILL, agent: 'till-2' };
    const made = (shop: MemoryShop) => BACKEND_KEY.sign(elsewhere, shop.backend.draft(TILL, 'refund', REFUND));
    expect(await refused(made)).toMatchObject({ code: 'SIGNATURE_INVALID' });
  });
  it('for other arguments', async () => {
    const args = { ...REFUND, refundFen: 1250 };
    const made = (shop: MemoryShop) => ({ ...draft(shop, BACKEND_KEY), args, hash: canonicalHash(args) });
    expect(await refused(made)).toMatchObject({ code: 'SIGNATURE_INVALID' });
  });
  it('for longer than a day', async () => {
    const made = (shop: MemoryShop) => {
      const command = draft(shop);
      return BACKEND_KEY.sign(TILL, { ...command, exp: command.issued + 86_400_001 });
    };
    expect(await refused(made)).toMatchObject({ code: 'SIGNATURE_INVALID' });
  });
  it('where no key is configured: cause and remedy are said', async () => {
    const answer = await refused((shop) => draft(shop, BACKEND_KEY), { commandKeys: [] });
    expect(answer).toMatchObject({ code: 'COMMAND_KEYS_MISSING' });
    expect(answer.message).toContain('commandKeys');
  });
  it('by either of two keys while one takes the place of the other', async () => {
    const next = new CommandSigner('backend-2', new Uint8Array(32).fill(8));
    const commandKeys = [BACKEND_KEY, next].map(({ kid, publicKey }) => ({ kid, publicKey }));
    const shop = await soldShop({ commandKeys });
    await order(shop, 'refund', REFUND, next);
    await order(shop, 'refund', { ...REFUND, refundId: 'F2' }, BACKEND_KEY);
    await shop.untilRefund('F1', 'REFUNDED');
    await shop.untilRefund('F2', 'REFUNDED');
  });
});

describe('in this order, and nothing is done', () => {
  it('retained, also when all else is right', async () => {
    const shop = await soldShop();
    const command = shop.backend.draft(TILL, 'refund', REFUND, BACKEND_KEY);
    shop.broker.publish(`pos/v1/acme/s001/till-1/cmd/refund`, command, 1, true);
    await shop.pass(100);
    expect(shop.backend.resultsOf(command.id)).toMatchObject([{ code: 'RETAINED_REJECTED' }]);
  });

  it('wrong arguments before the signature, another version before both', async () => {
    const shop = await soldShop();
    const wrong = { ...REFUND, refundFen: 0.5 };
    expect(await order(shop, 'refund', wrong)).toMatchObject({ code: 'BAD_REQUEST' });
    const command = { ...shop.backend.draft(TILL, 'refund', wrong), v: 2 } as unknown as CommandEnvelope;
    expect(await say(shop, command)).toMatchObject({ code: 'UNSUPPORTED_VERSION' });
  });

  it('behind exp, and behind ttl', async () => {
    const shop = await soldShop();
    const late = shop.backend.draft(TILL, 'refund', REFUND, BACKEND_KEY);
    const ttl = BACKEND_KEY.sign(TILL, { ...shop.backend.draft(TILL, 'refund', REFUND), ttl: 5_000 });
    await shop.pass(6_000);
    expect(await say(shop, ttl)).toMatchObject({ code: 'EXPIRED' });
    await shop.pass(60_000);
    expect(await say(shop, late)).toMatchObject({ code: 'EXPIRED' });
    expect(shop.requests('refund')).toEqual([]);
  });

  it('the same id with other arguments, or with another verb', async () => {
    const shop = await soldShop();
    const first = shop.backend.draft(TILL, 'query', { orderId: 'O1' });
    expect(await say(shop, first)).toMatchObject({ phase: 'final', code: 'ORDER' });
    const args = { orderId: 'O2' };
    expect(await say(shop, { ...first, args, hash: canonicalHash(args) })).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    expect(await say(shop, { ...first, type: 'cancel' })).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });

  it('a verb without a room', async () => {
    const shop = await soldShop();
    const table = { name: 'wallets', version: 1, sha256: '0'.repeat(64), content: {} };
    expect(await order(shop, 'rule-table', { commandSeq: 1, table }, BACKEND_KEY)).toMatchObject({
      code: 'UNSUPPORTED',
    });
    expect(await order(shop, 'templates', { commandSeq: 1, templates: [table] }, BACKEND_KEY)).toMatchObject({
      code: 'UNSUPPORTED',
    });
    expect(await order(shop, 'diagnose', {})).toMatchObject({ code: 'UNSUPPORTED' });
    expect(await order(shop, 'dance', {})).toMatchObject({ code: 'UNSUPPORTED' });
  });

  it('[004-5] every verb refuses arguments that are not its own', async () => {
    const shop = await soldShop();
    for (const verb of Object.keys(COMMAND_VERBS)) {
      const answer = await order(shop, verb, { nonsense: true }, BACKEND_KEY);
      expect([verb, answer.code]).toEqual([verb, 'BAD_REQUEST']);
    }
  });

  it('nobody has told the time: whether its window is over cannot be judged, and no money goes back', async () => {
    const shop = await soldShop();
    await shop.kill();
    shop.backend.answersTime = false;
    await shop.start();
    await shop.pass(1_000);
    expect(await order(shop, 'refund', REFUND, BACKEND_KEY)).toMatchObject({ code: 'CLOCK_UNTRUSTED' });
    expect(shop.requests('refund')).toEqual([]);
  });

  it('the journal cannot be written', async () => {
    const shop = await soldShop();
    shop.disk.trouble = 'ENOSPC';
    expect(await order(shop, 'refund', REFUND, BACKEND_KEY)).toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
    expect(shop.requests('refund')).toEqual([]);
  });
});

it('the stored answer is repeated for seven days and across restarts, and nothing is done twice', async () => {
  const shop = await soldShop();
  const command = shop.backend.draft(TILL, 'refund', REFUND, BACKEND_KEY);
  await say(shop, command);
  await shop.untilRefund('F1', 'REFUNDED');
  for (let day = 1; day < 7; day++) {
    await shop.pass(86_400_000);
    await shop.kill();
    await shop.start();
    await shop.pass(1_000);
    const answer = await say(shop, command);
    expect(answer).toMatchObject({ phase: 'final', code: 'REFUND_OK', replayed: true });
  }
  expect(shop.requests('refund').length).toBe(1);
});

describe('the rules of the till', () => {
  it('get stricter by anybody and looser only by a signed command; an older one comes too late', async () => {
    const shop = await soldShop({ limits: { maxFen: 100_000 } });
    const limits = (commandSeq: number, maxFen: number | null, key?: CommandSigner) =>
      order(shop, 'limits', { commandSeq, maxFen }, key);
    expect(await limits(1, 5_000)).toMatchObject({ status: 'ok', code: 'RULES_CHANGED' });
    expect(await order(shop, 'collect', { orderId: 'O2', amountFen: 5_001, currency: 'CNY' })).toMatchObject({
      code: 'AMOUNT_OVER_LIMIT',
    });
    expect(await limits(2, 6_000)).toMatchObject({ code: 'SIGNATURE_REQUIRED' });
    expect(await limits(2, null)).toMatchObject({ code: 'SIGNATURE_REQUIRED' });
    expect(await limits(2, 6_000, BACKEND_KEY)).toMatchObject({ code: 'RULES_CHANGED' });
    expect(await limits(2, 100)).toMatchObject({ code: 'STALE' });
    expect(await limits(1_003, 100)).toMatchObject({ code: 'SIGNATURE_REQUIRED' });
    expect(await limits(3, 100)).toMatchObject({ code: 'RULES_CHANGED' });
    expect(shop.events('settings').map(({ commandSeq }) => commandSeq)).toEqual([1, 2, 3]);
    await shop.kill();
    await shop.start();
    await shop.pass(1_000);
    expect(await limits(3, 1)).toMatchObject({ code: 'STALE' });
    expect(shop.process.till.book.settings).toEqual({ maxFen: 100, commandSeq: 3 });
  });

  it('two that both tighten what was there: the second would loosen the first, and does not', async () => {
    const shop = await soldShop();
    const drafts = [50, 80].map((maxFen, at) => shop.backend.draft(TILL, 'limits', { commandSeq: at + 1, maxFen }));
    for (const draft of drafts) shop.backend.command(TILL, draft);
    await shop.pass(200);
    expect(shop.process.till.book.settings.maxFen).toBe(50);
    expect(shop.backend.resultsOf(drafts[1]?.id ?? '').at(-1)).toMatchObject({
      phase: 'final',
      code: 'SIGNATURE_REQUIRED',
    });
  });

  it('refund limits likewise', async () => {
    const shop = await soldShop();
    expect(await order(shop, 'limits', { commandSeq: 1, refund: { dayCount: 0 } })).toMatchObject({
      code: 'RULES_CHANGED',
    });
    expect(await order(shop, 'refund', REFUND, BACKEND_KEY)).toMatchObject({ code: 'REFUND_LIMIT' });
    expect(await order(shop, 'limits', { commandSeq: 2, refund: { dayCount: 1 } })).toMatchObject({
      code: 'SIGNATURE_REQUIRED',
    });
    await order(shop, 'limits', { commandSeq: 2, refund: { dayCount: 1 } }, BACKEND_KEY);
    await order(shop, 'refund', REFUND, BACKEND_KEY);
    await shop.untilRefund('F1', 'REFUNDED');
  });

  it('suspended by an unsigned word, resumed by a signed one, and a late suspension does not come back', async () => {
    const shop = await soldShop();
    const suspend = { commandSeq: 1, state: 'SUSPENDED', reasonCode: 'RISK_SELF_SWIPE', servicePhone: '95516' };
    const late = shop.backend.draft(TILL, 'suspend', { ...suspend, commandSeq: 2 });
    expect(await order(shop, 'suspend', suspend)).toMatchObject({ code: 'RULES_CHANGED' });
    const collect = { orderId: 'O2', amountFen: 100, currency: 'CNY' };
    const refused = await order(shop, 'collect', collect);
    expect(refused).toMatchObject({ code: 'MERCHANT_SUSPENDED' });
    expect(refused.message).toContain('95516');
    expect(await order(shop, 'refund', REFUND, BACKEND_KEY)).toMatchObject({ code: 'MERCHANT_SUSPENDED' });
    expect(await order(shop, 'resume', { commandSeq: 3 })).toMatchObject({ code: 'SIGNATURE_REQUIRED' });
    expect(await order(shop, 'suspend', { ...suspend, commandSeq: 3, canRefund: true })).toMatchObject({
      code: 'SIGNATURE_REQUIRED',
    });
    expect(await order(shop, 'resume', { commandSeq: 3 }, BACKEND_KEY)).toMatchObject({ code: 'RULES_CHANGED' });
    expect(await say(shop, late)).toMatchObject({ code: 'STALE' });
    expect(await order(shop, 'collect', collect)).toMatchObject({ phase: 'accepted' });
  });
});

describe('a manager settles what the till cannot find out', () => {
  const RESOLVE = { orderId: 'O1', personId: 'manager.2', reason: 'asked the bank' };

  async function disputed(pays: 'never' | 61_500) {
    const shop = await MemoryShop.open();
    shop.customer({
      behaviour: { kind: 'enters-password', afterMs: pays },
      trouble: { reverse: [{ code: 'ACQ.SYSTEM_ERROR' }, { code: 'ACQ.REASON_TRADE_BEEN_FREEZEN' }] },
    });
    const collected = await shop.collect('O1');
    shop.scan(shop.showCode('alipay'));
    return { shop, collected };
  }

  it('never while an attempt is not final, never without a dispute, never unsigned', async () => {
    const { shop } = await disputed('never');
    const paid = { ...RESOLVE, outcome: 'paid' };
    await shop.untilState('O1', 'REVERSING');
    expect(await order(shop, 'resolve', paid, BACKEND_KEY)).toMatchObject({ code: 'ORDER_BLOCKED' });
    await shop.untilState('O1', 'NEEDS_MANUAL_CHECK');
    expect(await order(shop, 'resolve', paid)).toMatchObject({ code: 'SIGNATURE_REQUIRED' });
    expect(await order(shop, 'resolve', { ...paid, reason: '' }, BACKEND_KEY)).toMatchObject({ code: 'BAD_REQUEST' });
    expect(shop.orderState('O1')).toBe('DISPUTED');
  });

  it('unpaid: the order is open again, the command that asked for it hears so, and it sells', async () => {
    const { shop, collected } = await disputed('never');
    await shop.untilState('O1', 'NEEDS_MANUAL_CHECK');
    expect(await order(shop, 'resolve', { ...RESOLVE, outcome: 'unpaid' }, BACKEND_KEY)).toMatchObject({
      code: 'RESOLVED',
    });
    expect(shop.orderState('O1')).toBe('OPEN');
    expect(shop.backend.resultsOf(collected).at(-1)).toMatchObject({
      phase: 'final',
      status: 'cancelled',
      resolves: true,
    });
    expect(shop.events('resolution')).toMatchObject([
      { outcome: 'unpaid', personId: 'manager.2', reason: 'asked the bank' },
    ]);
    await shop.sell('O1');
    expect(shop.orderState('O1')).toBe('PAID');
  });

  it('paid: it can be given back, once no reverse can arrive any more', async () => {
    const { shop, collected } = await disputed(61_500);
    await shop.untilState('O1', 'NEEDS_MANUAL_CHECK');
    await order(shop, 'resolve', { ...RESOLVE, outcome: 'paid' }, BACKEND_KEY);
    expect(shop.orderState('O1')).toBe('PAID');
    expect(shop.backend.resultsOf(collected).at(-1)).toMatchObject({ status: 'ok', code: 'PAID', resolves: true });
    expect(await order(shop, 'refund', REFUND, BACKEND_KEY)).toMatchObject({ code: 'ORDER_BLOCKED' });
    await shop.pass(121_000);
    await order(shop, 'refund', REFUND, BACKEND_KEY);
    await shop.untilRefund('F1', 'REFUNDED');
    expect(shop.acquirer.ledger.ofOrder('O1')).toEqual({ charges: 1, reversals: 0, netFen: 750 });
  });

  it('refunded by the back office: the till gives nothing back a second time', async () => {
    const { shop } = await disputed(61_500);
    await shop.untilState('O1', 'NEEDS_MANUAL_CHECK');
    await order(shop, 'resolve', { ...RESOLVE, outcome: 'refunded' }, BACKEND_KEY);
    expect(shop.orderState('O1')).toBe('REFUNDED');
    await shop.pass(121_000);
    expect(await order(shop, 'refund', REFUND, BACKEND_KEY)).toMatchObject({ code: 'ORDER_BLOCKED' });
    await shop.kill();
    await shop.start();
    expect(shop.orderState('O1')).toBe('REFUNDED');
  });
});

describe('the other verbs', () => {
  it('cancel closes an order that nobody paid, and says so of one that was paid', async () => {
    const shop = await soldShop();
    expect(await order(shop, 'cancel', { orderId: 'O1' })).toMatchObject({ status: 'declined', code: 'ALREADY_PAID' });
    const collected = await shop.collect('O2');
    expect(await order(shop, 'cancel', { orderId: 'O2' })).toMatchObject({ status: 'ok', code: 'ORDER_CANCELLED' });
    expect(shop.backend.resultsOf(collected).at(-1)).toMatchObject({ status: 'cancelled' });
    expect(await order(shop, 'cancel', { orderId: 'O9' })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('[004-9] query tells what the till knows, and what can still be given back', async () => {
    const shop = await soldShop();
    await order(shop, 'refund', REFUND, BACKEND_KEY);
    await shop.untilRefund('F1', 'REFUNDED');
    expect((await order(shop, 'query', { orderId: 'O1' })).data).toMatchObject({
      state: 'PARTLY_REFUNDED',
      attempts: [{ state: 'PAID', channel: 'WECHAT' }],
      refunds: [{ refundId: 'F1', state: 'REFUNDED', refundFen: 500 }],
      remainingFen: 750,
    });
  });

  it('print repeats a slip, marked', async () => {
    const shop = await soldShop();
    expect(shop.slipText()).not.toContain('重打印');
    expect(await order(shop, 'print', { orderId: 'O1' })).toMatchObject({ code: 'PRINT_QUEUED' });
    await shop.pass(3_000);
    expect(shop.slipText()).toContain('重打印');
    expect(await order(shop, 'print', { orderId: 'O1', refundId: 'F9' })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('notice is kept across restarts', async () => {
    const shop = await soldShop();
    const notice = { noticeId: 'N1', level: 'warn', titleZh: '系统维护', textZh: '今晚 23:00 至 24:00 暂停收款' };
    expect(await order(shop, 'notice', notice)).toMatchObject({ code: 'NOTICE_KEPT' });
    await shop.kill();
    await shop.start();
    expect([...shop.process.till.book.notices.values()]).toMatchObject([notice]);
    await shop.pass(1_000);
    expect(await order(shop, 'notice', { ...notice, textZh: '取消' })).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });

  it('[002-7] a person says that it was read: written down, told to the backend once, and known after a restart', async () => {
    const shop = await soldShop();
    const notice = { noticeId: 'N1', level: 'urgent', titleZh: '系统维护', textZh: '今晚暂停收款', ackRequired: true };
    await order(shop, 'notice', notice);
    const anybody = new LocalCaller(shop);
    expect((await anybody.ask('/v1/state')).json).toMatchObject({ unreadNotices: 1, notices: [notice] });
    const path = '/v1/notices/N1/acknowledge';
    expect(await anybody.ask(path, { body: {} })).toMatchObject({ status: 403, json: { code: 'PERSON_REQUIRED' } });
    const clerk = new LocalCaller(shop, 'cashier', 'clerk.7');
    const acknowledged = { personId: 'clerk.7', at: expect.any(Number) };
    expect((await clerk.ask(path, { body: {} })).json).toMatchObject({ noticeId: 'N1', acknowledged });
    await shop.kill(0);
    await shop.start();
    await shop.pass(1_000);
    const manager = new LocalCaller(shop, 'cashier', 'manager.2');
    expect((await manager.ask(path, { body: {} })).json).toMatchObject({ acknowledged });
    expect((await manager.ask('/v1/state')).json).toMatchObject({ unreadNotices: 0, notices: [{ acknowledged }] });
    expect(shop.events('notice-ack')).toEqual([{ type: 'notice-ack', noticeId: 'N1', ...acknowledged }]);
    expect(await manager.ask('/v1/notices/N9/acknowledge', { body: {} })).toMatchObject({ status: 404 });
  });

  it('a disk that takes nothing: the notice stays unread, and nobody is told otherwise', async () => {
    const shop = await soldShop();
    await order(shop, 'notice', { noticeId: 'N1', level: 'info', titleZh: '通知', textZh: '请读', ackRequired: true });
    const clerk = new LocalCaller(shop, 'cashier', 'clerk.7');
    shop.disk.trouble = 'EROFS';
    const answer = await clerk.ask('/v1/notices/N1/acknowledge', { body: {} });
    expect(answer).toMatchObject({ status: 503, json: { code: 'JOURNAL_UNAVAILABLE' } });
    shop.disk.trouble = undefined;
    await shop.pass(5_000);
    expect((await clerk.ask('/v1/state')).json).toMatchObject({ unreadNotices: 1 });
    expect(shop.events('notice-ack')).toEqual([]);
    expect((await clerk.ask('/v1/notices/N1/acknowledge', { body: {} })).status).toBe(200);
  });
});
