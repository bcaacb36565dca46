import type { TillBook } from '../../agent/journal/book.ts';
import { surprisedHoldEvent } from '../../agent/payment/hold-event.ts';
import { lateYesOfCard } from '../../agent/payment/late-money.ts';
import { isNoted } from '../../agent/payment/order-dispute.ts';

/** The card terminal's yes to a command that it had said no to, on disk as the agent writes it (agent/payment/late-words.ts). */
export async function lateYes(book: TillBook, attemptId: string, at = 1): Promise<void> {
  const record = book.attempts.get(attemptId);
  const { command } = record?.attempt.card ?? {};
  if (!record || !command) throw new Error(`no card attempt ${attemptId}`);
  const late = {
    reference: command.reference,
    outcome: 'approved',
    amount: command.amount,
    key: { receipt: '0002' },
    evidence: { by: 'answer' },
    standing: 'final',
  } as const;
  const data = {
    type: 'terminal-late',
    protocol: 'zvt',
    outcome: 'approved',
    by: 'answer',
    key: {},
    attemptId,
  } as const;
  const event = book.event(data, `LATE-${attemptId}`, 'BOOT', at);
  const order = book.orders.get(record.attempt.orderId);
  const surprised = { ...record, attempt: { ...record.attempt, late: lateYesOfCard(late, at) } };
  const hold = surprisedHoldEvent(record.attempt, late, book);
  await book.write({
    type: 'TERMINAL_LATE',
    late,
    protocol: 'zvt',
    during: attemptId,
    event,
    ...(order && isNoted(order, attemptId) ? {} : { surprised }),
    ...(hold && { holdEvent: book.event(hold, `LATE-HOLD-${attemptId}`, 'BOOT', at) }),
  });
}
