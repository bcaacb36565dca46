import { type GunCommand, type Heard, startsLike } from './gun-language.ts';

// Datalogic on RS-232 and USB-COM (scanners.md 3.4; Magellan 800i p.161 and 175, 9300i p.481, PowerScan p.381 and 397).
// One byte is a command, most are not answered.
//
//   44                          D: disable          45     E: enable
//   01 02 ... 03 04             what a PowerScan answers to i, h and s (SOH STX ... ETX EOT)

export interface DatalogicRow {
  readonly bytes: readonly number[];
  readonly meaning: string;
  /** i, h and s are answered */
  readonly answered?: true;
}

/** By the name that the vectors use. */
export const DATALOGIC_COMMANDS = {
  E: { bytes: [0x45], meaning: 'enable' },
  D: { bytes: [0x44], meaning: 'disable' },
  R: { bytes: [0x52], meaning: 'reset' },
  F: { bytes: [0x46], meaning: 'not-on-file (also disables until E)' },
  B: { bytes: [0x42], meaning: 'good read beep' },
  SOH: { bytes: [0x01], meaning: 'force good-read beep' },
  BEL: { bytes: [0x07], meaning: 'beep' },
  i: { bytes: [0x69], meaning: 'identification', answered: true },
  h: { bytes: [0x68], meaning: 'health', answered: true },
  s: { bytes: [0x73], meaning: 'status', answered: true },
  T: { bytes: [0x54], meaning: 'software trigger pull (PowerScan)' },
  X: { bytes: [0x58], meaning: 'trigger release (PowerScan)' },
  '34 CR': { bytes: [0x33, 0x34, 0x0d], meaning: 'beep low tone' },
  '01 CR': { bytes: [0x30, 0x31, 0x0d], meaning: 'beep high tone' },
} as const satisfies Record<string, DatalogicRow>;

export type DatalogicName = keyof typeof DATALOGIC_COMMANDS;

const HEAD = [0x01, 0x02] as const;
const TAIL = [0x03, 0x04] as const;
/** Identification texts have a few hundred characters. */
const MAX_ANSWER = 1024;

/** The text between SOH STX and ETX EOT. */
export function parseDatalogicAnswer(bytes: Uint8Array): Uint8Array | undefined {
  const heard = hear(bytes, 0);
  return typeof heard === 'object' && heard.length === bytes.length ? heard.reply?.data : undefined;
}

function hear(bytes: Uint8Array, from: number): Heard {
  if (!startsLike(bytes, HEAD, from)) return 'no';
  const last = Math.min(bytes.length, from + MAX_ANSWER);
  let end = bytes.indexOf(TAIL[1], from + 3);
  while (end >= 0 && end < last && bytes[end - 1] !== TAIL[0]) end = bytes.indexOf(TAIL[1], end + 1);
  if (end < 0 || end >= last) return last < from + MAX_ANSWER ? 'more' : { length: MAX_ANSWER };
  return { length: end + 1 - from, reply: { outcome: 'ok', data: bytes.slice(from + 2, end - 1) } };
}

export function encodeDatalogicAnswer(text: Uint8Array): Uint8Array {
  return Uint8Array.of(...HEAD, ...text, ...TAIL);
}

export function datalogicCommand(name: DatalogicName): GunCommand {
  const row: DatalogicRow = DATALOGIC_COMMANDS[name];
  const bytes = Uint8Array.from(row.bytes);
  return { name, bytes, ...(row.answered && { reply: { starts: [HEAD[0]], hear } }) };
}

/** Which command these bytes are. */
export function datalogicName(bytes: Uint8Array): DatalogicName | undefined {
  return (Object.keys(DATALOGIC_COMMANDS) as DatalogicName[]).find((name) => {
    const { bytes: known } = DATALOGIC_COMMANDS[name];
    return known.length === bytes.length && known.every((byte, at) => byte === bytes[at]);
  });
}
