import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { fromHex } from '../../protocols/bytes/hex.ts';
import type { Exit } from '../cli.ts';
import type { Decoder } from '../decode/decoder.ts';
import { DECODERS } from '../decode/kinds.ts';

/** More than any stream of a shop's day; a larger input is refused unread. */
const INPUT_LIMIT = 16 * 1024 * 1024;

interface Options {
  readonly hex?: string;
  readonly file?: string;
  readonly text?: string;
  readonly json?: boolean;
  readonly unmask?: boolean;
}

/** `tillwire decode KIND`: bytes of anything the project speaks, explained. */
export function registerDecode(program: Command, exit: Exit): void {
  program
    .command('decode')
    .description('explain bytes of a supported protocol')
    .argument('<kind>', DECODERS.map(({ kind }) => kind).join(', '))
    .argument('[input]', 'use - to read standard input: the only way for a real paycode')
    .option('--hex <hex>', 'bytes as hex pairs')
    .option('--file <file>', 'bytes of a file')
    .option('--text <text>', 'the bytes of a text (UTF-8)')
    .option('--json', 'one JSON value on standard output')
    .option('--unmask', 'show secrets')
    .addHelpText(
      'after',
      `\nKinds:\n${DECODERS.map(describe).join('\n')}\n\nExample:\n  tillwire decode emv-mpm --text 0002010102...6304A13A\n`,
    )
    .action((kind: string, input: string | undefined, options: Options) => {
      exit.code = decode(kind, input, options);
    });
}

function describe(decoder: Decoder): string {
  return `  ${decoder.kind.padEnd(12)} ${decoder.summary}`;
}

function decode(kind: string, input: string | undefined, options: Options): number {
  const decoder = DECODERS.find((known) => known.kind === kind);
  if (!decoder)
    return refuse(`tillwire decode: unknown kind ${kind}; known: ${DECODERS.map((known) => known.kind).join(', ')}`);
  const bytes = readInput(input, options);
  if (typeof bytes === 'string') return refuse(`tillwire decode: ${bytes}`);
  const { fields, lines, ok } = decoder.explain(bytes, {
    unmask: options.unmask === true,
    ...(options.file === undefined ? {} : { name: basename(options.file) }),
  });
  console.log(options.json ? JSON.stringify(fields) : lines.join('\n'));
  return ok ? 0 : 1;
}

function refuse(line: string): number {
  console.error(line);
  return 2;
}

/** The bytes to explain, or why there are none. */
function readInput(input: string | undefined, { hex, file, text }: Options): Uint8Array | string {
  const given = [input, hex, file, text].filter((source) => source !== undefined);
  if (given.length !== 1) return 'give exactly one of --hex, --file, --text or -';
  if (input !== undefined && input !== '-')
    return 'the input argument can only be - (standard input); use --text for text';
  if (hex !== undefined) return fromHex(hex) ?? '--hex wants hex pairs, e.g. 7E 01';
  if (text !== undefined) return Buffer.from(text, 'utf8');
  return file === undefined ? readLimited(0, 'standard input') : readFile(file);
}

function readFile(file: string): Uint8Array | string {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  try {
    return readLimited(fd, file);
  } finally {
    closeSync(fd);
  }
}

function readLimited(fd: number, name: string): Uint8Array | string {
  try {
    const bytes = readUpTo(fd, INPUT_LIMIT + 1);
    return bytes.length > INPUT_LIMIT ? `${name} is larger than ${INPUT_LIMIT} bytes` : bytes;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function readUpTo(fd: number, limit: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let total = 0; total < limit; ) {
    const chunk = new Uint8Array(Math.min(65_536, limit - total));
    const count = readSync(fd, chunk);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    total += count;
  }
  return Buffer.concat(chunks);
}
