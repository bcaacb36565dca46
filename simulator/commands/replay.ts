import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { fromHex } from '../../protocols/bytes/hex.ts';
import type { Exit } from '../cli.ts';
import { type RecordingHead, readRecording } from '../recording/recording-file.ts';
import { replay } from '../recording/replayer.ts';
import { DeviceServerWire } from '../wires/device-server.ts';
import { PtyWire } from '../wires/pty.ts';
import { ReportStreamWire } from '../wires/report-stream.ts';
import type { PortWire } from '../wires/wire.ts';
import { systemClock } from '../world/clock.ts';
import { ended } from './hands.ts';
import { sayer } from './say.ts';

interface Options {
  readonly on?: string;
  readonly path?: string;
  readonly port: string;
  readonly fast?: boolean;
  readonly delay: string;
  readonly hold?: boolean;
  readonly stay?: boolean;
  readonly patience: string;
  readonly json?: boolean;
}

/** `tillwire-sim replay FILE`: a recorded gun, as a simulated device. */
export function registerReplay(program: Command, exit: Exit): void {
  program
    .command('replay')
    .argument('<file>', 'of tillwire-sim record')
    .description('a recorded gun as a simulated device: says what it said, and waits where the till spoke')
    .option('--on <wire>', 'pty, tcp, or report-stream for a HID gun; default: what it was')
    .option('--path <link>', 'pty: a link with a name that stays; else a fresh one in a temporary folder')
    .option('--port <number>', 'TCP and report stream: 0 = chosen by the kernel', '0')
    .option('--fast', 'long pauses are cut to 150 ms')
    .option('--delay <ms>', 'from the moment that somebody opened it to the first word', '500')
    .option('--hold', 'begins when a line comes on standard input')
    .option('--stay', 'stays plugged in afterwards, until Ctrl-C')
    .option('--patience <ms>', 'how long the till may take to say what it said then', '2000')
    .option('--json', 'one JSON object a line: opened, replayed')
    .addHelpText('after', '\nExample:\n  tillwire-sim replay gun.jsonl --on tcp --port 7301 --fast\n')
    .action(async (file: string, options: Options) => {
      exit.code = await run(file, options);
    });
}

const WIRES = ['pty', 'tcp', 'report-stream'] as const;

async function run(file: string, options: Options): Promise<number> {
  const { patience, port, delay } = options;
  const say = sayer(options.json === true);
  if (!/^\d{1,6}$/.test(delay)) return refuse('--delay is a number of milliseconds');
  if (!/^\d{1,6}$/.test(patience)) return refuse('--patience is a number of milliseconds');
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return refuse('--port is 0 to 65535');
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-replay-'));
  let wire: PortWire | undefined;
  try {
    const recording = readRecording(file);
    const on = options.on ?? (recording.head.usb ? 'report-stream' : 'pty');
    const kind = WIRES.find((one) => one === on);
    if (!kind) return refuse(`--on is ${WIRES.join(', ')}`);
    if ((kind === 'report-stream') !== (recording.head.usb !== undefined))
      return refuse(
        `a gun that speaks ${recording.head.protocol} hangs on ${recording.head.usb ? 'a report-stream' : 'a pty or tcp'}`,
      );
    wire = await openWire(kind, options.path ?? join(folder, 'gun'), Number(port), recording.head);
    say({ event: 'opened', protocol: recording.head.protocol, path: wire.path });
    if (!(await visited(wire))) return refuse('nobody opened it within 30 s');
    if (options.hold) await aLine();
    else await pause(Number(delay));
    const done = await replay(recording, wire, systemClock, {
      fast: options.fast === true,
      patienceMs: Number(patience),
    });
    say({ event: 'replayed', ...done });
    if (options.stay) await stopAsked();
    return done.lost === 0 ? 0 : 1;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  } finally {
    await wire?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function openWire(
  kind: (typeof WIRES)[number],
  link: string,
  port: number,
  head: RecordingHead,
): Promise<PortWire> {
  if (kind === 'pty') return new PtyWire({ link });
  const { usb } = head;
  const wire = usb
    ? new ReportStreamWire(
        { kind: 'hello', ...usb, serialNumber: 'RECORDED', descriptor: fromHex(usb.descriptor) ?? new Uint8Array() },
        port,
      )
    : new DeviceServerWire({ port });
  await wire.open();
  return wire;
}

const HOLD_MS = 60_000;
const LOOK_MS = 20;
const PATIENCE_MS = 30_000;

const pause = (ms: number) => new Promise<void>((resolve) => systemClock.after(ms, resolve));

/** A socket tells when somebody is there, a pty does not: what it says before it is opened is thrown away. */
async function visited(wire: PortWire): Promise<boolean> {
  if (!('hasVisitor' in wire)) return true;
  for (let waited = 0; wire.hasVisitor !== true && waited < PATIENCE_MS; waited += LOOK_MS) await pause(LOOK_MS);
  return wire.hasVisitor === true;
}

/** Somebody presses Enter, or the input ends. */
async function aLine(): Promise<void> {
  await new Promise<void>((resolve) => process.stdin.once('data', () => resolve()).once('end', resolve));
  process.stdin.pause();
}

async function stopAsked(): Promise<void> {
  // a wire without a visitor holds no process
  const hold = setInterval(() => undefined, HOLD_MS);
  await ended();
  clearInterval(hold);
}

function refuse(reason: string): number {
  console.error(`tillwire-sim replay: ${reason}`);
  return 2;
}
