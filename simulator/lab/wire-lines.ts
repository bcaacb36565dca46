import { decodeGb18030 } from '../../protocols/bytes/gb18030.ts';
import { toHex } from '../../protocols/bytes/hex.ts';
import { decodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { decodeUtf8, decodeUtf8Lossy } from '../../protocols/bytes/utf8.ts';
import { type Token, Tokenizer } from '../../protocols/escpos/tokenize.ts';
import { redact } from '../../protocols/paycode/redact.ts';

// What went over a wire, in words. A paycode is masked here as everywhere, in the bytes too: a picture of this page may be
// mailed to anybody.

/** One line of the list has so many characters at most; the bytes themselves are counted. */
const MOST_DETAIL = 4_000;
const MOST_HEX_BYTES = 256;

export interface Told {
  readonly title: string;
  readonly detail: string;
  readonly hex: string;
}

/** A product's code, alone: nobody's secret. */
const PRODUCT = /^(?:\d{8}|\d{12,13})\r?\n?$/;

/**
 * What a gun said. A whole code is masked as everywhere; of a piece of one nothing is shown, because the next piece is in the
 * next line. Keys of a keyboard are digits too, whatever their bytes are.
 */
export function gunWords(bytes: Uint8Array, isKeyboard: boolean): Told {
  if (isKeyboard) return { title: `${bytes.length} B`, detail: '', hex: '' };
  const said = decodeLatin1(bytes);
  if (PRODUCT.test(said)) return { title: visible(said), detail: '', hex: shortHex(bytes) };
  const whole = redact(said);
  const text = whole === said ? said.replaceAll(/\d/g, '*') : whole;
  return { title: visible(text), detail: '', hex: text === said ? shortHex(bytes) : maskedHex(text) };
}

/** The masked text's own bytes: the stars stand where the digits were. */
function maskedHex(text: string): string {
  return Array.from(text, (char) => (char === '*' ? '**' : (char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')))
    .slice(0, MOST_HEX_BYTES)
    .join(' ');
}

/** Reads a printer's stream as it comes; commands may be cut anywhere. */
export class PrinterWords {
  #tokens: Token[] = [];
  readonly #tokenizer = new Tokenizer((token) => this.#tokens.push(token));

  heard(bytes: Uint8Array): Told {
    this.#tokenizer.push(bytes);
    const tokens = this.#tokens.splice(0);
    const texts = tokens.flatMap((token) => (token.kind === 'text' ? [textOf(token.bytes)] : []));
    const commands = tokens.filter(({ kind }) => kind === 'command').length;
    const first = texts.find((text) => text.trim() !== '')?.trim() ?? '';
    const name = tokens.length === 1 && tokens[0] ? wordOf(tokens[0]) : `${commands} ×  ESC/POS`;
    return {
      title: redact(first === '' || tokens.length === 1 ? name : `${name} · ${first}`),
      detail: redact(tokens.map(wordOf).join('\n')).slice(0, MOST_DETAIL),
      hex: shortHex(bytes),
    };
  }

  said(bytes: Uint8Array): Told {
    return { title: printerAnswer(bytes), detail: '', hex: shortHex(bytes) };
  }

  /** the cable was pulled: what was begun is over */
  cut(): void {
    this.#tokenizer.clear();
  }
}

function printerAnswer(bytes: Uint8Array): string {
  const [first = 0] = bytes;
  if (bytes.length === 1 && (first === 0x11 || first === 0x13)) return first === 0x11 ? 'XON' : 'XOFF';
  if (bytes.length === 1 && (first & 0x93) === 0x12) return 'status (DLE EOT)';
  if (bytes.length === 4 && (first & 0x93) === 0x10) return 'automatic status (GS a)';
  if (first === 0x37 && bytes.at(-1) === 0) return `answer ${visible(decodeLatin1(bytes.subarray(1, -1)))}`;
  return `${bytes.length} B`;
}

function wordOf(token: Token): string {
  switch (token.kind) {
    case 'text':
      return `  ${visible(textOf(token.bytes))}`;
    case 'command': {
      const data = token.data.length > 0 ? ` [${token.data.length} B]` : '';
      return `${token.name} ${token.operands.join(' ')}${data}`.trim();
    }
    case 'too-long':
      return `${token.kind} ${token.length} B`;
    case 'unknown':
    case 'truncated':
      return `${token.kind} ${toHex(token.bytes)}`;
  }
}

function textOf(bytes: Uint8Array): string {
  return decodeGb18030(bytes) ?? decodeUtf8Lossy(bytes);
}

/** An MQTT message: its topic, and its JSON with every secret masked. */
export function mqttWords(topic: string, payload: Uint8Array): Told {
  const text = redact(decodeUtf8(payload) ?? `${payload.length} B`);
  return { title: topic, detail: pretty(text).slice(0, MOST_DETAIL), hex: '' };
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

export function shortHex(bytes: Uint8Array): string {
  const shown = toHex(bytes.subarray(0, MOST_HEX_BYTES)).replaceAll(/(..)(?=.)/g, '$1 ');
  return redact(bytes.length > MOST_HEX_BYTES ? `${shown} …` : shown);
}

/** Control characters as their pictures (U+2400). */
export function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return text.replaceAll(/[\x00-\x1f]/g, (char) => String.fromCharCode(0x2400 + (char.codePointAt(0) ?? 0)));
}
