import { crc16Xmodem } from '../../protocols/bytes/crc.ts';
import type { Measured, PacketShape } from '../../protocols/framing/packet.ts';
import { parseGrowReply } from '../../protocols/scanner/grow.ts';
import { hearHeaded } from '../../protocols/scanner/honeywell-header.ts';
import { parseM3y } from '../../protocols/scanner/m3y.ts';
import { parseSegment, parseSsi, ssiChecksum, ssiShape } from '../../protocols/scanner/ssi.ts';
import { SSI_STATUS, ssiOpcode } from '../../protocols/scanner/ssi-table.ts';
import { vguangShape } from '../../protocols/scanner/vguang.ts';
import type { GunProtocol } from '../personalities/guns.ts';

// Frames of guns that carry a length or a check: where the text in them stands, whether the code goes on in the next frame,
// and how the check is made right when the text is another one. A language that is not here has lines and nothing else.

export interface FrameText {
  /** [from, to) in the frame */
  readonly from: number;
  readonly to: number;
  /** the code goes on in the next frame */
  readonly continues: boolean;
}

export interface FrameKind {
  readonly shape: PacketShape;
  /** undefined: nothing of a customer can stand in it */
  text(frame: Uint8Array): FrameText | undefined;
  /** Makes length and check right again, in place. */
  repair(frame: Uint8Array): void;
}

const SILENCE_MS = 300;

const SSI: FrameKind = {
  shape: ssiShape('decoder'),
  text(frame) {
    const packet = parseSsi(frame);
    const end = frame.length - 2;
    const isLong = frame[0] === 0xff && packet.data.byteOffset - frame.byteOffset > 4;
    const from = packet.data.byteOffset - frame.byteOffset;
    if (packet.opcode === ssiOpcode('DECODE_DATA').code || isLong)
      return { from: from + 1, to: end, continues: (packet.status & SSI_STATUS.continuation) !== 0 };
    const segment = packet.opcode === SEGMENT ? parseSegment(packet) : undefined;
    // the last segment is shorter than the longest packet
    if (segment) return { from: segment.data.byteOffset - frame.byteOffset, to: end, continues: frame[0] === 0xff };
    return { from, to: end, continues: false };
  },
  repair(frame) {
    const sum = ssiChecksum(frame.subarray(0, -2));
    frame.set([sum >> 8, sum & 0xff], frame.length - 2);
  },
};

/** MULTIPACKET_SEGMENT of cordless guns. */
const SEGMENT = 0x73;

const HEADED: FrameKind = {
  shape: {
    starts: [0x16],
    headBytes: 2,
    maxBytes: 21 + 8_192,
    silenceMs: SILENCE_MS,
    measure: (buffer, from, to): Measured => {
      const heard = hearHeaded(buffer.subarray(from, to));
      return heard === 'no' ? 'junk' : heard;
    },
  },
  text: (frame) => ({ from: 21, to: frame.length, continues: false }),
  repair: () => undefined,
};

const GROW: FrameKind = {
  shape: counted(
    [0x02, 0x00],
    (bytes) => 6 + (bytes[3] ?? 0),
    (frame) => parseGrowReply(frame)?.crc === 'ok',
  ),
  text: (frame) => ({ from: 4, to: frame.length - 2, continues: false }),
  repair(frame) {
    const crc = crc16Xmodem(frame.subarray(2, -2));
    frame.set([crc >> 8, crc & 0xff], frame.length - 2);
  },
};

const M3Y: FrameKind = {
  shape: counted(
    [0x5a, 0x01],
    (bytes) => 6 + (((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)),
    (frame) => parseM3y(frame)?.bcc === 'ok',
  ),
  text: (frame) => ({ from: 4, to: frame.length - 2, continues: false }),
  repair(frame) {
    frame[frame.length - 2] = frame.subarray(2, -2).reduce((xor, byte) => xor ^ byte, frame[1] ?? 0);
  },
};

const VGUANG: FrameKind = {
  shape: vguangShape,
  text: (frame) => ({ from: 6, to: frame.length - 1, continues: false }),
  repair(frame) {
    frame[frame.length - 1] = frame.subarray(0, -1).reduce((xor, byte) => xor ^ byte, 0);
  },
};

const KINDS: Partial<Record<GunProtocol, FrameKind>> = {
  ssi: SSI,
  honeywell: HEADED,
  grow: GROW,
  newland: GROW,
  m3y: M3Y,
  vguang: VGUANG,
};

export function frameKind(protocol: GunProtocol): FrameKind | undefined {
  return KINDS[protocol];
}

function counted(
  head: readonly number[],
  lengthOf: (bytes: Uint8Array) => number,
  isGood: (frame: Uint8Array) => boolean,
): PacketShape {
  return {
    starts: [head[0] ?? 0],
    headBytes: head.length,
    maxBytes: 6 + 255,
    silenceMs: SILENCE_MS,
    measure: (buffer, from, to): Measured => {
      for (const [n, byte] of head.entries()) if (from + n < to && buffer[from + n] !== byte) return 'junk';
      if (to - from < 4) return 'more';
      const length = lengthOf(buffer.subarray(from, to));
      if (length > 6 + 255) return 'junk';
      if (to - from < length) return 'more';
      return isGood(buffer.subarray(from, from + length)) ? length : 'bad-check';
    },
  };
}
