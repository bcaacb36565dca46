import { type Command, Option } from 'commander';
import type { KeyboardLayoutName } from '../../protocols/scanner/keyboard-layouts.ts';
import type { Exit } from '../cli.ts';
import { GUN_PROTOCOLS, type GunProtocol, isGunProtocol } from '../personalities/guns.ts';
import { headOf, protocolOf, Recorder } from '../recording/recorder.ts';
import { RecordingWriter } from '../recording/recording-file.ts';
import { DeviceServerWire } from '../wires/device-server.ts';
import { type HostPort, openHostPort } from '../wires/host-port.ts';
import { PtyWire } from '../wires/pty.ts';
import { ReportStreamWire } from '../wires/report-stream.ts';
import type { PortWire } from '../wires/wire.ts';
import { systemClock } from '../world/clock.ts';
import { fraction } from '../world/fraction.ts';
import { ended } from './hands.ts';
import { sayer } from './say.ts';

interface Options {
  readonly out: string;
  readonly protocol?: string;
  readonly baud: string;
  readonly through?: string;
  readonly layout: KeyboardLayoutName;
  readonly seconds?: string;
  readonly json?: boolean;
}

/** `tillwire-sim record DEVICE --out FILE`: a real gun, to be replayed; no paycode is ever written. */
export function registerRecord(program: Command, exit: Exit): void {
  program
    .command('record')
    .argument('<device>', 'a serial port, /dev/hidrawN (Linux), tcp://host:port or reports://host:port')
    .description('record a real gun to a file in which every code is another one of the same kind and length')
    .requiredOption('--out <file>', 'a new file')
    .option('--protocol <name>', `what a serial gun speaks: ${GUN_PROTOCOLS.join(', ')}; a HID gun says it itself`)
    .option('--baud <rate>', 'speed of the line', '9600')
    .option(
      '--through <where>',
      "pty:LINK or tcp:PORT, where the till's program finds the gun meanwhile; default: only listen",
    )
    .addOption(new Option('--layout <name>', 'of a keyboard gun').choices(['us', 'de', 'fr']).default('us'))
    .option('--seconds <n>', 'stop by itself; default: until Ctrl-C')
    .option('--json', 'one JSON object a line: opened, recorded')
    .addHelpText(
      'after',
      '\nExamples:\n  tillwire-sim record /dev/ttyACM0 --protocol ssi --through pty:/tmp/gun --out gun.jsonl\n' +
        '  tillwire-sim replay gun.jsonl --on pty --path /tmp/gun --fast\n',
    )
    .action(async (device: string, options: Options) => {
      exit.code = await run(device, options);
    });
}

async function run(device: string, options: Options): Promise<number> {
  const { protocol = 'serial-line', seconds } = options;
  const baudRate = Number(options.baud);
  if (!isGunProtocol(protocol)) return refuse(`--protocol is one of ${GUN_PROTOCOLS.join(', ')}`);
  if (!(Number.isInteger(baudRate) && baudRate >= 300 && baudRate <= 4_000_000))
    return refuse('--baud is 300 to 4000000');
  if (seconds !== undefined && !/^[1-9]\d{0,5}$/.test(seconds)) return refuse('--seconds is a whole number from 1 on');
  let port: HostPort | undefined;
  try {
    port = await openHostPort(device, baudRate);
    return await record(port, protocol, baudRate, options);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  } finally {
    await port?.close();
  }
}

async function record(port: HostPort, wanted: GunProtocol, baudRate: number, options: Options): Promise<number> {
  const { hello } = port;
  const say = sayer(options.json === true);
  const protocol = hello ? protocolOf(hello) : wanted;
  if (!protocol) return refuse('this HID device is no gun that is known here');
  if (!hello && ['hid-pos', 'hid-keyboard', 'vguang'].includes(protocol))
    return refuse(`${protocol} is spoken in reports: give reports://host:port`);
  const through = await openThrough(options.through, port);
  if (typeof through === 'string') return refuse(through);
  const writer = new RecordingWriter(options.out, headOf(protocol, baudRate, hello));
  const recorder = new Recorder({
    port,
    protocol,
    writer,
    clock: systemClock,
    random: fraction,
    keyboard: options.layout,
    ...(through && { through }),
  });
  say({ event: 'opened', protocol, ...(through && { path: through.path }) });
  const why = await stopAsked(port, options.seconds);
  recorder.end();
  writer.close();
  await through?.close();
  say({ event: 'recorded', pieces: recorder.written, file: options.out, because: why });
  return 0;
}

async function openThrough(text: string | undefined, { hello }: HostPort): Promise<PortWire | undefined | string> {
  if (text === undefined) return undefined;
  const [, kind, rest = ''] = /^(pty|tcp):(.+)$/.exec(text) ?? [];
  if (kind === 'pty' && !hello) return new PtyWire({ link: rest });
  if (kind !== 'tcp' || !/^\d{1,5}$/.test(rest))
    return hello ? '--through is tcp:PORT for a HID gun' : '--through is pty:LINK or tcp:PORT';
  const wire = hello ? new ReportStreamWire(hello, Number(rest)) : new DeviceServerWire({ port: Number(rest) });
  await wire.open();
  return wire;
}

function stopAsked(port: HostPort, seconds: string | undefined): Promise<string> {
  return new Promise((resolve) => {
    port.onGone = resolve;
    void ended().then(resolve);
    if (seconds !== undefined) systemClock.after(Number(seconds) * 1000, () => resolve(`${seconds} s are over`));
  });
}

function refuse(reason: string): number {
  console.error(`tillwire-sim record: ${reason}`);
  return 2;
}
