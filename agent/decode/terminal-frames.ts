import { toHex } from '../../protocols/bytes/hex.ts';
import { PacketFramer, type PacketShape } from '../../protocols/framing/packet.ts';
import { ACK, lrcBehindStx, NAK } from '../../protocols/terminal/counted-frame.ts';
import type { Explanation } from './decoder.ts';
import { sentence, upperHex } from './pieces.ts';
import { framesExplained } from './scanned-text.ts';

type Fields = Readonly<Record<string, unknown>>;
const CONTROL: Readonly<Record<number, string>> = { [ACK]: 'ACK', [NAK]: 'NAK' };

export interface FrameReader {
  readonly shape: PacketShape;
  /** what stands between STX and ETX; `undefined`: not one frame of this kind, whatever its LRC says */
  readonly body: (frame: Uint8Array) => Uint8Array | undefined;
  readonly fields: (body: Uint8Array) => Fields;
}

/** Frames with STX, ETX and LRC in the order they came. A single frame with a wrong LRC is read all the same: logs are masked behind it. */
export function explainTerminalFrames(bytes: Uint8Array, { shape, body, fields }: FrameReader): Explanation {
  const whole = body(bytes);
  const events = whole ? [{ kind: 'packet' as const, bytes }] : framed(shape, bytes);
  const frames = events.map((event): Fields => {
    if (event.kind === 'noise') return { noise: event.cause, length: event.length };
    const inside = body(event.bytes);
    if (!inside) return { control: CONTROL[event.bytes[0] ?? 0] ?? toHex(event.bytes) };
    const lrc = lrcBehindStx(event.bytes);
    return { ...fields(inside), lrc: upperHex([lrc]), lrc_ok: lrc === event.bytes.at(-1) };
  });
  const isGood = (frame: Fields) => !('noise' in frame) && !('error' in frame) && frame['lrc_ok'] !== false;
  return framesExplained(frames, frames.map(sentence), frames.every(isGood));
}

function framed(shape: PacketShape, bytes: Uint8Array) {
  const framer = new PacketFramer(shape);
  return [...framer.push(bytes, 0), ...framer.reset()];
}
