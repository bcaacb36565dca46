import type { EvidenceBy } from '../../protocols/terminal/messages.ts';
import type { GivenUp } from '../../protocols/terminal/owed-answers.ts';
import type { TillBook } from '../journal/book.ts';
import type { CardFacts } from './card.ts';

/** With these nobody knows which answer, or whether one, has come. */
const UNANSWERED: ReadonlySet<EvidenceBy> = new Set<EvidenceBy>(['no-answer', 'link-lost', 'cannot-tell']);

/**
 * Commands of an earlier process that a person has because no answer to them came. It may come to this one, which has to know
 * that it is about them. `now`: backend time; what ended behind it, by a clock that was wrong, has ended now.
 */
export function givenUpIn(
  book: Pick<TillBook, 'attempts'>,
  protocol: string,
  { mono, now }: { readonly mono: number; readonly now: number },
): readonly GivenUp[] {
  return [...book.attempts.values()].flatMap(({ attempt, startedAt }) => {
    if (attempt.card?.protocol !== protocol || attempt.state !== 'NEEDS_MANUAL_CHECK') return [];
    if (!isUnanswered(attempt.card)) return [];
    const { settledAt = startedAt } = attempt;
    return { command: attempt.card.command, at: mono - Math.max(0, now - settledAt) };
  });
}

function isUnanswered({ result }: CardFacts): boolean {
  return result === undefined || UNANSWERED.has(result.evidence.by);
}
