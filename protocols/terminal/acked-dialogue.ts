import { PacketFramer, type PacketShape } from '../framing/packet.ts';
import { ACK, NAK } from './counted-frame.ts';
import {
  type EvidenceBy,
  type FinancialCommand,
  isFinancial,
  type Pending,
  type TerminalCapabilities,
  type TerminalCommand,
  type TerminalDialogue,
  type TerminalEffect,
  type TerminalInput,
  type TerminalNews,
  type TerminalResult,
} from './messages.ts';
import { type GivenUp, OwedAnswers } from './owed-answers.ts';

// The till's side of protocols whose frames are taken or refused by one byte: the Link family, NETS, NCCC, Transbank.
//
//   till                      terminal
//   02 .. 03 LRC  ─────────▶                  15, or nothing: once more, the same bytes, at most `sends` times. A terminal knows
//                                             them by the reference in them; that each make does is an assumption
//                 ◀─────────  06              may be missing, doubled, glued to the answer, or come behind it
//                 ◀─────────  02 .. 03 LRC    progress: taken at once
//                 ◀─────────  02 .. 03 LRC    the result: stored first, only then
//   06            ─────────▶

/** What a protocol says, without the link that carries it. */
export interface AckedTongue {
  readonly capabilities: TerminalCapabilities;
  readonly shape: PacketShape;
  readonly times: AckedTimes;
  /** `undefined`: this terminal cannot do that, or the command lacks what its protocol needs */
  request(command: TerminalCommand): AckedRequest | undefined;
  /** the result in a frame that nobody asked for; `undefined`: none */
  unasked(frame: Uint8Array): LateResult | undefined;
}

/** ms; `sends` counts the first */
export interface AckedTimes {
  readonly ackMs: number;
  readonly sends: number;
  readonly answerMs: number;
  /** a dialogue ends here whatever progress is told */
  readonly longestMs: number;
}

export interface AckedRequest {
  readonly frame: Uint8Array;
  /** the ACK is all that comes */
  readonly ackIsAnswer?: true;
  read(frame: Uint8Array): AckedReading;
}

export type LateResult = Omit<TerminalResult, 'command' | 'reference'>;

/** What a frame means to the command that waits. */
export type AckedReading =
  | { readonly kind: 'progress'; readonly code: string; readonly text: string }
  | { readonly kind: 'result'; readonly result: TerminalResult }
  /** belongs to another command: kept, never applied */
  | { readonly kind: 'late'; readonly result: LateResult }
  | {
      readonly kind: 'done';
      readonly ok: boolean;
      readonly news?: TerminalNews;
      readonly code?: string;
      readonly text?: string;
    }
  /** cannot be read as anything: not taken, so that the terminal says it again */
  | { readonly kind: 'strange' };

interface Active {
  readonly command: TerminalCommand;
  readonly request: AckedRequest;
  phase: 'sent' | 'heard' | 'storing';
  sends: number;
  naks: number;
  /** until the ACK, then until the answer */
  deadline: number;
  readonly endBy: number;
}

/** A result on its way to disk, and the frame it came in. */
interface Storing {
  readonly frame?: Uint8Array;
  /** of the command that waits; absent: a late one */
  readonly result?: TerminalResult;
}

export class AckedDialogue implements TerminalDialogue {
  readonly capabilities: TerminalCapabilities;
  readonly #tongue: AckedTongue;
  readonly #framer: PacketFramer;
  #isConnected = false;
  #active: Active | undefined;
  readonly #storing: Storing[] = [];
  /** money may have moved: nothing financial before that is known */
  #unsettled: FinancialCommand | undefined;
  #lastTaken: Uint8Array | undefined;
  readonly #owed = new OwedAnswers();
  #out: TerminalEffect[] = [];

  /**
   * Of an earlier start, from the journal. `unsettled`: nothing financial is said before it is asked after. `givenUp`: a person has
   * it, and its answer may still come; oldest first.
   */
  constructor(tongue: AckedTongue, unsettled?: FinancialCommand, givenUp: readonly GivenUp[] = []) {
    this.#unsettled = unsettled;
    this.#tongue = tongue;
    this.capabilities = tongue.capabilities;
    this.#framer = new PacketFramer(tongue.shape);
    for (const one of givenUp) this.#owe(one);
  }

