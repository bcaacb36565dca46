import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Slip } from '../../protocols/escpos/slip.ts';
import { isOffline, type PrinterState } from '../../protocols/escpos/status.ts';
import { summariseSlip } from '../../protocols/escpos/summary.ts';
import type { Exit } from '../cli.ts';
import { PrinterModel } from '../devices/printer.ts';
import { PrinterLine } from '../devices/printer-line.ts';
import { PersonalityError } from '../personalities/make-file.ts';
import { printerFrom } from '../personalities/printer-file.ts';
import { PRINTERS, type PrinterPersonality } from '../personalities/printers.ts';
import { PaperRoll } from '../render/roll.ts';
import { PtyWire } from '../wires/pty.ts';
import { TcpWire } from '../wires/tcp.ts';
import type { Wire } from '../wires/wire.ts';
import { systemClock } from '../world/clock.ts';
import { untilStopped } from './hands.ts';
import { CONTROLS, control } from './printer-controls.ts';
import { type Say, sayer } from './say.ts';

interface Options {
  readonly port?: string;
  readonly tcp?: number;
  readonly paper: '58' | '80';
  readonly personality?: PrinterPersonality;
  readonly baud?: number;
  readonly roll?: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** The picture of the roll is not written more often. */
const QUIET_MS = 200;
const BITS_PER_BYTE = 10;
const WRONG_USAGE = 2;

/** `tillwire-sim printer`: one receipt printer on a pseudo-terminal or a TCP port, until Ctrl-C or `quit`. */
export function registerPrinter(program: Command, exit: Exit): void {
  program
    .command('printer')
    .description('a receipt printer on a pty or a TCP port; what it prints is written as picture and text')
    .option('--port <path>', 'name for the pseudo-terminal: a link that is made (default: in a folder of its own)')
    .option('--tcp <port>', 'listen on this TCP port of loopback instead; 0: chosen by the kernel', wholeNumber(65_535))
    .addOption(new Option('--paper <mm>', 'paper width').choices(['58', '80']).default('58'))
    .addOption(
      new Option(
        '--personality <name>',
        `make and firmware: ${Object.keys(PRINTERS).join(', ')}, or a file (docs/add-a-make.md)`,
      ).argParser(known),
    )
    .option('--baud <rate>', 'pace of the cable', wholeNumber(4_000_000, 1))
    .option('--roll <mm>', 'paper on the roll', wholeNumber(1_000_000))
    .option('--out <folder>', 'write roll.png, roll.txt, roll.json and each slip as slip-N.bin')
    .option('--json', 'one JSON value for each event')
    .addHelpText(
      'after',
      `\nLines on standard input, as a person at the printer: ${CONTROLS.join(', ')}, status, quit\n` +
        '\nExample:\n  tillwire-sim printer --tcp 9100 --personality epson-80 --out /tmp/paper\n',
    )
    .action(async (options: Options) => {
      exit.code = await run(options);
    });
}

function known(name: string): PrinterPersonality {
  try {
    const personality = printerFrom(name);
    if (personality) return personality;
  } catch (error) {
    if (error instanceof PersonalityError) throw new InvalidArgumentError(error.message);
    throw error;
  }
  throw new InvalidArgumentError(`Known are ${Object.keys(PRINTERS).join(', ')}.`);
}

const wholeNumber =
  (most: number, least = 0) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`A whole number from ${least} to ${most}.`);
  };

async function run(options: Options): Promise<number> {
  const { personality = PRINTERS[`generic-${options.paper}`] } = options;
  try {
    if (options.out !== undefined) mkdirSync(options.out, { recursive: true });
    const mouth = await openWire(options);
    const bench = new PrinterBench(personality, mouth.wire, options);
    bench.tell({ event: 'open', at: mouth.at, personality: personality.name, dots: personality.profile.dots });
    await bench.untilStopped();
    await mouth.close();
    return 0;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    process.stderr.write(`tillwire-sim printer: ${error.message}; choose another path or port. / 请换一个路径或端口\n`);
    return WRONG_USAGE;
  }
}

