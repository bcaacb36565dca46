import type { EventData } from '../../protocols/backend/events.ts';
import type { TerminalResult } from '../../protocols/terminal/messages.ts';
import type { LateTerminalResult } from '../devices/terminal/payment-terminal.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptEvent } from './attempt-event.ts';

// What the backend is told of the card terminal: whatever identifies the transaction there, and never more of a card than a
// slip shows.

/** What an attempt on the terminal adds to its event. */
export function cardEvidence({ card }: Attempt): Pick<AttemptEvent, 'card'> {
  if (!card) return {};
  const { protocol, command, result, holdId } = card;
  return {
    card: {
      protocol,
      reference: command.reference,
      ...(holdId === undefined ? {} : { holdId }),
      ...(result === undefined ? {} : { outcome: result.outcome, by: result.evidence.by, key: { ...result.key } }),
      ...(result?.amount === undefined ? {} : { amountFen: Math.abs(result.amount) }),
      ...(result?.card?.pan === undefined ? {} : { maskedPan: result.card.pan.slice(0, 32) }),
    },
  };
}

/** An answer that belongs to nothing that waits. */
export function lateEvent(
  late: LateTerminalResult | TerminalResult,
  protocol: string,
  during: string | undefined,
): Extract<EventData, { type: 'terminal-late' }> {
  const { outcome, key, amount, evidence } = late;
  return {
    type: 'terminal-late',
    protocol,
    outcome,
    by: evidence.by,
    key: { ...key },
    ...(evidence.code === undefined ? {} : { code: evidence.code.slice(0, 64) }),
    ...(amount === undefined ? {} : { amountFen: Math.abs(amount) }),
    ...(during === undefined ? {} : { attemptId: during }),
  };
}
