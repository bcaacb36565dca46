import { encodeLatin1 } from '../bytes/latin1.ts';
import type { SecretText } from '../paycode/secret.ts';
import { type KeyboardLayoutName, type KeyboardMistake, keyboardMistake } from './keyboard-layouts.ts';
import { type LineReading, readLine, type SerialLineConfig } from './serial-line.ts';

/** What a code that came as keys says; `mistake`: it would be a code if the gun or the reader were set otherwise. */
export type TypedReading = LineReading & { readonly mistake?: KeyboardMistake };

/** Text from a keyboard gun, read as that of any other: AIM id, no-read words, blanks. It is never corrected. */
export function readTyped(
  text: SecretText,
  layout: KeyboardLayoutName,
  codeId: SerialLineConfig['codeId'],
): TypedReading {
  const mistake = keyboardMistake(text.reveal(), layout);
  const bytes = encodeLatin1(text.reveal());
  const reading: LineReading = bytes
    ? readLine(bytes, { codeId, encoding: 'latin1' })
    : { kind: 'code', text, suspect: [], stripped: { nul: 0, bom: false } };
  return mistake ? { ...reading, mistake } : reading;
}
