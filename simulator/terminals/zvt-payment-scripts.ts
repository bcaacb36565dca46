import { decodeBcd } from '../../protocols/bytes/bcd.ts';
import { type Message, message } from '../../protocols/terminal/zvt/apdu.ts';
import { container, type Field, field, objectsOf, valueOf } from '../../protocols/terminal/zvt/bmp-list.ts';
import { REASONS } from '../../protocols/terminal/zvt/commands.ts';
import { findTlv } from '../../protocols/terminal/zvt/tlv.ts';
import type { Decision } from './card-terminal.ts';
import type { EntryKind, LedgerEntry } from './ledger.ts';
import { holderCheckBand } from './test-amounts.ts';
import { atTheTerminal, type Deciding } from './zvt-holder.ts';
import { receiptBlockMessage, receiptLines, resultFields, resultObjects } from './zvt-results.ts';
import { STATES, tell } from './zvt-states.ts';
import type { Act, Script, ZvtTerminal } from './zvt-terminal.ts';

// Payments at the terminal. A transaction stands only when the till has acknowledged its result (04 0F) and, where the till
// prints, every line of the receipt; whatever ends a script before that reverses it (PA00P015 2.2.8).

const APPROVED = 0x00;
/** after what time a till that waits for goods is asked again, and how often when it does not say (BMP 02): for half an hour */
const GOODS_MS = 2_000;
const GOODS_TIMES = 900;
const SECOND_MS = 1_000;

export function* pay(zvt: ZvtTerminal, heard: Message, kind: EntryKind, amount = amountOf(heard)): Script {
  if (amount === undefined || amount === 0) return yield* refuse(REASONS.protocolError);
  synchronise(zvt, heard);
  const decision = yield* decided(zvt, zvt.terminal.decide(amount, kind));
  yield* transact(zvt, heard, kind, decision);
}

/** BMP 04 */
export function amountOf({ fields }: Message): number | undefined {
  const bytes = valueOf(fields, '04');
  return bytes && decodeBcd(bytes);
}

/** What the host has decided, until the till has it. `of`: the entry that it is about. */
export function* transact(
  zvt: ZvtTerminal,
  heard: Message,
  kind: EntryKind,
  decision: Decision,
  of?: LedgerEntry,
): Script {
  const { terminal } = zvt;
  const entry = terminal.record(
    kind,
    zvt.isAborted ? { ...decision, outcome: 'cancelled', code: REASONS.abortedOrTimedOut } : decision,
    of,
  );
  if (decision.heard === 'reboot') yield { restart: true };
  if (decision.heard === 'lost') return;
  try {
    yield* lateResult(zvt, entry);
    if (!(yield* accepted(zvt, heard, entry))) return;
    if (!(yield* printed(zvt, entry))) return;
    terminal.accept(entry);
    yield* finished(zvt, entry);
  } finally {
    if (entry.state === 'open') terminal.reverse(entry);
  }
}

/** 1F1F: the till says the last receipt that it has. One less than ours: it never had the last result. */
export function synchronise({ terminal }: ZvtTerminal, heard: Message): void {
  const said = findTlv(objectsOf(heard.fields), '1F1F')?.value;
  const { last } = terminal.ledger;
  if (!said || said.length === 0 || !last || !terminal.personality.zvt.receiptSync) return;
  if (decodeBcd(said) === last.receipt - 1) terminal.undoLast();
}

/** A holder who stands there decides before the host does. */
function* decided(zvt: ZvtTerminal, byAmount: Decision): Deciding {
  const { holder: person } = zvt.terminal;
  if (person) return yield* atTheTerminal(zvt, person, byAmount);
  yield* holder(zvt, byAmount);
  return byAmount;
}

function* holder(zvt: ZvtTerminal, decision: Decision): Script {
  const { stepMs } = zvt.terminal.personality;
  const { faults } = zvt.terminal;
  yield* tell(zvt, STATES.insertCard);
  yield { wait: stepMs };
  if (zvt.isAborted || decision.outcome === 'cancelled') return;
  if (faults.take('status-storm')) for (let n = 0; n < 40; n++) yield* tell(zvt, STATES.wait);
  if (faults.take('long-silence')) yield* silence(zvt);
  for (let wrong = 0; wrong < decision.wrongPins; wrong++) {
    yield* tell(zvt, STATES.pinPad);
    yield { wait: stepMs };
    yield* tell(zvt, STATES.wrongPin);
  }
  yield* tell(zvt, STATES.host);
  yield { wait: stepMs };
}

