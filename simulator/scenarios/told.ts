import { msOf } from './terms.ts';

/** What a step may take when it says nothing. */
const STEP_MS = 10_000;

export function deadlineOf({ within }: { readonly within?: string | undefined }): number {
  return within === undefined ? STEP_MS : msOf(within);
}

/** What the till says to a step is what the story says. */
export function agree(told: string | undefined, seen: string | undefined): void {
  if (told !== seen)
    throw new Error(
      seen === undefined
        ? `the till agrees, and should say ${told}`
        : `the till says ${seen}${told === undefined ? '' : `, and should say ${told}`}`,
    );
}
