/** Bytes explained: what `tillwire decode KIND` prints. */
export interface Explanation {
  /** fields with the names the vector files use; secrets already masked unless `unmask` was asked for */
  readonly fields: Record<string, unknown>;
  /** the same for a person, one line each */
  readonly lines: readonly string[];
  /** false: the bytes are not what the kind says; exit code 1 */
  readonly ok: boolean;
}

/** One kind of `tillwire decode`. */
export interface Decoder {
  readonly kind: string;
  readonly summary: string;
  /** a `--text` example for the help page; hex pairs for `--hex` where the bytes are no text */
  readonly example: string;
  /** `name`: of the file the bytes are from, where the format needs it */
  explain(bytes: Uint8Array, options: { readonly unmask: boolean; readonly name?: string }): Explanation;
}
