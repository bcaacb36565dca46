import type { Attempt } from '../../agent/payment/attempt.ts';
import { isFinal } from '../../agent/payment/attempt.ts';
import { TERMINAL_FAULTS, type TerminalFault } from '../../simulator/faults/terminal-faults.ts';
import { LCG } from '../seeded.ts';
import { type CardProtocol, CardShop } from '../stories/card-shop.ts';
import { TILL } from './shop.ts';

// One random day at a till with a card terminal, from a seed: sales by card and by code, money back, faults of the terminal and
// its cable, the process killed with the end of its log torn, a full disk. Judged by the terminal's own ledger.

const PROTOCOLS: readonly CardProtocol[] = ['zvt', 'transbank', 'kbtg', 'ghl', 'nets', 'nccc'];
/** over TCP only */
const ELSEWHERE: ReadonlySet<string> = new Set(['half-close', 'reset-mid-message', 'closed-between']);
const FAULTS = (Object.keys(TERMINAL_FAULTS) as TerminalFault[]).filter((name) => !ELSEWHERE.has(name));
/** last two digits choose what the host says */
const ENDINGS = [0, 0, 0, 0, 5, 51, 55, 68, 69, 97, 98, 99];
/** the terminal charges what nobody asked for */
const OTHER_AMOUNTS: ReadonlySet<string> = new Set(['tip', 'partial', 'other-amount']);
const HOUR_MS = 3_600_000;

export interface CardDay {
  readonly findings: readonly string[];
  readonly happened: readonly string[];
}

export async function cardDay(seed: number): Promise<CardDay> {
  const chance = new LCG(seed);
  const protocol = PROTOCOLS[chance.below(PROTOCOLS.length)] ?? 'zvt';
  const card = await CardShop.open(protocol);
  const findings: string[] = [];
  const happened: string[] = [];
  const sales = 3 + chance.below(6);
  for (let n = 1; n <= sales; n++) {
    const orderId = `D-${n}`;
    const amountFen = 100 * (1 + chance.below(300)) + (ENDINGS[chance.below(ENDINGS.length)] ?? 0);
    const faults = chance.below(3);
    for (let one = 0; one < faults; one++) card.arm(FAULTS[chance.below(FAULTS.length)] ?? 'ack-lost');
    await oneOrder(card, orderId, amountFen, chance, happened);
    findings.push(...(await judged(card, orderId)));
  }
  await card.shop.pass(60_000);
  // however long a terminal may be silent, it ends
  const isQuiet = () => attemptsOf(card).every((attempt) => isFinal(attempt));
  await card.shop.passUntil('nothing is open', isQuiet, 2 * HOUR_MS).catch(() => undefined);
  await card.shop.pass(60_000);
  findings.push(...(await judgedDay(card)));
  happened.push(...card.terminal.faults.happened);
  if (process.env['CARD_TELL']) tellDay(card, protocol, happened);
  return { findings, happened };
}

async function oneOrder(
  card: CardShop,
  orderId: string,
  amountFen: number,
  chance: LCG,
  happened: string[],
): Promise<void> {
  const { shop } = card;
  if (chance.below(5) === 0) {
    happened.push('collect-first');
    await shop.collect(orderId, amountFen).catch(() => undefined);
  }
  const { id } = shop.backend.order(TILL, 'card-sale', { orderId, amountFen, currency: 'CNY' });
  await shop.pass(chance.below(4_000));
  if (chance.below(6) === 0) shop.scan(shop.showCode());
  if (chance.below(8) === 0) void shop.desk.cancel(orderId);
  const trouble = chance.below(7);
  if (trouble === 0) {
    happened.push('killed');
    await shop.kill(chance.below(2) === 0 ? chance.below(400) : undefined);
    await shop.pass(chance.below(20_000));
    await shop.start();
  } else if (trouble === 1) {
    happened.push('pulled');
    await card.line.hangup();
    await shop.pass(chance.below(60_000));
    card.line.replug();
  } else if (trouble === 2) {
    happened.push('twice');
    await card.line.hangup();
    await shop.pass(chance.below(2_000));
    await shop.kill();
    card.line.replug();
    await shop.start();
  }
  const isOver = () => {
    const state = card.orderState(orderId);
    const final = shop.backend.resultsOf(id).some(({ phase, status }) => phase === 'final' && status === 'failed');
    return final || (state !== undefined && state !== 'IN_PAYMENT');
  };
  await shop.passUntil(`${orderId} is over`, isOver, 2 * HOUR_MS);
  await shop.pass(2_000);
}

async function judged(card: CardShop, orderId: string): Promise<string[]> {
  const attempts = attemptsOf(card).filter((attempt) => attempt.orderId === orderId);
  const paid = attempts.filter(({ state }) => state === 'PAID');
  return paid.length > 1 ? [`${orderId} was paid ${paid.length} times`] : [];
}

/** Approved in the ledger and not reversed = confirmed in the journal, or in a person's hands; and a person is always told. */
async function judgedDay(card: CardShop): Promise<string[]> {
  const cards = attemptsOf(card).filter((attempt) => attempt.card !== undefined);
  const findings: string[] = [];
  const open = cards.filter((attempt) => !isFinal(attempt));
  if (open.length > 0) findings.push(`${open.length} attempts are still open`);
  const doubtful = cards.filter(({ state }) => state === 'NEEDS_MANUAL_CHECK');
  const ledger = card.terminal.ledger.total();
  const { confirmed } = card;
  if (confirmed > ledger) findings.push(`the journal says ${confirmed}, the terminal has ${ledger}`);
  if (doubtful.length === 0 && confirmed !== ledger)
    findings.push(`nobody was told: the journal says ${confirmed}, the terminal has ${ledger}`);
  const isOther = card.terminal.faults.happened.some((name) => OTHER_AMOUNTS.has(name));
  const inDoubt = doubtful.reduce((sum, { amountFen }) => sum + amountFen, 0);
  if (!isOther && ledger - confirmed > inDoubt)
    findings.push(`${ledger - confirmed} is at the terminal and not in the journal, and only ${inDoubt} is in doubt`);
  for (const { orderId } of doubtful)
    if (!['DISPUTED', 'PAID'].includes(card.orderState(orderId) ?? ''))
      findings.push(`${orderId} is in doubt and ${card.orderState(orderId)}`);
  return findings;
}

function attemptsOf(card: CardShop): Attempt[] {
  return [...card.shop.process.till.book.attempts.values()].map(({ attempt }) => attempt);
}

function tellDay(card: CardShop, protocol: string, happened: readonly string[]): void {
  const lines = attemptsOf(card).map(({ orderId, channel, state, amountFen, card: facts, exchanges }) =>
    JSON.stringify({
      orderId,
      channel,
      state,
      amountFen,
      before: facts?.before,
      result: facts?.result,
      exchanges: exchanges.kept,
    }),
  );
  const ledger = card.terminal.ledger.entries.map((entry) => JSON.stringify(entry));
  process.stdout.write(
    [protocol, happened.join(' '), ...lines, ...ledger, ...card.lateWords.map((one) => JSON.stringify(one)), ''].join(
      '\n',
    ),
  );
}
