import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigSchema } from '../../agent/config.ts';
import { Reply } from '../../protocols/backend/replies.ts';
import { Request } from '../../protocols/backend/requests.ts';
import { REQUEST_OPS } from '../../protocols/backend/topics.ts';
import { COMMAND_VERBS } from '../../protocols/backend/verbs.ts';
import { MemoryShop } from '../world/shop.ts';

// The refusal list of payment.md 4.6, hard-coded: for each practice, that there is nothing to switch it on with, and what
// happens instead. Names are collected from the schemas that the code parses with, so a new option cannot hide.

const schemas: Record<string, z.ZodType> = {
  config: ConfigSchema,
  request: Request,
  reply: Reply,
  ...Object.fromEntries(Object.entries(COMMAND_VERBS).map(([verb, { args }]) => [`cmd/${verb}`, args])),
};
const sections = ['agent', 'protocols'].map((floor) => join(import.meta.dirname, '../..', floor));

/** Every member and every word of a choice that the contract or the configuration knows. */
const MIS = { protocol: 'mis', path: '/dev/ttyS0' } as const;

function namesIn(schema: z.ZodType): string[] {
  const found = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { properties, enum: words, const: word } = node as Record<string, unknown>;
    for (const name of Object.keys(properties ?? {})) found.add(name);
    for (const one of [...(Array.isArray(words) ? words : []), word]) if (typeof one === 'string') found.add(one);
    Object.values(node).forEach(walk);
  };
  walk(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return [...found];
}

const names = Object.entries(schemas).flatMap(([where, schema]) => namesIn(schema).map((name) => `${where}: ${name}`));

/** `others`: names that sound like it and are something else, each for a reason said where it is allowed. */
function noOption(pattern: RegExp, others: readonly string[] = []): void {
  expect(names.filter((name) => pattern.test(name.split(': ')[1] ?? ''))).toEqual(others);
}

function sourcesWith(pattern: RegExp): string[] {
  return sections.flatMap((floor) =>
    readdirSync(floor, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && pattern.test(readFileSync(join(floor, file), 'utf8')))
      .map((file) => file.replaceAll('\\', '/')),
  );
}

it('the search finds what is there: limits, channels, amounts', () => {
  expect(names).toContain('config: maxFen');
  expect(names).toContain('request: paycode');
  expect(names).toContain('cmd/intent: lines');
  expect(names.length).toBeGreaterThan(150);
});

describe('switching channels to reduce risk', () => {
  it('[000-4] [003-18] there is no such option: no rotation, no weights, no choice of channel but the code that was shown', () => {
    noOption(/rotat|random|round.?robin|weight|fallback|route|routing|balance|pool/i);
    expect(sourcesWith(/Math\.random/)).toEqual([]);
  });

  it('the same codes go the same way, whatever chance says', async () => {
    const ways: string[][] = [];
    for (const seed of [1, 2, 3]) {
      const shop = new MemoryShop({}, seed);
      await shop.start();
      await shop.pass(1_000);
      for (const [n, wallet] of (['wechat', 'alipay', 'unionpay', 'ecny'] as const).entries()) {
        await shop.collect(`WAY-${n}`, 1250);
        shop.scan(shop.showCode(wallet));
        await shop.untilState(`WAY-${n}`, 'PAID');
      }
      ways.push(
        shop.requests('pay').map(({ text }) => (JSON.parse(text) as { args: { channel: string } }).args.channel),
      );
    }
    expect(ways).toEqual([1, 2, 3].map(() => ['WECHAT', 'ALIPAY', 'UNIONPAY', 'ECNY']));
  });
});

