import { signal } from '@preact/signals';
import { type Answer, ask, freshName } from './agent.ts';

/**
 * What the clerk wants done. It is written down under its own name before it is sent, and sent again under that name until
 * it is answered: after a reload, a restart of the agent, a lost answer. The agent carries one name out once.
 */
export interface Wish {
  readonly key: string;
  readonly what: string;
  readonly path: string;
  readonly body: unknown;
  /** Unix ms of this PC: only to let go of what nobody wants any more */
  readonly at: number;
}

const KEPT = 'tillwire.wishes';
/** A wish that could not be told for so long is not told any more: the counter looks different by now. */
const LIFE_MS = 120_000;
const AGAIN_MS = [300, 700, 1_500, 3_000] as const;

/** wishes without an answer yet */
export const open = signal<readonly Wish[]>(kept());

export function isOpen(what: string): boolean {
  return open.value.some((wish) => wish.what === what);
}

/** Wishes something; resolves with the agent's answer, however long the agent is away. */
export function wish<T>(what: string, path: string, body?: unknown): Promise<Answer<T>> {
  const made: Wish = { key: freshName(), what, path, body, at: now() };
  keep([...open.peek(), made]);
  return pursue<T>(made);
}

/** After a reload: what had no answer is asked again. */
export function resume(onAnswer: (wish: Wish, answer: Answer<unknown>) => void): void {
  for (const known of open.peek()) void pursue(known).then((answer) => onAnswer(known, answer));
}

async function pursue<T>(made: Wish): Promise<Answer<T>> {
  for (let tries = 0; ; tries++) {
    const answer = await ask<T>(made.path, { method: 'POST', body: made.body, key: made.key });
    if (isSettled(answer) || now() - made.at > LIFE_MS) {
      keep(open.peek().filter(({ key }) => key !== made.key));
      return answer;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]));
  }
}

/**
 * Yes or no. Not: nothing, "later", or "who are you" (the session ended; the clerk signs in and it goes on). A device that is
 * not there is a no: plugged in again, it would take a card for what nobody wants any more.
 */
function isSettled(answer: Answer<unknown>): boolean {
  if (answer.kind === 'lost') return false;
  if (answer.kind === 'ok' || answer.problem.code === 'DEVICE_OFFLINE') return true;
  return answer.status !== 401 && !(answer.status >= 429 && answer.problem.retryable);
}

function keep(wishes: readonly Wish[]): void {
  sessionStorage.setItem(KEPT, JSON.stringify(wishes));
  open.value = wishes;
}

function kept(): readonly Wish[] {
  const wishes = JSON.parse(sessionStorage.getItem(KEPT) ?? '[]') as readonly Wish[];
  return wishes.filter(({ at }) => now() - at <= LIFE_MS);
}

function now(): number {
  return new Date().getTime();
}
