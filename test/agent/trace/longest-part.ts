export const CODE = '134567890123456789';

/** Digits of the code that stand side by side in a text. */
export function longestPart(text: string): number {
  for (let length = CODE.length; length > 0; length--)
    for (let at = 0; at + length <= CODE.length; at++) if (text.includes(CODE.slice(at, at + length))) return length;
  return 0;
}
