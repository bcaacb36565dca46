import { toHex } from '../../protocols/bytes/hex.ts';
import { decodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { PacketFramer } from '../../protocols/framing/packet.ts';
import {
  decodeData,
  isNoRead,
  parseSegment,
  parseSsi,
  SSI_HOST,
  type SsiPacket,
  ssiShape,
} from '../../protocols/scanner/ssi.ts';
import { decodeParameters, ssiParameterName } from '../../protocols/scanner/ssi-parameters.ts';
import {
  SSI_EVENTS,
  SSI_STATUS,
  type SsiOpcodeName,
  ssiNakReason,
  ssiOpcodeName,
  ssiSymbology,
} from '../../protocols/scanner/ssi-table.ts';
import type { Decoder } from './decoder.ts';
import { sentence } from './pieces.ts';
import { framesExplained, scannedFields, toldText } from './scanned-text.ts';

/** Packets of a Zebra gun, in either direction. */
export const ssiDecoder: Decoder = {
  kind: 'ssi',
  summary: 'Zebra Simple Serial Interface packets: opcode, status, checksum, code',
  example: '17 F3 00 00 1C 31 33 30 30 31 32 33 34 35 36 37 38 39 30 31 32 33 34 FB 3F',
  explain(bytes, { unmask }) {
    const framer = new PacketFramer(ssiShape('both'));
    const found = [...framer.push(bytes, 0), ...framer.reset()];
    const frames = found.map((event) =>
      event.kind === 'packet'
        ? packetFields(event.bytes, unmask)
        : { checksum_ok: false, cause: event.cause, length: event.length },
    );
    return framesExplained(
      frames,
      frames.map(sentence),
      found.every(({ kind }) => kind === 'packet'),
    );
  },
};

function packetFields(bytes: Uint8Array, unmask: boolean): Record<string, unknown> {
  const packet = parseSsi(bytes);
  const name = ssiOpcodeName(packet.opcode);
  return {
    meaning: name ?? 'an unknown opcode',
    len: bytes[0],
    opcode: upper(packet.opcode),
    source: packet.source === SSI_HOST ? 'host' : 'decoder',
    status: upper(packet.status),
    ...statusFields(packet.status),
    ...dataFields(name, packet, unmask),
    checksum_ok: true,
  };
}

function statusFields(status: number): Record<string, true> {
  const set = (Object.keys(SSI_STATUS) as (keyof typeof SSI_STATUS)[]).filter((bit) => status & SSI_STATUS[bit]);
  return Object.fromEntries(set.map((bit) => [bit, true]));
}

function dataFields(name: SsiOpcodeName | undefined, packet: SsiPacket, unmask: boolean): Record<string, unknown> {
  if (name === 'DECODE_DATA' || name === 'DECODE_DATA_LONG') {
    const { type, code } = decodeData(packet);
    return { ...typeFields(type), ...(isNoRead(code) ? { noRead: true } : scannedFields(code, undefined, unmask)) };
  }
  if (name === 'MULTIPACKET_SEGMENT') {
    const segment = parseSegment(packet);
    return segment
      ? {
          segment: segment.index,
          ...(segment.head && { ...typeFields(segment.head.type), length: segment.head.length }),
        }
      : { segment: 'unreadable' };
  }
  return toldFields(name, packet, unmask);
}

function typeFields(type: number): Record<string, unknown> {
  return { type: upper(type), bar_code_type: ssiSymbology(type) ?? 'unknown' };
}

function toldFields(name: SsiOpcodeName | undefined, { data }: SsiPacket, unmask: boolean): Record<string, unknown> {
  const [first] = data;
  if (first === undefined) return {};
  if (name === 'CMD_NAK') return { reason: ssiNakReason(first) ?? upper(first) };
  if (name === 'EVENT') return { event: upper(first), ...(SSI_EVENTS[first] && { eventMeaning: SSI_EVENTS[first] }) };
  if (name === 'BEEP') return { beep: upper(first) };
  if (name === 'PARAM_SEND') return { beep: upper(first), parameters: parameterFields(data, unmask) };
  const text = decodeLatin1(data);
  return /^[\x20-\x7e]+$/.test(text) ? { text: toldText(text, unmask) } : { data: toldText(toHex(data), unmask) };
}

function parameterFields(data: Uint8Array, unmask: boolean): unknown {
  return decodeParameters(data)?.map(({ number, type, value }) => ({
    number,
    ...(ssiParameterName(number) !== undefined && { name: ssiParameterName(number) }),
    type,
    value: typeof value === 'number' ? value : toldText(decodeLatin1(value), unmask),
  }));
}

function upper(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
