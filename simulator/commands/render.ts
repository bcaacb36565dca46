import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Problem } from '../../protocols/escpos/problems.ts';
import { genericProfile, PROFILES, type PrinterProfile, profileNamed } from '../../protocols/escpos/profile.ts';
import type { Exit } from '../cli.ts';
import { renderStream } from '../render/stream.ts';

interface RenderOptions {
  paper?: '58' | '80';
  profile?: string;
  png?: string;
  text?: string;
  json?: boolean;
}

/** A day of slips has less than a megabyte; more is not a printer's stream. */
const MAX_FILE_BYTES = 64 << 20;

const WRONG_USAGE = 2;

/** `tillwire-sim render`: ends 0 when the stream was read to its end, whatever is wrong with it; 2 without a file. */
export function registerRender(program: Command, exit: Exit): void {
  program
    .command('render')
    .argument('<file>', "a printer's byte stream")
    .description("show a printer's byte stream as picture, text or JSON")
    .addOption(new Option('--paper <mm>', 'paper width').choices(['58', '80']))
    .addOption(
      new Option('--profile <name>', `printer model: ${Object.keys(PROFILES).join(', ')}`).argParser(knownProfile),
    )
    .option('--png <out>', 'write the paper as a picture')
    .option('--text <out>', 'write the paper as text')
    .option('--json', 'print {slips, problems}')
    .addHelpText('after', '\nExample:\n  tillwire-sim render slip.bin --paper 80 --png slip.png')
    .action((file: string, options: RenderOptions) => {
      exit.code = render(file, options);
    });
}

function knownProfile(name: string): string {
  const profile = profileNamed(name);
  if (!profile) throw new InvalidArgumentError(`Known are ${Object.keys(PROFILES).join(', ')}.`);
  return profile.name;
}

function render(file: string, options: RenderOptions): number {
  try {
    const stream = renderStream(readStream(file), chosenProfile(options));
    if (options.png) writeFileSync(options.png, stream.png());
    if (options.text) writeFileSync(options.text, stream.text());
    if (options.json) process.stdout.write(`${JSON.stringify(stream.summary(), null, 2)}\n`);
    else if (!options.png && !options.text) process.stdout.write(stream.text());
    if (!options.json) for (const problem of stream.decoded.problems) process.stderr.write(`${problemLine(problem)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    process.stderr.write(`RENDER_FILE: ${error.message}. Check the path and its permissions. / 请检查文件路径和权限\n`);
    return WRONG_USAGE;
  }
}

function readStream(file: string): Uint8Array {
  const fd = openSync(file, 'r');
  try {
    const bytes = readUpTo(fd, MAX_FILE_BYTES + 1);
    if (bytes.length <= MAX_FILE_BYTES) return bytes;
    throw Object.assign(new Error(`${file} is larger than ${MAX_FILE_BYTES} bytes`), { code: 'EFBIG' });
  } finally {
    closeSync(fd);
  }
}

/** Counts what is read: a device or a pipe has no size. */
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

function chosenProfile({ profile, paper }: RenderOptions): PrinterProfile {
  return (profile === undefined ? undefined : profileNamed(profile)) ?? genericProfile(paper === '58' ? 58 : 80);
}

function problemLine({ code, offset, level, message }: Problem): string {
  return `${level} ${code} at byte ${offset}: ${message}`;
}
