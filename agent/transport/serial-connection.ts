import type { SerialPort } from 'serialport';
import type { Clock } from '../clock.ts';
import type { LinkProblem, WriteOutcome } from './link.ts';
import { errorText } from './port-problems.ts';
import type { Connection } from './supervised-link.ts';

/** A device that accepts nothing can hold a close for 30 s (closing_wait) or longer; the next open then says PORT_BUSY. */
const RELEASE_DEADLINE_MS = 2000;

/** A stock binding can miss an unplug, and a core spins then: that is noticed at the next probe (yardstick 200 ms). */
const PROBE_MS = 150;
/**
 * The mended binding hears of every unplug from the kernel, at once (linux-binding.ts). Its probe is a second witness, should the
 * kernel's word ever stay away, and an idle till is not woken for it seven times a second.
 */
const MENDED_PROBE_MS = 5_000;

/**
 * A slip takes longer than this on its line; on a small machine the thread that waits for its end would take the processor from
 * whoever carries it.
 */
const DRAINED_AFTER_MS = 2;
/** What is shorter may be out before that: its end is asked for at once. */
const SHORT_BYTES = 64;

const NOBODY = (): void => undefined;

/**
 * One SerialPort object that is open. What serialport 13 leaves out (scanners.md 5, field-lessons.md 7 X2 and X3): callbacks
 * of write, drain and close that may never come, `close` that comes twice, a dead port that looks open.
 */
export class SerialConnection implements Connection {
  readonly #port: SerialPort;
  readonly #clock: Clock;
  #onLost: (problem: LinkProblem) => void = NOBODY;
  #endWrite: (outcome: WriteOutcome) => void = NOBODY;
  #stopProbe: () => void = NOBODY;
  #alive = true;
  /** bytes of ours may still be on their way out */
  #unfinished = false;
  #closing: Promise<void> | undefined;

  constructor(port: SerialPort, clock: Clock) {
    this.#port = port;
    this.#clock = clock;
    port.on('error', (error: Error) => this.#lose(errorText(error)));
    port.on('close', (error: Error | null) => this.#lose(error ? errorText(error) : 'the port was closed'));
  }

  start(onBytes: (bytes: Uint8Array) => void, onLost: (problem: LinkProblem) => void): void {
    this.#onLost = onLost;
    this.#port.on('data', (bytes: Buffer) => {
      if (this.#alive) onBytes(bytes);
    });
    this.#probeLater();
  }

  write(bytes: Uint8Array, deadlineMs: number, until: 'sent' | 'taken' = 'sent'): Promise<WriteOutcome> {
    if (!this.#alive || !this.#port.isOpen) return Promise.resolve({ kind: 'not-written', cause: 'DOWN' });
    if (bytes.length === 0) return Promise.resolve({ kind: 'written' });
    this.#unfinished = true;
    return new Promise((resolve) => {
      const callOff = this.#clock.after(deadlineMs, () => {
        this.#endWrite({ kind: 'unknown', cause: 'DEADLINE' });
        this.#lose(`a write of ${bytes.length} bytes did not end within ${deadlineMs} ms`);
      });
      this.#endWrite = (outcome) => {
        this.#endWrite = NOBODY;
        callOff();
        resolve(outcome);
      };
      if (until === 'sent') this.#writeAndDrain(Buffer.from(bytes));
      else this.#writeOnly(Buffer.from(bytes));
    });
  }

  #writeAndDrain(bytes: Buffer): void {
    this.#port.write(bytes, (error) => {
      if (error) return this.#lose(errorText(error));
      if (bytes.length < SHORT_BYTES) this.#drain();
      else this.#clock.after(DRAINED_AFTER_MS, () => this.#drain());
    });
  }

  #drain(): void {
    if (!this.#alive) return;
    this.#port.drain((failed) => {
      if (failed) this.#lose(errorText(failed));
      else this.#wrote();
    });
  }

  /** They may still be on their way out when the port is closed, so `#unfinished` stays. */
  #writeOnly(bytes: Buffer): void {
    this.#port.write(bytes, (error) => {
      if (error) this.#lose(errorText(error));
      else if (this.#alive) this.#endWrite({ kind: 'written' });
    });
  }

  #wrote(): void {
    if (!this.#alive) return;
    this.#unfinished = false;
    this.#endWrite({ kind: 'written' });
  }

  /** Once; `error`, `close`, the probe and a deadline may all tell of the same end. */
  #lose(detail: string): void {
    if (!this.#alive) return;
    this.#end();
    this.#onLost({ code: 'PORT_LOST', path: this.#port.path, detail });
  }

  #end(): void {
    this.#alive = false;
    this.#stopProbe();
    this.#endWrite({ kind: 'unknown', cause: 'LOST' });
  }

  close(): Promise<void> {
    this.#end();
    this.#closing ??= Promise.race([
      this.#release(),
      new Promise<void>((done) => this.#clock.after(RELEASE_DEADLINE_MS, done)),
    ]);
    return this.#closing;
  }

  /** Bytes that the device did not take are thrown away: they keep close() waiting, and must not print on a later day. */
  async #release(): Promise<void> {
    const port = this.#port;
    if (this.#unfinished && port.isOpen) await new Promise((done) => port.flush(done));
    if (port.isOpen) await new Promise((done) => port.close(done));
    // an errored stream says `close` before its port is closed
    while (port.closing) await new Promise((done) => port.once('close', done).once('error', done));
  }

  #probeLater(): void {
    const ms = this.#binding?.probe ? MENDED_PROBE_MS : PROBE_MS;
    if (this.#alive) this.#stopProbe = this.#clock.after(ms, () => void this.#probe());
  }

  get #binding(): { getBaudRate(): unknown; probe?(): void } | undefined {
    return this.#port.port;
  }

  /**
   * Stock bindings are asked for the baud rate: TCGETS2 has no effect on the device and fails in every dead state; where it
   * is not known the port is not probed.
   */
  async #probe(): Promise<void> {
    try {
      const binding = this.#binding;
      if (binding?.probe) binding.probe();
      else await binding?.getBaudRate();
    } catch (error) {
      if (/not implemented/.test(errorText(error))) return;
      return this.#lose(errorText(error));
    }
    this.#probeLater();
  }
}