async function openWire({ port, tcp }: Options): Promise<{ wire: Wire; at: string; close: () => Promise<void> }> {
  if (tcp !== undefined) {
    const wire = await TcpWire.open(tcp);
    return { wire, at: `127.0.0.1:${wire.port}`, close: () => wire.close() };
  }
  const folder = port === undefined ? mkdtempSync(join(tmpdir(), 'tillwire-printer-')) : undefined;
  const wire = new PtyWire({ link: port ?? join(folder ?? '.', 'printer') });
  const close = async () => {
    await wire.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
  return { wire, at: wire.path, close };
}

/** The printer on the bench: its events as lines, its paper as files, a person's hands on standard input. */
class PrinterBench {
  readonly tell: Say;
  readonly #options: Options;
  readonly #printer: PrinterModel;
  readonly #roll: PaperRoll;
  #slips = 0;
  #callOff: (() => void) | undefined;

  constructor(personality: PrinterPersonality, wire: Wire, options: Options) {
    this.#options = options;
    this.tell = sayer(options.json === true);
    this.#roll = new PaperRoll(personality.profile.dots);
    const pace = options.baud === undefined ? {} : { bytesPerSecond: options.baud / BITS_PER_BYTE };
    const line = new PrinterLine(wire, { clock: systemClock, ...pace });
    this.#printer = new PrinterModel({
      personality,
      clock: systemClock,
      ...(options.roll !== undefined && { rollMm: options.roll }),
      send: (bytes) => line.say(bytes),
      onReady: (ready) => ready && line.go(),
      onSlip: (slip, bytes) => this.#slip(slip, bytes),
      onProblem: (problem) => {
        this.#roll.report(problem);
        this.tell({ event: 'problem', ...problem });
      },
      onState: (state) => this.tell({ event: 'state', ...said(state) }),
      onDrawer: (kick) => this.tell({ event: 'drawer', ...kick }),
      onIdle: () => this.#writeSoon(),
    });
    line.join(this.#printer);
  }

  async untilStopped(): Promise<void> {
    await untilStopped((order) => this.#do(order));
    this.#callOff?.();
    this.#write();
  }

  #do(order: string): void {
    if (order === 'status')
      this.tell({ event: 'state', ...said(this.#printer.state), leftMm: Math.round(this.#printer.paperLeftMm) });
    else if (!control(this.#printer, order)) this.tell({ event: 'unknown', order, known: CONTROLS });
    this.#writeSoon();
  }

  #slip(slip: Slip, bytes: Uint8Array): void {
    this.#slips += 1;
    this.#roll.add(slip);
    const { lines, qr, barcodes, cut, drawer } = summariseSlip(slip);
    this.tell({ event: 'slip', number: this.#slips, lines: lines.length, qr, barcodes, cut, drawer });
    const { out } = this.#options;
    if (out !== undefined) writeFileSync(join(out, `slip-${this.#slips}.bin`), bytes);
    this.#writeSoon();
  }

  #writeSoon(): void {
    if (this.#options.out === undefined) return;
    this.#callOff ??= systemClock.after(QUIET_MS, () => {
      this.#callOff = undefined;
      if (this.#printer.isIdle) this.#write();
      else this.#writeSoon();
    });
  }

  #write(): void {
    const { out } = this.#options;
    if (out === undefined) return;
    const hanging = this.#printer.unfinished;
    writeFileSync(join(out, 'roll.png'), this.#roll.png(hanging));
    writeFileSync(join(out, 'roll.txt'), this.#roll.text(hanging));
    writeFileSync(join(out, 'roll.json'), `${JSON.stringify(this.#roll.summary(hanging), undefined, 2)}\n`);
  }
}

function said(state: PrinterState) {
  return { online: !isOffline(state), ...state };
}
