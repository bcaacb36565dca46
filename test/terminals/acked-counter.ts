import { AckedDialogue, type AckedTongue } from '../../protocols/terminal/acked-dialogue.ts';
import { LINK_DIALECTS } from '../../protocols/terminal/link/dialects.ts';
import { linkTongue } from '../../protocols/terminal/link/tongue.ts';
import type {
  FinancialCommand,
  TerminalCommand,
  TerminalEffect,
  TerminalInput,
  TerminalNews,
  TerminalResult,
  TransactionKey,
} from '../../protocols/terminal/messages.ts';
import { ncccTongue } from '../../protocols/terminal/nccc/tongue.ts';
import { transbankTongue } from '../../protocols/terminal/transbank/tongue.ts';
import type { TerminalFault } from '../../simulator/faults/terminal-faults.ts';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { type AckedProtocol, SimulatedAckedTerminal, USUAL_MAKES } from '../../simulator/terminals/acked-port.ts';
import type { PortWire } from '../../simulator/wires/wire.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';

const LATENCY_MS = 1;
const DISK_MS = 3;
const ASK_AGAIN_MS = 5_000;
/** after so many questions a person is asked */
const QUESTIONS = 40;

/** A till and a simulated terminal on one cable in virtual time, with the smallest engine that keeps the rules. */
export class AckedCounter {
  readonly clock = new VirtualClock(Date.UTC(2026, 10, 22, 9));
  readonly terminal: SimulatedAckedTerminal;
  /** everything that went to the disk, in its order */
  readonly journal: TerminalResult[] = [];
  readonly late: Omit<TerminalResult, 'command' | 'reference'>[] = [];
  readonly news: TerminalNews[] = [];
  /** by the terminal */
  readonly said: Uint8Array[] = [];
  disk: 'good' | 'full' = 'good';
  readonly #protocol: AckedProtocol;
  readonly #tongue: AckedTongue;
  #till: AckedDialogue;
  #isConnected = true;
  #toTerminal: (bytes: Uint8Array) => void = () => undefined;
  #callOff: () => void = () => undefined;
  #serial = 0;
  #before: TransactionKey | undefined;

