import type { LoadHook } from 'node:module';

// A module loader that changes one place of one file while node loads it (node:module `register`). Runs on a thread of its
// own, in the process of one mutation only.

/** One place of one file. */
export interface SourceChange {
  /** below dist/ */
  readonly file: string;
  /** there exactly once */
  readonly find: string;
  readonly replace: string;
}

let change: SourceChange | undefined;

export function initialize(mutation: SourceChange): void {
  change = mutation;
}

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (!change || !url.endsWith(`/dist/${change.file}`)) return loaded;
  const source = Buffer.from(loaded.source as Uint8Array).toString('utf8');
  const pieces = source.split(change.find);
  if (pieces.length !== 2) throw new Error(`"${change.find}" is ${pieces.length - 1} times in ${change.file}`);
  return { ...loaded, source: pieces.join(change.replace) };
};
