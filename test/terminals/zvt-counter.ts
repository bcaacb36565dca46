import type {
  FinancialCommand,
  TerminalCommand,
  TerminalEffect,
  TerminalInput,
  TerminalNews,
  TerminalResult,
} from '../../protocols/terminal/messages.ts';
import { ZvtTill, type ZvtTransport } from '../../protocols/terminal/zvt/till.ts';
import type { TerminalFault } from '../../simulator/faults/terminal-faults.ts';
import { TERMINALS, type TerminalPersonality } from '../../simulator/personalities/terminals.ts';
import { SimulatedZvtTerminal } from '../../simulator/terminals/terminal-port.ts';
import type { Wire } from '../../simulator/wires/wire.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';

const LATENCY_MS = 1;
const DISK_MS = 3;
const RECONNECT_MS = 1_000;
/** asking again brings nothing new: a person has to look */
const NOBODY_KNOWS: ReadonlySet<string> = new Set(['cannot-tell', 'other-amount']);

export interface CounterOptions {
  readonly transport: ZvtTransport;
  readonly personality?: TerminalPersonality;
  readonly printsOnTill?: boolean;
  readonly messageIds?: boolean;
  readonly receiptSync?: boolean;
}

/**
 * A till and a simulated terminal on one cable in virtual time. The till's side has a journal and the smallest engine that
 * keeps the rules: a command that nobody knows about is asked after, and nothing else is begun before.
 */
export class ZvtCounter {
  readonly clock = new VirtualClock(Date.UTC(2026, 10, 22, 9));
  readonly terminal: SimulatedZvtTerminal;
  till: ZvtTill;
  readonly options: CounterOptions;
  readonly news: TerminalNews[] = [];
  /** everything that went to the disk, in its order */
  readonly journal: TerminalResult[] = [];
  readonly late: Omit<TerminalResult, 'command' | 'reference'>[] = [];
  /** bytes in both directions, as hex, with who said them */
  readonly line: { readonly from: 'till' | 'terminal'; readonly bytes: Uint8Array; readonly at: number }[] = [];
  disk: 'good' | 'full' = 'good';
  isConnected = false;
  hasCable = true;
  #toTerminal: (bytes: Uint8Array) => void = () => undefined;
  #callOff: () => void = () => undefined;
  #serial = 0;

  constructor(options: CounterOptions) {
    this.options = options;
    const personality = options.personality ?? TERMINALS['zvt-plain'];
    this.terminal = new SimulatedZvtTerminal({ personality, clock: this.clock });
    const wire = this.#terminalEnd();
    if (options.transport === 'serial') this.terminal.onSerial(wire);
    else this.terminal.onStream(wire);
    this.terminal.zvt.onUnplug = () => this.unplug();
    this.till = this.#newTill();
    this.connect();
  }

  /** Arms faults for what comes. */
  arm(...faults: readonly TerminalFault[]): this {
    this.terminal.faults.arm(...faults);
    return this;
  }

  /** A sale until it is settled one way or the other, or nobody can. */
  sale(amount: number, deadlineMs = 1_800_000): TerminalResult {
    return this.money({ kind: 'sale', reference: `S${(this.#serial += 1)}`, amount }, deadlineMs);
  }

  money(command: FinancialCommand, deadlineMs = 1_800_000): TerminalResult {
    this.ready();
    // a command that nobody knows about comes first
    const { pending } = this.till.state;
    if (pending) this.settle(pending.command, deadlineMs);
    this.handle({ kind: 'command', command, at: this.clock.mono() });
    return this.settle(command, deadlineMs);
  }

  /** Until the result is known and the dialogue is over; what nobody knows is asked after, as long as it takes. */
  settle(command: FinancialCommand, deadlineMs = 1_800_000): TerminalResult {
    const until = this.clock.mono() + deadlineMs;
    let asked = 0;
    while (this.clock.mono() < until) {
      this.clock.advance(250);
      const known = this.resultOf(command.reference);
      if (this.till.state.phase.name !== 'idle') continue;
      if (this.till.state.pending) {
        if (asked > 2 && known && NOBODY_KNOWS.has(known.evidence.by)) return known;
        if (this.disk === 'good') asked += 1;
        this.handle({
          kind: 'command',
          command: { kind: 'queryLast', about: this.till.state.pending },
          at: this.clock.mono(),
        });
      } else if (known) return known;
    }
    throw new Error(`nothing was settled: ${JSON.stringify(this.news.at(-1))}`);
  }

  /** The newest word about a reference. */
  resultOf(reference: string): TerminalResult | undefined {
    return this.journal.findLast((result) => result.reference === reference);
  }

  ready(): void {
    for (let n = 0; n < 4_000 && this.till.state.phase.name !== 'idle'; n++) this.clock.advance(250);
    if (this.till.state.phase.name !== 'idle') throw new Error('the terminal is never ready');
  }

