import { maskDigits } from '../../protocols/paycode/paycode.ts';
import { redact } from '../../protocols/paycode/redact.ts';
import { readingDiagnostics, readLine } from '../../protocols/scanner/serial-line.ts';
import type { Explanation } from './decoder.ts';

/** What a gun read, for eyes: digits may be a paycode (first 2 and last 4), anything else shows only its length. */
export function scannedText(text: string, unmask: boolean): string {
  if (unmask) return text;
  return /^[0-9]+$/.test(text) ? maskDigits(text) : `[${text.length} characters]`;
}

/** What a gun says of itself: shown, but for what looks like a code or a card in it. */
export function toldText(text: string, unmask: boolean): string {
  return unmask ? text : redact(text);
}

export interface ScannedFields {
  readonly text?: string;
  readonly aim?: string;
  readonly diagnostics: readonly string[];
}

/** Bytes of one code, read as every gun's are; without the line end that a gun may be set to send inside its frame. */
export function scannedFields(bytes: Uint8Array, aim: string | undefined, unmask: boolean): ScannedFields {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0d || bytes[end - 1] === 0x0a)) end -= 1;
  const head = Uint8Array.from(aim ?? '', (char) => char.charCodeAt(0));
  const reading = readLine(Uint8Array.of(...head, ...bytes.subarray(0, end)), { codeId: 'aim', encoding: 'auto' });
  const diagnostics = readingDiagnostics(reading);
  if (reading.kind !== 'code') return { ...(aim !== undefined && { aim }), diagnostics };
  const text = scannedText(reading.text.reveal(), unmask);
  return { text, ...(reading.aim !== undefined && { aim: reading.aim }), diagnostics };
}

/** Several frames, and the fields of a single one also without its list: one frame is what most people paste. */
export function framesExplained(
  frames: readonly Readonly<Record<string, unknown>>[],
  lines: readonly string[],
  ok: boolean,
): Explanation {
  const only = frames.length === 1 ? frames[0] : undefined;
  return { fields: { ...only, frames }, lines, ok: ok && frames.length > 0 };
}
