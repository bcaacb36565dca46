import type { TillBook } from '../../agent/journal/book.ts';

/** The card terminal's yes to a command that it had said no to, on disk as the agent writes it. */
export async function lateYes(book: TillBook, attemptId: string, at = 1): Promise<void> {
  const { command } = book.attempts.get(attemptId)?.attempt.card ?? {};
  if (!command) throw new Error(`no card attempt ${attemptId}`);
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
  await book.write({ type: 'TERMINAL_LATE', late, protocol: 'zvt', during: attemptId, event });
}
