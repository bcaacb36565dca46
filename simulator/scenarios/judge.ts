import { canonicalHash } from '../../protocols/backend/canonical.ts';
import { toHex } from '../../protocols/bytes/hex.ts';
import { formatYuan } from '../../protocols/money/fen.ts';
import type { Balance } from '../acquirer/ledger.ts';
import type { Deal } from '../terminals/shop-terminal.ts';
import type {
  Count,
  Expectations,
  JournalExpectation,
  OrderExpectation,
  SlipExpectation,
  TerminalExpectation,
} from './expectations.ts';
import { inWords, type ShopRecord } from './shop-record.ts';
import type { Stage } from './stage.ts';
import { fenOf } from './terms.ts';

// Holds expectations against the record. What is not so is said as: what, expected, seen.

/** One expectation that was not met. */
export interface Wrong {
  readonly what: string;
  readonly expected: string;
  readonly seen: string;
}

/** What can be looked at. */
export interface Evidence {
  readonly stage: Stage;
  readonly record: ShopRecord;
}

const MARKS = ['重打印', '补打'];

/** Everything that is not as expected; empty: all is well. */
export function compare(expected: Expectations, evidence: Evidence): Wrong[] {
  return [...shopSays(expected, evidence), ...journalSays(expected, evidence)];
}

/** Whether all is well: as {@link compare}, for whoever asks often. */
export function isSo(expected: Expectations, evidence: Evidence): boolean {
  return shopSays(expected, evidence).length === 0 && journalSays(expected, evidence).length === 0;
}

function shopSays(expected: Expectations, evidence: Evidence): Wrong[] {
  const { record, stage } = evidence;
  const wrong: Wrong[] = [];
  for (const [order, one] of Object.entries(expected.orders ?? {})) wrong.push(...orderWrong(order, one, evidence));
  if (expected.slips) wrong.push(...slipsWrong(expected.slips, evidence));
  if (expected.terminal) wrong.push(...terminalWrong(expected.terminal, evidence));
  const kept = stage.signaturesKept - record.cardsBefore.signatures;
  wrong.push(...counted('signatures that are kept', expected.signatures, kept));
  for (const [op, count] of Object.entries(expected.requests ?? {}))
    wrong.push(...counted(`requests ${op}`, count, record.requests.filter((request) => request.op === op).length));
  const seen = record.seen.map(({ words }) => words);
  wrong.push(...inOrder('the clerk saw', expected.clerkSaw, seen));
  for (const word of expected.clerkNeverSaw ?? []) {
    const met = seen.find((words) => fits(word, words));
    if (met) wrong.push({ what: 'the clerk never saw', expected: `not ${word}`, seen: met.join(' / ') });
  }
  wrong.push(
    ...inOrder(
      'results',
      expected.results,
      record.results.map(({ code }) => [code]),
    ),
  );
  wrong.push(
    ...inOrder(
      'refused scans',
      expected.refusedScans,
      record.of('scan-refused').map(({ reason }) => [reason]),
    ),
  );
  wrong.push(
    ...inOrder(
      'the backend was told',
      expected.backendTold,
      record.events.map((event) => ['', inWords(event)]),
    ),
  );
  for (const [device, avail] of Object.entries(expected.devices ?? {}))
    wrong.push(...same(device, avail, [...record.devices].find(([name]) => name === device)?.[1] ?? 'never heard of'));
  if (expected.online !== undefined) wrong.push(...same('online', expected.online, record.online));
  for (const word of expected.log ?? [])
    if (!stage.agent.log.includes(word)) wrong.push({ what: 'log', expected: word, seen: lastLines(stage.agent.log) });
  for (const hex of expected.frames?.printer ?? [])
    if (!toHex(stage.printer.model.bytes).includes(hex))
      wrong.push({ what: 'bytes to the printer', expected: hex, seen: `${stage.printer.model.bytes.length} others` });
  return wrong;
}

