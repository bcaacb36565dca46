/** UTF-8 bytes of a text. A lone surrogate becomes U+FFFD, as everywhere on the web. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const char of text) {
    let code = char.codePointAt(0) ?? 0xfffd;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
  return Uint8Array.from(bytes);
}

/** The text of strictly valid UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF), else `undefined`. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const byte = bytes[i] ?? 0;
    // ASCII, as nearly every code is: a character, without the way through code points
    if (byte < 0x80) {
      text += String.fromCharCode(byte);
      i += 1;
      continue;
    }
    const step = sequenceAt(bytes, i);
    if (step.code === undefined) return undefined;
    text += String.fromCodePoint(step.code);
    i += step.length;
  }
  return text;
}

/** Like {@link decodeUtf8}, but each maximal invalid part becomes one U+FFFD (WHATWG "replacement"). */
export function decodeUtf8Lossy(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const step = sequenceAt(bytes, i);
    text += String.fromCodePoint(step.code ?? 0xfffd);
    i += step.length;
  }
  return text;
}

/** The sequence that starts at `at`: its code point, or `undefined` and how many bytes the invalid part takes. */
function sequenceAt(bytes: Uint8Array, at: number): { code: number | undefined; length: number } {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return { code: lead, length: 1 };
  const tail =
    lead >= 0xc2 && lead <= 0xdf ? 1 : lead >= 0xe0 && lead <= 0xef ? 2 : lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
  if (tail === 0) return { code: undefined, length: 1 };
  let code = lead & (0x3f >> tail);
  for (let k = 1; k <= tail; k++) {
    const byte = bytes[at + k];
    const low = k === 1 ? firstTailLow(lead) : 0x80;
    const high = k === 1 ? firstTailHigh(lead) : 0xbf;
    if (byte === undefined || byte < low || byte > high) return { code: undefined, length: k };
    code = (code << 6) | (byte & 0x3f);
  }
  return { code, length: tail + 1 };
}

/** Unicode 15 table 3-7: the second byte is narrower after E0 and F0 (overlong forms) ... */
function firstTailLow(lead: number): number {
  return lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
}

/** ... and after ED and F4 (surrogates, above U+10FFFF). */
function firstTailHigh(lead: number): number {
  return lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
}
