import { endWords, type KeyboardEvent, KeyboardReader } from '../../protocols/scanner/hid-keyboard.ts';
import { keyboardMistake } from '../../protocols/scanner/keyboard-layouts.ts';
import type { Decoder } from './decoder.ts';
import { descriptorExplained, looksLikeDescriptor } from './hid-descriptor.ts';
import { sentence } from './pieces.ts';
import { framesExplained, scannedText } from './scanned-text.ts';

const REPORT_BYTES = 8;

/** Boot reports one behind the other, read as a US keyboard; or a report descriptor. */
export const hidKeyboardDecoder: Decoder = {
  kind: 'hid-keyboard',
  summary: 'boot keyboard reports of 8 bytes from a gun in keyboard mode, or a report descriptor',
  example: '00 00 1E 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 28 00 00 00 00 00',
  explain(bytes, { unmask }) {
    if (looksLikeDescriptor(bytes)) return descriptorExplained(bytes);
    const reader = new KeyboardReader();
    const events: KeyboardEvent[] = [];
    for (let at = 0; at < bytes.length; at += REPORT_BYTES)
      events.push(...reader.push(bytes.subarray(at, at + REPORT_BYTES), 0));
    events.push(...reader.silence(Number.MAX_SAFE_INTEGER));
    const frames = events.flatMap((event) => eventFields(event, unmask));
    return framesExplained(
      frames,
      frames.map(sentence),
      events.every(({ kind }) => kind !== 'noise'),
    );
  },
};

function eventFields(event: KeyboardEvent, unmask: boolean): Readonly<Record<string, unknown>>[] {
  if (event.kind === 'leds') return [];
  if (event.kind === 'noise') return [{ error: event.cause, length: event.length }];
  if (event.kind === 'line-end') return [{ terminators: [endWords(event.end)] }];
  const text = event.text.reveal();
  const mistake = keyboardMistake(text);
  const wrong = mistake?.kind === 'layout' ? { wrongLayout: mistake.gun } : mistake ? { wrongCase: true } : {};
  return [{ text: mistaken(text, wrong, unmask), ...(event.end && { terminators: [endWords(event.end)] }), ...wrong }];
}

/** A paycode in a wrong layout is a paycode all the same. */
function mistaken(text: string, wrong: object, unmask: boolean): string {
  return Object.keys(wrong).length > 0 && !unmask ? `[${text.length} characters]` : scannedText(text, unmask);
}