/** What stands in the till's journal: read from its disk, so it is looked at when all the rest is so. */
function journalSays(expected: Expectations, { stage }: Evidence): Wrong[] {
  const orders = Object.entries(expected.orders ?? {}).filter(([, { till }]) => till !== undefined);
  if (orders.length === 0 && !expected.journal) return [];
  const lines = linesOf(stage.journal.text());
  const states = orders.flatMap(([order, { till = '' }]) =>
    same(`order ${order} in the till's book`, till, tillStateOf(lines, order) ?? 'nothing'),
  );
  return [...states, ...(expected.journal ? journalWrong(expected.journal, lines) : [])];
}

function orderWrong(orderId: string, expected: OrderExpectation, { record, stage }: Evidence): Wrong[] {
  const attempts = record.attemptsOf(orderId);
  const balance: Balance = stage.acquirer.ledger.ofOrder(orderId);
  const last = attempts.at(-1);
  const what = (field: string) => `order ${orderId}, ${field}`;
  const text = (field: string, want: string | undefined, is: string | undefined) =>
    want === undefined ? [] : same(what(field), want, is ?? 'nothing');
  const refund = record
    .of('refund')
    .filter((one) => one.orderId === orderId)
    .at(-1);
  const intent = record
    .of('intent')
    .filter((one) => one.orderId === orderId)
    .at(-1);
  return [
    ...text('state', expected.state, last?.state),
    ...text('category', expected.category, last?.category),
    ...text('code', expected.intent, intent?.state),
    ...text('refund', expected.refund, refund?.state),
    ...counted(what('attempts'), expected.attempts, new Set(attempts.map(({ attemptId }) => attemptId)).size),
    ...counted(what('charges'), expected.charges, balance.charges),
    ...counted(what('reversals'), expected.reversals, balance.reversals),
    ...text('net', expected.net && formatYuan(fenOf(expected.net)), formatYuan(balance.netFen)),
    ...text(
      'refunded',
      expected.refunded && formatYuan(fenOf(expected.refunded)),
      formatYuan(stage.acquirer.ledger.refundedFen(orderId)),
    ),
  ];
}

/** The order as the newest entry of the till's journal that names it has it. */
function tillStateOf(lines: readonly Line[], orderId: string): string | undefined {
  const orders = lines.flatMap(({ data }) => {
    const order = data?.['order'] as { readonly orderId?: string; readonly state?: string } | undefined;
    return order?.orderId === orderId ? [order.state] : [];
  });
  return orders.at(-1);
}

function slipsWrong(expected: SlipExpectation, { record }: Evidence): Wrong[] {
  const papers = record.papers.filter(({ isCut }) => isCut);
  const text = papers.map((paper) => paper.text).join('\n');
  const flat = text.replaceAll(/\s/g, '');
  const has = (word: string) => flat.includes(word.replaceAll(/\s/g, ''));
  const qr = papers.flatMap((paper) => paper.qr);
  return [
    ...counted('slips', expected.count, papers.length),
    ...(expected.has ?? []).filter((word) => !has(word)).map((word) => ({ what: 'slips', expected: word, seen: text })),
    ...(expected.hasNot ?? []).filter(has).map((word) => ({ what: 'slips', expected: `not ${word}`, seen: text })),
    ...counted('slips that are marked', expected.marked, papers.filter(isMarked).length),
    ...counted('QR codes on slips', expected.qr, qr.length),
    ...(expected.qrSays === undefined ? [] : qrWrong(expected.qrSays, qr.at(-1), record)),
  ];
}

