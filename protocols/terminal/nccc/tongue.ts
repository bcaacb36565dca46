import { type AckedReading, type AckedTongue, type LateResult, resultAbout } from '../acked-dialogue.ts';
import { encodeEndedFrame, endedText } from '../ended-frame.ts';
import { rowOf } from '../link/words.ts';
import type { FinancialCommand, TerminalCommand, TerminalOutcome } from '../messages.ts';
import { ncccShape } from './frame.ts';
import { decodeNccc, encodeNccc, NCCC_RESPONSES, type NcccFieldName } from './layout.ts';

// NCCC has neither a reference of the till nor a question after the last transaction: an answer is known by its type and amount,
// and what stays unclear needs a person (terminals.md 2.2, 6.2).

export interface NcccShop {
  readonly storeId: string;
  readonly hostId: string;
  /** local time of the till when a command is made: YYMMDD and HHMMSS */
  readonly stamp: () => { readonly date: string; readonly time: string };
}

type NcccCommand = Extract<FinancialCommand, { kind: 'sale' | 'refund' | 'void' | 'settle' }>;
const TYPES: Readonly<Record<NcccCommand['kind'], string>> = { sale: '01', refund: '02', void: '30', settle: '50' };
const MAX_AMOUNT = 999_999_999_999;
/** 0001, 0003, 0004 and 0005 do not say whether the host had it */
const OUTCOMES: Readonly<Record<string, TerminalOutcome>> = {
  '0000': 'approved',
  '0002': 'declined',
  '0006': 'cancelled',
};

export function ncccTongue(shop: NcccShop): AckedTongue {
  return {
    capabilities: {
      commands: ['sale', 'refund', 'void', 'settle', 'cleared'],
      correlation: 'none',
      finalWhen: 'answered',
      printsOnTill: false,
      signatureImage: false,
      maxAmount: MAX_AMOUNT,
    },
    shape: ncccShape,
    times: { ackMs: 1_000, sends: 3, answerMs: 65_000, longestMs: 180_000 },
    request: (command) => {
      if (!isSpoken(command)) return undefined;
      const values = valuesOf(command);
      const fixed = { ecr_indicator: 'I', payment_indicator: 'N', host_id: shop.hostId, store_id: shop.storeId };
      return (
        values && { frame: encodeEndedFrame(encodeNccc({ ...fixed, ...shop.stamp(), ...values })), read: read(command) }
      );
    },
    unasked: (frame) => {
      const fields = fieldsOf(frame);
      return fields && late(fields);
    },
  };
}

function isSpoken(command: TerminalCommand): command is NcccCommand {
  return Object.hasOwn(TYPES, command.kind);
}

/** `undefined`: the command lacks what makes it safe. */
function valuesOf(command: NcccCommand): Partial<Record<NcccFieldName, string>> | undefined {
  const trans_type = TYPES[command.kind];
  if (command.kind === 'settle') return { trans_type };
  if (command.amount < 1 || command.amount > MAX_AMOUNT) return undefined;
  const amount = String(command.amount).padStart(12, '0');
  if (command.kind !== 'void') return { trans_type, amount };
  const receipt_no = command.original.receipt;
  return receipt_no !== undefined && /^\d{6}$/.test(receipt_no) ? { trans_type, amount, receipt_no } : undefined;
}

function read(command: NcccCommand): (frame: Uint8Array) => AckedReading {
  return (frame) => {
    const fields = fieldsOf(frame);
    if (!fields) return { kind: 'strange' };
    const said = late(fields);
    const isOurs =
      fields.trans_type === TYPES[command.kind] && (command.kind === 'settle' || said.amount === command.amount);
    return isOurs
      ? { kind: 'result', result: { ...resultAbout({ command }), ...said } }
      : { kind: 'late', result: said };
  };
}

function fieldsOf(frame: Uint8Array): Record<NcccFieldName, string> | undefined {
  const text = endedText(frame);
  const fields = text && decodeNccc(text);
  // the till's own request, as a line in echo gives it back, has no answer code
  return fields?.ecr_response === '' ? undefined : fields;
}

function late(fields: Readonly<Record<NcccFieldName, string>>): LateResult {
  const key = {
    receipt: fields.receipt_no,
    terminalId: fields.terminal_id,
    date: fields.date.slice(-4),
    time: fields.time,
    authorisation: fields.approval,
    batch: fields.batch,
  };
  const code = fields.ecr_response;
  const text = rowOf(NCCC_RESPONSES, code);
  return {
    outcome: rowOf(OUTCOMES, code) ?? 'unknown',
    ...(/^\d{12}$/.test(fields.amount) && { amount: Number(fields.amount) }),
    key: Object.fromEntries(Object.entries(key).filter(([, value]) => value !== '')),
    ...(fields.card_no !== '' && { card: { pan: `************${fields.card_no.slice(-4)}` } }),
    standing: 'final',
    evidence: { by: 'answer', code, ...(text !== undefined && { text }) },
  };
}
