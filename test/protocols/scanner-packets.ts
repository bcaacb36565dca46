import { fromHex } from '../../protocols/bytes/hex.ts';

export const CODE = '130012345678901234';

export const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
export const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);

export function hex(digits: string): Uint8Array {
  const bytes = fromHex(digits);
  if (!bytes) throw new Error(`not hex: ${digits}`);
  return bytes;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** The bytes in chunks, cut wherever `cuts` says so. */
export function chunked(bytes: Uint8Array, cuts: () => boolean): Uint8Array[] {
  const chunks: number[][] = [[]];
  for (const byte of bytes) {
    if (cuts()) chunks.push([]);
    chunks.at(-1)?.push(byte);
  }
  return chunks.map((chunk) => Uint8Array.from(chunk));
}
