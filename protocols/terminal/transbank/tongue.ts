import { encodeLatin1 } from '../../bytes/latin1.ts';
import {
  type AckedReading,
  type AckedRequest,
  type AckedTongue,
  type LateResult,
  resultAbout,
} from '../acked-dialogue.ts';
import { encodeEndedFrame, endedText } from '../ended-frame.ts';
import type { Evidence, Pending, TerminalCommand, TerminalOutcome, TransactionKey } from '../messages.ts';
import {
  decodeTransbank,
  TRANSBANK_RESPONSES,
  type TransbankMessage,
  transbankFields,
  transbankRow,
} from './commands.ts';
import { transbankShape } from './frame.ts';

// What a till says to a Transbank terminal. Its ticket number of six characters is the till's reference: it comes back in the
// result and in the answer to "what was the last sale" (terminals.md 2.3, 6.2).

const TICKET = /^[0-9A-Z]{1,6}$/;
const MAX_AMOUNT = 999_999_999;
const CANCELLED = 7;
/** the terminal has no last sale */
const NO_SALE = '11';
/** Refused before or by the host. Everything else that is not 0 (host silent, link lost, time out, no paper) is unknown. */
const DECLINED: ReadonlySet<number> = new Set([
  1, 4, 5, 6, 8, 9, 10, 11, 12, 13, 17, 20, 21, 25, 26, 27, 60, 61, 62, 67, 70, 71, 72, 73, 74, 75, 76, 77, 88, 93,
]);

export const transbankTongue: AckedTongue = {
  capabilities: {
    commands: ['sale', 'void', 'settle', 'status', 'queryLast', 'cleared'],
    correlation: 'reference',
    finalWhen: 'answered',
    printsOnTill: false,
    signatureImage: false,
    reference: { length: 6, characters: 'letters-and-digits' },
    maxAmount: MAX_AMOUNT,
  },
  shape: transbankShape,
  times: { ackMs: 2_000, sends: 3, answerMs: 150_000, longestMs: 400_000 },
  request,
  unasked: (frame) => {
    const message = messageOf(frame);
    return message && RESULTS.has(message.code) ? late(message) : undefined;
  },
};

/** Messages that carry what became of money. */
const RESULTS: ReadonlySet<string> = new Set(['0210', '1210', '0260', '0271']);

function request(command: TerminalCommand): AckedRequest | undefined {
  switch (command.kind) {
    case 'sale': {
      const { amount, reference } = command;
      if (!TICKET.test(reference) || amount < 1 || amount > MAX_AMOUNT) return undefined;
      const payload = `0200|${String(amount).padStart(9, '0')}|${ticketOf(reference)}|||1`;
      return ask(payload, (fields, message) => sold({ command }, fields, message));
    }
    case 'void': {
      // the terminal's own number of the sale: without it nobody knows which one would be given back
      const operation = command.original.receipt;
      if (operation === undefined || !/^\d{1,6}$/.test(operation)) return undefined;
      return ask(`1200|${operation}|`, (fields, message) => {
        const isOurs = Number(fields['operation_number'] ?? operation) === Number(operation);
        return isOurs ? result({ command }, message, 'answer') : { kind: 'late', result: late(message) };
      });
    }
    case 'settle':
      return ask('0500||', (_, message) => result({ command }, message, 'answer'));
    case 'status':
      return { frame: frameOf('0100'), ackIsAnswer: true, read: () => ({ kind: 'strange' }) };
    case 'queryLast':
      return ask('0250|', (fields, message) => asked(command.about, fields, message));
    default:
      return undefined;
  }
}

function ask(
  payload: string,
  answered: (fields: Readonly<Record<string, string>>, message: TransbankMessage) => AckedReading,
): AckedRequest {
  const expected = transbankRow(payload.slice(0, 4))?.answer;
  return {
    frame: frameOf(payload),
    read: (frame) => {
      const message = messageOf(frame);
      if (!message) return { kind: 'strange' };
      const fields = transbankFields(message);
      if (message.code === '0900') return { kind: 'progress', ...wordsOf(fields) };
      if (message.code === expected) return answered(fields, message);
      return RESULTS.has(message.code) ? { kind: 'late', result: late(message) } : { kind: 'strange' };
    },
  };
}

