import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { writePbm } from '../../protocols/signature/pbm.ts';
import type { PadMessage } from '../../protocols/terminal/pad/messages.ts';
import type { Exit } from '../cli.ts';
import { png } from '../render/png.ts';
import { isPadFault, PAD_FAULTS, type PadFault } from '../terminals/pad-faults.ts';
import { SimulatedPad } from '../terminals/pad-mouth.ts';
import { isPadPersonality, PAD_PERSONALITIES } from '../terminals/pad-personalities.ts';
import { DeviceServerWire } from '../wires/device-server.ts';
import { PtyWire } from '../wires/pty.ts';
import type { PortWire } from '../wires/wire.ts';
import { systemClock } from '../world/clock.ts';
import { fraction } from '../world/fraction.ts';
import { untilStopped } from './hands.ts';
import { type Say, sayer } from './say.ts';

interface Options {
  readonly personality: string;
  readonly path?: string;
  readonly tcp?: string;
  readonly fault: readonly string[];
  readonly signMs?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly list?: boolean;
}

/** `tillwire-sim pad`: one signature pad on a pty or a TCP port, until Ctrl-C or `quit`. */
export function registerPad(program: Command, exit: Exit): void {
  program
    .command('pad')
    .description('a signature pad (A0..A5) on a pty or a TCP port; its customer signs by himself')
    .option('--personality <name>', Object.keys(PAD_PERSONALITIES).join(', '), 'vx820-pad')
    .option('--path <link>', 'pty: a link with a name that stays; else a fresh one in a temporary folder')
    .option('--tcp <port>', 'listen on this TCP port of loopback instead; 0: chosen by the kernel')
    .option('--fault <name>', 'what goes wrong with the signatures, one after the other; may be repeated', collect, [])
    .option('--sign-ms <ms>', 'how long the customer takes')
    .option('--out <folder>', 'write each signature as signature-N.png and .pbm')
    .option('--list', 'personalities and faults')
    .option('--json', 'one JSON value for each event')
    .addHelpText(
      'after',
      '\nLines on standard input: the name of a fault for the next signature, ledger, quit\n' +
        '\nExample:\n  tillwire-sim pad --path /tmp/pad --fault three-re-signs --out /tmp/signatures\n',
    )
    .action(async (options: Options) => {
      exit.code = options.list ? list(options.json === true) : await run(options);
    });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function list(json: boolean): number {
  const personalities = Object.entries(PAD_PERSONALITIES).map(([name, { title }]) => ({ name, title }));
  const faults = Object.entries(PAD_FAULTS).map(([name, title]) => ({ name, title }));
  if (json) console.log(JSON.stringify({ personalities, faults }));
  else {
    for (const { name, title } of personalities) console.log(`${name.padEnd(26)}${title}`);
    console.log('\nfaults');
    for (const { name, title } of faults) console.log(`  ${name.padEnd(24)}${title}`);
  }
  return 0;
}

async function run(options: Options): Promise<number> {
  const { personality: name, tcp = '0', signMs } = options;
  if (!isPadPersonality(name)) return refuse(`unknown personality ${name}; see --list`);
  const unknown = options.fault.find((fault) => !isPadFault(fault));
  if (unknown !== undefined) return refuse(`unknown fault ${unknown}; see --list`);
  if (!/^\d{1,5}$/.test(tcp)) return refuse('--tcp wants a port');
  if (signMs !== undefined && !/^\d{1,6}$/.test(signMs)) return refuse('--sign-ms wants milliseconds');
  const folder = options.path === undefined ? mkdtempSync(join(tmpdir(), 'tillwire-pad-')) : undefined;
  try {
    if (options.out !== undefined) mkdirSync(options.out, { recursive: true });
    const link = options.path ?? join(folder ?? '.', 'pad');
    const wire =
      options.tcp === undefined ? new PtyWire({ link }) : await DeviceServerWire.listening({ port: Number(tcp) });
    const personality = { ...PAD_PERSONALITIES[name], ...(signMs !== undefined && { signMs: Number(signMs) }) };
    const bench = new PadBench(wire, personality, options);
    for (const fault of options.fault.filter(isPadFault)) bench.breakNext(fault);
    await bench.untilStopped();
    await wire.close();
    return 0;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return refuse(error.message);
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function refuse(line: string): number {
  process.stderr.write(`tillwire-sim pad: ${line}\n`);
  return 2;
}

class PadBench {
  readonly #pad: SimulatedPad;
  readonly #options: Options;
  readonly #print: Say;

  constructor(
    wire: PortWire,
    personality: ConstructorParameters<typeof SimulatedPad>[1]['personality'],
    options: Options,
  ) {
    this.#options = options;
    this.#print = sayer(options.json === true);
    this.#pad = new SimulatedPad(wire, {
      personality,
      clock: systemClock,
      random: fraction,
      onHeard: (message) => this.#tell('heard', message),
      onSaid: (message) => this.#said(message),
    });
    this.#print({ event: 'open', at: wire.path, personality: options.personality });
  }

  breakNext(fault: PadFault): void {
    this.#pad.model.breakNext(fault);
  }

  async untilStopped(): Promise<void> {
    await untilStopped((order) => this.#do(order));
    this.#pad.close();
  }

  #do(order: string): void {
    if (isPadFault(order)) this.breakNext(order);
    else if (order === 'ledger') this.#print({ event: 'ledger', signatures: this.#ledger() });
    else this.#print({ event: 'unknown', order, known: ['ledger', 'quit', ...Object.keys(PAD_FAULTS)] });
  }

  #ledger() {
    return this.#pad.model.ledger.map(({ sequence, featureCode, resigned, kept }) => ({
      sequence,
      featureCode,
      resigned,
      kept,
    }));
  }

  #said(message: PadMessage): void {
    if (message.name !== 'heartbeat') this.#tell('said', message);
    const { out } = this.#options;
    const last = this.#pad.model.ledger.at(-1);
    if (message.name !== 'signed' || out === undefined || !last) return;
    writeFileSync(join(out, `signature-${message.sequence}.png`), png(last.bitmap));
    writeFileSync(join(out, `signature-${message.sequence}.pbm`), writePbm(last.bitmap));
  }

  #tell(event: string, { name, ...fields }: PadMessage): void {
    const shown = Object.entries(fields).map(([key, value]) => [
      key,
      value instanceof Uint8Array ? `${value.length} bytes` : value,
    ]);
    this.#print({ event, message: name, ...Object.fromEntries(shown) });
  }
}
