import { decodeLatin1 } from '../../bytes/latin1.ts';
import { decodeUtf8Lossy, encodeUtf8 } from '../../bytes/utf8.ts';

// Texts are CP437 unless tag 14 says otherwise. A terminal that prints `C4` for Ä has announced ISO-8859-1.

export type Charset = 'ZVT 7-bit' | 'CP437' | 'ISO-8859-1' | 'UTF-8';

/** Tag 14: 02 was seen (Portalum ReceiveHandlerTest), the other numbers are from memory. */
const CHARSETS: Readonly<Record<number, Charset>> = {
  0x00: 'ZVT 7-bit',
  0x01: 'CP437',
  0x02: 'ISO-8859-1',
  0xfe: 'UTF-8',
};

export const DEFAULT_CHARSET: Charset = 'CP437';

/** `undefined`: a set that we have no table for; its texts are read as the default. */
export function charsetOf(code: number): Charset | undefined {
  return CHARSETS[code];
}

const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/** German letters in the places of DIN 66003. */
const SEVEN_BIT: Readonly<Record<string, string>> = {
  '[': 'Ä',
  '\\': 'Ö',
  ']': 'Ü',
  '{': 'ä',
  '|': 'ö',
  '}': 'ü',
  '~': 'ß',
};

export function decodeText(bytes: Uint8Array, charset: Charset = DEFAULT_CHARSET): string {
  if (charset === 'UTF-8') return decodeUtf8Lossy(bytes);
  const latin = decodeLatin1(bytes);
  if (charset === 'ISO-8859-1') return latin;
  if (charset === 'ZVT 7-bit') return latin.replace(/[[\\\]{|}~]/g, (letter) => SEVEN_BIT[letter] ?? letter);
  return latin.replace(/[\u0080-\u00ff]/g, (letter) => CP437.charAt(letter.charCodeAt(0) - 0x80));
}

/** What the set cannot say becomes a question mark. */
export function encodeText(text: string, charset: Charset = DEFAULT_CHARSET): Uint8Array {
  if (charset === 'UTF-8') return encodeUtf8(text);
  return Uint8Array.from([...text], (letter) => byteOf(letter, charset));
}

function byteOf(letter: string, charset: Charset): number {
  const code = letter.charCodeAt(0);
  const QUESTION = 0x3f;
  if (charset === 'ZVT 7-bit') {
    const place = Object.keys(SEVEN_BIT).find((key) => SEVEN_BIT[key] === letter);
    return place?.charCodeAt(0) ?? (code < 0x80 && !(letter in SEVEN_BIT) ? code : QUESTION);
  }
  if (code < 0x80) return code;
  if (charset === 'ISO-8859-1') return code <= 0xff ? code : QUESTION;
  const place = CP437.indexOf(letter);
  return place < 0 ? QUESTION : 0x80 + place;
}
