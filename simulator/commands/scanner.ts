import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import type { Exit } from '../cli.ts';
import { GUN_FAULTS, type GunFault, isGunFault } from '../faults/gun-faults.ts';
import type { SimulatedGun } from '../guns/gun.ts';
import { GUN_WIRES, type GunWire, gunOn, openGunWire, usualWire } from '../guns/gun-port.ts';
import type { Ending } from '../guns/model.ts';
import { gunFrom } from '../personalities/gun-file.ts';
import { GUN_PERSONALITIES, GUN_PROTOCOLS, type GunPersonality, isGunProtocol } from '../personalities/guns.ts';
import { PersonalityError } from '../personalities/make-file.ts';
import type { PortWire } from '../wires/wire.ts';
import { systemClock } from '../world/clock.ts';
import { fraction } from '../world/fraction.ts';
import { type Say, sayer } from './say.ts';

interface Options {
  readonly protocol: string;
  readonly personality?: string;
  readonly wire?: string;
  readonly path?: string;
  readonly port: string;
  readonly baud?: string;
  readonly fault: readonly string[];
  readonly code: readonly string[];
  readonly json?: boolean;
  readonly list?: boolean;
}

interface Settings {
  readonly personality: GunPersonality;
  readonly wire: GunWire;
  readonly path: string | undefined;
  readonly port: number;
  readonly baudRate: number | undefined;
  readonly faults: readonly GunFault[];
  readonly codes: readonly string[];
  readonly json: boolean;
}

/** One code is typed and scanned; nobody keeps more than a drawer of them waiting. */
const MAX_CODE_CHARS = 7089;

