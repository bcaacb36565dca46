import { crc16Xmodem } from '../bytes/crc.ts';
import { type GunCommand, type GunReply, type Heard, REPLY_MS, startsLike } from './gun-language.ts';

// `7E 00`: Grow GM65 / GM805 / GM812, Newland EM3095 / FM30, Waveshare and many boxes without a name (scanners.md 3.3).
//
//   7E 00  08    01     00 02    01    02 DA      write 01 to zone 0002: start a scan
//   head   type  count  address  data  CRC        CRC-16/XMODEM over type..data; AB CD = do not check
//
//   02 00  00      01     00    33 31             answer: done (Newland EM3095 manual p.19)
//   head   status  count  data  CRC
//
// A code comes bare on the same line, in front of an answer or behind it.

const GROW_TYPES = { read: 0x07, write: 0x08, save: 0x09, heartbeat: 0x0a } as const;
export type GrowType = keyof typeof GROW_TYPES;

const HEAD = [0x7e, 0x00];
const REPLY_HEAD = [0x02, 0x00];
/** head, type, count, address, CRC */
const FRAME_BYTES = 8;
/** head, status, count, CRC */
const REPLY_BYTES = 6;
/** in the place of a CRC: do not check */
const NO_CHECK = 0xabcd;

export const GROW_STATUS: Readonly<Record<number, GunReply['outcome']>> = {
  0x00: 'ok',
  0x01: 'bad-check',
  0x03: 'unknown-command',
};

/** What is known of the zones; they differ between models, so a profile names the ones that may be written. */
export const GROW_ZONES: Readonly<Record<string, string>> = {
  '0000': 'mode/LED/mute/light bits',
  '0002': 'trigger',
  '0003': 'settings code on/off',
  '0005': 'min read interval (0.1 s)',
  '0006': 'single read timeout (0.1 s, 0 = none)',
  '000A': 'beep freq',
  '000B': 'beep duration',
  '000D': 'output interface bits + encoding',
  '000E': 'terminator 0 CR 1 LF 2 CRLF 3 TAB 4 none',
  '0013': 'same-code delay',
  '002A': 'baud (2 bytes)',
  '002C': 'symbologies',
  '00B0': 'cut mode',
  '00BC': 'RAW mode bit (undocumented)',
  '00D0': 'AIM id',
  '00D9': 'reset',
  '00E2': 'version',
  '00E7': 'OUT1',
};

export interface GrowFrame {
  readonly type: GrowType;
  readonly address: number;
  /** what is written; of a read one byte, how many are wanted */
  readonly data: readonly number[];
  /** default: a CRC that the gun checks */
  readonly unchecked?: boolean;
}

/** Commands an agent or a technician gives. Each write is to RAM; `save` is the one that wears the flash. */
export const GROW_COMMANDS = {
  trigger: { type: 'write', address: 0x0002, data: [0x01] },
  commandTriggerMode: { type: 'write', address: 0x0000, data: [0xd5] },
  save: { type: 'save', address: 0x0000, data: [0x00] },
  readBaud: { type: 'read', address: 0x002a, data: [0x02] },
  baud9600: { type: 'write', address: 0x002a, data: [0x39, 0x01] },
  baud115200: { type: 'write', address: 0x002a, data: [0x1a, 0x00] },
  aimIdOn: { type: 'write', address: 0x00d0, data: [0x80] },
  aimIdOff: { type: 'write', address: 0x00d0, data: [0x00] },
  factoryReset: { type: 'write', address: 0x00d9, data: [0x50] },
  userDefaults: { type: 'write', address: 0x00d9, data: [0x55] },
  version: { type: 'read', address: 0x00e2, data: [0x01] },
} as const satisfies Record<string, GrowFrame>;

export function encodeGrow({ type, address, data, unchecked }: GrowFrame): Uint8Array {
  const body = Uint8Array.of(GROW_TYPES[type], data.length, address >> 8, address & 0xff, ...data);
  return framed(HEAD, body, unchecked ? NO_CHECK : crc16Xmodem(body));
}

export function encodeGrowReply(status: number, data: readonly number[]): Uint8Array {
  const body = Uint8Array.of(status, data.length, ...data);
  return framed(REPLY_HEAD, body, crc16Xmodem(body));
}

function framed(head: readonly number[], body: Uint8Array, crc: number): Uint8Array {
  return Uint8Array.of(...head, ...body, crc >> 8, crc & 0xff);
}

export type GrowCheck = 'ok' | 'skipped' | 'bad';

/** A command frame, or `undefined` when the bytes are not one. */
export function parseGrow(bytes: Uint8Array): (GrowFrame & { readonly crc: GrowCheck }) | undefined {
  const count = bytes[3] ?? 0;
  if (bytes.length !== FRAME_BYTES + count || !startsLike(bytes, HEAD)) return undefined;
  const type = (Object.keys(GROW_TYPES) as GrowType[]).find((name) => GROW_TYPES[name] === bytes[2]);
  if (type === undefined) return undefined;
  const crc = checked(bytes);
  const address = ((bytes[4] ?? 0) << 8) | (bytes[5] ?? 0);
  return { type, address, data: [...bytes.subarray(6, -2)], ...(crc === 'skipped' && { unchecked: true }), crc };
}

export interface GrowReply {
  readonly status: number;
  readonly data: Uint8Array;
  readonly crc: GrowCheck;
}

export function parseGrowReply(bytes: Uint8Array): GrowReply | undefined {
  if (bytes.length !== REPLY_BYTES + (bytes[3] ?? 0) || !startsLike(bytes, REPLY_HEAD)) return undefined;
  return { status: bytes[2] ?? 0, data: bytes.subarray(4, -2), crc: checked(bytes) };
}

function checked(bytes: Uint8Array): GrowCheck {
  const given = ((bytes.at(-2) ?? 0) << 8) | (bytes.at(-1) ?? 0);
  if (given === crc16Xmodem(bytes.subarray(2, -2))) return 'ok';
  return given === NO_CHECK ? 'skipped' : 'bad';
}

/** An answer is 6 bytes and what it counts. */
function hear(bytes: Uint8Array, from: number): Heard {
  if (!startsLike(bytes, REPLY_HEAD, from)) return 'no';
  const length = REPLY_BYTES + (bytes[from + 3] ?? 0);
  if (bytes.length - from < Math.max(4, length)) return 'more';
  const reply = parseGrowReply(bytes.subarray(from, from + length));
  if (reply?.crc !== 'ok') return { length };
  return { length, reply: { outcome: GROW_STATUS[reply.status] ?? 'denied', data: reply.data } };
}

/** A command for the channel; writes are answered with 00, reads with what was asked for. */
export function growCommand(name: string, frame: GrowFrame): GunCommand {
  return { name, bytes: encodeGrow(frame), reply: { starts: [0x02], hear }, timeoutMs: REPLY_MS };
}
