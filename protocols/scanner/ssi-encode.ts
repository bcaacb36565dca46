import { SSI_DECODER, SSI_MAX_CODE_BYTES, type SsiPacket } from './ssi.ts';
import { encodeParameterNumber } from './ssi-parameters.ts';
import { SSI_BEEP, SSI_STATUS, type SsiOpcodeName, ssiOpcode } from './ssi-table.ts';

// What a decoder says, as packets for `encodeSsi`: the other side of ssi.ts and ssi-chain.ts.
//
//   17 F3 00 00 1C 31 33 ... FB 3F          DECODE_DATA, QR
//   FF F3 00 02 1C 30 31 ... CA AB          more follows (bit 1), the type again in each
//   FF 73 02 00 00 F3 00 00 01 F7 1C 01 01 F4 5A ...   the first segment of a cordless gun, 500 bytes in all

/** header and type are in the 255 that the length byte can count */
const PART_BYTES = 250;
const FIRST_SEGMENT_BYTES = 241;
const SEGMENT_BYTES = 250;

export function decoderPacket(name: SsiOpcodeName, data: readonly number[] | Uint8Array = [], status = 0): SsiPacket {
  return { opcode: ssiOpcode(name).code, source: SSI_DECODER, status, data: Uint8Array.from(data) };
}

/** A code as one DECODE_DATA or as many as it takes. */
export function decodeDataPackets(type: number, code: Uint8Array): SsiPacket[] {
  checkLength(code);
  return slices(code, PART_BYTES, PART_BYTES).map(({ part, isLast }) =>
    decoderPacket('DECODE_DATA', [type, ...part], isLast ? 0 : SSI_STATUS.continuation),
  );
}

/** The same as the segments of a cordless gun; a code that fits one DECODE_DATA is never sent so. */
export function segmentPackets(type: number, code: Uint8Array): SsiPacket[] {
  checkLength(code);
  return slices(code, FIRST_SEGMENT_BYTES, SEGMENT_BYTES).map(({ part }, index) =>
    index === 0
      ? { ...decoderPacket('MULTIPACKET_SEGMENT', [...firstHead(type, code.length), ...part]), source: 0x02 }
      : decoderPacket('MULTIPACKET_SEGMENT', [index, ...part]),
  );
}

/** index, opcode, source, status, bytes from the type on, type, an unexplained 01, bytes of the code */
function firstHead(type: number, length: number): number[] {
  const inside = length + 3;
  return [0, ssiOpcode('DECODE_DATA').code, 0, 0, inside >> 8, inside & 0xff, type, 1, length >> 8, length & 0xff];
}

function checkLength(code: Uint8Array): void {
  if (code.length > SSI_MAX_CODE_BYTES) throw new RangeError('longer than any code');
}

function slices(code: Uint8Array, first: number, next: number): { part: Uint8Array; isLast: boolean }[] {
  const parts = [{ part: code.subarray(0, first), isLast: code.length <= first }];
  for (let at = first; at < code.length; at += next)
    parts.push({ part: code.subarray(at, at + next), isLast: at + next >= code.length });
  return parts;
}

const WORD = 0xf4;

/** Data of a decoder's PARAM_SEND; a value above FF goes as a word. */
export function parameterReply(values: readonly (readonly [number: number, value: number])[]): number[] {
  const pairs = values.flatMap(([number, value]) =>
    value > 0xff
      ? [WORD, ...encodeParameterNumber(number), value >> 8, value & 0xff]
      : [...encodeParameterNumber(number), value],
  );
  return [SSI_BEEP.none, ...pairs];
}

/** Numbers in the data of a PARAM_REQUEST; `undefined` when they end in the middle of one. */
export function requestedParameters(data: Uint8Array): number[] | undefined {
  const numbers: number[] = [];
  for (let at = 0; at < data.length; ) {
    const [first = 0, second, third] = data.subarray(at, at + 3);
    const width = first <= 0xef ? 1 : first === 0xf8 ? 3 : 2;
    if (at + width > data.length) return undefined;
    numbers.push(width === 1 ? first : width === 3 ? ((second ?? 0) << 8) | (third ?? 0) : pageOf(first, second ?? 0));
    at += width;
  }
  return numbers;
}

/** F0 256.., F1 512.., F2 768.. */
function pageOf(prefix: number, low: number): number {
  return 256 * (prefix - 0xef) + low;
}
