import type { PacketShape } from '../../framing/packet.ts';
import { ACK, countedShape, NAK } from '../counted-frame.ts';

// MIS-POS of a Chinese bank, as observed on the line of a BOC "银捷" terminal (terminals.md 3.1):
//
//   02   00 18    DF 01 01 02  DF 02 01 45  DF 04 02 29 54  DF 07 02 35 31   03   25
//   STX  length   objects                                                    ETX  LRC
//        BCD, of the objects alone                                                exclusive or from the length to ETX
//
//   06 taken    15 once more    04 busy        single bytes between the frames, from either side

export const MIS_CONTROL = { ACK, NAK, EOT: 0x04 } as const;

/** a frame of 10 KB takes 11 s at 9600, but never this long between two bytes */
export const MIS_SILENCE_MS = 400;

/** Frames and control bytes. */
export const misShape: PacketShape = {
  ...countedShape,
  starts: [...countedShape.starts, MIS_CONTROL.EOT],
  silenceMs: MIS_SILENCE_MS,
};