describe('splitting an amount over the limit', () => {
  it('there is no such option, and an amount asked for is the order’s amount', async () => {
    // how the customer pays the channel; the shop has the whole amount of one order
    noOption(/split|instal|part(s|ial)?$|chunk|slice/i, ['reply: instalments']);
    const shop = await MemoryShop.open({ limits: { maxFen: 50_000, maxLinkFen: 50_000 } });
    const ask = (orderId: string, amountFen: number) => shop.order('intent', { orderId, amountFen, currency: 'CNY' });
    expect(await ask('BIG', 50_001)).toMatchObject({ status: 'failed', code: 'AMOUNT_OVER_LIMIT' });
    expect((await ask('BIG', 50_001)).message).toMatch(/do not split/);
    expect(await ask('BIG', 25_000)).toMatchObject({ status: 'ok' });
    expect(await ask('BIG', 25_001)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });
});

describe('remote codes without an order', () => {
  it('a link is for one real order, with its lines', async () => {
    const shop = await MemoryShop.open();
    const ask = (args: object) => shop.order('intent', { amountFen: 3580, currency: 'CNY', forms: ['link'], ...args });
    expect(await ask({})).toMatchObject({ status: 'failed', code: 'BAD_REQUEST' });
    expect(await ask({ orderId: 'R-1' })).toMatchObject({ status: 'failed', code: 'BAD_REQUEST' });
    expect(await ask({ orderId: 'R-1', region: 'any' })).toMatchObject({ status: 'failed', code: 'BAD_REQUEST' });
    noOption(/region|anywhere|proxy|remote/i);
  });
});

describe('personal codes for business', () => {
  it('[001-1] one that is scanned is named for what it is; there is no place to configure a standing code', async () => {
    noOption(/static|standing|personal|stand.?code|payee|collect(ion)?Code/i);
    const shop = await MemoryShop.open();
    await shop.collect('P-1');
    for (const code of ['wxp://f2f0AbCdEfGhIjKlMn', 'https://qr.alipay.com/fkx00000abcdefghijklm']) shop.scan(code);
    await shop.pass(3_000);
    expect(shop.refusals().map(({ refusal }) => refusal)).toEqual(['WRONG_CODE_KIND', 'WRONG_CODE_KIND']);
    for (const { zh } of shop.refusals()) expect(zh).toContain('这是收款码');
    expect(shop.requests('pay')).toEqual([]);
  });

  it('one that the backend hands out is shown to nobody: the intent is closed', async () => {
    const shop = await MemoryShop.open();
    shop.backend.desk(shop.till).intents.codeText = 'https://qr.alipay.com/fkx00000abcdefghijklm';
    const result = await shop.order('intent', { orderId: 'P-2', amountFen: 3580, currency: 'CNY' });
    expect(result).toMatchObject({ status: 'declined', code: 'INTENT_NOT_CREATED' });
    expect(result.message).toContain('PERSONAL_CODE');
    expect(JSON.stringify(shop.log)).not.toContain('fkx00000');
  });
});

it('a false place, a cloned serial number: there is nothing to type one into', () => {
  noOption(/latitude|longitude|^lat$|^lon$|gps|geo|serial_?no$|imei/i);
  // the registration, as the backend told it at the visit (`provision` takes neither from anybody else): one place for each, and a
  // pay request repeats it
  expect(names.filter((name) => /location|serialNum/i.test(name))).toEqual([
    'config: serialNum',
    'config: location',
    'request: location',
  ]);
  const bare = {
    address: { tenant: 'a', store: 'b', agent: 'c' },
    broker: { url: 'mqtt://b' },
    scanner: { path: 'x' },
    dataDir: 'd',
  };
  const merchant = { name: 'n', merchantNo: '1', terminalNo: 'T' };
  expect(ConfigSchema.safeParse({ ...bare, merchant }).success).toBe(true);
  expect(ConfigSchema.safeParse({ ...bare, merchant: { ...merchant, location: '+37.12/-121.213' } }).success).toBe(
    false,
  );
});

it('fake transactions and cash-out: no money without an order, none back to a hand', async () => {
  noOption(/cash.?(out|back)|test.?sale|dummy|fake|self.?pay/i);
  const shop = await MemoryShop.open();
  shop.scan(shop.showCode());
  await shop.pass(2_000);
  expect(shop.refusals()).toMatchObject([{ refusal: 'NO_OPEN_ORDER' }]);
  expect(shop.requests('pay')).toEqual([]);
});

it('[000-10] [004-19] holding or advancing funds, payouts: the till asks, queries and gives back the same way, and knows nothing else', () => {
  expect([...REQUEST_OPS].sort()).toEqual(['intent', 'pay', 'query', 'refund', 'refund-query', 'reverse']);
  // the word of a MIS terminal's dialect for its own end of day (结算)
  const others = ['config: settle'];
  noOption(
    /settle(ment)?$|advance|instant|withdraw|payout|transfer|wallet(Id|Account)|bankAccount|card(No|Number)/i,
    others,
  );
  const { pay } = { pay: { amountFen: -1, currency: 'CNY', channel: 'WECHAT', paycode: '1', source: 'scanner' } };
  expect(
    Request.safeParse({ op: 'pay', args: pay }).error?.issues.some(({ path }) => path.join('.') === 'args.amountFen'),
  ).toBe(true);
});

describe('tries after risk control said no', () => {
  it('there is no retry option; the channel is left alone for a minute for this order, and another method works', async () => {
    noOption(/retr(y|ies)(Pay|Max|Count|After|s)|attempts?Max|maxAttempts|again/i);
    const shop = await MemoryShop.open();
    shop.customer({ behaviour: { kind: 'refuses', code: 'ACQ.PAYMENT_REQUEST_HAS_RISK' } });
    await shop.collect('RISK-1');
    shop.scan(shop.showCode('alipay'));
    await shop.untilState('RISK-1', 'FAILED');
    shop.scan(shop.showCode('alipay'));
    await shop.pass(2_000);
    expect(shop.refusals().at(-1)).toMatchObject({ refusal: 'RISK_REJECTED' });
    expect(shop.requests('pay')).toHaveLength(1);
    await shop.kill();
    await shop.start();
    await shop.pass(2_000);
    shop.scan(shop.showCode('alipay'));
    await shop.pass(2_000);
    expect(shop.refusals().filter(({ refusal }) => refusal === 'RISK_REJECTED')).toHaveLength(2);
    shop.scan(shop.showCode('wechat'));
    await shop.untilState('RISK-1', 'PAID');
  });

  it('after the minute the customer may try again, with a fresh code', async () => {
    const shop = await MemoryShop.open();
    shop.customer({ behaviour: { kind: 'refuses', code: 'ACQ.PAYMENT_REQUEST_HAS_RISK' } });
    await shop.collect('RISK-2');
    const used = shop.showCode('alipay');
    shop.scan(used);
    await shop.untilState('RISK-2', 'FAILED');
    await shop.pass(61_000);
    shop.scan(used);
    await shop.pass(2_000);
    expect(shop.refusals().at(-1)).toMatchObject({ refusal: 'CODE_USED' });
    shop.scan(shop.showCode('alipay'));
    await shop.untilState('RISK-2', 'PAID');
  });
});

describe('debiting without the customer, keeping a code for later', () => {
  it('no command carries a paycode, and nothing is kept of one', async () => {
    const carriers = names.filter((name) => /: (paycode|auth_?code|token)$/i.test(name));
    // the configuration names the tag in which a terminal's dialect carries one (DF6A), never a code
    expect(carriers).toEqual(['config: paycode', 'request: paycode']);
    expect(() =>
      ConfigSchema.shape.terminal.parse({ ...MIS, mis: { dialect: { tags: { paycode: '13462281' } } } }),
    ).toThrow('DF6A');
    noOption(/schedule(Pay|At|For)|recurring|subscription|mandate|storedCode|vault/i);
    const shop = await MemoryShop.open();
    await shop.collect('KEEP-1');
    const code = shop.showCode();
    shop.scan(code);
    await shop.untilState('KEEP-1', 'PAID');
    expect(shop.disk.text()).not.toContain(code);
    expect(shop.disk.text()).toContain('KEEP-1');
  });
});

it('saying 成功 while nobody knows: no slip and no reprint before the journal says PAID', async () => {
  noOption(/force(Paid|Success)|assume|optimistic|hide/i);
  const shop = await MemoryShop.open();
  shop.customer({ behaviour: { kind: 'enters-password', afterMs: 'never' } });
  await shop.collect('TRUE-1');
  shop.scan(shop.showCode('alipay'));
  await shop.untilState('TRUE-1', 'USER_PAYING');
  const [attemptId = ''] = shop.attemptIds('TRUE-1');
  await shop.process.till.spool.reprint(attemptId);
  await shop.untilState('TRUE-1', 'REVERSED');
  await shop.process.till.spool.reprint(attemptId);
  await shop.pass(10_000);
  expect(shop.slipText()).not.toContain('签购单');
});
