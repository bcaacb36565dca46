/** Something that crossed the wire, with nothing of a customer in it any more. */
export interface Settled {
  /** monotonic ms when it came */
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * Takes what a device says as it comes, and gives it back in the same pieces once the codes in it are replaced: not before a
 * code is over, for its beginning alone does not say what it is.
 */
export interface Scrubber {
  push(bytes: Uint8Array, at: number): readonly Settled[];
  /** Nothing came until `at`; a call too early does no harm. */
  silence(at: number): readonly Settled[];
  /** There will be no more: what is left is replaced as it is. */
  end(): readonly Settled[];
}

/** A code that stops for so long is over, whatever was missing. */
export const OVER_MS = 1_000;
