import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Exit } from '../cli.ts';
import { isTerminalFault, TERMINAL_FAULTS, type TerminalFault } from '../faults/terminal-faults.ts';
import { PersonalityError } from '../personalities/make-file.ts';
import { terminalFrom } from '../personalities/terminal-file.ts';
import { TERMINAL_MAKES, type TerminalMake } from '../personalities/terminal-makes.ts';
import type { TerminalPersonality } from '../personalities/terminals.ts';
import type { LedgerEntry } from '../terminals/ledger.ts';
import {
  openTerminal,
  type SimulatedZvtTerminal,
  TERMINAL_WIRES,
  type TerminalWire,
} from '../terminals/terminal-port.ts';
import { STRIPE_AMOUNTS, TEST_AMOUNTS } from '../terminals/test-amounts.ts';
import { systemClock } from '../world/clock.ts';
import { untilStopped } from './hands.ts';
import { type Say, sayer } from './say.ts';
import { type AckedTerminalOptions, runAckedTerminal } from './terminal-acked.ts';
import { listMis, runMisTerminal } from './terminal-mis.ts';

interface Options {
  readonly protocol: string;
  readonly personality?: string;
  readonly wire: string;
  readonly path?: string;
  readonly port: string;
  readonly amounts: string;
  readonly fault: readonly string[];
  readonly json?: boolean;
  readonly list?: boolean;
}

interface Settings {
  readonly personality: TerminalPersonality;
  readonly wire: TerminalWire;
  readonly path: string | undefined;
  readonly port: number;
  readonly amounts: 'ours' | 'stripe';
  readonly faults: readonly TerminalFault[];
  readonly json: boolean;
}

const AMOUNTS = { ours: TEST_AMOUNTS, stripe: STRIPE_AMOUNTS };
/** What `--protocol` stands for when no make is named. */
const USUAL = {
  zvt: 'zvt-plain',
  transbank: 'transbank',
  kbtg: 'link-kbtg',
  ghl: 'ghl',
  nets: 'nets',
  nccc: 'nccc',
  mis: 'boc-yinjie',
} as const;
const ORDERS = 'ledger, fault NAME, paper in, paper out, settlement, holds expire, restart, quit';

/** `tillwire-sim terminal`: one card terminal on a pty or a TCP port, until Ctrl-C or `quit`. */
export function registerTerminal(program: Command, exit: Exit): void {
  program
    .command('terminal')
    .description('a card terminal with card, PIN, printer, batch and host; the amount chooses what becomes of a sale')
    .option('--protocol <name>', Object.keys(USUAL).join(', '), 'zvt')
    .option(
      '--personality <name>',
      `make and settings: ${Object.keys(TERMINAL_MAKES).join(', ')}, or a file *.json; chooses the protocol too`,
    )
    .option('--wire <kind>', `${TERMINAL_WIRES.join(', ')}; pty: DLE frames, tcp: bare messages`, 'pty')
    .option('--path <link>', 'pty: a link with a name that stays; else a fresh one in a temporary folder')
    .option('--port <number>', 'TCP: 0 = chosen by the kernel; real terminals have 20007', '0')
    .option('--amounts <table>', 'which last two digits mean what: ours, stripe', 'ours')
    .option('--fault <name>', 'something that goes wrong once, the next time it can; may be repeated', collect, [])
    .option('--list', 'personalities, faults and amounts')
    .option('--json', 'one JSON object a line: opened, entry, ledger')
    .addHelpText(
      'after',
      `\nLines on standard input: ${ORDERS}\n\nExample:\n  tillwire-sim terminal --protocol zvt --wire tcp --port 20007 --fault answer-lost\n`,
    )
    .action(async (options: Options) => {
      exit.code = options.list ? listOf(options) : await serve(options);
    });
}

function listOf({ protocol, json }: Options): number {
  return protocol === 'mis' ? tellMis(json === true) : list(json === true);
}

function tellMis(json: boolean): number {
  const { personalities, faults } = listMis();
  if (json) console.log(JSON.stringify({ personalities, faults }));
  else for (const { name, title } of [...personalities, ...faults]) console.log(`${name.padEnd(26)}${title}`);
  return 0;
}

async function serve(options: Options): Promise<number> {
  const make = makeOf(options);
  if (typeof make === 'string') return refuse(make);
  const { amounts } = options;
  if (amounts !== 'ours' && amounts !== 'stripe') return refuse('--amounts is ours, stripe');
  if (make.protocol === 'zvt') return run(options, make.personality);
  // the MIS terminal has its own faults; wires and orders are the same
  if (make.protocol === 'mis') {
    const name = options.personality ?? USUAL.mis;
    return onWire(options, (on) => runMisTerminal({ ...on, name, personality: make.personality }));
  }
  return onWire(options, (on) => runAckedTerminal({ ...on, make, amounts: AMOUNTS[amounts] }));
}