/** `tillwire-sim scanner`: one gun on a pty, a TCP port or a report stream. */
export function registerScanner(program: Command, exit: Exit): void {
  program
    .command('scanner')
    .description('one scanner gun; every line of standard input is a code that it reads')
    .option('--protocol <name>', GUN_PROTOCOLS.join(', '), 'serial-line')
    .option('--personality <name>', 'a make and its settings (see --list), or a file of one; chooses the protocol too')
    .option('--wire <kind>', `${GUN_WIRES.join(', ')}; default: what the gun has`)
    .option('--path <link>', 'pty: a link with a name that stays; else a fresh one in a temporary folder')
    .option('--port <number>', 'TCP and report stream: 0 = chosen by the kernel', '0')
    .option('--baud <rate>', 'line speed; default: the personality')
    .option('--fault <name>', 'what goes wrong with the codes, one after the other; may be repeated', collect, [])
    .option('--code <code>', 'a test code to be read, then end; - reads one from standard input', collect, [])
    .option('--list', 'personalities and faults')
    .option('--json', 'one JSON object a line: opened, scan, sign')
    .addHelpText(
      'after',
      '\nA real paycode belongs on standard input, never on the command line.\n\nExamples:\n  tillwire-sim scanner --protocol ssi --path /tmp/gun\n  tillwire-sim scanner --personality hid-pos-honeywell --port 7300\n',
    )
    .action(async (options: Options) => {
      exit.code = options.list ? list(options.json === true) : await run(options);
    });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function list(json: boolean): number {
  const personalities = Object.entries(GUN_PERSONALITIES).map(([name, { protocol, title }]) => ({
    name,
    protocol,
    title,
  }));
  const faults = Object.entries(GUN_FAULTS).map(([name, title]) => ({ name, title }));
  if (json) console.log(JSON.stringify({ personalities, faults }));
  else {
    for (const { name, protocol, title } of personalities)
      console.log(`${name.padEnd(22)}${protocol.padEnd(14)}${title}`);
    console.log('\nfaults');
    for (const { name, title } of faults) console.log(`  ${name.padEnd(20)}${title}`);
  }
  return 0;
}

async function run(options: Options): Promise<number> {
  const settings = parse(options);
  if (typeof settings === 'string') return refuse(settings);
  const folder = settings.path === undefined ? mkdtempSync(join(tmpdir(), 'tillwire-gun-')) : undefined;
  try {
    return await open(settings, settings.path ?? `${folder}/gun`);
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Never a bare /dev/pts/N: after an unplug the kernel gives the number to somebody else's pty. */
async function open(settings: Settings, link: string): Promise<number> {
  const { personality, wire: kind, port, baudRate } = settings;
  const { protocol, title } = personality;
  const say = sayer(settings.json);
  const opened = (path: string) => say({ event: 'opened', protocol, wire: kind, path, title });
  let wire: PortWire;
  try {
    wire = await openGunWire(personality, { wire: kind, link, port });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  const gun = gunOn(wire, personality, {
    clock: systemClock,
    random: fraction,
    ...(baudRate === undefined ? {} : { baudRate }),
    onMoved: opened,
  });
  gun.onSign = (sign) => say({ event: 'sign', ...sign });
  opened(wire.path);
  try {
    await visited(wire);
    return await serve(gun, settings, say);
  } finally {
    gun.close();
    await wire.close();
  }
}

/** How long a gun that reads at once waits for the pty to be opened: what comes before is thrown away by the open. */
const PTY_VISIT_MS = 500;
const LOOK_MS = 20;
const PATIENCE_MS = 30_000;

/** A socket tells when somebody is there, a pty does not. */
async function visited(wire: PortWire): Promise<void> {
  const pause = (ms: number) => new Promise<void>((resolve) => systemClock.after(ms, resolve));
  if (!('hasVisitor' in wire)) return pause(PTY_VISIT_MS);
  for (let waited = 0; wire.hasVisitor !== true && waited < PATIENCE_MS; waited += LOOK_MS) await pause(LOOK_MS);
}

const GOOD: ReadonlySet<Ending> = new Set(['said', 'acknowledged']);

/** Reads codes until they are over; 1 when one of them was not delivered. */
async function serve(gun: SimulatedGun, { codes, faults }: Settings, say: Say): Promise<number> {
  let serial = 0;
  let missed = 0;
  const scan = async (code: string) => {
    const fault = faults[serial % Math.max(1, faults.length)];
    serial += 1;
    const { how, data } = await gun.scan(code, fault === undefined ? {} : { fault });
    if (!GOOD.has(how)) missed += 1;
    // a code is a secret also of a simulated shop: what is shown is how long it was
    say({ event: 'scan', id: serial, bytes: data.length, how, ...(fault === undefined ? {} : { fault }) });
  };
  const given = codes.filter((code) => code !== '-');
  for (const code of given) await scan(code);
  if (codes.length === 0 || codes.includes('-')) await eachLine(codes.includes('-') ? 1 : Infinity, gun, scan);
  return missed === 0 ? 0 : 1;
}

/** Standard input, line by line, until its end or Ctrl-C. */
async function eachLine(limit: number, gun: SimulatedGun, scan: (code: string) => Promise<void>): Promise<void> {
  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
  const stop = () => lines.close();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  let count = 0;
  for await (const line of lines) {
    const code = line.slice(0, MAX_CODE_CHARS);
    if (code === '') gun.noRead();
    else await scan(code);
    count += 1;
    if (count >= limit) break;
  }
}

function parse(options: Options): Settings | string {
  const personality = personalityOf(options);
  if (typeof personality === 'string') return personality;
  const wire = options.wire ?? usualWire(personality);
  if (!isWire(wire)) return `--wire is ${GUN_WIRES.join(', ')}`;
  if ('usb' in personality !== (wire === 'report-stream'))
    return `a gun that speaks ${personality.protocol} hangs on ${'usb' in personality ? 'a report stream' : 'a pty or TCP'}`;
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return '--port is 0 to 65535';
  const baudRate = options.baud === undefined ? undefined : Number(options.baud);
  if (baudRate !== undefined && !(Number.isInteger(baudRate) && baudRate >= 300 && baudRate <= 4_000_000))
    return '--baud is 300 to 4000000';
  const unknown = options.fault.find((name) => !isGunFault(name));
  if (unknown !== undefined) return `--fault ${unknown} is not known; there are: ${Object.keys(GUN_FAULTS).join(', ')}`;
  return {
    personality,
    wire,
    path: options.path,
    port,
    baudRate,
    faults: options.fault.filter(isGunFault),
    codes: options.code,
    json: options.json === true,
  };
}

function personalityOf({ protocol, personality }: Options): GunPersonality | string {
  if (personality === undefined && !isGunProtocol(protocol))
    return `--protocol ${protocol} is not known; there are: ${GUN_PROTOCOLS.join(', ')}`;
  try {
    return (
      gunFrom(personality ?? protocol) ?? `--personality ${personality} is not known; see --list, or a file *.json`
    );
  } catch (error) {
    if (error instanceof PersonalityError) return error.message;
    throw error;
  }
}

function isWire(name: string): name is GunWire {
  return (GUN_WIRES as readonly string[]).includes(name);
}

function refuse(reason: string): number {
  console.error(`tillwire-sim scanner: ${reason}`);
  return 2;
}
