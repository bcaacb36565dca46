import { encodeBcd, packDigits } from '../../protocols/bytes/bcd.ts';
import { type Message, message } from '../../protocols/terminal/zvt/apdu.ts';
import { container, field, objectsOf, valueOf } from '../../protocols/terminal/zvt/bmp-list.ts';
import { encodeText } from '../../protocols/terminal/zvt/charset.ts';
import { type CommandName, REASONS } from '../../protocols/terminal/zvt/commands.ts';
import { constructed, findTlv, tlv } from '../../protocols/terminal/zvt/tlv.ts';
import type { EntryKind } from './ledger.ts';
import { bookPart, bookTotal, cancelHold, hold } from './zvt-hold-scripts.ts';
import { ADMINISTRATION, giveBack, pay, printReceipt, refuse, tellResult } from './zvt-payment-scripts.ts';
import { isForeign, registrationOf } from './zvt-registration.ts';
import type { Script, ZvtTerminal } from './zvt-terminal.ts';
import { clockFields, totalsFields } from './zvt-totals.ts';

// What a terminal does with each command, as a script. A command that is not here is not supported, or over with 80 00.

/** 2.28: the key <OK> */
const OK_KEY = 0x0d;
/** what the holder types when digits are asked for */
const TYPED_DIGITS = '1234';

type Scripts = Readonly<Partial<Record<CommandName, (zvt: ZvtTerminal, heard: Message) => Script>>>;

const paying = (kind: EntryKind) => (zvt: ZvtTerminal, heard: Message) => pay(zvt, heard, kind);

const SCRIPTS: Scripts = {
  registration: register,
  authorisation: paying('sale'),
  refund: paying('refund'),
  preAuthorisation: hold,
  partialReversal: bookPart,
  bookTotal,
  preAuthReversal: cancelHold,
  reversal: giveBack,
  endOfDay,
  repeatReceipt,
  statusEnquiry,
  sendTotals,
  diagnosis,
  initialisation: checked,
  selfTest: checked,
  setClock: checked,
  readCard,
  displayTextWithKeys: typed(Uint8Array.of(OK_KEY)),
  displayTextWithInput: typed(encodeText(TYPED_DIGITS)),
  writeFiles: checked,
  resetTerminal: startAnew,
};

/** `nothing`: it is over with 80 00. */
export function scriptOf(zvt: ZvtTerminal, heard: Message): Script | 'nothing' | 'unsupported' {
  const { personality } = zvt.terminal;
  if (isForeign(valueOf(heard.fields, '49'), personality.currency)) return wrongCurrency(zvt);
  const script = SCRIPTS[heard.command];
  if (script) return script(zvt, heard);
  return OVER_AT_ONCE.has(heard.command) ? 'nothing' : 'unsupported';
}

const OVER_AT_ONCE: ReadonlySet<CommandName> = new Set(['displayText', 'logOff', 'printLine', 'printBlock']);
const ANSWER_THEMSELVES: ReadonlySet<CommandName> = new Set(['displayTextWithKeys', 'displayTextWithInput']);

/** 80 00 comes when somebody has typed, with what it was. */
export function answersItself(command: CommandName): boolean {
  return ANSWER_THEMSELVES.has(command);
}

function typed(keys: Uint8Array) {
  return function* ({ terminal }: ZvtTerminal): Script {
    yield { wait: terminal.personality.stepMs };
    yield { answer: { command: 'accepted', head: { keys }, fields: [] } };
  };
}

function* wrongCurrency({ terminal, saysCurrency }: ZvtTerminal): Script {
  const result = Uint8Array.of(REASONS.wrongCurrency);
  const currency = encodeBcd(terminal.personality.currency, 2);
  yield { say: { command: 'abortNotice', head: saysCurrency ? { result, currency } : { result }, fields: [] } };
}

function* checked(): Script {
  yield { say: message('completion') };
}