function sold(pending: Pending, fields: Readonly<Record<string, string>>, message: TransbankMessage): AckedReading {
  const { reference } = pending.command;
  const isOurs = fields['ticket'] === ticketOf(reference);
  return isOurs ? result(pending, message, 'answer') : { kind: 'late', result: late(message) };
}

/** The last sale of the terminal, and what that says of the one nobody knows about. */
function asked(
  about: Pending | undefined,
  fields: Readonly<Record<string, string>>,
  message: TransbankMessage,
): AckedReading {
  const { key } = late(message);
  const words = wordsOf(fields);
  if (!about) return { kind: 'done', ok: true, news: { kind: 'last', key }, ...words };
  if (about.command.kind === 'sale' && fields['ticket'] === ticketOf(about.command.reference))
    return result(about, message, 'query');
  const { before } = about;
  // `before` without a receipt: the terminal had no sale, and has none now
  const isSame = before?.receipt === undefined ? words.code === NO_SALE : before.receipt === fields['operation_number'];
  const isOneBefore = about.command.kind === 'sale' && before !== undefined && isSame;
  const evidence: Evidence = { by: isOneBefore ? 'last-is-the-one-before' : 'cannot-tell', ...words };
  return {
    kind: 'result',
    result: { ...resultAbout(about), outcome: isOneBefore ? 'declined' : 'unknown', key, evidence, standing: 'final' },
  };
}

function result(pending: Pending, message: TransbankMessage, by: 'answer' | 'query'): AckedReading {
  const said = late(message);
  const { command } = pending;
  const isOther =
    command.kind === 'sale' &&
    said.outcome === 'approved' &&
    said.amount !== undefined &&
    said.amount !== command.amount;
  return {
    kind: 'result',
    result: {
      ...resultAbout(pending),
      ...said,
      outcome: isOther ? 'unknown' : said.outcome,
      evidence: { ...said.evidence, by: isOther ? 'other-amount' : by },
    },
  };
}

function late(message: TransbankMessage): LateResult {
  const fields = transbankFields(message);
  const amount = fields['amount'];
  const last4 = fields['last_4_digits'];
  return {
    outcome: outcomeOf(fields['code']),
    ...(amount !== undefined && /^\d{1,9}$/.test(amount) && { amount: Number(amount) }),
    key: keyOf(fields),
    ...(last4 !== undefined && { card: { pan: `************${last4}` } }),
    standing: 'final',
    evidence: { by: 'answer', ...wordsOf(fields) },
  };
}

function outcomeOf(code: string | undefined): TerminalOutcome {
  if (code === undefined || !/^\d{1,3}$/.test(code)) return 'unknown';
  const number = Number(code);
  if (number === 0) return 'approved';
  if (number === CANCELLED) return 'cancelled';
  return DECLINED.has(number) ? 'declined' : 'unknown';
}

function keyOf(fields: Readonly<Record<string, string>>): TransactionKey {
  const named = {
    receipt: fields['operation_number'],
    terminalId: fields['terminal_id'],
    authorisation: fields['authorization_code'],
    date: fields['real_date']?.replace(/^(\d\d)(\d\d).*$/, '$2$1'),
    time: fields['real_time'],
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

function wordsOf(fields: Readonly<Record<string, string>>): { readonly code: string; readonly text: string } {
  const code = fields['code'] ?? '';
  return { code, text: TRANSBANK_RESPONSES[Number(code)] ?? 'unknown code' };
}

/** Six characters, zeros in front, as the official SDK sends them. */
function ticketOf(reference: string): string {
  return reference.padStart(6, '0');
}

function frameOf(payload: string): Uint8Array {
  return encodeEndedFrame(encodeLatin1(payload) ?? new Uint8Array());
}

function messageOf(frame: Uint8Array): TransbankMessage | undefined {
  const text = endedText(frame);
  return text && decodeTransbank(text);
}