  command(command: TerminalCommand): void {
    this.handle({ kind: 'command', command, at: this.clock.mono() });
  }

  /** What stands in the journal, minor units. */
  get confirmed(): number {
    const references = new Set(this.journal.map(({ reference }) => reference));
    return [...references].reduce((sum, reference) => {
      const { command, outcome, amount = 0 } = this.resultOf(reference) ?? { command: 'sale', outcome: 'unknown' };
      if (outcome !== 'approved' || command === 'settle' || command === 'preAuth') return sum;
      return command === 'sale' ? sum + amount : sum - amount;
    }, 0);
  }

  unplug(): void {
    this.hasCable = false;
    this.terminal.zvt.linkLost();
    this.disconnect();
    this.clock.after(500, () => {
      this.hasCable = true;
    });
  }

  disconnect(): void {
    if (!this.isConnected) return;
    this.isConnected = false;
    this.handle({ kind: 'disconnected', at: this.clock.mono() });
    if (this.options.transport === 'tcp') this.terminal.zvt.linkLost();
    this.clock.after(RECONNECT_MS, () => this.connect());
  }

  connect(): void {
    if (this.isConnected) return;
    if (!this.hasCable) return void this.clock.after(RECONNECT_MS, () => this.connect());
    this.isConnected = true;
    this.handle({ kind: 'connected', at: this.clock.mono() });
  }

  /** The agent's process is gone and comes back with what is in its journal. */
  crash(): void {
    const { phase, pending } = this.till.state;
    const { doing } = 'doing' in phase ? phase : { doing: undefined };
    const open =
      doing?.task.kind === 'money'
        ? { command: doing.task.command, ...(doing.task.before && { before: doing.task.before }) }
        : pending;
    this.isConnected = false;
    this.#callOff();
    if (this.options.transport === 'tcp') this.terminal.zvt.linkLost();
    const known = open && this.resultOf(open.command.reference);
    this.till = this.#newTill(known?.standing === 'final' && known.outcome !== 'unknown' ? undefined : open);
    this.clock.after(RECONNECT_MS, () => this.connect());
  }

  handle(input: TerminalInput): void {
    this.#perform(this.till.handle(input));
    this.#callOff();
    const due = this.till.nextDeadline;
    if (due === undefined) return;
    this.#callOff = this.clock.after(due - this.clock.mono(), () =>
      this.handle({ kind: 'time', at: this.clock.mono() }),
    );
  }

  #perform(effects: readonly TerminalEffect[]): void {
    for (const effect of effects) {
      if (effect.do === 'write') this.#say(effect.bytes);
      else if (effect.do === 'tell') this.news.push(effect.news);
      else if (effect.do === 'reconnect') this.clock.after(0, () => this.#reconnect());
      else this.#store(effect);
    }
  }

  #reconnect(): void {
    if (this.isConnected) this.disconnect();
  }

  #store(effect: Extract<TerminalEffect, { readonly result: unknown }>): void {
    const { till } = this;
    const isStored = this.disk === 'good';
    if (isStored && effect.do === 'store-result') this.journal.push(effect.result);
    if (isStored && effect.do === 'store-late-result') this.late.push(effect.result);
    this.clock.after(DISK_MS, () => {
      if (till === this.till) this.handle({ kind: isStored ? 'stored' : 'not-stored', at: this.clock.mono() });
    });
  }

  #say(bytes: Uint8Array): void {
    if (!this.isConnected) return;
    this.line.push({ from: 'till', bytes, at: this.clock.mono() });
    this.clock.after(LATENCY_MS, () => this.hasCable && this.#toTerminal(bytes));
  }

  #terminalEnd(): Wire & { cut(how: 'half' | 'end' | 'reset'): void } {
    return {
      send: (bytes) => {
        this.line.push({ from: 'terminal', bytes, at: this.clock.mono() });
        const heard = () =>
          this.isConnected && this.hasCable && this.handle({ kind: 'bytes', bytes, at: this.clock.mono() });
        this.clock.after(LATENCY_MS, heard);
        return Promise.resolve(true);
      },
      listen: (hear) => {
        this.#toTerminal = hear;
      },
      pause: () => undefined,
      resume: () => undefined,
      cut: () => void this.clock.after(2 * LATENCY_MS, () => this.disconnect()),
    };
  }

  #newTill(pending?: NonNullable<ZvtTill['state']['pending']>): ZvtTill {
    const { transport, personality, printsOnTill = true, messageIds = false, receiptSync = false } = this.options;
    const currency = (personality ?? TERMINALS['zvt-plain']).currency;
    return new ZvtTill({
      transport,
      password: '000000',
      currency,
      printsOnTill,
      messageIds,
      receiptSync,
      ...(pending && { pending }),
    });
  }
}
