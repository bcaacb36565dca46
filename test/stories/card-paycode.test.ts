import { expect, it } from 'vitest';
import { SimulatedMis } from '../../simulator/terminals/mis-mouth.ts';
import { MIS_PERSONALITIES } from '../../simulator/terminals/mis-personalities.ts';
import { LCG } from '../seeded.ts';
import { MemoryShop } from '../world/shop.ts';
import { TerminalLine } from '../world/terminal-line.ts';

/** A bank's MIS terminal that charges the codes which the till's gun reads (DF6A). */
async function counter(): Promise<{
  readonly shop: MemoryShop;
  readonly mis: SimulatedMis;
  readonly line: TerminalLine;
}> {
  const mis = { takesPaycodes: true, dialect: { answerMs: 8_000, limitMs: 10_000 } };
  const shop = new MemoryShop({ terminal: { protocol: 'mis', path: 'terminal', mis } });
  const line = new TerminalLine(shop.clock);
  shop.lines.set('terminal', line);
  const chance = new LCG(11);
  const random = () => chance.below(1_000_000) / 1_000_000;
  const personality = { ...MIS_PERSONALITIES['boc-yinjie'], ackMs: 5, hostMs: 400 };
  const terminal = new SimulatedMis(line, { personality, clock: shop.clock, random, host: (packet) => packet });
  await shop.start();
  await shop.pass(1_000);
  return { shop, mis: terminal, line };
}

it('a scanned code is charged by the terminal, and is in no message to the backend and on no disk', async () => {
  const { shop, mis } = await counter();
  await shop.collect('A', 1_250);
  const code = shop.showCode();
  shop.scan(code);
  await shop.untilState('A', 'PAID');
  await shop.pass(3_000);
  expect(mis.model.approvals).toBe(1);
  expect(shop.orderState('A')).toBe('PAID');
  expect(shop.requests('pay')).toHaveLength(0);
  expect(shop.attempts('A').at(-1)).toMatchObject({
    channel: 'WECHAT',
    card: { protocol: 'mis', outcome: 'approved' },
  });
  expect(shop.disk.text()).not.toContain(code);
  expect(JSON.stringify(shop.messages)).not.toContain(code);
  expect(shop.slipText()).toContain('12.50');
  expect(shop.slipText(), 'confirmed on the phone: nobody signs').not.toContain('持卡人签名');
});

it('a terminal that goes silent: nobody knows and it cannot be asked, so a person is called, and the code is not used again', async () => {
  const { shop, line } = await counter();
  await shop.collect('A', 1_250);
  line.hears = () => false;
  const code = shop.showCode();
  shop.scan(code);
  await shop.passUntil('a person', () => shop.orderState('A') === 'DISPUTED', 300_000);
  line.hears = () => true;
  await shop.pass(20_000);
  await shop.collect('B', 500);
  shop.scan(code);
  await shop.pass(1_000);
  expect(shop.refusals().at(-1)).toMatchObject({ refusal: 'CODE_USED' });
  shop.scan(shop.showCode('alipay'));
  await shop.untilState('B', 'PAID');
});

it('a terminal that is not there: the scan is refused, nothing is kept of the code, and the order stays open', async () => {
  const { shop, line } = await counter();
  await shop.collect('A', 1_250);
  await line.hangup();
  shop.scan(shop.showCode());
  await shop.pass(100);
  expect(shop.refusals().at(-1)).toMatchObject({ refusal: 'TERMINAL_UNAVAILABLE' });
  expect(shop.attempts('A')).toHaveLength(0);
  line.replug();
  await shop.pass(2_000);
  shop.scan(shop.showCode());
  await shop.untilState('A', 'PAID');
});
