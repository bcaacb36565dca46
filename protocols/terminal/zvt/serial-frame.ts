import { crc16Kermit } from '../../bytes/crc.ts';
import { type DleShape, dleFrame } from '../../framing/dle.ts';

// ZVT on a serial line (PA00P016 rev 04): DLE framing around an APDU, 9600 8N2 or 115200.
//
//   10 02  06 0F 0B F0F0F7 322E31342E3135 00  10 03  B1 11        "2.14.15", from a real terminal
//          APDU, each 10 doubled                     CRC, low byte first, never doubled
//
// The CRC is taken over the APDU before doubling and one 03 behind it. The specification's prose says XMODEM; every real
// message is KERMIT (11B1 above; XMODEM would be 2E35).

export const ACK = 0x06;
export const NAK = 0x15;

/** T1: silence inside a frame, ms */
export const T1_BYTE_GAP_MS = 200;
/** T2: until a frame is acknowledged, ms */
export const T2_ACK_MS = 5_000;
/** a frame is said once and repeated twice at most */
export const MAX_REPEATS = 2;

/** The longest APDU that a real terminal was seen to send has 1218 bytes; this much takes 17 s at 9600 baud. */
const MAX_SERIAL_APDU = 16_384;

const ETX = Uint8Array.of(0x03);

export function serialCrc(apdu: Uint8Array): number {
  return crc16Kermit(ETX, crc16Kermit(apdu));
}

export function serialFrame(apdu: Uint8Array): Uint8Array {
  const crc = serialCrc(apdu);
  return dleFrame(apdu, Uint8Array.of(crc & 0xff, crc >> 8));
}

/** An APDU whose length is wrong under a right CRC is a frame; whoever decodes it says so. */
export const ZVT_SERIAL: DleShape = {
  answers: [ACK, NAK],
  checkBytes: 2,
  isRight: (apdu, check) => serialCrc(apdu) === (check[0] ?? 0) + 256 * (check[1] ?? 0),
  maxBytes: MAX_SERIAL_APDU,
  silenceMs: T1_BYTE_GAP_MS,
};