  /** nobody knows what became of it */
  get unsettled(): FinancialCommand | undefined {
    return this.#unsettled;
  }

  get isIdle(): boolean {
    return this.#active === undefined;
  }

  get nextDeadline(): number | undefined {
    const times = [this.#framer.nextDeadline, this.#active?.phase === 'storing' ? undefined : this.#active?.deadline];
    const known = times.filter((time) => time !== undefined);
    return known.length > 0 ? Math.min(...known) : undefined;
  }

  handle(input: TerminalInput): readonly TerminalEffect[] {
    switch (input.kind) {
      case 'connected':
        this.#isConnected = true;
        this.#framer.reset();
        this.#tell({ kind: 'ready' });
        break;
      case 'disconnected':
        this.#isConnected = false;
        this.#framer.reset();
        this.#giveUp('link-lost');
        break;
      case 'command':
        this.#begin(input.command, input.at);
        break;
      case 'bytes':
        for (const event of this.#framer.push(input.bytes, input.at)) this.#heard(event, input.at);
        break;
      case 'time':
        for (const event of this.#framer.silence(input.at)) this.#heard(event, input.at);
        this.#expire(input.at);
        break;
      case 'stored':
        this.#stored(input);
        break;
      case 'not-stored':
        this.#notStored();
        break;
    }
    const out = this.#out;
    this.#out = [];
    return out;
  }

  // --- till to terminal

  #begin(command: TerminalCommand, at: number): void {
    const { kind } = command;
    const not = (why: 'busy' | 'not-connected' | 'unsupported' | 'recover-first') =>
      this.#tell({ kind: 'not-done', command: kind, why });
    if (command.kind === 'cleared') return this.#clear(command.reference, at);
    if (this.#active) return not('busy');
    if (!this.#isConnected) return not('not-connected');
    if (this.#unsettled && isFinancial(command)) return not('recover-first');
    const request = this.#tongue.request(command);
    if (!request) return not('unsupported');
    const { ackMs, longestMs } = this.#tongue.times;
    this.#active = {
      command,
      request,
      phase: 'sent',
      sends: 1,
      naks: 0,
      deadline: at + ackMs,
      endBy: at + longestMs,
    };
    this.#write(request.frame);
  }

  #clear(reference: string, at: number): void {
    const isIt = this.#unsettled?.reference === reference;
    if (isIt && this.#unsettled) this.#owe({ command: this.#unsettled, at });
    if (isIt) this.#unsettled = undefined;
    this.#tell({ kind: 'done', command: 'cleared', ok: isIt });
  }

  #owe(givenUp: GivenUp): void {
    if (this.capabilities.correlation === 'none') this.#owed.add(givenUp);
  }

  #again(active: Active, at: number): void {
    const { ackMs, sends } = this.#tongue.times;
    // refused every time, or silence: whether it was carried out nobody said
    if (active.sends >= sends) return this.#giveUp('no-answer');
    active.sends += 1;
    active.deadline = at + ackMs;
    this.#write(active.request.frame);
  }

  #expire(at: number): void {
    const active = this.#active;
    if (!active || active.phase === 'storing' || at < active.deadline) return;
    // a frame without a reference may be carried out twice when it is heard twice: silence is not answered with it
    const mayRepeat = active.phase === 'sent' && this.capabilities.correlation !== 'none';
    if (mayRepeat) this.#again(active, at);
    else this.#giveUp('no-answer');
  }

  // --- terminal to till

  #heard(event: ReturnType<PacketFramer['push']>[number], at: number): void {
    if (event.kind === 'noise') return event.cause === 'bad-check' ? this.#refuse() : undefined;
    const [first] = event.bytes;
    if (event.bytes.length > 1) return this.#frame(event.bytes, at);
    const active = this.#active;
    // only the first word about a frame counts: a second ACK or a NAK behind it says nothing new
    if (active?.phase !== 'sent') return;
    if (first === NAK) this.#again(active, at);
    else if (active.request.ackIsAnswer) this.#end(true);
    else this.#wait(active, at);
  }

  #wait(active: Active, at: number): void {
    active.phase = 'heard';
    active.deadline = Math.min(at + this.#tongue.times.answerMs, active.endBy);
  }