function* register(zvt: ZvtTerminal, heard: Message): Script {
  const { personality } = zvt.terminal;
  zvt.config = registrationOf(heard);
  const facts = [
    field('19', Uint8Array.of(0x00)),
    field('29', packDigits(personality.terminalId)),
    ...(zvt.config.saysCurrency ? [field('49', encodeBcd(personality.currency, 2))] : []),
  ];
  // a till that lists the commands it allows is told which of them are used
  const lists = findTlv(objectsOf(heard.fields), '26') !== undefined;
  const print = personality.zvt.prints === 'block' ? '06D3' : '06D1';
  const objects = [
    // the width that it really has (2.1, tag 12), for whoever said one
    ...(findTlv(objectsOf(heard.fields), '12') ? [tlv('12', Uint8Array.of(personality.lineWidth))] : []),
    ...(lists ? [constructed('26', tlv('0A', packDigits(print)))] : []),
  ];
  yield { say: message('completion', ...facts, ...(objects.length > 0 ? [container(...objects)] : [])) };
}

const IDLE = 0x00;
const RECONCILIATION_REQUIRED = 0xf0;

const NO_VERSION = 0x02;

function* statusEnquiry({ terminal }: ZvtTerminal, heard: Message): Script {
  const service = valueOf(heard.fields, '03')?.[0] ?? 0;
  const version = encodeText(terminal.personality.version);
  const state = terminal.needsSettlement ? RECONCILIATION_REQUIRED : terminal.hasPaper ? IDLE : REASONS.printerNotReady;
  const head = { ...((service & NO_VERSION) === 0 && { version }), state: Uint8Array.of(state) };
  yield { say: { command: 'completion', head, fields: [] } };
}

const TELL_RESULT = 0x01;
const DO_NOT_PRINT = 0x02;

/** 06 20: the result of the last transaction again, and its receipt. */
function* repeatReceipt(zvt: ZvtTerminal, heard: Message): Script {
  const { last } = zvt.terminal.ledger;
  if (!last) return yield* refuse(REASONS.notPossible);
  const service = valueOf(heard.fields, '03')?.[0] ?? 0;
  if ((service & TELL_RESULT) !== 0) yield* tellResult(zvt, last);
  if ((service & DO_NOT_PRINT) === 0) yield* printReceipt(zvt, zvt.terminal.receipt(last, 'WIEDERHOLUNG'), last);
  yield { say: message('completion') };
}

function* endOfDay(zvt: ZvtTerminal): Script {
  const { terminal } = zvt;
  const totals = totalsFields(zvt);
  const { total, count, batch } = terminal.ledger.settle();
  terminal.needsSettlement = false;
  yield { wait: terminal.personality.stepMs };
  yield { say: message('statusInformation', ...totals) };
  const lines = ['** KASSENSCHNITT **', `Batch ${batch}`, `Anzahl ${count}`, `Summe ${(total / 100).toFixed(2)}`];
  yield* printReceipt(zvt, lines, undefined);
  yield { say: message('completion') };
}

/** 06 10: the totals, and the batch stays open. */
function* sendTotals(zvt: ZvtTerminal): Script {
  yield { say: message('statusInformation', ...totalsFields(zvt)) };
  yield { say: message('completion') };
}

/** 2.17: the host was reached, which may have told the time. */
function* diagnosis(zvt: ZvtTerminal): Script {
  const { terminal } = zvt;
  yield { wait: terminal.personality.stepMs };
  if (terminal.personality.zvt.tellsClock) yield { say: message('tellClock', ...clockFields(terminal.shows())) };
  yield* printReceipt(zvt, ['** DIAGNOSE **', 'Host erreicht'], undefined, ADMINISTRATION);
  yield { say: message('completion') };
}

function* readCard({ terminal }: ZvtTerminal): Script {
  yield { wait: terminal.personality.stepMs };
  const pan = packDigits(`${'E'.repeat(terminal.card.pan.length - 4)}${terminal.card.pan.slice(-4)}`);
  // 2.21: no completion, the till has the word again
  yield { say: message('statusInformation', field('27', Uint8Array.of(0)), field('22', pan)) };
}

function* startAnew(): Script {
  yield { say: message('completion') };
  yield { restart: true };
}
