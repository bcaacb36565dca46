import net from 'node:net';
import { performance } from 'node:perf_hooks';
import { SerialPort } from 'serialport';
import type {
  FinancialCommand,
  TerminalEffect,
  TerminalInput,
  TerminalNews,
  TerminalResult,
} from '../../protocols/terminal/messages.ts';
import { ZvtTill } from '../../protocols/terminal/zvt/till.ts';

/** A till on a real port: the real serialport, or a real socket. Its journal is a list. */
export class LiveTill {
  readonly journal: TerminalResult[] = [];
  readonly news: TerminalNews[] = [];
  readonly heard: Uint8Array[] = [];
  readonly till: ZvtTill;
  readonly #path: string;
  #port: SerialPort | net.Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #woken: (() => void)[] = [];

  constructor(path: string) {
    this.#path = path;
    const transport = path.startsWith('tcp://') ? 'tcp' : 'serial';
    this.till = new ZvtTill({
      transport,
      password: '000000',
      currency: 978,
      printsOnTill: true,
      messageIds: false,
      receiptSync: false,
    });
  }

  open(): void {
    const port = this.#path.startsWith('tcp://') ? this.#socket() : this.#serial();
    this.#port = port;
    port.on('data', (bytes: Buffer) => {
      this.heard.push(new Uint8Array(bytes));
      this.#handle({ kind: 'bytes', bytes: new Uint8Array(bytes), at: performance.now() });
    });
    port.on('error', () => undefined);
    port.once('close', () => this.#lost());
  }

  /** Resolves with the final word about a command; what nobody knows is asked after. */
  async money(command: FinancialCommand): Promise<TerminalResult> {
    await this.#until(() => this.till.state.phase.name === 'idle');
    this.#handle({ kind: 'command', command, at: performance.now() });
    for (;;) {
      await this.#until(() => this.till.state.phase.name === 'idle');
      const { pending } = this.till.state;
      const known = this.journal.findLast(({ reference }) => reference === command.reference);
      if (!pending && known) return known;
      if (pending)
        this.#handle({ kind: 'command', command: { kind: 'queryLast', about: pending }, at: performance.now() });
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    if (this.#port instanceof net.Socket) this.#port.destroy();
    else if (this.#port?.isOpen === true) this.#port.close();
  }

  #socket(): net.Socket {
    const [host = '', number = ''] = this.#path.slice('tcp://'.length).split(':');
    return net.connect(Number(number), host, () => this.#handle({ kind: 'connected', at: performance.now() }));
  }

  #serial(): SerialPort {
    const settings = { path: this.#path, baudRate: 9600, stopBits: 2, autoOpen: true } as const;
    const port = new SerialPort(settings, (error) => {
      if (error) this.#lost();
      else this.#handle({ kind: 'connected', at: performance.now() });
    });
    return port;
  }

  #lost(): void {
    this.#handle({ kind: 'disconnected', at: performance.now() });
    if (!this.#isClosed) setTimeout(() => !this.#isClosed && this.open(), 100);
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((wake) => this.#woken.push(wake));
  }

  #handle(input: TerminalInput): void {
    this.#perform(this.till.handle(input));
    clearTimeout(this.#timer);
    const due = this.till.nextDeadline;
    if (due !== undefined && !this.#isClosed)
      this.#timer = setTimeout(
        () => this.#handle({ kind: 'time', at: performance.now() }),
        Math.max(1, due - performance.now()),
      );
    for (const wake of this.#woken.splice(0)) wake();
  }

  #perform(effects: readonly TerminalEffect[]): void {
    for (const effect of effects) {
      if (effect.do === 'write') this.#port?.write(effect.bytes);
      else if (effect.do === 'tell') this.news.push(effect.news);
      else if (effect.do === 'reconnect') this.#drop();
      else {
        if (effect.do === 'store-result') this.journal.push(effect.result);
        setImmediate(() => this.#handle({ kind: 'stored', at: performance.now() }));
      }
    }
  }

  #drop(): void {
    if (this.#port instanceof net.Socket) this.#port.destroy();
    else if (this.#port?.isOpen === true) this.#port.close();
  }
}
