import process from 'node:process';
import { ReadlineParser } from '@serialport/parser-readline';
import { AUTO_ENDS, type LineEvent, lineEnds } from '../../protocols/framing/line.ts';
import { LineFramer } from '../../protocols/framing/line-framer.ts';
import { PacketFramer } from '../../protocols/framing/packet.ts';
import { CommandChannel } from '../../protocols/scanner/command-channel.ts';
import { GROW_COMMANDS, growCommand } from '../../protocols/scanner/grow.ts';
import { encodeHidPos, HidPosReader } from '../../protocols/scanner/hid-pos.ts';
import { HONEYWELL64 } from '../../protocols/scanner/hid-pos-layout.ts';
import { encodeSsi, parseSsi, ssiShape } from '../../protocols/scanner/ssi.ts';
import { decodeDataPackets } from '../../protocols/scanner/ssi-encode.ts';
import type { Row } from './rows.ts';

// Framers and codecs in MB/s beside @serialport/parser-readline and a bare search for one byte, on the same bytes in the
// same chunks, in turn.

/** What one read of a tty gives at most (N_TTY_BUF_SIZE): what came while the agent was busy. */
const FULL_READ = 4096;
/** What a gun's code comes in: bulk packets of USB at full and at high speed (USB 2.0, 5.8.3). */
const PACKET = 64;
const FAST_PACKET = 512;
const MEGABYTE = 1_000_000;

type Work = (chunks: readonly Buffer[]) => number;

interface Stream {
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
}

/** The last chunk is shorter. */
function inChunks(bytes: Buffer, size = FULL_READ): Stream {
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    bytes.subarray(n * size, (n + 1) * size),
  );
  return { chunks, bytes: bytes.length };
}

function repeated(unit: Uint8Array, total: number, size?: number): Stream {
  return inChunks(Buffer.concat(Array<Uint8Array>(Math.ceil(total / unit.length)).fill(unit)), size);
}

/**
 * Processor time, so that a busy machine does not count. What is counted must be what is in the stream: a framer that skips
 * its work is not fast.
 */
function speed(work: Work, { chunks, bytes }: Stream, expected: number): number {
  const before = process.cpuUsage();
  const count = work(chunks);
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  if (count !== expected) throw new Error(`${count} of ${expected}`);
  return bytes / MEGABYTE / seconds;
}

const frames = (events: readonly LineEvent[]) => events.reduce((sum, { kind }) => sum + (kind === 'frame' ? 1 : 0), 0);

const lineFramer =
  (framer: () => LineFramer): Work =>
  (chunks) => {
    const lines = framer();
    let count = 0;
    for (const chunk of chunks) count += frames(lines.push(chunk, 0));
    return count;
  };

/** One terminator searched for, nothing kept: no limits, no silence, no times. */
const countOnly: Work = (chunks) => {
  let count = 0;
  for (const chunk of chunks)
    for (let end = chunk.indexOf(0x0d); end >= 0; end = chunk.indexOf(0x0d, end + 1)) count += 1;
  return count;
};

/** The same, and the same lines of each chunk in a list. */
const bareSearch: Work = (chunks) => {
  let count = 0;
  let rest: Buffer | undefined;
  for (const chunk of chunks) {
    const lines: Buffer[] = [];
    let from = 0;
    for (let end = chunk.indexOf(0x0d); end >= 0; end = chunk.indexOf(0x0d, from)) {
      const line = chunk.subarray(from, end);
      lines.push(rest ? Buffer.concat([rest, line]) : line);
      rest = undefined;
      from = end + 1;
    }
    if (from < chunk.length) rest = rest ? Buffer.concat([rest, chunk.subarray(from)]) : chunk.subarray(from);
    count += lines.length;
  }
  return count;
};

const readline: Work = (chunks) => {
  const parser = new ReadlineParser({ delimiter: '\r', readableObjectMode: true });
  let count = 0;
  parser.on('data', () => (count += 1));
  for (const chunk of chunks) parser.write(chunk);
  return count;
};

const packets: Work = (chunks) => {
  const framer = new PacketFramer(ssiShape('decoder'));
  let count = 0;
  for (const chunk of chunks)
    for (const event of framer.push(chunk, 0))
      if (event.kind === 'packet' && parseSsi(event.bytes).opcode === 0xf3) count += 1;
  return count;
};

/** A command waits for its answer: every byte may begin one. */
const channel: Work = (chunks) => {
  const gun = new CommandChannel({ line: { ends: AUTO_ENDS }, headed: true });
  gun.request(growCommand('trigger', GROW_COMMANDS.trigger), 0);
  let count = 0;
  for (const chunk of chunks) for (const event of gun.push(chunk, 0)) if (event.kind === 'code') count += 1;
  return count;
};

const reports: Work = (chunks) => {
  const reader = new HidPosReader(HONEYWELL64);
  let count = 0;
  for (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += 64) count += reader.push(chunk.subarray(at, at + 64), 0).length;
  return count;
};

interface Contest {
  readonly name: string;
  readonly work: Work;
  readonly stream: Stream;
  readonly units: number;
  readonly baseline: string;
  readonly floor: Work;
  readonly floorStream: Stream;
  readonly floorUnits: number;
  readonly limit: number;
}

