import type { Scan } from '../../protocols/scanner/scan.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { openDeviceLink } from '../devices/device-link.ts';
import { SlipPrinter } from '../devices/printer.ts';
import type { PrinterStatus } from '../devices/printer-status.ts';
import { ScannerGun } from '../devices/scanner.ts';
import { parseAddress } from '../transport/address.ts';
import type { ByteLink, LinkListener, LinkProblem } from '../transport/link.ts';

// Devices of a till whose agent does not run: opened, looked at, let go.

/** A port opens in milliseconds, a HID gun's descriptor is read in some tens. */
const OPEN_MS = 2_000;
/** How long a gun may take to answer the commands of its language: the longest of its time-outs, with the repeats. */
const ANSWER_MS = 10_000;
const LOOK_MS = 50;
/** The printer's answers come in 300 ms, or never. */
const STATUS_MS = 1_500;

export interface GunLook {
  readonly up: boolean;
  readonly problem?: LinkProblem;
  /** what became of the commands that its language begins with; not asked: it begins with none that is answered */
  readonly answer: 'done' | 'failed' | 'none' | 'not-asked';
  /** the command of its configured language that it refused or did not answer */
  readonly commandFailed?: string;
  readonly scan?: Pick<Scan, 'aim' | 'source'> & { readonly length: number };
}

/** Opens the gun as the agent does; waits for a scan when somebody stands there. What was scanned is not told. */
export async function lookAtGun(scanner: Config['scanner'], clock: Clock, scanWithinMs: number): Promise<GunLook> {
  const { prefix, idleMs, ...rest } = scanner;
  const config = { ...rest, ...(prefix === undefined ? {} : { prefix }), ...(idleMs === undefined ? {} : { idleMs }) };
  let problem: LinkProblem | undefined;
  let commandFailed: string | undefined;
  let isDone = false;
  let up = () => {};
  let scanned = (_scan: Scan) => {};
  const isUp = new Promise<true>((resolve) => {
    up = () => resolve(true);
  });
  const isScanned = new Promise<Scan>((resolve) => {
    scanned = resolve;
  });
  const events = {
    onScan: (scan: Scan) => scanned(scan),
    onNoise: () => undefined,
    onNoRead: () => undefined,
    onDuplicate: () => undefined,
    onUp: () => up(),
    onDown: (trouble: LinkProblem) => {
      problem = trouble;
    },
    onCommandDone: () => {
      isDone = true;
    },
    onCommandFailed: ({ command, outcome }: { readonly command: string; readonly outcome: string }) => {
      commandFailed = `${command}: ${outcome}`;
    },
  };
  const gun = new ScannerGun(config, events, clock, (listener) => openAt(config, listener, clock));
  try {
    const opened = (await within(clock, OPEN_MS, isUp)) === true;
    if (!opened) return { up: false, answer: 'not-asked', ...(problem && { problem }) };
    const until = clock.mono() + ANSWER_MS;
    const isAsked = gun.owesAnswer || isDone || commandFailed !== undefined;
    while (gun.owesAnswer && clock.mono() < until) await pause(clock, LOOK_MS);
    const scan = scanWithinMs > 0 ? await within(clock, scanWithinMs, isScanned) : undefined;
    return {
      up: true,
      answer: commandFailed !== undefined ? 'failed' : isDone ? 'done' : isAsked ? 'none' : 'not-asked',
      ...(commandFailed !== undefined && { commandFailed }),
      ...(scan && {
        scan: { length: scan.text.length, source: scan.source, ...(scan.aim !== undefined && { aim: scan.aim }) },
      }),
    };
  } finally {
    await gun.close();
  }
}

export interface PrinterLook {
  readonly problem?: LinkProblem;
  /** absent: it opened, and did not answer */
  readonly status?: PrinterStatus;
}

export async function lookAtPrinter(printer: NonNullable<Config['printer']>, clock: Clock): Promise<PrinterLook> {
  let problem: LinkProblem | undefined;
  let said = (_status: PrinterStatus) => {};
  const status = new Promise<PrinterStatus>((resolve) => {
    said = resolve;
  });
  const nothing = () => undefined;
  const events = {
    onUp: nothing,
    onDown: (trouble: LinkProblem) => {
      problem = trouble;
    },
    onStatus: (told: PrinterStatus) => said(told),
    onHeld: nothing,
    onLateProof: nothing,
  };
  const device = new SlipPrinter(printer, events, clock, (listener) => openAt(printer, listener, clock));
  try {
    const told = await within(clock, STATUS_MS, status);
    return { ...(problem && { problem }), ...(told && { status: told }) };
  } finally {
    await device.close();
  }
}

function openAt(
  line: { readonly path: string; readonly baudRate: number },
  listener: LinkListener,
  clock: Clock,
): ByteLink {
  const address = parseAddress(line.path) ?? { kind: 'serial', path: line.path };
  return openDeviceLink(address, line, listener, { clock, random: () => 0.5 });
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** What it resolves to, or `undefined` when that takes longer. */
export function within<T>(clock: Clock, ms: number, what: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const callOff = clock.after(ms, () => resolve(undefined));
    what.then(resolve, reject).finally(callOff);
  });
}
