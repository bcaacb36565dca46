import type { PacketShape } from '../../framing/packet.ts';
import { apduHead, MAX_APDU_BYTES } from './apdu.ts';
import { CLASSES } from './commands.ts';

// ZVT over TCP: APDUs one behind the other, cut anywhere (a text block of 659 bytes came in twelve pieces). There is no check;
// a class that ZVT does not have is what shows that the step is lost.

/** TCP delivers or breaks: half an APDU with nothing behind it for so long will not be completed. */
const SILENCE_MS = 5_000;

export const ZVT_STREAM: PacketShape = {
  starts: [...CLASSES],
  headBytes: 2,
  maxBytes: MAX_APDU_BYTES,
  silenceMs: SILENCE_MS,
  measure(buffer, from, to) {
    // 80 has one instruction only
    if (to - from >= 2 && buffer[from] === 0x80 && buffer[from + 1] !== 0x00) return 'junk';
    const head = apduHead(buffer.subarray(from, to));
    if (!head) return 'more';
    const length = head.start + head.declared;
    return length <= to - from ? length : 'more';
  },
};