const ascii = (text: string) => Buffer.from(text, 'latin1');
const CODE = ascii('130012345678901234\r');
/** The largest QR symbol: so many bytes, or so many digits (ISO/IEC 18004, version 40-L). */
const QR_BYTES = ascii(`${'A'.repeat(2953)}\r`);
const QR_DIGITS = ascii(`${'7'.repeat(7089)}\r`);
const unitsOf = ({ bytes }: Stream, unit: Uint8Array) => bytes / unit.length;

function contests(megabytes: number): Contest[] {
  const total = megabytes * MEGABYTE;
  const codes = repeated(CODE, total);
  const endless = inChunks(Buffer.alloc(8 * total, 0x31));
  // the parser joins all that it holds with every chunk: 16 MiB take it 27 s (scanners.md 1.4)
  const short = inChunks(Buffer.alloc(8 * MEGABYTE, 0x31));
  const ssiUnit = encodeSsi(decodeDataPackets(0x1c, CODE.subarray(0, 18))[0] ?? missing());
  const ssi = repeated(ssiUnit, total);
  const reportUnit =
    encodeHidPos(HONEYWELL64, { bytes: CODE.subarray(0, 18), aim: ']Q1', codeId: 's' })[0] ?? missing();
  const reported = repeated(reportUnit, total);
  const cr = lineFramer(() => new LineFramer({ ends: lineEnds('CR') }));
  const auto = lineFramer(() => new LineFramer({ ends: AUTO_ENDS }));
  const codeUnits = unitsOf(codes, CODE);
  const own = (name: string, work: Work, stream: Stream, units: number) => ({ name, work, stream, units });
  const READLINE = { baseline: '@serialport/parser-readline', floor: readline };
  const SEARCH = { baseline: 'a bare indexOf', floor: bareSearch };
  const on = (floorStream: Stream, floorUnits: number) => ({ floorStream, floorUnits });
  const line = own('line framer, payment codes', cr, codes, codeUnits);
  const any = own('line framer, any terminator, payment codes', auto, codes, codeUnits);
  const onCodes = on(codes, codeUnits);
  const long = (name: string, unit: Uint8Array, size: number, than: number): Contest[] => {
    const stream = repeated(unit, total, size);
    const units = unitsOf(stream, unit);
    const ours = own(`line framer, ${name} in reads of ${size} bytes`, cr, stream, units);
    const both = on(stream, units);
    return [
      { ...ours, ...READLINE, ...both, limit: than },
      { ...ours, ...SEARCH, ...both, limit: 0.5 },
    ];
  };
  const endlessly = { ...on(short, 0), ...READLINE, limit: 5 };
  const onOurCodes = { ...onCodes, ...READLINE, limit: 0.25 };
  return [
    { ...line, ...SEARCH, ...onCodes, limit: 0.5 },
    { ...line, ...READLINE, ...onCodes, limit: 1.5 },
    { ...any, ...SEARCH, ...onCodes, limit: 0.5 },
    ...long('QR symbols of 2953 bytes', QR_BYTES, PACKET, 4),
    ...long('QR symbols of 7089 digits', QR_DIGITS, PACKET, 5),
    ...long('QR symbols of 7089 digits', QR_DIGITS, FAST_PACKET, 5),
    // here both are as fast as memory is copied: each line is copied once by us, three times by the parser
    ...long('QR symbols of 7089 digits', QR_DIGITS, FULL_READ, 1.5),
    {
      ...own('line framer, no terminator ever', cr, endless, 0),
      ...SEARCH,
      floor: countOnly,
      ...on(endless, 0),
      limit: 0.5,
    },
    { ...own('line framer, no terminator ever', cr, endless, 0), ...endlessly },
    { ...own('answers among codes, no terminator ever', channel, endless, 0), ...endlessly },
    { ...own('SSI packets among garbage without end', packets, endless, 0), ...endlessly },
    { ...own('SSI packets', packets, ssi, unitsOf(ssi, ssiUnit)), ...onOurCodes },
    { ...own('answers among codes', channel, codes, codeUnits), ...onOurCodes },
    { ...own('HID POS reports', reports, reported, unitsOf(reported, reportUnit)), ...onOurCodes },
  ];
}

function missing(): never {
  throw new Error('nothing was encoded');
}

/** The run whose ratio is the median one speaks for all. */
export function measureFramers(runs: number, megabytes = 8): Row[] {
  return contests(megabytes).map((contest) => {
    const { name, baseline, limit, work, stream, units, floor, floorStream, floorUnits } = contest;
    speed(work, stream, units); // the engine compiles what is hot
    speed(floor, floorStream, floorUnits);
    const measured = Array.from({ length: runs }, () => {
      const value = speed(work, stream, units);
      const baselineValue = speed(floor, floorStream, floorUnits);
      return { value, baselineValue, ratio: value / baselineValue };
    }).sort((a, b) => a.ratio - b.ratio);
    const middle = measured[Math.floor(measured.length / 2)];
    if (!middle) throw new Error(`${name}: nothing was measured`);
    return { name: `${name}, beside ${baseline}`, unit: 'MB/s', baseline, better: 'higher', limit, ...middle };
  });
}
