import { HONEYWELL_CODE_IDS, parseHoneywell, parseHoneywellAnswer } from '../../protocols/scanner/honeywell.ts';
import { HEADED_START, hearHeaded, parseHeaded } from '../../protocols/scanner/honeywell-header.ts';
import { type AnsweredItem, menuOutcome } from '../../protocols/scanner/tag-menu.ts';
import type { Decoder } from './decoder.ts';
import { explainPieces, type Piece } from './pieces.ts';
import { scannedFields, toldText } from './scanned-text.ts';

/** Menu commands, their answers, headed codes. */
export const honeywellDecoder: Decoder = {
  kind: 'honeywell',
  summary: 'Honeywell menu commands, their answers, codes with a decode header',
  example: '16 4D 0D 43 42 52 45 4E 41 3F 2E',
  explain: (bytes, { unmask }) => explainPieces(bytes, unmask, (rest, insideText) => read(rest, insideText, unmask)),
};

function read(bytes: Uint8Array, insideText: boolean, unmask: boolean): Piece | undefined {
  if (bytes[0] === HEADED_START) return headed(bytes, unmask) ?? command(bytes);
  return insideText || (bytes[0] ?? 0) < 0x30 ? undefined : answer(bytes, unmask);
}

function headed(bytes: Uint8Array, unmask: boolean): Piece | undefined {
  const length = hearHeaded(bytes);
  const code = typeof length === 'number' ? parseHeaded(bytes.subarray(0, length)) : undefined;
  if (!code || typeof length !== 'number') return undefined;
  const { codeId, aim, data } = code;
  const symbology = HONEYWELL_CODE_IDS[codeId];
  const fields = { meaning: 'code', codeId, ...(symbology && { symbology }), ...scannedFields(data, aim, unmask) };
  return { length, fields, ok: true };
}

function command(bytes: Uint8Array): Piece | undefined {
  const end = bytes.findIndex((byte, at) => at >= 3 && (byte === 0x2e || byte === 0x21));
  const length = bytes[1] === 0x4d ? end + 1 : 3;
  const parsed = parseHoneywell(bytes.subarray(0, length));
  if (!parsed) return undefined;
  if (parsed.kind === 'key') return { length, fields: { meaning: parsed.key }, ok: true };
  const { text, items, storage } = parsed;
  return { length, fields: { meaning: 'menu command', text, items, storage }, ok: true };
}

function answer(bytes: Uint8Array, unmask: boolean): Piece | undefined {
  const end = bytes.findIndex((byte, at) => at > 3 && (byte === 0x2e || byte === 0x21) && (bytes[at - 1] ?? 99) < 0x20);
  const items = end > 0 ? parseHoneywellAnswer(bytes.subarray(0, end + 1)) : undefined;
  return items && { length: end + 1, fields: answerFields(items, unmask), ok: true };
}

/** Answered settings are what was said before, but a gun may have a code in a prefix or suffix. */
export function answerFields(items: readonly AnsweredItem[], unmask: boolean): Record<string, unknown> {
  const shown = items.map((item) => ({ ...item, data: toldText(item.data, unmask) }));
  return { meaning: 'menu response', outcome: menuOutcome(items), items: shown };
}
