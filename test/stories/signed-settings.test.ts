import { expect, it } from 'vitest';
import { canonicalHash, type Json } from '../../protocols/backend/canonical.ts';
import { PAYMENT_CODE_RULES } from '../../protocols/paycode/rules.ts';
import type { CommandSigner } from '../../simulator/backend/command-signer.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { MemoryShop } from '../world/shop.ts';

async function say(shop: MemoryShop, verb: string, args: object, key?: CommandSigner) {
  const id = await shop.command(verb, args as never, key);
  return shop.backend.resultsOf(id).at(-1);
}

function table(name: string, version: number, content: unknown) {
  return { name, version, sha256: canonicalHash(content as Json), content };
}

it('[001-12] [002-14] a signed setting: the service phone is on the next slip and stays over a restart; unsigned it is refused', async () => {
  const shop = await MemoryShop.open();
  const set = { servicePhone: '400-820-0001', logLevel: 'warn' };
  expect(await say(shop, 'config', { commandSeq: 1, set })).toMatchObject({ code: 'SIGNATURE_REQUIRED' });
  expect(await say(shop, 'config', { commandSeq: 1, set }, BACKEND_KEY)).toMatchObject({ code: 'RULES_CHANGED' });
  await shop.kill();
  await shop.start();
  await shop.pass(1_000);
  const lines = shop.log.length;
  await shop.sell('O1');
  expect(shop.slipText()).toContain('400-820-0001');
  expect(shop.log.slice(lines).filter(({ level }) => level === 'info')).toEqual([]);
});

it('[003-12] [002-14] a signed table of payment codes: its rules hold from the next scan, a lower version and a wrong hash do not', async () => {
  const shop = await MemoryShop.open();
  const rules = PAYMENT_CODE_RULES.rules.filter(({ channel }) => channel !== 'ALIPAY');
  const send = (commandSeq: number, sent: object, key?: CommandSigner) =>
    say(shop, 'rule-table', { commandSeq, table: sent }, key);
  expect(await send(1, table('payment-codes', 2, { rules }))).toMatchObject({ code: 'SIGNATURE_REQUIRED' });
  expect(await send(1, { ...table('payment-codes', 2, { rules }), sha256: '0'.repeat(64) }, BACKEND_KEY)).toMatchObject(
    {
      code: 'BAD_REQUEST',
    },
  );
  const broken = [{ ...rules[0], pattern: '(' }];
  expect(await send(1, table('payment-codes', 2, { rules: broken }), BACKEND_KEY)).toMatchObject({
    code: 'BAD_REQUEST',
  });
  expect(await send(1, table('payment-codes', 1, { rules }), BACKEND_KEY)).toMatchObject({ code: 'STALE' });
  expect(await send(1, table('payment-codes', 2, { rules }), BACKEND_KEY)).toMatchObject({ code: 'RULES_CHANGED' });
  await shop.collect('O1');
  shop.scan(shop.showCode('alipay'));
  await shop.pass(1_000);
  expect(shop.refusals()).toMatchObject([{ refusal: 'WRONG_CODE_KIND' }]);
  shop.scan(shop.showCode('wechat'));
  await shop.untilState('O1', 'PAID');
});

it('[000-1] a signed list of channels: one that is away is named with its time and not tried, the customer chooses another', async () => {
  const shop = await MemoryShop.open();
  const until = shop.clock.now() + 3_600_000;
  const channels = [
    { channel: 'ALIPAY', state: 'maintenance', until, textZh: '系统升级' },
    { channel: 'ECNY', state: 'off' },
    { channel: 'WECHAT', state: 'up' },
  ];
  const send = (version: number, content: unknown, key?: CommandSigner) =>
    say(shop, 'rule-table', { commandSeq: version, table: table('channels', version, content) }, key);
  expect(await send(1, { channels })).toMatchObject({ code: 'SIGNATURE_REQUIRED' });
  expect(await send(1, { channels: [...channels, channels[0]] }, BACKEND_KEY)).toMatchObject({ code: 'BAD_REQUEST' });
  expect(await send(1, { channels }, BACKEND_KEY)).toMatchObject({ code: 'RULES_CHANGED' });
  await shop.kill(0);
  await shop.start();
  await shop.pass(1_000);
  await shop.collect('O1');
  shop.scan(shop.showCode('alipay'));
  await shop.pass(1_000);
  shop.scan(shop.showCode('ecny'));
  await shop.pass(1_000);
  expect(shop.refusals()).toMatchObject([
    { refusal: 'CHANNEL_UNAVAILABLE', zh: '支付宝：系统升级，预计 11/22 11:00 恢复' },
    { refusal: 'METHOD_NOT_SUPPORTED' },
  ]);
  expect(shop.requests('pay')).toEqual([]);
  shop.scan(shop.showCode('wechat'));
  await shop.untilState('O1', 'PAID');
  // its time is over: it may be tried again without another word
  await shop.pass(3_600_000);
  await shop.sell('O2', 1_250, 'alipay');
});