function terminalWrong(expected: TerminalExpectation, { stage, record }: Evidence): Wrong[] {
  const before = record.cardsBefore;
  const { deals: all = [], totalFen = 0 } = stage.terminal?.terminal ?? {};
  const deals = all.slice(before.deals);
  const count = (...[kind, states]: [Deal['kind'], readonly Deal['state'][]]) =>
    deals.filter((deal) => deal.kind === kind && states.includes(deal.state)).length;
  return [
    ...counted('sales of the terminal', expected.sales, count('sale', ['stands'])),
    ...counted('refunds of the terminal', expected.refunds, count('refund', ['stands'])),
    ...counted('sales that the terminal took back', expected.reversed, count('sale', ['reversed'])),
    ...counted('sales that the terminal declined', expected.declined, count('sale', ['declined', 'cancelled'])),
    ...(expected.total === undefined
      ? []
      : same('total of the terminal', formatYuan(fenOf(expected.total)), formatYuan(totalFen - before.totalFen))),
  ];
}

function isMarked({ text }: { readonly text: string }): boolean {
  return MARKS.some((mark) => text.includes(mark));
}

function qrWrong(says: NonNullable<SlipExpectation['qrSays']>, qr: string | undefined, record: ShopRecord): Wrong[] {
  const shown = [...record.intents.values()].at(-1);
  const wanted = { attempt: record.of('attempt').at(-1)?.attemptId, code: shown?.codeText, link: shown?.shareUrl }[
    says
  ];
  return same(`what the QR says (${says})`, wanted ?? 'nothing', qr ?? 'no QR');
}

interface Line {
  readonly type?: string;
  readonly seq?: number;
  readonly hash?: string;
  readonly prev?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A line is a CRC-32, a space and canonical JSON; a last one without its end was torn. */
function linesOf(text: string): Line[] {
  // room that was reserved for more is filled with zeros
  return text
    .replaceAll('\0', '')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line.slice(9)) as Line];
      } catch {
        return [];
      }
    });
}

function journalWrong(expected: JournalExpectation, lines: readonly Line[]): Wrong[] {
  const counts = Object.entries(expected.has ?? {}).flatMap(([type, count]) =>
    counted(`journal ${type}`, count, lines.filter((line) => line.type === type).length),
  );
  return [...counts, ...same('journal, its chain is broken', expected.broken ?? false, !isChained(lines))];
}

/** Each entry names the one before it, and its own hash is that of the rest of it. */
function isChained(lines: readonly Line[]): boolean {
  return lines.every((line, index) => {
    const { hash, ...rest } = line;
    const before = lines[index - 1];
    return (
      hash === canonicalHash(rest as Parameters<typeof canonicalHash>[0]) && (!before || before.hash === line.prev)
    );
  });
}

function counted(what: string, expected: Count | undefined, seen: number): Wrong[] {
  if (expected === undefined) return [];
  const { atLeast = 0, atMost = Number.POSITIVE_INFINITY } =
    typeof expected === 'number' ? { atLeast: expected, atMost: expected } : expected;
  if (seen >= atLeast && seen <= atMost) return [];
  return [{ what, expected: JSON.stringify(expected), seen: String(seen) }];
}

function same(what: string, expected: string | boolean, seen: string | boolean): Wrong[] {
  return expected === seen ? [] : [{ what, expected: String(expected), seen: String(seen) }];
}

/** The word itself (a category, a reason), or a part of what was said with it. */
function fits(wanted: string, [word, ...sentences]: readonly string[]): boolean {
  return word === wanted || sentences.some((sentence) => sentence.includes(wanted));
}

/** Each word is met behind the one before it. */
function inOrder(what: string, expected: readonly string[] | undefined, seen: readonly (readonly string[])[]): Wrong[] {
  let from = 0;
  for (const word of expected ?? []) {
    const at = seen.findIndex((words, index) => index >= from && fits(word, words));
    if (at < 0) {
      const said = seen.map(([first]) => first).join(', ');
      return [{ what, expected: (expected ?? []).join(', '), seen: `${said === '' ? 'nothing' : said}: no ${word}` }];
    }
    from = at + 1;
  }
  return [];
}

function lastLines(log: string): string {
  return log.trimEnd().split('\n').slice(-3).join(' ');
}