  /** A frame that broke on its way is asked for again while an answer is awaited. */
  #refuse(): void {
    const active = this.#active;
    if (!active || active.phase === 'storing' || active.naks >= this.#tongue.times.sends) return;
    active.naks += 1;
    this.#write(Uint8Array.of(NAK));
  }

  #frame(frame: Uint8Array, at: number): void {
    const active = this.#active;
    // our ACK was lost, and the terminal says once more what is on disk already; a query may well have the same answer twice
    const mayRepeat = !active || isFinancial(active.command);
    if (mayRepeat && this.#lastTaken && sameBytes(frame, this.#lastTaken)) return this.#take();
    if (!active || active.phase === 'storing') return this.#unasked(frame);
    const reading = active.request.read(frame);
    switch (reading.kind) {
      case 'progress':
        this.#take();
        this.#wait(active, at);
        this.#tell({ ...reading, timeoutMs: active.deadline - at });
        return;
      case 'late':
        return this.#late(frame, reading.result);
      case 'result':
        return this.#result(active, frame, this.#owed.judged(reading.result, active.command, at));
      case 'done':
        this.#take();
        if (reading.news) this.#tell(reading.news);
        this.#end(reading.ok, reading.code, reading.text);
        return;
      case 'strange':
    }
  }

  #result(active: Active, frame: Uint8Array, result: TerminalResult): void {
    active.phase = 'storing';
    this.#storing.push({ frame, result });
    this.#out.push({ do: 'store-result', result });
  }

  #unasked(frame: Uint8Array): void {
    this.#late(frame, this.#tongue.unasked(frame));
  }

  #late(frame: Uint8Array, result: LateResult | undefined): void {
    const isBeingStored = this.#storing.some((storing) => storing.frame && sameBytes(storing.frame, frame));
    if (!result || isBeingStored) return;
    this.#owed.heard(result.amount);
    this.#storing.push({ frame });
    this.#out.push({ do: 'store-late-result', result });
  }

  // --- the disk

  #stored({ at, isAnothers }: Extract<TerminalInput, { kind: 'stored' }>): void {
    const stored = this.#storing.shift();
    if (!stored) return;
    if (stored.frame) {
      this.#lastTaken = stored.frame;
      this.#take();
    }
    const { result } = stored;
    if (!result || !this.#active) return;
    // said again: the answer that is waited for is still to come
    if (isAnothers) return this.#wait(this.#active, at);
    if (result.outcome !== 'unknown') this.#unsettled = undefined;
    this.#end(result.outcome === 'approved', result.evidence.code, result.evidence.text);
  }

  /** The terminal gets no ACK and says it again; what nobody can store is unknown. */
  #notStored(): void {
    const { result } = this.#storing.shift() ?? {};
    const active = this.#active;
    if (!result || !active) return;
    if (isFinancial(active.command)) this.#unsettled = active.command;
    this.#end(false);
  }

  // --- the end of a dialogue

  #giveUp(by: EvidenceBy): void {
    const active = this.#active;
    if (!active || active.phase === 'storing') return;
    const { command } = active;
    if (!isFinancial(command)) return this.#end(false);
    this.#unsettled = command;
    const result: TerminalResult = {
      command: command.kind,
      reference: command.reference,
      outcome: 'unknown',
      key: {},
      evidence: { by },
      standing: 'final',
    };
    active.phase = 'storing';
    this.#storing.push({ result });
    this.#out.push({ do: 'store-result', result });
  }

  #end(ok: boolean, code?: string, text?: string): void {
    const kind = this.#active?.command.kind;
    this.#active = undefined;
    if (!kind) return;
    const words = { ...(code !== undefined && { code }), ...(text !== undefined && { text }) };
    this.#tell({ kind: 'done', command: kind, ok, ...words });
  }

  #take(): void {
    this.#write(Uint8Array.of(ACK));
  }

  #write(bytes: Uint8Array): void {
    if (this.#isConnected) this.#out.push({ do: 'write', bytes });
  }

  #tell(news: TerminalNews): void {
    this.#out.push({ do: 'tell', news });
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** The command that a query is about, as a result names it. */
export function resultAbout({ command }: Pending): Pick<TerminalResult, 'command' | 'reference'> {
  return { command: command.kind, reference: command.reference };
}
