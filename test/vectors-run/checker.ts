/** One bytes-from-outside case after it was run. */
export interface CaseResult {
  readonly name: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

export interface FileResult {
  /** every computed case; it passed when `expected` and `actual` are deeply equal */
  readonly cases: readonly CaseResult[];
  /** prose rules in the file: nothing to compute, story tests named by their id */
  readonly stories: number;
}

/** Runs the files of one format. */
export interface Checker {
  readonly title: string;
  /** By content, so that a file of the same format under another name is recognised too. */
  recognises(fileName: string, content: unknown): boolean;
  /** `file`: where it stands; bytes that it names lie beside it. */
  check(content: unknown, file?: string): FileResult | Promise<FileResult>;
}
