import { encodeBcd, packDigits } from '../../protocols/bytes/bcd.ts';
import { type Message, message } from '../../protocols/terminal/zvt/apdu.ts';
import { container, field, objectsOf, valueOf } from '../../protocols/terminal/zvt/bmp-list.ts';
import { encodeText } from '../../protocols/terminal/zvt/charset.ts';
import { type CommandName, type HeadName, REASONS } from '../../protocols/terminal/zvt/commands.ts';
import { constructed, findTlv, tlv } from '../../protocols/terminal/zvt/tlv.ts';
import type { EntryKind } from './ledger.ts';
import { bookPart, bookTotal, cancelHold, hold } from './zvt-hold-scripts.ts';
import { giveBack, pay, printReceipt, refuse, tellResult } from './zvt-payment-scripts.ts';
import type { Script, ZvtTerminal } from './zvt-terminal.ts';

// What a terminal does with each command, as a script. A command that is not here is answered with 80 00 and nothing more.

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
  diagnosis: checked,
  initialisation: checked,
  readCard,
  displayTextWithKeys: checked,
  displayTextWithInput: checked,
  writeFiles: checked,
  resetTerminal: startAnew,
};

export function scriptOf(zvt: ZvtTerminal, heard: Message): Script {
  return (SCRIPTS[heard.command] ?? nothing)(zvt, heard);
}

function* nothing(): Script {
  // over with 80 00
}

function* checked(): Script {
  yield { say: message('completion') };
}

const headOf = ({ head }: Message, name: HeadName): Uint8Array | undefined => head[name];

const PRINTS_PAYMENT = 0x02;
const PRINTS_BY_06D = 0x80;
const TELLS_STATES = 0x08;

function* register(zvt: ZvtTerminal, heard: Message): Script {
  const { personality } = zvt.terminal;
  const config = headOf(heard, 'config')?.[0] ?? 0;
  zvt.config = {
    printsOnTill: (config & (PRINTS_PAYMENT | PRINTS_BY_06D)) === (PRINTS_PAYMENT | PRINTS_BY_06D),
    tellsStates: (config & TELLS_STATES) !== 0,
    sendsContainers: heard.fields.some(({ tlv: objects }) => objects !== undefined),
  };
  const facts = [
    field('19', Uint8Array.of(0x00)),
    field('29', packDigits(personality.terminalId)),
    field('49', encodeBcd(personality.currency, 2)),
  ];
  // a till that lists the commands it allows is told which of them are used
  const lists = findTlv(objectsOf(heard.fields), '26') !== undefined;
  const print = personality.zvt.prints === 'block' ? '06D3' : '06D1';
  const more = lists ? [container(constructed('26', tlv('0A', packDigits(print))))] : [];
  yield { say: message('completion', ...facts, ...more) };
}

const IDLE = 0x00;
const RECONCILIATION_REQUIRED = 0xf0;

function* statusEnquiry({ terminal }: ZvtTerminal): Script {
  const version = encodeText(terminal.personality.version);
  const state = terminal.needsSettlement ? RECONCILIATION_REQUIRED : terminal.hasPaper ? IDLE : REASONS.printerNotReady;
  yield { say: { command: 'completion', head: { version, state: Uint8Array.of(state) }, fields: [] } };
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
  const { total, count, batch } = terminal.ledger.settle();
  terminal.needsSettlement = false;
  yield { wait: terminal.personality.stepMs };
  yield {
    say: message('statusInformation', field('27', Uint8Array.of(0)), field('04', encodeBcd(Math.max(0, total), 6))),
  };
  const lines = ['** KASSENSCHNITT **', `Batch ${batch}`, `Anzahl ${count}`, `Summe ${(total / 100).toFixed(2)}`];
  yield* printReceipt(zvt, lines, undefined);
  yield { say: message('completion') };
}

function* readCard({ terminal }: ZvtTerminal): Script {
  yield { wait: terminal.personality.stepMs };
  const pan = packDigits(`${'E'.repeat(terminal.card.pan.length - 4)}${terminal.card.pan.slice(-4)}`);
  yield { say: message('statusInformation', field('27', Uint8Array.of(0)), field('22', pan)) };
  yield { say: message('completion') };
}

function* startAnew(): Script {
  yield { say: message('completion') };
  yield { restart: true };
}
