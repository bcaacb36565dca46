import type {
  Evidence,
  FinancialCommand,
  Pending,
  TerminalOutcome,
  TerminalResult,
  TransactionKey,
} from '../messages.ts';
import type { Message } from './apdu.ts';
import { REASONS } from './commands.ts';
import { resultText } from './result-codes.ts';
import { type ResultValues, resultValues } from './values.ts';

// What a result means for the command that waits, or for the one that nobody knows about.

export function keyOf(values: ResultValues): TransactionKey {
  const { receipt, trace, terminalId, date, time, authorisation } = values;
  const all = { receipt, trace, terminalId, date, time, authorisation };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Names a transaction at all: an aborted one has no more than the terminal's own id. */
export function isNamed({ receipt, trace }: TransactionKey): boolean {
  return receipt !== undefined || trace !== undefined;
}

/** The same transaction: receipt and trace, and its time, because receipt numbers come round again. */
export function isSame(one: TransactionKey, other: TransactionKey): boolean {
  return (['receipt', 'trace', 'date', 'time'] as const).every((part) => one[part] === other[part]);
}

export function codeHex(code: number): string {
  return code.toString(16).toUpperCase().padStart(2, '0');
}

export function evidence(by: Evidence['by'], code?: number): Evidence {
  const text = code === undefined ? undefined : resultText(code);
  return { by, ...(code !== undefined && { code: codeHex(code) }), ...(text !== undefined && { text }) };
}

function refusedOutcome(code: number): TerminalOutcome {
  return code === REASONS.abortedOrTimedOut ? 'cancelled' : 'declined';
}

/** An outcome without a transaction: refused, aborted, or nobody knows. */
export function bareResult(command: FinancialCommand, outcome: TerminalOutcome, why: Evidence): TerminalResult {
  return { command: command.kind, reference: command.reference, outcome, key: {}, evidence: why, standing: 'final' };
}

export function abortedResult(command: FinancialCommand, code: number): TerminalResult {
  return bareResult(command, refusedOutcome(code), evidence('answer', code));
}

/**
 * 04 0F within the dialogue of `command`. Another amount than asked is nobody's yes. A yes is provisional until 06 0F: only
 * that proves that our 80 00 has arrived, and that no line of the receipt is missing (PA00P015 2.2.8).
 */
export function answeredResult(command: FinancialCommand, heard: Message): TerminalResult {
  const values = resultValues(heard.fields);
  const code = values.resultCode;
  const about = told(command, values);
  if (code === undefined) return { ...about, outcome: 'unknown', evidence: evidence('cannot-tell'), standing: 'final' };
  if (code !== 0)
    return { ...about, outcome: refusedOutcome(code), evidence: evidence('answer', code), standing: 'final' };
  if (command.kind !== 'settle' && values.amount !== command.amount)
    return { ...about, outcome: 'unknown', evidence: evidence('other-amount', code), standing: 'final' };
  return { ...about, outcome: 'approved', evidence: evidence('answer', code), standing: 'provisional' };
}

/**
 * 04 0F that answers 06 20. The terminal is idle, so its last transaction is either the one from before, and then ours never
 * happened, or ours.
 */
export function recoveredResult({ command, before }: Pending, heard: Message): TerminalResult {
  const values = resultValues(heard.fields);
  const code = values.resultCode ?? 0;
  const key = keyOf(values);
  const about = { ...told(command, values), standing: 'final' as const };
  // an end of day is no transaction that 06 20 would tell
  if (command.kind === 'settle') return bareResult(command, 'unknown', evidence('cannot-tell'));
  if (before && isNamed(key) && isSame(key, before))
    return bareResult(command, 'declined', evidence('last-is-the-one-before', code));
  // ours or the one before: neither of them was paid
  if (code !== 0) return { ...about, outcome: refusedOutcome(code), evidence: evidence('query', code) };
  if (!before || !isNamed(key)) return { ...about, outcome: 'unknown', evidence: evidence('cannot-tell', code) };
  if (values.amount !== command.amount)
    return { ...about, outcome: 'unknown', evidence: evidence('other-amount', code) };
  return { ...about, outcome: 'approved', evidence: evidence('query', code) };
}

/** 06 20 was refused: there is no last transaction. That settles it only if there was none before either. */
export function nothingRecovered({ command, before }: Pending, code: number | undefined): TerminalResult {
  // an abort says nothing about the memory
  const isNone = code !== undefined && code !== REASONS.abortedOrTimedOut;
  const neverHappened = isNone && before !== undefined && Object.keys(before).length === 0;
  if (neverHappened) return bareResult(command, 'declined', evidence('last-is-the-one-before', code));
  return bareResult(command, 'unknown', evidence('cannot-tell', code));
}

function told(command: FinancialCommand, values: ResultValues) {
  const { amount, currency } = values;
  const card = cardOf(values);
  return {
    command: command.kind,
    reference: command.reference,
    ...(amount !== undefined && { amount }),
    ...(currency !== undefined && { currency }),
    ...(card && { card }),
    key: keyOf(values),
  };
}

const CHECKS: Readonly<Record<number, NonNullable<TerminalResult['card']>['holderCheck']>> = {
  0: 'none',
  1: 'signature',
  2: 'pin',
  3: 'pin',
  4: 'pin',
  5: 'pin-and-signature',
  6: 'pin-and-signature',
  7: 'pin-and-signature',
};

function cardOf({ pan, cardName, cardType, holderCheck }: ResultValues): TerminalResult['card'] {
  const name = cardName ?? cardType;
  const check = CHECKS[holderCheck ?? -1];
  if (pan === undefined && name === undefined) return undefined;
  return {
    ...(pan !== undefined && { pan: shown(pan) }),
    ...(name !== undefined && { name }),
    ...(check && { holderCheck: check }),
  };
}

/** A terminal that does not mask is masked here: first 6 and last 4. */
function shown(pan: string): string {
  if (pan.length < 13) return '*'.repeat(pan.length);
  return pan.slice(0, 6) + '*'.repeat(pan.length - 10) + pan.slice(-4);
}

/** What came for an earlier command. */
export function lateResult(heard: Message): Omit<TerminalResult, 'command' | 'reference'> {
  const values = resultValues(heard.fields);
  const code = values.resultCode ?? 0;
  const { command: _command, reference: _reference, ...about } = told({ kind: 'settle', reference: '' }, values);
  return {
    ...about,
    outcome: code === 0 ? 'approved' : refusedOutcome(code),
    evidence: evidence('answer', code),
    standing: 'final',
  };
}

/** Nobody knows; what was heard of it stays as evidence. */
export function unknownResult(command: FinancialCommand, why: Evidence, heard?: TerminalResult): TerminalResult {
  return { ...(heard ?? bareResult(command, 'unknown', why)), outcome: 'unknown', evidence: why, standing: 'final' };
}
