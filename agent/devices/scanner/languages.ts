import { encodeLatin1 } from '../../../protocols/bytes/latin1.ts';
import { AUTO_ENDS, idleMsAt, type LineConfig, type LineSource, lineEnds } from '../../../protocols/framing/line.ts';
import { LineFramer } from '../../../protocols/framing/line-framer.ts';
import type { KeyboardLayoutName } from '../../../protocols/scanner/keyboard-layouts.ts';
import type { CodeIdMode, LineEncoding } from '../../../protocols/scanner/serial-line.ts';
import type { Peer } from '../../transport/link.ts';
import { ReadlineLines } from '../../transport/readline.ts';
import type { CommandLanguage } from './orders.ts';
import type { GunReader } from './reader.ts';
import { reportReader } from './report-readers.ts';
import { CommandReader, LineReader, SsiReader } from './stream-readers.ts';

/** A gun in raw line mode on a serial or USB-CDC port. */
export interface SerialScannerConfig {
  readonly path: string;
  readonly baudRate: number;
  readonly dataBits?: 7 | 8;
  readonly parity?: 'none' | 'even' | 'odd';
  readonly terminator: 'auto' | 'CR' | 'LF' | 'CRLF' | 'TAB' | 'ETX' | 'none';
  /** 1 to 4 characters below U+0100; what comes before it is noise */
  readonly prefix?: string;
  /** false: the prefix is cut off where it is there, and nothing is missed where it is not; default true */
  readonly prefixRequired?: boolean;
  /** silence that ends a code when `terminator` is none; default max(100 ms, 10 character times + 50 ms) */
  readonly idleMs?: number;
  readonly maxBytes?: number;
  readonly codeId: CodeIdMode;
  readonly encoding: LineEncoding;
  /** the same code again within this time is left out; default 1500, 0 switches it off */
  readonly dedupeMs?: number;
}

/** What a gun speaks on a stream. HID devices say it themselves. `line`: it is only heard. */
export const STREAM_LANGUAGES = [
  'line',
  'ssi',
  'honeywell',
  'newland',
  'grow',
  'm3y',
  'de2120',
  'datalogic',
  'cipherlab',
] as const satisfies readonly ('line' | 'ssi' | CommandLanguage)[];
export type StreamLanguage = (typeof STREAM_LANGUAGES)[number];

/** They speak text. In the others 11 and 13 are lengths and checks like any byte. */
export const FLOWING: ReadonlySet<StreamLanguage> = new Set([
  'line',
  'honeywell',
  'newland',
  'de2120',
  'datalogic',
  'cipherlab',
]);

/** Any gun. */
export interface ScannerConfig extends SerialScannerConfig {
  /** default line */
  readonly language?: StreamLanguage;
  /** false: it may read while no payment waits; default true. Only some languages can switch a gun off and on */
  readonly arm?: boolean;
  /** it reads when the agent says so, as a box without a trigger; default false */
  readonly hostTrigger?: boolean;
  /** it is told whether the code was accepted, where its language can; default true */
  readonly feedback?: boolean;
  /** its own beep at every code is switched off, where its language can; default false */
  readonly quiet?: boolean;
  /** it holds our orders back by XON/XOFF: only where no binary frame has these bytes, see {@link FLOWING}; default none */
  readonly flow?: 'none' | 'xonxoff';
  /** the layout that a keyboard gun is set to; default us */
  readonly layout?: KeyboardLayoutName;
}

/** The reader for a gun on a stream. */
export function streamReader(config: ScannerConfig): GunReader {
  const { language = 'line' } = config;
  if (language === 'line') return new LineReader(linesOf(config));
  return language === 'ssi'
    ? new SsiReader({ line: framingOf(config) })
    : new CommandReader(language, framingOf(config));
}

/** The reader for a HID device, or why there is none. */
export function hidReader(config: ScannerConfig, peer: Peer): GunReader | { readonly problem: string } {
  const ends = config.terminator === 'auto' || config.terminator === 'none' ? 'either' : 'key';
  return reportReader(peer, { layout: config.layout ?? 'us', ends });
}

/** CR and LF guns go through `@serialport/parser-readline`, all others through the framer. */
function linesOf(config: SerialScannerConfig): LineSource {
  const { terminator, maxBytes, prefix } = config;
  if ((terminator === 'CR' || terminator === 'LF') && prefix === undefined)
    return new ReadlineLines({ terminator, ...(maxBytes !== undefined && { maxBytes }) });
  return new LineFramer(framingOf(config));
}

function framingOf(config: SerialScannerConfig): LineConfig {
  const { terminator, prefix, prefixRequired, maxBytes } = config;
  const start = prefix === undefined ? undefined : encodeLatin1(prefix);
  return {
    ends: terminator === 'auto' ? AUTO_ENDS : terminator === 'none' ? [] : lineEnds(terminator),
    ...(start && { prefix: start }),
    ...(prefixRequired !== undefined && { prefixRequired }),
    idleMs: config.idleMs ?? idleMsAt(config.baudRate),
    ...(maxBytes !== undefined && { maxBytes }),
  };
}
