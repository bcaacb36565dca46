import { closeSync, constants, openSync } from 'node:fs';
import {
  EVENT_BYTES,
  type EvdevWidth,
  encodeInputEvents,
  KeyStates,
  ledEvents,
  parseInputEvents,
} from '../../protocols/scanner/evdev.ts';
import type { Clock } from '../clock.ts';
import { lockDevice } from './device-lock.ts';
import type { LinkProblem, Peer, WriteOutcome } from './link.ts';
import { errorText, openProblem } from './port-problems.ts';
import type { Connection } from './supervised-link.ts';

/** As many as the kernel keeps. */
const EVENTS_AT_ONCE = 64;
const WIDTH: EvdevWidth = ['arm', 'ia32', 'mips', 'mipsel'].includes(process.arch) ? 'bits32' : 'bits64';

const NOBODY = (): void => undefined;

/** What is used of an open file that is waited on without a thread (linux-binding.ts). */
interface Keys {
  read(buffer: Buffer, offset: number, length: number): Promise<{ bytesRead: number }>;
  write(buffer: Buffer): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens /dev/input/eventN and takes its keys, so that the gun types into no other program; its reports come as those of a
 * HID keyboard. Linux only. Never rejects. `grab`: throws when it cannot.
 */
export async function openKeyboard(
  path: string,
  peer: Peer,
  clock: Clock,
  grab: (fd: number) => void | Promise<void> = grabbing,
): Promise<Connection | LinkProblem> {
  if (process.platform !== 'linux')
    return { code: 'DEVICE_UNSUPPORTED', path, detail: 'a keyboard gun can be taken on Linux only' };
  const release = lockDevice(path);
  if ('code' in release) return release;
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY);
    await grab(fd);
    return new KeyboardConnection(await pollable(fd), path, peer, clock, release);
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    release();
    return grabProblem(path, error);
  }
}

async function grabbing(fd: number): Promise<void> {
  (await import('./evdev-grab.ts')).grabKeys(fd);
}

async function pollable(fd: number): Promise<Keys> {
  const { LinuxPort } = await import('./linux-binding.ts');
  return new LinuxPort(fd, {} as ConstructorParameters<typeof LinuxPort>[1]);
}

function grabProblem(path: string, error: unknown): LinkProblem {
  const detail = errorText(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EBUSY') return { code: 'PORT_BUSY', path, detail };
  if (code === 'ENOTTY' || code === 'EINVAL') return { code: 'DEVICE_UNSUPPORTED', path, detail };
  return openProblem(path, error);
}

class KeyboardConnection implements Connection {
  readonly peer: Peer;
  readonly #keys: Keys;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #release: () => void;
  readonly #states = new KeyStates();
  #onLost: (problem: LinkProblem) => void = NOBODY;
  #alive = true;
  #closing: Promise<void> | undefined;

  constructor(keys: Keys, path: string, peer: Peer, clock: Clock, release: () => void) {
    this.#keys = keys;
    this.#path = path;
    this.#clock = clock;
    this.peer = { ...peer, keys: true };
    this.#release = release;
  }

  start(onReport: (report: Uint8Array) => void, onLost: (problem: LinkProblem) => void): void {
    this.#onLost = onLost;
    void this.#listen(onReport);
  }

  async #listen(onReport: (report: Uint8Array) => void): Promise<void> {
    const buffer = Buffer.alloc(EVENTS_AT_ONCE * EVENT_BYTES[WIDTH]);
    try {
      while (this.#alive) {
        const { bytesRead } = await this.#keys.read(buffer, 0, buffer.length);
        const events = parseInputEvents(Uint8Array.from(buffer.subarray(0, bytesRead)), WIDTH);
        for (const report of this.#states.push(events)) if (this.#alive) onReport(report);
      }
    } catch (error) {
      this.#lose(errorText(error));
    }
  }

  /** An output report: id 00, then the lights. */
  async write(report: Uint8Array, deadlineMs: number): Promise<WriteOutcome> {
    if (!this.#alive) return { kind: 'not-written', cause: 'DOWN' };
    const lights = this.#keys.write(Buffer.from(encodeInputEvents(ledEvents(report[1] ?? 0), WIDTH)));
    const written = lights.then(
      (): WriteOutcome => ({ kind: 'written' }),
      (): WriteOutcome => ({ kind: 'unknown', cause: 'LOST' }),
    );
    return Promise.race([
      written,
      new Promise<WriteOutcome>((done) =>
        this.#clock.after(deadlineMs, () => done({ kind: 'unknown', cause: 'DEADLINE' })),
      ),
    ]);
  }

  #lose(detail: string): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#onLost({ code: 'PORT_LOST', path: this.#path, detail });
  }

  /** The close gives the keys back. */
  close(): Promise<void> {
    this.#alive = false;
    this.#onLost = NOBODY;
    this.#closing ??= this.#keys
      .close()
      .catch(NOBODY)
      .finally(() => this.#release());
    return this.#closing;
  }
}
