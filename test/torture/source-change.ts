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
  return { ...loaded, source: changed(source, change) };
};

/** The text with the change in it; a place that is not there, or there twice, is nobody's mistake but the author's. */
export function changed(source: string, { file, find, replace }: SourceChange): string {
  const pieces = source.split(find);
  if (pieces.length !== 2) throw new Error(`"${find}" is ${pieces.length - 1} times in ${file}`);
  return pieces.join(replace);
}
