import { signal } from '@preact/signals';
import { both, type Words } from './language.ts';
import { play } from './sounds.ts';
import type { Problem } from './types.ts';

/** One thing that the clerk is told besides the state of the order: a refused scan, a "no" of the agent, a done reprint. */
export interface Told {
  readonly tone: 'bad' | 'good' | 'doubt';
  readonly title: Words;
  readonly text: Words | undefined;
  /** rises with each: the same words twice are two things */
  readonly serial: number;
}

export const told = signal<Told | undefined>(undefined);
let serial = 0;

/** The same said twice within this is one thing: a gun's code is refused by an answer and by an event. */
const SAME_MS = 1_000;
let toldAt = Number.NEGATIVE_INFINITY;

export function tell(tone: Told['tone'], title: Words, text?: Words): void {
  const isSame = told.peek()?.title.zh === title.zh && performance.now() - toldAt < SAME_MS;
  toldAt = performance.now();
  if (isSame) return;
  told.value = { tone, title, text, serial: ++serial };
  if (tone === 'bad') play('hint');
}

/** A "no" of the agent, in its own words. */
export function tellProblem({ cause, remedy }: Pick<Problem, 'cause' | 'remedy'>): void {
  tell('bad', cause, cause.zh === remedy.zh ? undefined : remedy);
}

/** No answer for as long as anybody would wait. */
export function tellUnsent(): void {
  tell('doubt', both('unsent'), both('lostNote'));
}

export function untell(): void {
  told.value = undefined;
}

export function unsentWords(): Words {
  return both('unsent');
}
