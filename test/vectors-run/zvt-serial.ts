import { crc16Xmodem } from '../../protocols/bytes/crc.ts';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { DleFramer } from '../../protocols/framing/dle.ts';
import { apduHead, decodeApdu, isApduError } from '../../protocols/terminal/zvt/apdu.ts';
import { serialCrc, serialFrame, T1_BYTE_GAP_MS, ZVT_SERIAL } from '../../protocols/terminal/zvt/serial-frame.ts';
import type { CaseResult, Checker } from './checker.ts';
import { hasEntriesWith, isObject, type JsonObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';
import { type Claim, rewritten } from './prose.ts';
import { AMOUNT_CLAIMS, type Given, given, MESSAGE_CLAIMS, once, upper } from './zvt-claims.ts';

const SECTIONS = ['protocol', 'framing', 'crc', 'line', 'timers', 'vectors', 'negative'];

/** zvt-serial.json: DLE frames around APDUs, good and bad. */
export const zvtSerialChecker: Checker = {
  title: 'ZVT serial frames',
  recognises: (_, content) =>
    hasEntriesWith(content, 'vectors', ['frame', 'crc_kermit']) || 'T1_interbyte_ms' in objectIn(content, 'timers'),
  check: (content) => ({
    cases: [
      ...timers(content),
      ...listIn(content, 'vectors').map(vector),
      ...listIn(content, 'negative').map(negative),
      ...unknownSections(content, SECTIONS),
    ],
    stories: 0,
  }),
};

function timers(content: unknown): CaseResult[] {
  const ours: JsonObject = {
    T1_interbyte_ms: T1_BYTE_GAP_MS,
    T2_ack_ms: 5_000,
    repeats: 2,
    T3_response_ms: 5_000,
    T4_completion_ms: 180_000,
  };
  return Object.entries(objectIn(content, 'timers')).map(([name, expected]) => ({
    name,
    expected,
    actual: ours[name],
  }));
}

/** What a receiver makes of the bytes, and what stands behind them when nothing more comes. */
function received(bytes: Uint8Array) {
  const framer = new DleFramer(ZVT_SERIAL);
  const events = [...framer.push(bytes, 0), ...framer.silence(T1_BYTE_GAP_MS)];
  const payloads = events.flatMap((event) => (event.kind === 'frame' ? [event.payload] : []));
  return { payloads, broken: events.filter(({ kind }) => kind === 'noise').length };
}

function vector(entry: unknown, at: number): CaseResult {
  const name = nameOf(entry, 'vectors', at);
  const frame = hexIn(entry, 'frame');
  if (!isObject(entry) || !frame || typeof entry['crc_kermit'] !== 'string')
    return unknownCase(name, 'frame, apdu, crc_kermit', entry);
  const { frame: _frame, source: _source, checked: _checked, name: _name, ...claimed } = entry;
  const [apdu] = received(frame).payloads;
  if (!apdu) return { name, expected: claimed, actual: 'no frame' };
  const meaning = typeof entry['meaning'] === 'string' ? meaningOf(entry['meaning'], apdu, frame) : undefined;
  const computed: JsonObject = {
    apdu: upper(apdu),
    crc_kermit: hex4(serialCrc(apdu)),
    crc_xmodem_WRONG: hex4(crc16Xmodem(Uint8Array.of(...apdu, 0x03))),
    meaning,
  };
  const actual = Object.fromEntries(Object.keys(claimed).map((key) => [key, computed[key]]));
  return {
    name,
    expected: { frame: upper(frame), ...claimed },
    actual: { frame: upper(serialFrame(apdu)), ...actual },
  };
}

function negative(entry: unknown, at: number): CaseResult {
  const name = nameOf(entry, 'negative', at);
  const frame = hexIn(entry, 'frame');
  const expect = isObject(entry) ? entry['expect'] : undefined;
  if (!frame || typeof expect !== 'string') return unknownCase(name, 'frame, expect', entry);
  const { payloads, broken } = received(frame);
  const dispatched = payloads.filter((apdu) => !isApduError(decodeApdu(apdu)));
  return {
    name,
    expected: expect,
    actual: rewritten(expect, NEGATIVE, { frame, payloads, broken, dispatched: dispatched.length }),
  };
}

interface Bad {
  readonly frame: Uint8Array;
  readonly payloads: readonly Uint8Array[];
  readonly broken: number;
  readonly dispatched: number;
}

const firstHead = ({ payloads: [apdu] }: Bad) => (apdu ? apduHead(apdu) : undefined);

const NEGATIVE: readonly Claim<Bad>[] = [
  [
    /answers 15 \(NAK\)(?: once| twice)?/,
    (said, { broken }) => (broken > 0 ? `answers 15 (NAK)${said.endsWith(')') ? '' : ` ${once(broken)}`}` : 'no NAK'),
  ],
  [/(?:does not|no) dispatch/, (said, { dispatched }) => (dispatched === 0 ? said : 'dispatches')],
  [/(?<=CRC )(?:right|wrong)/, (_, { payloads }) => (payloads.length > 0 ? 'right' : 'wrong')],
  [/(?<=length field )[0-9A-F]{2}/, (_, bad) => hexByte(firstHead(bad)?.declared)],
  [/\d+(?= data bytes)/, (_, bad) => String((bad.payloads[0]?.length ?? 0) - (firstHead(bad)?.start ?? 0))],
  [/(?<=T1 = )\d+(?= ms)/, () => String(T1_BYTE_GAP_MS)],
  [/(?<=then )NAK/, (_, { broken }) => (broken > 0 ? 'NAK' : 'nothing')],
];

const hexByte = (byte: number | undefined) => (byte === undefined ? 'none' : toHex(Uint8Array.of(byte)).toUpperCase());
const hex4 = (word: number) => word.toString(16).toUpperCase().padStart(4, '0');

function meaningOf(sentence: string, apdu: Uint8Array, frame: Uint8Array): string {
  return rewritten(
    rewritten(rewritten(sentence, MESSAGE_CLAIMS, given(apdu)), AMOUNT_CLAIMS, given(apdu)),
    FRAME_CLAIMS,
    { ...given(apdu), frame },
  );
}

const FRAME_CLAIMS: readonly Claim<Given & { readonly frame: Uint8Array }>[] = [
  [/(?<=CRC low byte is )[0-9A-F]{2}/, (_, { frame }) => upper(frame.subarray(-2, -1))],
  [/(?<=CRC bytes are )[0-9A-F]{2} [0-9A-F]{2}/, (_, { frame }) => upper(frame.subarray(-2)).replace(/..(?=.)/, '$& ')],
  [/(?<=XMODEM would be )[0-9A-F]{4}/, (_, { apdu }) => hex4(crc16Xmodem(Uint8Array.of(...apdu, 0x03)))],
  [
    /(?<=wire: )(?:[0-9A-F]{2} ?)+(?=\))/,
    (said, { frame }) => (upper(frame).includes(said.replaceAll(' ', '')) ? said : 'not on the wire'),
  ],
];

function nameOf(entry: unknown, section: string, at: number): string {
  return isObject(entry) && typeof entry['name'] === 'string' ? entry['name'] : `${section}[${at}]`;
}

function hexIn(entry: unknown, key: string): Uint8Array | undefined {
  const hex = isObject(entry) ? entry[key] : undefined;
  return typeof hex === 'string' ? fromHex(hex) : undefined;
}
