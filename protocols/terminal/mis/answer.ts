import { toHex } from '../../bytes/hex.ts';
import { maskPan } from '../../paycode/masking.ts';
import type { Evidence, FinancialCommand, TerminalOutcome, TerminalResult, TransactionKey } from '../messages.ts';
import type { MisDialect } from './dialect.ts';
import { type MisObject, misObject, misText } from './objects.ts';

/** What an answer says, whoever it is for. */
export type MisAnswer = Omit<TerminalResult, 'command' | 'reference'>;

export function readMisAnswer(objects: readonly MisObject[], dialect: MisDialect): MisAnswer {
  const code = textOf(objects, dialect.tags.result);
  const amount = answeredAmount(objects, dialect);
  const card = cardOf(objects, dialect);
  return {
    outcome: outcomeOf(code, dialect),
    ...(amount !== undefined && { amount }),
    key: keyOf(objects, dialect),
    ...(card && { card }),
    evidence: evidenceOf(code, dialect),
    standing: 'final',
  };
}

/** The answer as the result of this command. Another amount than was asked for settles nothing: somebody must look. */
export function misResult(answer: MisAnswer, command: FinancialCommand): TerminalResult {
  const { kind, reference } = command;
  const asked = 'amount' in command ? command.amount : undefined;
  const isOther = answer.outcome === 'approved' && answer.amount !== undefined && Math.abs(answer.amount) !== asked;
  if (!isOther) return { command: kind, reference, ...answer };
  return {
    command: kind,
    reference,
    ...answer,
    outcome: 'unknown',
    evidence: { ...answer.evidence, by: 'other-amount' },
  };
}

/**
 * Two characters are the host's word: all but the unclear ones say no. Eight are the terminal's own: without being listed
 * they may stand for a broken line to the host, which proves nothing.
 */
function outcomeOf(code: string | undefined, { results }: MisDialect): TerminalOutcome {
  if (code === undefined) return 'unknown';
  if (results.approved.includes(code)) return 'approved';
  if (results.cancelled.includes(code)) return 'cancelled';
  if (results.notDone.includes(code)) return 'declined';
  return code.length === 2 && !results.unclear.includes(code) ? 'declined' : 'unknown';
}

function evidenceOf(code: string | undefined, { results }: MisDialect): Evidence {
  if (code === undefined) return { by: 'cannot-tell' };
  return { by: results.notDone.includes(code) ? 'refused' : 'answer', code };
}

/** `RMB  0.20`, of a void `RMB -0.20`: integer fen by a strict pattern, or nothing. */
function answeredAmount(objects: readonly MisObject[], { tags, currencyWord }: MisDialect): number | undefined {
  const text = textOf(objects, tags.amount);
  const found = text === undefined ? null : /^([A-Z]{3}) *(-?)(\d{1,10})\.(\d\d)$/.exec(text);
  if (!found || found[1] !== currencyWord) return undefined;
  const minor = Number(`${found[3]}${found[4]}`);
  return found[2] === '-' ? -minor : minor;
}

function keyOf(objects: readonly MisObject[], { tags }: MisDialect): TransactionKey {
  const members = {
    receipt: bcdOf(objects, tags.voucher),
    trace: bcdOf(objects, tags.trace),
    terminalId: textOf(objects, tags.terminalId),
    date: textOf(objects, tags.date),
    time: textOf(objects, tags.time),
    authorisation: textOf(objects, tags.authorisation),
    rrn: textOf(objects, tags.reference),
    batch: textOf(objects, tags.batch),
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== ''));
}

function cardOf(objects: readonly MisObject[], { tags }: MisDialect): TerminalResult['card'] {
  const [pan, name] = [textOf(objects, tags.pan), textOf(objects, tags.cardName)];
  if (!pan && !name) return undefined;
  return { ...(pan && { pan: /^\d+$/.test(pan) ? maskPan(pan) : pan }), ...(name && { name }) };
}

export function textOf(objects: readonly MisObject[], tag: string): string | undefined {
  const value = misObject(objects, tag)?.value;
  return value && misText(value)?.trim();
}

function bcdOf(objects: readonly MisObject[], tag: string): string | undefined {
  const value = misObject(objects, tag)?.value;
  return value && toHex(value);
}

export function numberOf(objects: readonly MisObject[], tag: string): number | undefined {
  const value = objects.find((object) => object.tag === tag)?.value;
  return value?.reduce((sum, byte) => sum * 256 + byte, 0);
}
