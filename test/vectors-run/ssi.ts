import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { decodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { decodeUtf8 } from '../../protocols/bytes/utf8.ts';
import { parseSegment, parseSsi, SSI_HOST, type SsiPacket, ssiChecksumOk } from '../../protocols/scanner/ssi.ts';
import { decodeParameters } from '../../protocols/scanner/ssi-parameters.ts';
import {
  SSI_BAR_CODE_TYPES,
  SSI_OPCODES,
  SSI_STATUS_BITS,
  ssiNakReason,
  ssiOpcodeName,
  ssiSymbology,
} from '../../protocols/scanner/ssi-table.ts';
import type { CaseResult, Checker } from './checker.ts';
import { hasEntriesWith, isObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';
import { type Claim, rewritten } from './prose.ts';

const SECTIONS = ['about', 'status_bits', 'bar_code_types', 'bar_code_types_source', 'vectors'];

/** ssi.json: packets of Zebra's Simple Serial Interface, good and bad. */
export const ssiChecker: Checker = {
  title: 'Zebra SSI packets',
  recognises: (_, content) =>
    hasEntriesWith(content, 'vectors', ['hex', 'checksum_ok']) || 'bar_code_types' in objectsOf(content),
  check: (content) => ({
    cases: [
      ...tableCases(content, 'status_bits', SSI_STATUS_BITS),
      ...tableCases(content, 'bar_code_types', SSI_BAR_CODE_TYPES),
      ...listIn(content, 'vectors').map(vector),
      ...unknownSections(content, SECTIONS),
    ],
    stories: 0,
  }),
};

function objectsOf(content: unknown): Readonly<Record<string, unknown>> {
  return isObject(content) ? content : {};
}

function tableCases(content: unknown, section: string, table: Readonly<Record<string, string>>): CaseResult[] {
  return Object.entries(objectIn(content, section)).map(([key, expected]) => ({
    name: `${section} ${key}`,
    expected,
    actual: table[key.toLowerCase()],
  }));
}

function vector(entry: unknown, at: number): CaseResult {
  const name = isObject(entry) && typeof entry['name'] === 'string' ? entry['name'] : `vectors[${at}]`;
  const bytes = isObject(entry) && typeof entry['hex'] === 'string' ? fromHex(entry['hex']) : undefined;
  if (!isObject(entry) || !bytes || typeof entry['checksum_ok'] !== 'boolean')
    return unknownCase(name, 'hex, checksum_ok', entry);
  const ok = ssiChecksumOk(bytes);
  const meaning = entry['meaning'];
  if (!ok || typeof meaning !== 'string')
    return { name, expected: { checksum_ok: entry['checksum_ok'] }, actual: { checksum_ok: ok } };
  return {
    name,
    expected: { checksum_ok: entry['checksum_ok'], meaning },
    actual: { checksum_ok: ok, meaning: rewritten(meaning, CLAIMS, { bytes, packet: parseSsi(bytes) }) },
  };
}

interface Given {
  readonly bytes: Uint8Array;
  readonly packet: SsiPacket;
}

const hex2 = (byte: number | undefined) => toHex(Uint8Array.of(byte ?? 0));
const upper2 = (byte: number | undefined) => hex2(byte).toUpperCase();
const hexLike = (given: string, byte: number | undefined) =>
  given === given.toLowerCase() ? hex2(byte) : upper2(byte);
const text = (packet: SsiPacket) => decodeUtf8(codeOf(packet)) ?? decodeLatin1(codeOf(packet));

/** The code of DECODE_DATA or of a segment; elsewhere all of the data. */
function codeOf(packet: SsiPacket): Uint8Array {
  const name = ssiOpcodeName(packet.opcode);
  if (name === 'MULTIPACKET_SEGMENT') return parseSegment(packet)?.data ?? new Uint8Array();
  return name === 'DECODE_DATA' ? packet.data.subarray(1) : packet.data;
}

function barCodeType(packet: SsiPacket): number | undefined {
  if (ssiOpcodeName(packet.opcode) === 'DECODE_DATA') return packet.data[0];
  return parseSegment(packet)?.head?.type;
}

const first = ({ packet }: Given) => packet.data[0];

/** What a sentence says about the bytes, and what the bytes say themselves. */
const CLAIMS: readonly Claim<Given>[] = [
  [/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*(?= |,|$)/, (said, { packet }) => opcodeLike(said, packet)],
  [/(?<=.)\bDECODE_DATA\b/, (_, { packet }) => ssiOpcodeName(packet.opcode)],
  [/(?<=\bfrom )(?:decoder|host)\b/, (_, { packet }) => (packet.source === SSI_HOST ? 'host' : 'decoder')],
  [/(?<=^CMD_NAK )\w+/, ({ length }, given) => (length > 0 ? ssiNakReason(first(given) ?? 0) : undefined)],
  [/(?<=\btype (?:0x)?)[0-9A-Fa-f]{2}\b/, (given, { packet }) => typeLike(given, packet)],
  [/(?<=\btype 0x1C )QR\b/, (_, { packet }) => ssiSymbology(barCodeType(packet) ?? 0)],
  [/(?<=^DECODE_DATA .*')[^']*(?=')/, (_, { packet }) => text(packet)],
  [/(?<=, data ")[^"]*(?=")/, (_, { packet }) => text(packet)],
  [/(?<=\bstatus 0x)[0-9A-F]{2}/, (_, { packet }) => upper2(packet.status)],
  [/(?<=\blength 0x)[0-9A-F]{2}/, (_, { bytes }) => upper2(bytes[0])],
  [/(?<=(?:BEEP code|EVENT|PARAM_REQUEST) 0x)[0-9A-F]{2}/, (_, given) => upper2(first(given))],
  [
    /(?<=^LED_\w+ )(?:all|mask bit\d|bit\d)/,
    (said, given) => (said.startsWith('mask ') ? 'mask ' : '') + leds(first(given)),
  ],
  [/(?<=beep=)[0-9A-F]{2}/, (_, given) => upper2(first(given))],
  [/(?<=\bPARAM_SEND (?:beep=\S+ )?)[0-9A-F]{2}=[0-9A-F]+/, (said, { packet }) => assigned(said, packet)],
  [/(?<=\bparam )\d+ \([0-9A-F ]+\) word 0x[0-9A-F]{4} \(=\d+\)/, (_, { packet }) => wordParameter(packet)],
  [/(?<=\battribute )\d+/, (_, { packet }) => String(((packet.data[4] ?? 0) << 8) | (packet.data[5] ?? 0))],
  [/(?<=\bcontinuation bit)\d/, (_, { packet }) => (packet.status & 2 ? '1' : 'none')],
  [/(?<=^last, )data/, (_, { packet }) => (packet.status & 2 ? 'not the last' : 'data')],
  [/(?<=data )\d+\.\.\d+(?= of "0123456789"x40)/, (said, { packet }) => slice(said, text(packet))],
  [/(?<=, data )250\.\.399(?=;)/, (said, { packet }) => slice(said, text(packet))],
  [/(?<=\d+ x ")\w(?=")/, (_, { packet }) => [...new Set(text(packet))].join('')],
];

function typeLike(said: string, packet: SsiPacket): string | undefined {
  const type = barCodeType(packet);
  return type === undefined ? undefined : hexLike(said, type);
}

function leds(mask: number | undefined): string {
  return mask === 0xff ? 'all' : `bit${Math.log2(mask ?? 0)}`;
}

function assigned(said: string, packet: SsiPacket): string | undefined {
  const [parameter] = decodeParameters(packet.data) ?? [];
  if (typeof parameter?.value !== 'number') return undefined;
  return `${upper2(parameter.number)}=${parameter.value
    .toString(16)
    .toUpperCase()
    .padStart(said.length - 3, '0')}`;
}

/** Newer guides call E4 and E5 a session. */
const ALIASES: Readonly<Record<string, string>> = { START_SESSION: 'START_DECODE', STOP_SESSION: 'STOP_DECODE' };

/** A word in capitals that is, or is but for one letter, the name of an opcode. */
function opcodeLike(said: string, packet: SsiPacket): string | undefined {
  const name = ssiOpcodeName(packet.opcode) ?? '';
  if (ALIASES[said] === name) return said;
  const close = said.length === name.length && [...said].filter((char, at) => char !== name[at]).length <= 1;
  return close || said in SSI_OPCODES || said in ALIASES ? name : undefined;
}

function wordParameter(packet: SsiPacket): string | undefined {
  const [value] = decodeParameters(packet.data) ?? [];
  if (value?.type !== 'word') return undefined;
  const number = toHex(packet.data.slice(2, -2))
    .toUpperCase()
    .replace(/(..)(?=.)/g, '$1 ');
  const word = value.value.toString(16).toUpperCase().padStart(4, '0');
  return `${value.number} (${number}) word 0x${word} (=${value.value})`;
}

/** Which part of forty times ten digits a packet of such a chain holds. */
function slice(said: string, part: string): string {
  const from = Number(said.split('.')[0]);
  return '0123456789'.repeat(40).startsWith(part, from) ? `${from}..${from + part.length - 1}` : 'other digits';
}
