import { encode, join } from '../../protocols/escpos/encode.ts';
import type { ByteLink, WriteOutcome } from '../transport/link.ts';
import type { Expectations } from './expectations.ts';
import { type PrinterStatus, statusOf } from './printer-status.ts';

/** Real-time status is answered on reception; 300 ms is generous at 9600 baud behind a USB adapter. */
const STATUS_MS = 300;
const QUESTIONS = 3;
const STATUS_QUERIES = join([1, 2, 4].map((n) => encode('realtime-status', [n])));

/** `silent`: no complete answer. `refused`: not one byte of the question left. `stalled`: the printer takes no bytes. */
export type StatusAnswer = PrinterStatus | 'silent' | 'refused' | 'stalled' | 'lost';

/**
 * DLE EOT 1, 2 and 4 in one breath: an answer does not say which question it belongs to, so all three are waited for behind those
 * that an earlier question has not had yet, and counted only when none is missing. A slip would be called printed by an answer
 * from before it. Where the earlier ones never come it is `silent`, and a question a second later begins anew.
 */
export async function askStatus(
  link: ByteLink,
  replies: Expectations,
  until: 'sent' | 'taken',
  writeMs = STATUS_MS,
): Promise<StatusAnswer> {
  const answers: number[] = [];
  const earlier = replies.owed;
  const last = earlier + QUESTIONS;
  const expected = replies.expect(STATUS_MS, (reply) => reply.kind === 'realtime' && answers.push(reply.byte) === last);
  replies.asked(QUESTIONS);
  const outcome = await link.write(STATUS_QUERIES, writeMs, until);
  if (outcome.kind !== 'written') {
    expected.callOff();
    return unasked(outcome);
  }
  const answer = await expected.answer;
  if (answer === 'lost') return 'lost';
  if (answer === 'silent' && earlier === 0 && answers.length > 0) replies.forgive();
  const [, offline, roll] = answers.slice(-QUESTIONS);
  return offline === undefined || roll === undefined || answer === 'silent' ? 'silent' : statusOf(offline, roll);
}

/** Why a question did not leave, or not whole. */
export function unasked(outcome: Exclude<WriteOutcome, { readonly kind: 'written' }>): 'refused' | 'stalled' | 'lost' {
  if (outcome.kind === 'not-written') return outcome.cause === 'DOWN' ? 'lost' : 'refused';
  return outcome.cause === 'DEADLINE' ? 'stalled' : 'lost';
}
