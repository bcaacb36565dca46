import type { Operation } from './types.ts';

// A wish that the agent accepted may come to nothing in the very next moment: the terminal was pulled, or another wish was
// faster. Its answer says so, or, when the terminal took long to stay silent, an event behind the answer does.

export type Why = NonNullable<Operation['why']>;
export type Ended = Pick<Operation, 'commandId' | 'status' | 'why'>;

/** wishes of this tab whose end is to come */
const accepted: string[] = [];
/** a counter has one under way, and a few about other orders */
const MOST = 16;

/** Of an answer that was a yes: why nothing was done all the same. */
export function failureIn(body: unknown): Why | undefined {
  const { commandId, phase, status, why } = (body ?? {}) as Partial<Operation>;
  if (phase === 'accepted' && commandId !== undefined) keep(commandId);
  return phase === 'final' && status === 'failed' ? why : undefined;
}

function keep(commandId: string): void {
  if (accepted.length >= MOST) accepted.shift();
  accepted.push(commandId);
}

/** Of the end of some command: why nothing was done, if it was a wish of this tab. Said once. */
export function failureAtEnd({ commandId, status, why }: Ended): Why | undefined {
  const at = accepted.indexOf(commandId);
  if (at < 0) return undefined;
  accepted.splice(at, 1);
  return status === 'failed' ? why : undefined;
}
