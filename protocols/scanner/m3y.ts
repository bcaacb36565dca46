import { decodeLatin1 } from '../bytes/latin1.ts';
import { type GunCommand, type Heard, startsLike } from './gun-language.ts';

// M3Y modules (scanners.md 3.4; specter-diy src/hosts/qr.py).
//
//   5A 00  00 08  53 52 30 33 30 33 30 31  08   A5      "SR030301": start a scan
//   head   len16  command                  BCC  tail    BCC: exclusive or of length and command
//
//   5A 01  00 02  90 00                    93   A5      done; the BCC of an answer takes the 01 in

/** From the driver; the neighbours of what it sends (03L1, 03A0, ...) are inferred. */
export const M3Y_COMMANDS = {
  startScan: 'SR030301',
  stopScan: 'SR030300',
  commandMode: 'S_CMD_020D',
  soundOn: 'S_CMD_04F1',
  soundOff: 'S_CMD_04F0',
  volume0: 'S_CMD_04V0',
  volume1: 'S_CMD_04V1',
  volume2: 'S_CMD_04V2',
  lightOff: 'S_CMD_03L0',
  lightOn: 'S_CMD_03L1',
  lightAuto: 'S_CMD_03L2',
  aimOff: 'S_CMD_03A0',
  aimOn: 'S_CMD_03A1',
  aimAuto: 'S_CMD_03A2',
  baud9600: 'S_CMD_H3BR9600',
  baud57600: 'S_CMD_H3BR57600',
  baud115200: 'S_CMD_H3BR115200',
  factoryReset: 'S_CMD_FFFF',
} as const satisfies Record<string, string>;

export type M3yCommandName = keyof typeof M3Y_COMMANDS;

const COMMAND = 0x00;
const ANSWER = 0x01;
const TAIL = 0xa5;
/** head, length, BCC, tail */
const FRAME_BYTES = 6;
/** the longest known command has 16 characters, the longest answer 2 bytes */
const MAX_PAYLOAD = 255;
const DONE = [0x90, 0x00];

export interface M3yFrame {
  readonly kind: 'command' | 'answer';
  readonly payload: Uint8Array;
  readonly bcc: 'ok' | 'bad';
}

export function encodeM3y(kind: M3yFrame['kind'], payload: Uint8Array): Uint8Array {
  const body = [payload.length >> 8, payload.length & 0xff, ...payload];
  const type = kind === 'command' ? COMMAND : ANSWER;
  return Uint8Array.of(0x5a, type, ...body, bcc(type, Uint8Array.from(body)), TAIL);
}

/** 00 changes nothing: one rule for both directions. */
function bcc(type: number, body: Uint8Array): number {
  return body.reduce((xor, byte) => xor ^ byte, type);
}

export function parseM3y(bytes: Uint8Array): M3yFrame | undefined {
  const [head, type = 0] = bytes;
  if (head !== 0x5a || type > ANSWER || bytes.length !== lengthOf(bytes) || bytes.at(-1) !== TAIL) return undefined;
  const good = bcc(type, bytes.subarray(2, -2)) === bytes.at(-2);
  return { kind: type === COMMAND ? 'command' : 'answer', payload: bytes.subarray(4, -2), bcc: good ? 'ok' : 'bad' };
}

function lengthOf(bytes: Uint8Array, from = 0): number {
  return FRAME_BYTES + (((bytes[from + 2] ?? 0) << 8) | (bytes[from + 3] ?? 0));
}

const ANSWER_HEAD = [0x5a, ANSWER];

function hear(bytes: Uint8Array, from: number): Heard {
  if (!startsLike(bytes, ANSWER_HEAD, from)) return 'no';
  const [held, length] = [bytes.length - from, lengthOf(bytes, from)];
  if (held >= 4 && length > FRAME_BYTES + MAX_PAYLOAD) return 'no';
  if (held < Math.max(4, length)) return 'more';
  const frame = parseM3y(bytes.subarray(from, from + length));
  if (frame?.bcc !== 'ok') return { length };
  const done = frame.payload.length === DONE.length && DONE.every((byte, at) => frame.payload[at] === byte);
  return { length, reply: { outcome: done ? 'ok' : 'bad-data', data: frame.payload } };
}

export function m3yCommand(name: string, command: string): GunCommand {
  const payload = Uint8Array.from(command, (char) => char.charCodeAt(0));
  return { name, bytes: encodeM3y('command', payload), reply: { starts: [0x5a], hear } };
}

/** The name of a command by its text. */
export function m3yCommandName(payload: Uint8Array): M3yCommandName | undefined {
  const text = decodeLatin1(payload);
  return (Object.keys(M3Y_COMMANDS) as M3yCommandName[]).find((name) => M3Y_COMMANDS[name] === text);
}
