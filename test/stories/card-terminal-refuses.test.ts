import { expect, it } from 'vitest';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { SimulatedZvtTerminal } from '../../simulator/terminals/terminal-port.ts';
import { CardShop } from './card-shop.ts';

// A ZVT terminal has another currency than the till is configured for: it refuses the registration. It is asked again by itself,
// more and more rarely, and told as what it is, until somebody puts the right one there.

/** at 0, 0.5, 1.5, 3.5, 7.5, 15.5 s, and then each 10 s, behind the answer of the last time */
const IN_A_MINUTE = 10;
const IN_TEN_MORE = 60;

it('is asked again with a growing pause of at most ten seconds, told by name, and works when it takes the till', async () => {
  const opened: CardShop[] = [];
  const keep = (card: CardShop) => void opened.push(card);
  await expect(CardShop.open('zvt', {}, keep, { personality: 'zvt-brisk' })).rejects.toThrow('ready');
  const [card] = opened;
  if (!card) throw new Error('no shop');
  const { shop } = card;
  const refusals = () => shop.log.filter(({ code }) => code === 'TERMINAL_REFUSES').length;
  const light = () => shop.consoleParts?.view.state().strip.find(({ device }) => device === 'terminal');
  expect(refusals()).toBe(IN_A_MINUTE);
  expect(light()).toMatchObject({
    state: 'bad',
    code: 'TERMINAL_REFUSES',
    problem: { zh: '终端拒绝本机登录' },
    remedy: { zh: expect.stringContaining('币种') as string },
  });
  await shop.pass(600_000);
  expect(refusals() - IN_A_MINUTE).toBe(IN_TEN_MORE);
  const right = new SimulatedZvtTerminal({ personality: TERMINALS['zvt-cny'], clock: shop.clock });
  right.onSerial(card.line);
  right.onPort(card.line);
  await card.ready();
  expect(light()).toMatchObject({ state: 'ok' });
  expect(await card.sale('A', 1_200)).toMatchObject({ status: 'ok' });
});

it('that came back by itself during the pause is not cut when the pause is over', async () => {
  const opened: CardShop[] = [];
  const keep = (card: CardShop) => void opened.push(card);
  await expect(CardShop.open('zvt', {}, keep, { personality: 'zvt-brisk' })).rejects.toThrow('ready');
  const [card] = opened;
  if (!card) throw new Error('no shop');
  const { shop, line } = card;
  // the next pause has begun
  await shop.pass(10_000);
  const right = new SimulatedZvtTerminal({ personality: TERMINALS['zvt-cny'], clock: shop.clock });
  right.onSerial(line);
  right.onPort(line);
  line.cut();
  await shop.pass(5_000);
  await card.ready();
  const said = line.said.length;
  await shop.pass(70_000);
  expect(line.said.length, 'registered a second time').toBe(said);
});