/** The make that was named, or the usual one of the protocol; or why there is none. */
function makeOf({ protocol, personality }: Options): TerminalMake | string {
  const usual = Object.entries(USUAL).find(([name]) => name === protocol)?.[1];
  if (usual === undefined) return `--protocol is ${Object.keys(USUAL).join(', ')}`;
  try {
    const known = Object.keys(TERMINAL_MAKES).join(', ');
    return terminalFrom(personality ?? usual) ?? `--personality is ${known}, or a file *.json`;
  } catch (error) {
    if (error instanceof PersonalityError) return error.message;
    throw error;
  }
}

type OnWire = Pick<AckedTerminalOptions, 'port' | 'link' | 'faults' | 'say' | 'untilStopped'>;

async function onWire(options: Options, serve: (on: OnWire) => Promise<string | undefined>): Promise<number> {
  const { path, wire, port, fault, json } = options;
  if (!isWire(wire)) return refuse(`--wire is ${TERMINAL_WIRES.join(', ')}`);
  if (!/^\d{1,5}$/.test(port)) return refuse('--port is 0 to 65535');
  const folder = path === undefined ? mkdtempSync(join(tmpdir(), 'tillwire-terminal-')) : undefined;
  try {
    const problem = await serve({
      port: wire === 'tcp' ? Number(port) : undefined,
      link: path ?? `${folder}/terminal`,
      faults: fault,
      say: sayer(json === true),
      untilStopped,
    });
    return problem === undefined ? 0 : refuse(problem);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function list(json: boolean): number {
  const personalities = Object.entries<TerminalMake>(TERMINAL_MAKES)
    .filter(([, { protocol }]) => protocol !== 'mis')
    .map(([name, { personality }]) => ({ name, title: personality.title }));
  const faults = Object.entries(TERMINAL_FAULTS).map(([name, { floor, title }]) => ({ name, floor, title }));
  const amounts = Object.entries(TEST_AMOUNTS).map(([digits, { meaning }]) => ({ digits, meaning }));
  if (json) console.log(JSON.stringify({ personalities, faults, amounts }));
  else {
    for (const { name, title } of personalities) console.log(`${name.padEnd(22)}${title}`);
    console.log('\nfaults');
    for (const { name, floor, title } of faults) console.log(`  ${name.padEnd(20)}${floor.padEnd(10)}${title}`);
    console.log('\nlast two digits of the amount');
    for (const { digits, meaning } of amounts) console.log(`  ${digits}  ${meaning}`);
  }
  return 0;
}

async function run(options: Options, personality: TerminalPersonality): Promise<number> {
  const settings = parse(options, personality);
  if (typeof settings === 'string') return refuse(settings);
  const folder = settings.path === undefined ? mkdtempSync(join(tmpdir(), 'tillwire-terminal-')) : undefined;
  try {
    return await open(settings, settings.path ?? `${folder}/terminal`);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function open({ personality, wire, port, amounts, faults, json }: Settings, link: string): Promise<number> {
  const say = sayer(json);
  const opened = await openTerminal({ personality, clock: systemClock, amounts: AMOUNTS[amounts], wire, link, port });
  opened.terminal.faults.arm(...faults);
  say({ event: 'opened', protocol: 'zvt', wire, path: opened.path, personality: personality.name });
  await untilStopped((order) => obey(order, opened.terminal, say));
  await opened.close();
  return 0;
}

function obey(order: string, { model, faults, zvt, ledger }: SimulatedZvtTerminal, say: Say): void {
  const [verb = '', name = ''] = order.split(/\s+/);
  if (order === 'ledger')
    say({ event: 'ledger', total: ledger.total(), waiting: faults.waiting, entries: ledger.entries.map(told) });
  else if (verb === 'fault' && isTerminalFault(name)) faults.arm(name);
  else if (verb === 'paper' && (name === 'in' || name === 'out')) model.hasPaper = name === 'in';
  else if (order === 'settlement') model.needsSettlement = true;
  else if (order === 'holds expire') model.expireHolds(Number.POSITIVE_INFINITY);
  else if (order === 'restart') zvt.restart();
  else say({ event: 'unknown', order, known: ORDERS });
}

function told({ kind, receipt, trace, batch, amount, state, code, of }: LedgerEntry) {
  return { kind, receipt, trace, batch, amount, state, code, ...(of && { of: of.receipt }) };
}

function parse(options: Options, personality: TerminalPersonality): Settings | string {
  const { wire, path, amounts } = options;
  if (!isWire(wire)) return `--wire is ${TERMINAL_WIRES.join(', ')}`;
  if (amounts !== 'ours' && amounts !== 'stripe') return '--amounts is ours, stripe';
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return '--port is 0 to 65535';
  const unknown = options.fault.find((name) => !isTerminalFault(name));
  if (unknown !== undefined)
    return `--fault ${unknown} is not known; there are: ${Object.keys(TERMINAL_FAULTS).join(', ')}`;
  return {
    personality,
    wire,
    path,
    port,
    amounts,
    faults: options.fault.filter(isTerminalFault),
    json: options.json === true,
  };
}

function isWire(name: string): name is TerminalWire {
  return (TERMINAL_WIRES as readonly string[]).includes(name);
}

function refuse(reason: string): number {
  console.error(`tillwire-sim terminal: ${reason}`);
  return 2;
}
