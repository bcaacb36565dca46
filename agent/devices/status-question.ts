import { encode, join } from '../../protocols/escpos/encode.ts';
import type { ByteLink } from '../transport/link.ts';
import type { Expectations } from './expectations.ts';
import { type PrinterStatus, statusOf } from './printer-status.ts';

/** Real-time status is answered on reception; 300 ms is generous at 9600 baud behind a USB adapter. */
const STATUS_MS = 300;
const STATUS_QUERIES = join([1, 2, 4].map((n) => encode('realtime-status', [n])));

/** `silent`: no complete answer. `refused`: not one byte of the question left. `stalled`: the printer takes no bytes. */
export type StatusAnswer = PrinterStatus | 'silent' | 'refused' | 'stalled' | 'lost';

/**
 * DLE EOT 1, 2 and 4 in one breath: an answer does not say which question it belongs to, so all three are waited for, and
 * counted only when none is missing.
 */
export async function askStatus(
  link: ByteLink,
  replies: Expectations,
  until: 'sent' | 'taken',
  writeMs = STATUS_MS,
): Promise<StatusAnswer> {
  const answers: number[] = [];
  const expected = replies.expect(STATUS_MS, (reply) => reply.kind === 'realtime' && answers.push(reply.byte) === 3);
  const outcome = await link.write(STATUS_QUERIES, writeMs, until);
  if (outcome.kind !== 'written') {
    expected.callOff();
    if (outcome.kind === 'not-written') return outcome.cause === 'DOWN' ? 'lost' : 'refused';
    return outcome.cause === 'DEADLINE' ? 'stalled' : 'lost';
  }
  const answer = await expected.answer;
  if (answer === 'lost') return 'lost';
  const [, offline, roll] = answers;
  return offline === undefined || roll === undefined || answer === 'silent' ? 'silent' : statusOf(offline, roll);
}
