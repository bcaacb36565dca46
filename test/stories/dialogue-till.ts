import { systemClock } from '../../agent/clock.ts';
import type { ByteLink } from '../../agent/transport/link.ts';
import { openSerialLink } from '../../agent/transport/serial.ts';
import type {
  TerminalCommand,
  TerminalDialogue,
  TerminalEffect,
  TerminalInput,
  TerminalNews,
  TerminalResult,
} from '../../protocols/terminal/messages.ts';

type LateResult = Extract<TerminalEffect, { do: 'store-late-result' }>['result'];
type Done = Extract<TerminalNews, { kind: 'done' | 'not-done' }>;

/** A till's dialogue above the real serialport; its disk takes a turn of the event loop. */
export class DialogueTill {
  readonly stored: TerminalResult[] = [];
  readonly late: LateResult[] = [];
  readonly written: Uint8Array[] = [];
  ups = 0;
  /** the disk refuses so many times */
  diskFails = 0;
  onStep: () => void = () => undefined;
  readonly #dialogue: TerminalDialogue;
  readonly #link: ByteLink;
  readonly #looks = new Set<() => void>();
  #done: ((news: Done) => void) | undefined;
  #sending: Promise<unknown> = Promise.resolve();
  #callOff: () => void = () => undefined;

  constructor(dialogue: TerminalDialogue, path: string, baudRate: number) {
    this.#dialogue = dialogue;
    this.#link = openSerialLink(
      { path, baudRate },
      {
        up: (at) => {
          this.ups += 1;
          this.#handle({ kind: 'connected', at });
        },
        bytes: (bytes, at) => this.#handle({ kind: 'bytes', bytes, at }),
        down: (_, at) => this.#handle({ kind: 'disconnected', at }),
      },
      { clock: systemClock, random: () => 0.5 },
    );
  }

  /** Until the command is over, one way or the other. */
  async command(command: TerminalCommand): Promise<Done> {
    await this.until(() => this.#link.isUp);
    return new Promise((resolve) => {
      this.#done = resolve;
      this.#handle({ kind: 'command', command, at: systemClock.mono() });
    });
  }

  until(condition: () => boolean, deadlineMs = 10_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`not within ${deadlineMs} ms: ${String(condition)}`)),
        deadlineMs,
      );
      const look = () => {
        if (!condition()) return;
        this.#looks.delete(look);
        clearTimeout(timer);
        resolve();
      };
      this.#looks.add(look);
      look();
    });
  }

  /** What a till does with effects that are none of the neutral ones. */
  perform(effects: readonly TerminalEffect[]): void {
    for (const effect of effects) this.#perform(effect);
    this.#arm();
    this.onStep();
    for (const look of this.#looks) look();
  }

  async close(): Promise<void> {
    this.#callOff();
    await this.#sending;
    await this.#link.close();
  }

  #handle(input: TerminalInput): void {
    this.perform(this.#dialogue.handle(input));
  }

  #perform(effect: TerminalEffect): void {
    switch (effect.do) {
      case 'write':
        this.written.push(effect.bytes);
        this.#sending = this.#sending.then(() => this.#link.write(effect.bytes, 2000, 'taken'));
        return;
      case 'store-result':
        return this.#disk(() => this.stored.push(effect.result));
      case 'store-late-result':
        return this.#disk(() => this.late.push(effect.result));
      case 'tell':
        if (effect.news.kind === 'done' || effect.news.kind === 'not-done') this.#tell(effect.news);
        return;
      case 'reconnect':
    }
  }

  #disk(write: () => void): void {
    systemClock.after(0, () => {
      const at = systemClock.mono();
      if (this.diskFails > 0) {
        this.diskFails -= 1;
        return this.#handle({ kind: 'not-stored', at });
      }
      write();
      this.#handle({ kind: 'stored', at });
    });
  }

  #tell(news: Done): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(news);
  }

  #arm(): void {
    this.#callOff();
    const due = this.#dialogue.nextDeadline;
    if (due === undefined) return;
    this.#callOff = systemClock.after(Math.max(0, due - systemClock.mono()), () =>
      this.#handle({ kind: 'time', at: systemClock.mono() }),
    );
  }
}
