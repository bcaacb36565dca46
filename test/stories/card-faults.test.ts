import { describe, expect, it } from 'vitest';
import { TERMINAL_FAULTS, type TerminalFault } from '../../simulator/faults/terminal-faults.ts';
import { type CardProtocol, CardShop } from './card-shop.ts';

const FAULTS = Object.keys(TERMINAL_FAULTS) as TerminalFault[];
const OVER_TCP: ReadonlySet<TerminalFault> = new Set(['half-close', 'reset-mid-message', 'closed-between']);
/** a connection has no frames that are acknowledged and checked */
const ON_A_CABLE: ReadonlySet<TerminalFault> = new Set([
  'ack-lost',
  'ack-delayed',
  'ack-twice',
  'nak-first',
  'ack-then-nak',
  'ack-glued',
  'answer-before-ack',
  'gap-199',
  'gap-201',
  'bad-check',
  'xmodem-check',
]);

/** Approved at the terminal and not taken back = paid in the journal, or in a person's hands; never the other way round. */
function agree(card: CardShop): void {
  const attempts = [...card.shop.process.till.book.attempts.values()].map(({ attempt }) => attempt);
  const doubtful = attempts.filter(({ state }) => state === 'NEEDS_MANUAL_CHECK' || state === 'UNKNOWN');
  const ledger = card.terminal.ledger.total();
  if (doubtful.length === 0) expect(card.confirmed).toBe(ledger);
  expect(card.confirmed).toBeLessThanOrEqual(ledger);
  // an order that is not in doubt is paid exactly when its money is there
  for (const { state, amountFen, orderId } of attempts)
    if (state === 'PAID') expect(card.orderState(orderId), `${orderId} ${amountFen}`).toBe('PAID');
}

const PROTOCOLS: readonly CardProtocol[] = ['zvt', 'zvt-tcp', 'transbank', 'kbtg', 'nets', 'nccc'];

describe.each(PROTOCOLS)('whatever goes wrong at a %s terminal', (protocol) => {
  const elsewhere = protocol === 'zvt-tcp' ? ON_A_CABLE : OVER_TCP;
  const usual = FAULTS.filter((name) => !elsewhere.has(name));
  it.each(usual)('%s: the journal and the terminal agree, and the next customer is served', async (fault) => {
    const card = await CardShop.open(protocol);
    expect(await card.sale('before', 1_000)).toMatchObject({ status: 'ok' });
    card.arm(fault);
    const result = await card.sale('A', 1_200);
    if (OVER_TCP.has(fault)) expect(card.terminal.faults.happened).toContain(fault);
    agree(card);
    expect(['PAID', 'OPEN', 'DISPUTED']).toContain(card.orderState('A'));
    if (result.status === 'ok') expect(card.orderState('A')).toBe('PAID');
    await card.shop.pass(30_000);
    await card.ready();
    if (fault === 'settlement-needed' || fault === 'paper-out') return;
    const next = await card.sale('next', 300);
    expect(next, JSON.stringify(card.shop.log.slice(-3))).toMatchObject({ status: 'ok' });
    agree(card);
  });
});
