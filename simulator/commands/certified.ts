import type { Command } from 'commander';
import type { LifeMark } from '../../protocols/terminal/certified/messages.ts';
import { LIFECYCLE, parseLocation } from '../../protocols/terminal/terminal-info.ts';
import type { Exit } from '../cli.ts';
import { CERTIFIED_FAULTS, type CertifiedFault, SimulatedCertifiedTerminal } from '../terminals/certified-terminal.ts';
import { PtyWire } from '../wires/pty.ts';
import { systemClock } from '../world/clock.ts';
import { untilStopped } from './hands.ts';

interface Options {
  readonly path: string;
  readonly serial: string;
  readonly place?: string;
  readonly mark: string;
  readonly key: string;
  readonly fault?: string;
}

const HELP = `on standard input: ${Object.keys(CERTIFIED_FAULTS).join(', ')}, mend, serial NUMBER, mark MARK, place +30.2/+120.1, quit`;

/** `tillwire-sim certified`: the security module of a certified terminal on a pty, until Ctrl-C or `quit`. */
export function registerCertified(program: Command, exit: Exit): void {
  program
    .command('certified')
    .description('a certified terminal on a pty: says who it is and makes the MAC of secret_text')
    .requiredOption('--path <link>', 'a link with a name that stays')
    .option('--serial <number>', 'its serial number', '00000902KS8312000000000001')
    .option('--mark <mark>', Object.keys(LIFECYCLE).join(', '), 'Work')
    .option('--place <place>', 'where it measures itself to be; absent: it cannot tell')
    .option('--key <hex>', 'SM4 key, 16 bytes', '00112233445566778899AABBCCDDEEFF')
    .option('--fault <name>', 'what goes wrong from the beginning')
    .addHelpText(
      'after',
      `\n${HELP}\n\nExample:\n  tillwire-sim certified --path /tmp/certified --place +30.274085/+120.15507\n`,
    )
    .action(async (options: Options) => {
      exit.code = await run(options);
    });
}

async function run({ path, serial, place, mark, key, fault }: Options): Promise<number> {
  if (!isMark(mark)) return refuse(`--mark: ${Object.keys(LIFECYCLE).join(', ')}`);
  if (!/^[0-9A-Fa-f]{32}$/.test(key)) return refuse('--key wants 32 hex digits');
  if (place !== undefined && !parseLocation(place)) return refuse('--place wants +30.274085/+120.15507');
  if (fault !== undefined && !isFault(fault)) return refuse(`--fault: ${Object.keys(CERTIFIED_FAULTS).join(', ')}`);
  const wire = new PtyWire({ link: path });
  const identity = { mark, serial, ...(place === undefined ? {} : { location: place }) };
  const device = new SimulatedCertifiedTerminal(wire, { identity, key: Buffer.from(key, 'hex'), clock: systemClock });
  device.fault = fault;
  tell({ event: 'open', at: path, ...identity });
  await untilStopped((order) => {
    const [verb = '', word = ''] = order.split(/\s+/);
    tell(obey(device, verb, word) ? { event: 'done', verb } : { event: 'help', help: HELP });
  });
  await wire.close();
  return 0;
}

/** False: nothing that is understood. */
function obey(device: SimulatedCertifiedTerminal, verb: string, word: string): boolean {
  if (verb === 'mend') device.fault = undefined;
  else if (isFault(verb)) device.fault = verb;
  else if (verb === 'serial' && /^[!-~]{1,50}$/.test(word)) device.identity = { ...device.identity, serial: word };
  else if (verb === 'mark' && isMark(word)) device.identity = { ...device.identity, mark: word };
  else if (verb === 'place' && parseLocation(word)) device.identity = { ...device.identity, location: word };
  else return false;
  return true;
}

function isFault(text: string): text is CertifiedFault {
  return Object.hasOwn(CERTIFIED_FAULTS, text);
}

function isMark(text: string): text is LifeMark {
  return Object.hasOwn(LIFECYCLE, text);
}

function tell(line: object): void {
  console.log(JSON.stringify(line));
}

function refuse(line: string): number {
  process.stderr.write(`tillwire-sim certified: ${line}\n`);
  return 2;
}
