import process from 'node:process';
import { type Clock, systemClock } from '../../agent/clock.ts';
import { openSerialLink } from '../../agent/transport/serial.ts';
import { PtyWire } from '../../simulator/wires/pty.ts';
import { CycleListener, cycle } from './plug-cycles.ts';

// So many plug cycles of a serial gun on a pty, in a process of its own: what is measured is the link and not the test.
// Waits are a fiftieth, so that a thousand cycles take a minute.

const [, , link = '', cycles = '1000'] = process.argv;
const FASTER = 50;

const clock: Clock = { ...systemClock, after: (ms, run) => systemClock.after(ms / FASTER, run) };
const wire = new PtyWire({ link });
const listener = new CycleListener();
const opened = openSerialLink({ path: link, baudRate: 9600 }, listener, { clock, random: () => 0.5 });
const device = {
  say: (code: string) => wire.send(Buffer.from(code)),
  pull: () => wire.hangup(),
  plug: () => wire.replug(),
};
const samples = await cycle(device, listener, Number(cycles), Math.max(1, Math.floor(Number(cycles) / 50)));
process.send?.(samples);
await opened.close();
await wire.close();
process.disconnect?.();
