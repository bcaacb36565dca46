import type { Measured, PacketShape, Totals } from '../framing/packet.ts';
import { ACK, lrcBehindStx, NAK } from './counted-frame.ts';

// Frames that end where ETX stands, with printable text before it (Transbank 2.3, NCCC 2.2 of terminals.md):
//
//   02   30 31 30 30   03   02        the LRC may be any byte, also 02, 03, 06 or 15: whoever looks for the next 02 is lost
//   STX  "0100"        ETX  LRC = exclusive or of text and ETX

const STX = 0x02;
const ETX = 0x03;
/** STX, ETX, LRC */
const AROUND = 3;
/** one character at 1200 baud takes 8 ms; between two of a frame there is never this long */
const SILENCE_MS = 1000;

/** Frames with a text of at most `maxText` bytes, and single control bytes. `textBytes`: it is always so long. */
export function endedShape(maxText: number, textBytes?: number): PacketShape {
  const measure = (buffer: Uint8Array, at: number, to: number, totals: Totals): Measured => {
    if (buffer[at] !== STX) return 1;
    const end = textEnd(buffer, at + 1, Math.min(to, at + 2 + maxText));
    if (end === undefined) return to - at >= 2 + maxText ? 'junk' : 'more';
    if (buffer[end] !== ETX || end === at + 1) return 'junk';
    if (textBytes !== undefined && end - at - 1 !== textBytes) return 'junk';
    if (to < end + 2) return 'more';
    return totals.xor(at + 1, end + 2) === 0 ? end + 2 - at : 'bad-check';
  };
  return { starts: [STX, ACK, NAK], headBytes: 2, maxBytes: maxText + AROUND, silenceMs: SILENCE_MS, measure };
}

/** The first byte that is no text. */
function textEnd(buffer: Uint8Array, from: number, to: number): number | undefined {
  for (let at = from; at < to; at++) if ((buffer[at] ?? 0) < 0x20) return at;
  return undefined;
}

export function encodeEndedFrame(text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(text.length + AROUND);
  bytes[0] = STX;
  bytes.set(text, 1);
  bytes[text.length + 1] = ETX;
  bytes[text.length + 2] = lrcBehindStx(bytes);
  return bytes;
}

/** The text of a whole frame, whatever its LRC says. */
export function endedText(frame: Uint8Array): Uint8Array | undefined {
  return frame.length > AROUND && frame[0] === STX && frame.at(-2) === ETX ? frame.subarray(1, -2) : undefined;
}