const LONG_MINUTES = 2;
const MINUTE_MS = 60_000;

/** The till is told to wait for minutes, and then longer than that nothing comes. */
function* silence(zvt: ZvtTerminal): Script {
  yield* tell(zvt, STATES.wait, LONG_MINUTES);
  yield { wait: 3 * LONG_MINUTES * MINUTE_MS };
}

function* lateResult(zvt: ZvtTerminal, entry: LedgerEntry): Script {
  const before = zvt.terminal.ledger.entries.at(-2);
  if (before && before !== entry && zvt.terminal.faults.take('late-result')) yield { say: resultOf(zvt, before) };
}

type Answering = Generator<Act, boolean, Message | undefined>;

/** 04 0F until the till says yes or no; true: it has it. */
function* accepted(zvt: ZvtTerminal, heard: Message, entry: LedgerEntry): Answering {
  const { terminal } = zvt;
  const times = valueOf(heard.fields, '02')?.[0] ?? GOODS_TIMES;
  // 2.2.1: how long a till may take to answer while its goods come out
  const seconds = valueOf(heard.fields, '01')?.[0];
  const patienceMs = seconds === undefined ? undefined : seconds * SECOND_MS;
  const other = terminal.faults.take('other-amount') ? entry.amount + 100 : entry.amount;
  for (let asked = 0; asked <= times; asked++) {
    const reply = yield { say: resultOf(zvt, entry, other), patienceMs };
    if (isYes(reply)) {
      if (terminal.faults.take('result-twice')) yield { say: resultOf(zvt, entry, other) };
      return true;
    }
    if (reply?.reason === REASONS.partialIssue) return yield* partial(entry, reply);
    if (reply?.reason !== REASONS.pleaseWait) return yield* takenBack(zvt, entry);
    yield { wait: GOODS_MS };
  }
  yield { say: message('statusInformation', field('27', Uint8Array.of(REASONS.abortedOrTimedOut))) };
  return yield* takenBack(zvt, entry);
}

// oxlint-disable-next-line require-yield -- one of the ends of `accepted`
function* partial(entry: LedgerEntry, reply: Message): Answering {
  entry.amount = decodeBcd(valueOf(reply.fields, '04') ?? new Uint8Array()) ?? entry.amount;
  return true;
}

function* takenBack({ terminal }: ZvtTerminal, entry: LedgerEntry): Answering {
  terminal.reverse(entry);
  yield* refuse(REASONS.abortedOrTimedOut);
  return false;
}

/** 80 00, or 84 00 which says the same. */
function isYes(reply: Message | undefined): boolean {
  return reply?.command === 'accepted' || reply?.reason === APPROVED;
}

function* printed(zvt: ZvtTerminal, entry: LedgerEntry): Answering {
  const { personality } = zvt.terminal;
  if (entry.state === 'cancelled') return true;
  // 2.2.7: a hold that succeeded has no receipt, it comes with the booking
  if (entry.kind === 'preAuth' && entry.code === APPROVED && !personality.holds.prints) return true;
  const both = personality.zvt.copies !== undefined;
  const wasPrinted =
    (!both || (yield* printReceipt(zvt, zvt.terminal.receipt(entry, '** HÄNDLERBELEG **'), entry, MERCHANT))) &&
    (yield* printReceipt(zvt, zvt.terminal.receipt(entry, '** KUNDENBELEG **'), entry));
  if (!wasPrinted) yield* takenBack(zvt, entry);
  return wasPrinted;
}

/** tag 1F07 */
const MERCHANT = 1;
const CUSTOMER = 2;
const END_OF_DAY = 4;
export const ADMINISTRATION = 3;

