import { isOffline, type PrinterState, paperBits } from '../../protocols/escpos/status.ts';
import type { Token } from '../../protocols/escpos/tokenize.ts';
import type { PrinterPersonality } from '../personalities/printers.ts';

// What a printer says when the interpreter reaches a question. Bytes: receipts.md 1.6, 1.7.

type Command = Extract<Token, { kind: 'command' }>;
export type Answer = Uint8Array | 'not-this-model' | undefined;

const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const block = (start: number, text: string) => Uint8Array.of(start, ...ascii(text), 0);

/** After DLE DC4 8: everything that was in the buffers is gone and will never be printed or confirmed. */
export const clearNotice = Uint8Array.of(0x37, 0x25, 0);
export const POWER_OFF_NOTICE = Uint8Array.of(0x3b, 0x30, 0);

/** GS ( H 49. The cause is a byte 40..7F whose meaning differs by model; here its bits: 0 cover, 1 paper, 2 error (ours). */
export function offlineResponse(state: PrinterState, withCause: boolean): Uint8Array {
  const cause = (state.cover === 'open' ? 1 : 0) | (state.paper === 'end' ? 2 : 0) | (state.error === 'none' ? 0 : 4);
  return isOffline(state) && withCause ? Uint8Array.of(0x37, 0x23, 0x40 | cause, 0) : Uint8Array.of(0x37, 0x23, 0);
}

export function answerTo(command: Command, state: PrinterState, personality: PrinterPersonality): Answer {
  const [first = 0] = command.operands;
  const byte = (value: number) => (personality.answersBuffered ? Uint8Array.of(value) : 'not-this-model');
  switch (command.name) {
    case 'status':
      if (first === 1 || first === 49) return byte(paperBits(state, mannerOf(personality)));
      return first === 2 || first === 50 ? byte(drawerBit(state)) : undefined;
    case 'status-legacy-paper':
      return byte(paperBits(state, mannerOf(personality)));
    case 'status-legacy-drawer':
      return byte(drawerBit(state));
    case 'printer-id':
      return identityAnswer(first, personality);
    case 'process-id':
      return personality.profile.processId ? Uint8Array.of(0x37, 0x22, ...command.operands, 0) : 'not-this-model';
    default:
      return undefined;
  }
}

/** How this make tells its state. */
export function mannerOf({ nearEndMm, lastAutomaticByte }: PrinterPersonality) {
  return { nearEndSensor: nearEndMm !== undefined, lastAutomaticByte };
}

const drawerBit = ({ drawerPin }: PrinterState) => Number(drawerPin === 'high');

/** GS I: 1..3 one byte each (49..51 too); 65 firmware, 66 maker, 67 model, 68 serial number, 69 language of the font. */
function identityAnswer(n: number, { identity, profile }: PrinterPersonality): Answer {
  if (!identity) return 'not-this-model';
  const number = n >= 49 && n <= 51 ? n - 48 : n;
  const byte = identity.bytes[number - 1];
  if (byte !== undefined) return Uint8Array.of(byte);
  const { firmware, serial, fontLanguage } = identity;
  const text = { 65: firmware, 66: profile.maker, 67: profile.model, 68: serial, 69: fontLanguage }[n];
  return text === undefined ? 'not-this-model' : block(0x5f, text);
}

/** GS ( k 182: width and height in dots of the symbol that is stored, and whether it can be printed. */
export function qrSizeAnswer(stored: { readonly side: number; readonly fits: boolean } | undefined): Uint8Array {
  const side = stored?.side ?? 0;
  return block(0x37, `\x36${side}\x1f${side}\x1f1\x1f${stored?.fits ? 0 : 1}`);
}

/** What of the automatic status changed: bits of GS a. */
export function changedBits(a: PrinterState, b: PrinterState): number {
  const online = isOffline(a) !== isOffline(b) || a.cover !== b.cover || a.feeding !== b.feeding;
  return (
    (a.drawerPin === b.drawerPin ? 0 : 1) |
    (online ? 2 : 0) |
    (a.error === b.error && a.interrupted === b.interrupted ? 0 : 4) |
    (a.paper === b.paper ? 0 : 8)
  );
}
