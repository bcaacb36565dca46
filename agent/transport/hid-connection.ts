import type { HIDAsync } from 'node-hid';
import type { Clock } from '../clock.ts';
import { lockDevice } from './device-lock.ts';
import type { LinkProblem, Peer, WriteOutcome } from './link.ts';
import { errorText, openProblem } from './port-problems.ts';
import type { Connection } from './supervised-link.ts';

/** A close waits for the read thread, which wakes every 50 ms. */
const RELEASE_DEADLINE_MS = 2000;
/** An open that takes longer: hidapi asks the device for its strings, and a dead one answers none. */
const OPEN_DEADLINE_MS = 6000;

const NOBODY = (): void => undefined;

/** Opens a HID device through node-hid, or says why not. Never rejects. */
export async function openHid(path: string, peer: Peer, clock: Clock): Promise<Connection | LinkProblem> {
  const release = lockDevice(path);
  if ('code' in release) return release;
  try {
    const { HIDAsync: Device } = await import('node-hid');
    const opening = Device.open(path);
    const device = await Promise.race([opening, pause(clock, OPEN_DEADLINE_MS)]);
    if (device) return new HidConnection(device, path, peer, clock, release);
    // whenever it does open, nobody wants it any more
    opening.then((late) => late.close()).catch(() => undefined);
    release();
    return { code: 'PORT_FAILED', path, detail: `it did not open within ${OPEN_DEADLINE_MS} ms` };
  } catch (error) {
    release();
    return hidProblem(path, error);
  }
}

function pause(clock: Clock, ms: number): Promise<undefined> {
  return new Promise((done) => clock.after(ms, () => done(undefined)));
}

function hidProblem(path: string, error: unknown): LinkProblem {
  // the binary needs libusb and libudev, also for hidraw
  if (error instanceof Error && 'code' in error && error.code === 'ERR_DLOPEN_FAILED')
    return { code: 'HID_UNAVAILABLE', path, detail: error.message.split('\n')[0] ?? '' };
  return openProblem(path, error);
}

/**
 * One HID device that is open. What node-hid 3.4 leaves out (scanners.md 5.1): its `error` carries a string, nothing is
 * closed after it, a write to a device that is gone may wait, and a silent device costs 5 s for each feature report.
 */
class HidConnection implements Connection {
  readonly peer: Peer;
  readonly #device: HIDAsync;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #release: () => void;
  #onLost: (problem: LinkProblem) => void = NOBODY;
  #endWrite: (outcome: WriteOutcome) => void = NOBODY;
  #alive = true;
  #closing: Promise<void> | undefined;

  constructor(device: HIDAsync, path: string, peer: Peer, clock: Clock, release: () => void) {
    this.#device = device;
    this.#path = path;
    this.peer = peer;
    this.#clock = clock;
    this.#release = release;
    // without a listener the string would end the process
    device.on('error', (error: unknown) => this.#lose(errorText(error)));
  }

  start(onReport: (report: Uint8Array) => void, onLost: (problem: LinkProblem) => void): void {
    this.#onLost = onLost;
    // nothing is read before there is a listener
    this.#device.on('data', (report: Buffer) => {
      if (this.#alive) onReport(report);
    });
  }

  write(report: Uint8Array, deadlineMs: number): Promise<WriteOutcome> {
    return this.#within(deadlineMs, () => this.#device.write(Buffer.from(report)));
  }

  sendFeature(report: Uint8Array, deadlineMs: number): Promise<WriteOutcome> {
    return this.#within(deadlineMs, () => this.#device.sendFeatureReport(Buffer.from(report)));
  }

  /** A report that does not leave in time is told as unclear; the connection goes on, for codes may still come. */
  #within(deadlineMs: number, run: () => Promise<unknown>): Promise<WriteOutcome> {
    if (!this.#alive) return Promise.resolve({ kind: 'not-written', cause: 'DOWN' });
    return new Promise((resolve) => {
      const callOff = this.#clock.after(deadlineMs, () => this.#endWrite({ kind: 'unknown', cause: 'DEADLINE' }));
      this.#endWrite = (outcome) => {
        this.#endWrite = NOBODY;
        callOff();
        resolve(outcome);
      };
      const end = this.#endWrite;
      run().then(
        () => end({ kind: 'written' }),
        (error: unknown) => {
          end({ kind: 'unknown', cause: 'LOST' });
          if (/no such device/i.test(errorText(error))) this.#lose(errorText(error));
        },
      );
    });
  }

  #lose(detail: string): void {
    if (!this.#alive) return;
    this.#end();
    this.#onLost({ code: 'PORT_LOST', path: this.#path, detail });
  }

  #end(): void {
    this.#alive = false;
    this.#endWrite({ kind: 'unknown', cause: 'LOST' });
  }

  close(): Promise<void> {
    this.#end();
    this.#onLost = NOBODY;
    this.#closing ??= Promise.race([
      this.#device.close().catch(NOBODY),
      new Promise<void>((done) => this.#clock.after(RELEASE_DEADLINE_MS, done)),
    ]).finally(() => this.#release());
    return this.#closing;
  }
}
