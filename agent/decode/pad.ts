import { toHex } from '../../protocols/bytes/hex.ts';
import { PacketFramer } from '../../protocols/framing/packet.ts';
import { readPadImage } from '../../protocols/signature/pad-image.ts';
import { writePbm } from '../../protocols/signature/pbm.ts';
import { padShape, parsePad } from '../../protocols/terminal/pad/codec.ts';
import { PAD_MESSAGES, type PadMessage, UPLOAD_NOTES } from '../../protocols/terminal/pad/messages.ts';
import type { Decoder } from './decoder.ts';
import { sentence, upperHex } from './pieces.ts';
import { framesExplained } from './scanned-text.ts';

/** Frames of an external signature pad, in either direction, under the names of esign-pad.json. */
export const padDecoder: Decoder = {
  kind: 'pad',
  summary: 'signature pad frames (A0..A5): command, settings, image; LRC checked',
  example: '02 00 0A A2 30 42 33 46 32 41 37 31 03 D9',
  explain(bytes, { unmask }) {
    const framer = new PacketFramer(padShape('both'));
    const found = [...framer.push(bytes, 0), ...framer.reset()];
    const frames = found.map((event) =>
      event.kind === 'packet'
        ? frameFields(event.bytes, unmask)
        : { lrc_ok: false, cause: event.cause, length: event.length },
    );
    const isWhole = found.every(({ kind }) => kind === 'packet') && frames.every((fields) => !('error' in fields));
    return framesExplained(frames, frames.map(sentence), isWhole);
  },
};

const DIRECTIONS = { till: 'H->P', pad: 'P->H' } as const;

function frameFields(frame: Uint8Array, unmask: boolean): Record<string, unknown> {
  const [till, pad] = [parsePad(frame, 'till'), parsePad(frame, 'pad')];
  const message = till ?? pad;
  const command = upperHex([frame[3] ?? 0]);
  if (!message) return { command, error: 'a payload that the command does not have', lrc_ok: true };
  // a setting of 0 and the answer to it are the same bytes
  const direction = till && pad ? 'H->P or P->H' : DIRECTIONS[PAD_MESSAGES[message.name].from];
  return { ...messageFields(message, unmask), command, direction, lrc_ok: true };
}

function messageFields(message: PadMessage, unmask: boolean): Record<string, unknown> {
  if (message.name === 'upload-noted')
    return { ...message, meaning: UPLOAD_NOTES[upperHex([message.status])] ?? 'unknown' };
  if (!('image' in message)) return { ...message };
  const { image, ...fields } = message;
  return { ...fields, image: imageFields(image, unmask) };
}

/** Somebody's signature: its size is shown, its dots only on demand. */
function imageFields(image: Uint8Array, unmask: boolean): Record<string, unknown> {
  const read = readPadImage(image);
  if (!read) return { error: 'neither BMP nor VX820-ESIGN', bytes: image.length };
  const { width, height } = read.bitmap;
  return { format: read.format, width, height, ...(unmask && { pbm: toHex(writePbm(read.bitmap)).toUpperCase() }) };
}
