import { fromHex } from '../../protocols/bytes/hex.ts';
import {
  characterMs,
  type LineConfig,
  type LineEndName,
  type LineEvent,
  type LineSource,
  lineEnds,
} from '../../protocols/framing/line.ts';
import { LineFramer } from '../../protocols/framing/line-framer.ts';
import {
  type CodeIdMode,
  DuplicateWindow,
  type LineEncoding,
  noiseDiagnostics,
  readingDiagnostics,
  readLine,
} from '../../protocols/scanner/serial-line.ts';
import type { CaseResult, Checker } from './checker.ts';

interface VectorChunk {
  readonly hex: string;
  readonly afterMs?: number;
  readonly event?: string;
}

export interface LineVector {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly chunks: readonly VectorChunk[];
  readonly expect: readonly unknown[];
  readonly diagnostics?: readonly string[];
}

interface LineFile {
  readonly timing?: Readonly<Record<string, unknown>>;
  readonly vectors: readonly LineVector[];
}

export const serialLineChecker: Checker = {
  title: 'serial lines of scanner guns',
  recognises: (_fileName, content) => {
    const vectors = (content as Partial<LineFile> | null)?.vectors;
    return Array.isArray(vectors) && vectors.some((vector) => Array.isArray((vector as Partial<LineVector>)?.chunks));
  },
  check: (content) => {
    const file = content as LineFile;
    return { cases: [...timingCases(file.timing ?? {}), ...file.vectors.map(vectorCase)], stories: 0 };
  },
};

function vectorCase(vector: LineVector): CaseResult {
  const expected = {
    frames: vector.expect,
    ...(vector.diagnostics !== undefined && { diagnostics: vector.diagnostics }),
  };
  return { name: vector.name, expected, actual: outcome(vector) };
}

function outcome(vector: LineVector): unknown {
  try {
    const { frames, diagnostics } = runVector(vector, new LineFramer(framing(vector.config)));
    return vector.diagnostics === undefined ? { frames } : { frames, diagnostics };
  } catch (error) {
    return { unknown: error instanceof Error ? error.message : String(error) };
  }
}

/** Feeds the chunks of a vector at their times; also used to run another line source through the same cases. */
export function runVector(vector: LineVector, source: LineSource): { frames: unknown[]; diagnostics: string[] } {
  const frames: unknown[] = [];
  const diagnostics: string[] = [];
  const repeats = new DuplicateWindow(Number(vector.config['dedupeMs'] ?? 0));
  const take = (events: readonly LineEvent[]) => {
    for (const event of events) {
      if (event.kind === 'noise') diagnostics.push(...noiseDiagnostics(event));
      else readFrame(event.bytes, event.endedAt, vector.config, repeats, frames, diagnostics);
    }
  };
  let now = 0;
  for (const chunk of vector.chunks) {
    now += chunk.afterMs ?? 0;
    for (let due = source.nextDeadline; due !== undefined && due <= now; due = source.nextDeadline)
      take(source.silence(due));
    if (chunk.event !== undefined) take(portEvent(chunk.event, source));
    take(source.push(bytesOf(chunk.hex), now));
  }
  return { frames, diagnostics };
}

function readFrame(
  bytes: Uint8Array,
  at: number,
  config: LineVector['config'],
  repeats: DuplicateWindow,
  frames: unknown[],
  diagnostics: string[],
): void {
  const codeId = oneOf<CodeIdMode>(config, 'codeId', { none: 'none', aim: 'aim', honeywell: 'honeywell' }, 'none');
  const encoding = oneOf<LineEncoding>(
    config,
    'encoding',
    { auto: 'auto', utf8: 'utf8', 'utf-8': 'utf8', gbk: 'gb18030', gb18030: 'gb18030', latin1: 'latin1' },
    'auto',
  );
  const reading = readLine(bytes, { codeId, encoding });
  diagnostics.push(...readingDiagnostics(reading));
  if (reading.kind !== 'code') return;
  if (repeats.isRepeat(reading.text, at)) return void diagnostics.push('duplicate-suppressed');
  const { aim, codeId: maker } = reading;
  const text = reading.text.reveal();
  const plain = aim === undefined && maker === undefined;
  frames.push(
    plain ? text : { text, ...(aim !== undefined && { aim }), ...(maker !== undefined && { codeId: maker }) },
  );
}