/** true: every line was acknowledged, or it printed by itself. */
export function* printReceipt(
  zvt: ZvtTerminal,
  lines: readonly string[],
  entry: LedgerEntry | undefined,
  type: number = entry ? CUSTOMER : END_OF_DAY,
): Answering {
  if (!(entry ? zvt.config?.printsPayments : zvt.config?.printsAdministration)) return true;
  const { prints, charset } = zvt.terminal.personality.zvt;
  const needsSignature = entry !== undefined && checkOf(entry) === 'signature' && entry.code === APPROVED;
  const messages =
    prints === 'lines' || !zvt.knowsContainers
      ? receiptLines(lines)
      : [receiptBlockMessage(lines, type, needsSignature, charset)];
  for (const one of messages) if (!isYes(yield { say: one })) return false;
  return true;
}

function* finished({ terminal, config }: ZvtTerminal, entry: LedgerEntry): Script {
  if (entry.code !== APPROVED) return yield* refuse(entry.code);
  if (config?.printsPayments !== true && terminal.faults.take('paper-out')) terminal.hasPaper = false;
  const state = terminal.hasPaper ? {} : { state: Uint8Array.of(REASONS.printerNotReady) };
  yield { say: { command: 'completion', head: state, fields: [] } };
}

/** 06 30: money back for a receipt of this batch. */
export function* giveBack(zvt: ZvtTerminal, heard: Message): Script {
  yield* takeBack(zvt, heard, zvt.terminal.ledger.find(receiptOf(heard)));
}

/** BMP 87 */
export function receiptOf({ fields }: Message): number {
  return decodeBcd(valueOf(fields, '87') ?? new Uint8Array()) ?? 0;
}

/** It stands, as a payment does, when the till has accepted it. */
export function* takeBack(zvt: ZvtTerminal, heard: Message, original: LedgerEntry | undefined): Script {
  const { terminal } = zvt;
  const { faults } = terminal;
  synchronise(zvt, heard);
  yield { wait: terminal.personality.stepMs };
  if (original?.state === 'reversed') return yield* refuse(REASONS.alreadyReversed);
  if (original?.state !== 'kept' || original.kind === 'reversal') return yield* refuse(REASONS.reversalNotPossible);
  // 2.9: where the till names the amount, it has to be the payment's
  if ((amountOf(heard) ?? original.amount) !== original.amount) return yield* refuse(REASONS.reversalNotPossible);
  const entry = terminal.ledger.open('reversal', original.amount, terminal.clock.now(), original);
  const stands = () => {
    terminal.accept(entry);
    terminal.reverse(original);
  };
  if (faults.take('answer-lost')) return stands();
  if (faults.take('declined-answer-lost')) return void Object.assign(entry, { state: 'declined', code: DECLINED });
  if (faults.take('reboot')) {
    stands();
    yield { restart: true };
  }
  try {
    if (!(yield* accepted(zvt, heard, entry))) return;
    if (!(yield* printed(zvt, entry))) return;
    stands();
    yield { say: message('completion') };
  } finally {
    if (entry.state === 'open') terminal.reverse(entry);
  }
}

/** of the host */
const DECLINED = 0x05;

/** 04 0F of what is in the memory; whether the till acknowledges it changes nothing any more. */
export function* tellResult(zvt: ZvtTerminal, entry: LedgerEntry): Script {
  yield* lateResult(zvt, entry);
  yield { say: resultOf(zvt, entry) };
}

function checkOf({ amount }: LedgerEntry) {
  return holderCheckBand(amount)?.check ?? 'none';
}

function resultOf(zvt: ZvtTerminal, entry: LedgerEntry, amount = entry.amount): Message {
  const { terminal, saysCurrency, knowsContainers } = zvt;
  const { faults, personality } = terminal;
  const told = resultFields(terminal, entry, amount);
  const fields: Field[] = told.filter(({ bmp }) => saysCurrency || bmp !== '49');
  const sync = faults.take('receipt-off-by-one') ? entry.receipt - 1 : entry.receipt;
  if (personality.zvt.receiptSync && knowsContainers)
    fields.push(container(...resultObjects(terminal, entry, checkOf(entry), sync)));
  return message('statusInformation', ...fields);
}

export function* refuse(code: number): Script {
  yield { say: { command: 'abortNotice', head: { result: Uint8Array.of(code) }, fields: [] } };
}