  constructor(protocol: AckedProtocol) {
    this.#protocol = protocol;
    this.#tongue = tongueOf(protocol);
    const personality = { ...TERMINALS[USUAL_MAKES[protocol]], answerMs: 30 };
    this.terminal = new SimulatedAckedTerminal(protocol, { personality, clock: this.clock });
    this.terminal.onPort(this.#cable());
    this.#till = new AckedDialogue(this.#tongue);
    this.#handle({ kind: 'connected', at: this.clock.mono() });
  }

  arm(...faults: readonly TerminalFault[]): this {
    this.terminal.faults.arm(...faults);
    return this;
  }

  /** A sale until it is known what became of it, or a person has to find out. */
  sale(amount: number): TerminalResult {
    this.#serial += 1;
    const reference =
      this.#protocol === 'nets' ? `2611220900${String(this.#serial).padStart(2, '0')}` : `S${this.#serial}`;
    const command: FinancialCommand = { kind: 'sale', reference, amount };
    this.#lookBefore();
    this.#say(command);
    return this.recover(command);
  }

  /** Asks until it is known, or a person has to find out. */
  recover(command: FinancialCommand): TerminalResult {
    const { reference } = command;
    for (let asked = 0; asked < QUESTIONS; asked++) {
      const known = this.resultOf(reference);
      if (known && known.outcome !== 'unknown') return known;
      if (!this.#ask(command)) break;
      this.clock.advance(ASK_AGAIN_MS);
    }
    const last = this.resultOf(reference);
    if (!last) throw new Error(`nothing was settled: ${JSON.stringify(this.news.at(-1))}`);
    this.#say({ kind: 'cleared', reference });
    return last;
  }

  /** The newest word about a reference. */
  resultOf(reference: string): TerminalResult | undefined {
    return this.journal.findLast((result) => result.reference === reference);
  }

  /** What stands in the journal as approved, minor units. */
  get confirmed(): number {
    const references = [...new Set(this.journal.map(({ reference }) => reference))];
    const standing = references
      .map((reference) => this.resultOf(reference))
      .filter((one) => one?.outcome === 'approved');
    return standing.reduce((sum, one) => sum + (one?.amount ?? 0), 0);
  }

  /** The process is gone and comes back with what is in its journal. */
  crash(open: FinancialCommand): void {
    this.#callOff();
    this.#till = new AckedDialogue(this.#tongue, open);
    this.#handle({ kind: 'connected', at: this.clock.mono() });
  }

  #lookBefore(): void {
    if (!this.#tongue.capabilities.commands.includes('queryLast')) return;
    this.#say({ kind: 'queryLast' });
    const last = this.news.findLast((news) => news.kind === 'last');
    this.#before = last?.key ?? {};
  }

  /** false: this terminal cannot be asked */
  #ask(command: FinancialCommand): boolean {
    const { commands } = this.#tongue.capabilities;
    const about = { command, ...(this.#before && { before: this.#before }) };
    if (commands.includes('queryByRef')) this.#say({ kind: 'queryByRef', about });
    else if (commands.includes('queryLast')) this.#say({ kind: 'queryLast', about });
    else return false;
    return true;
  }

  /** A command to its end. */
  #say(command: TerminalCommand): void {
    for (let n = 0; n < 100 && !this.#isConnected; n++) this.clock.advance(100);
    this.#handle({ kind: 'command', command, at: this.clock.mono() });
    for (let n = 0; n < 10_000 && !this.#till.isIdle; n++) this.clock.advance(100);
    if (!this.#till.isIdle) throw new Error(`${command.kind} never ends`);
  }

  #handle(input: TerminalInput): void {
    for (const effect of this.#till.handle(input)) this.#perform(effect);
    this.#callOff();
    const due = this.#till.nextDeadline;
    if (due === undefined) return;
    const tick = () => this.#handle({ kind: 'time', at: this.clock.mono() });
    this.#callOff = this.clock.after(Math.max(0, due - this.clock.mono()), tick);
  }

  #perform(effect: TerminalEffect): void {
    if (effect.do === 'write') this.clock.after(LATENCY_MS, () => this.#isConnected && this.#toTerminal(effect.bytes));
    else if (effect.do === 'tell') this.news.push(effect.news);
    else if (effect.do !== 'reconnect') this.#store(effect);
  }

  #store(effect: Extract<TerminalEffect, { readonly result: unknown }>): void {
    const till = this.#till;
    const isStored = this.disk === 'good';
    if (isStored && effect.do === 'store-result') this.journal.push(effect.result);
    if (isStored && effect.do === 'store-late-result') this.late.push(effect.result);
    this.clock.after(DISK_MS, () => {
      if (till === this.#till) this.#handle({ kind: isStored ? 'stored' : 'not-stored', at: this.clock.mono() });
    });
  }

  #cable(): PortWire {
    return {
      path: 'memory',
      send: (bytes) => {
        this.said.push(bytes);
        const heard = () => this.#isConnected && this.#handle({ kind: 'bytes', bytes, at: this.clock.mono() });
        this.clock.after(LATENCY_MS, heard);
        return Promise.resolve(true);
      },
      listen: (hear) => {
        this.#toTerminal = hear;
      },
      pause: () => undefined,
      resume: () => undefined,
      hangup: () => Promise.resolve(this.#plug('disconnected')),
      replug: () => Promise.resolve(this.#plug('connected')),
      close: () => Promise.resolve(),
    };
  }

  #plug(kind: 'connected' | 'disconnected'): void {
    this.#isConnected = kind === 'connected';
    this.#handle({ kind, at: this.clock.mono() });
  }
}

function tongueOf(protocol: AckedProtocol): AckedTongue {
  if (protocol === 'transbank') return transbankTongue;
  if (protocol !== 'nccc') return linkTongue(LINK_DIALECTS[protocol]);
  return ncccTongue({ storeId: '', hostId: '03', stamp: () => ({ date: '261122', time: '170000' }) });
}