function portEvent(event: string, source: LineSource): LineEvent[] {
  if (event === 'open' || event === 'close') return source.reset();
  throw new Error(`unknown event ${event}`);
}

const KNOWN_KEYS = new Set(
  'terminators suffix prefix prefixRequired prefixOptional idleMs maxBytes codeId encoding dedupeMs'.split(' '),
);

/** The framer's configuration as the vectors write it; anything unknown is a failure of the case. */
export function framing(config: LineVector['config']): LineConfig {
  const stranger = Object.keys(config).find((key) => !KNOWN_KEYS.has(key));
  if (stranger !== undefined) throw new Error(`unknown config key ${stranger}`);
  const { prefix, suffix, terminators } = config;
  return {
    ends: suffix === undefined || suffix === null ? endsOf(terminators) : endsOf(suffix),
    ...(typeof prefix === 'string' && { prefix: bytesOf(prefix) }),
    prefixRequired: config['prefixRequired'] !== false && config['prefixOptional'] !== true,
    ...(typeof config['idleMs'] === 'number' && { idleMs: config['idleMs'] }),
    ...(typeof config['maxBytes'] === 'number' && { maxBytes: config['maxBytes'] }),
  };
}

const NAMES: readonly string[] = ['CR', 'LF', 'CRLF', 'TAB', 'ETX'] satisfies LineEndName[];

/** `auto(CR,LF)`, `CR`, `["CR","LF"]`, `"0d 0a"`, `null` */
function endsOf(value: unknown): Uint8Array[] {
  if (value === null || value === 'none') return [];
  if (value === undefined || value === 'auto') return lineEnds('CR', 'LF', 'CRLF', 'TAB');
  const parts = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? wordsOf(value) : ['?'];
  const names = parts.filter((part): part is LineEndName => NAMES.includes(part));
  return [...lineEnds(...names), ...parts.filter((part) => !NAMES.includes(part)).map(bytesOf)];
}

function wordsOf(text: string): string[] {
  const inside = /^auto\((.*)\)$/.exec(text)?.[1] ?? text;
  return inside.split(',').map((word) => word.trim());
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (!bytes) throw new Error(`not hex: ${hex}`);
  return bytes;
}

function oneOf<T>(config: LineVector['config'], key: string, values: Record<string, T>, otherwise: T): T {
  const value = config[key];
  if (value === undefined || value === null) return otherwise;
  const found = typeof value === 'string' ? values[value] : undefined;
  if (found === undefined) throw new Error(`unknown ${key} ${JSON.stringify(value)}`);
  return found;
}

/** `ms_per_char` to four decimals and `ms_N_chars` to three, by baud rate. */
function timingCases(timing: Readonly<Record<string, unknown>>): CaseResult[] {
  return Object.entries(timing)
    .filter(([key]) => key !== 'note')
    .flatMap(([key, rates]) =>
      Object.entries(rates as Record<string, number>).map(([baud, expected]) => ({
        name: `timing ${key} ${baud}`,
        expected,
        actual: timingOf(key, Number(baud)),
      })),
    );
}

function timingOf(key: string, baudRate: number): unknown {
  if (key === 'ms_per_char') return Number(characterMs(baudRate).toFixed(4));
  const count = /^ms_(\d+)_chars$/.exec(key)?.[1];
  return count === undefined ? `unknown timing ${key}` : Number((Number(count) * characterMs(baudRate)).toFixed(3));
}
