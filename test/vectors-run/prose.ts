/** A part of a sentence that the bytes can contradict, and what they say. `undefined`: the claim is not about such bytes. */
export type Claim<T> = readonly [pattern: RegExp, says: (said: string, given: T) => string | undefined];

/**
 * The sentence as the bytes would write it: every part that can be computed is replaced by what was computed. What is
 * left is prose, and equal to itself.
 */
export function rewritten<T>(sentence: string, claims: readonly Claim<T>[], given: T): string {
  return claims.reduce((text, [pattern, says]) => text.replace(pattern, (said) => says(said, given) ?? said), sentence);
}
