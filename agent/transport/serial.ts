import type { SerialPort } from 'serialport';
import type { Clock } from '../clock.ts';
import type { ByteLink, LinkListener, LinkProblem } from './link.ts';
import { portHolder } from './port-holder.ts';
import { openProblem } from './port-problems.ts';
import { SerialConnection } from './serial-connection.ts';
import { type Connection, type LinkDeps, SupervisedLink } from './supervised-link.ts';

export interface SerialOptions {
  readonly path: string;
  readonly baudRate: number;
  /** default 8 */
  readonly dataBits?: 7 | 8;
  /** default none */
  readonly parity?: 'none' | 'even' | 'odd';
  /** default 1 */
  readonly stopBits?: 1 | 2;
  /** hardware flow control; default false */
  readonly rtscts?: boolean;
  /** the device holds our bytes back with XOFF (13) until XON (11); default false. IXANY stays off (cups 287) */
  readonly xon?: boolean;
  /** asks the driver for its shortest latency timer (FTDI: 1 ms for 16 ms); a port that cannot is used as it is */
  readonly lowLatency?: boolean;
}

/** An open that takes longer is told as a problem; it is waited for all the same, a second one would only hang too. */
const OPEN_DEADLINE_MS = 5000;

/** A serial port that is opened, watched and reopened until closed. */
export function openSerialLink(options: SerialOptions, listener: LinkListener, deps: LinkDeps): ByteLink {
  return new SupervisedLink((tell) => connectSerial(options, deps.clock, tell), listener, deps);
}

/** One connection. Never rejects. */
export async function connectSerial(
  options: SerialOptions,
  clock: Clock,
  tell: (problem: LinkProblem) => void,
): Promise<Connection | LinkProblem> {
  const { path } = options;
  const callOff = clock.after(OPEN_DEADLINE_MS, () =>
    tell({ code: 'PORT_FAILED', path, detail: `the port did not open within ${OPEN_DEADLINE_MS} ms` }),
  );
  try {
    const holder = process.platform === 'linux' ? await portHolder(path) : undefined;
    if (holder) return { code: 'PORT_BUSY', path, detail: `held by process ${holder.pid} (${holder.command})` };
    return new SerialConnection(await openPort(options), clock);
  } catch (error) {
    return openProblem(path, error);
  } finally {
    callOff();
  }
}

/** A fresh SerialPort for every connection: a used one would send what was written while it was closed. */
async function openPort(options: SerialOptions): Promise<SerialPort> {
  const { SerialPort } = await import('serialport');
  const { lowLatency = false, ...line } = options;
  const settings = { ...line, ...(await mendedBinding()), autoOpen: false };
  const port = new SerialPort(settings);
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  if (lowLatency) await askLowLatency(port);
  return port;
}

async function mendedBinding(): Promise<object> {
  if (process.platform !== 'linux') return {};
  return { binding: (await import('./linux-binding.ts')).linuxBinding };
}

/** DTR and RTS stay raised, as the open left them. PTYs and many adapters know no latency timer: no reason to fail. */
async function askLowLatency(port: SerialPort): Promise<void> {
  const wish = { brk: false, cts: false, dsr: false, dtr: true, rts: true, lowLatency: true };
  await new Promise((done) => port.set(wish, done));
}
