import { type PacketEvent, PacketFramer } from '../../framing/packet.ts';
import { countedBody, encodeCountedFrame } from '../counted-frame.ts';
import {
  type CommandKind,
  type Evidence,
  type FinancialCommand,
  isFinancial,
  type Tender,
  type TerminalCapabilities,
  type TerminalCommand,
  type TerminalDialogue,
  type TerminalEffect,
  type TerminalInput,
  type TerminalOutcome,
  type TerminalResult,
} from '../messages.ts';
import { type MisAnswer, misResult, numberOf, readMisAnswer } from './answer.ts';
import { MIS_HOLD_COMMANDS, type MisDialect } from './dialect.ts';
import { MIS_CONTROL, MIS_SILENCE_MS, misShape } from './frame.ts';
import { encodeMisObjects, type MisObject, misObject, parseMisObjects } from './objects.ts';
import { encodeMisRequest, isBlind, type MisTill, misCommand } from './request.ts';

// One command at a time:
//
//   till      02 .. request ..            06 behind the disk
//   terminal           06     02 .. answer ..
//
// The same bytes leave again only when the terminal says NAK: it has not taken them. A missing ACK proves nothing, so
// nothing is sent again for it; the answer is waited for and, without one, the outcome is unknown.
//
// NAK and EOT are single bytes, and a spoilt frame is full of such (DF 04 is in every one). They count only when they stand
// alone: on a line without noise, with silence behind them.

/** behind a NAK or EOT, before it is believed */
const ALONE_MS = 100;

export interface MisOptions {
  readonly dialect: MisDialect;
  readonly till: MisTill;
  /** where the correlation of DF04 begins; counted on, so that an answer to the command before is never taken for this one */
  readonly firstCorrelation: number;
}

interface Waiting {
  readonly command: FinancialCommand;
  readonly correlation: number;
  /** holds the paycode: gone as soon as the terminal has it */
  frame: Uint8Array | undefined;
  sends: number;
  isTaken: boolean;
  /** packets so far */
  readonly objects: MisObject[];
  packets: number;
  spoilt: number;
  until: number;
  readonly limit: number;
}

/** A packet that the terminal wants carried to its host. */
export interface RelayWish {
  readonly packet: Uint8Array;
  readonly correlation: Uint8Array;
  readonly command: Uint8Array;
}

export class MisDialogue implements TerminalDialogue {
  readonly capabilities: TerminalCapabilities;
  /** the till is the terminal's way to its host where somebody takes this and calls `relayed` */
  relayWish: RelayWish | undefined;
  readonly #options: MisOptions;
  readonly #framer = new PacketFramer(misShape);
  #isConnected = false;
  #correlation: number;
  #waiting: Waiting | undefined;
  /** on its way to the disk; an answer behind it is acknowledged when it is there */
  #storing: { readonly result: TerminalResult | undefined; readonly accept: boolean } | undefined;
  /** answers that came while one is on its way to the disk */
  #queue: { readonly objects: readonly MisObject[]; readonly at: number }[] = [];
  /** the answer that was stored last: it may come again when our ACK was lost */
  #stored: string | undefined;
  /** until then single bytes are what is left of a spoilt frame */
  #noisyUntil = 0;
  /** a NAK or EOT that waits for the silence behind it */
  #verdict: { readonly control: number; readonly due: number } | undefined;

  constructor(options: MisOptions) {
    this.#options = options;
    this.#correlation = options.firstCorrelation & 0xffff;
    const { commands } = options.dialect;
    const kinds: CommandKind[] = [
      ...(commands.sale === undefined && commands.qrSale === undefined ? [] : ['sale' as const]),
      ...(commands.void === undefined && commands.qrVoid === undefined ? [] : ['void' as const]),
      ...(['refund', ...MIS_HOLD_COMMANDS] as const).filter((name) => commands[name] !== undefined),
    ];
    const limits = { printsOnTill: false, signatureImage: false, maxAmount: 999_999_999_999 };
    const tenders = {
      sale: tendersOf(commands.sale, commands.qrSale),
      void: tendersOf(commands.void, commands.qrVoid),
    };
    this.capabilities = { commands: kinds, tenders, correlation: 'echo', finalWhen: 'answered', ...limits };
  }

  get nextDeadline(): number | undefined {
    const dues = [this.#waiting?.until, this.#framer.nextDeadline, this.#verdict?.due];
    const due = Math.min(...dues.map((one) => one ?? Infinity));
    return due === Infinity ? undefined : due;
  }

  handle(input: TerminalInput): readonly TerminalEffect[] {
    switch (input.kind) {
      case 'connected':
        this.#isConnected = true;
        this.#framer.reset();
        return [{ do: 'tell', news: { kind: 'ready' } }];
      case 'disconnected':
        this.#isConnected = false;
        this.#framer.reset();
        this.relayWish = undefined;
        return this.#waiting ? this.#unknown(this.#waiting, { by: 'link-lost' }) : [];
      case 'command':
        return this.#command(input.command, input.at);
      case 'bytes':
        return this.#heard(this.#framer.push(input.bytes, input.at), input.at);
      case 'time':
        return [
          ...this.#heard(this.#framer.silence(input.at), input.at),
          ...this.#believe(input.at),
          ...this.#late(input.at),
        ];
      case 'stored':
        return this.#settled(true);
      case 'not-stored':
        return this.#settled(false);
      default:
        return input satisfies never;
    }
  }

  /** What the host said, or nothing; the terminal's time-out is its own business. */
  relayed(packet: Uint8Array | undefined): readonly TerminalEffect[] {
    const wish = this.relayWish;
    this.relayWish = undefined;
    if (!wish || !packet) return [];
    const { tags, packetTypes } = this.#options.dialect;
    const objects = encodeMisObjects([
      [tags.packetType, Uint8Array.of(packetTypes.relay)],
      [tags.command, wish.command],
      [tags.correlation, wish.correlation],
      [tags.hostPacket, packet],
    ]);
    return [{ do: 'write', bytes: encodeCountedFrame(objects) }];
  }

  #command(command: TerminalCommand, at: number): readonly TerminalEffect[] {
    const { dialect, till } = this.#options;
    const refuse = (why: 'busy' | 'not-connected' | 'unsupported'): TerminalEffect[] => [
      { do: 'tell', news: { kind: 'not-done', command: command.kind, why } },
    ];
    if (!isFinancial(command) || misCommand(command, dialect) === undefined || isBlind(command))
      return refuse('unsupported');
    if (this.#waiting || this.#storing) return refuse('busy');
    if (!this.#isConnected) return refuse('not-connected');
    this.#correlation = (this.#correlation + 1) & 0xffff;
    const frame = encodeMisRequest(command, this.#correlation, till, dialect);
    const limit = at + dialect.limitMs;
    this.#waiting = {
      command,
      correlation: this.#correlation,
      frame,
      sends: 1,
      isTaken: false,
      objects: [],
      packets: 0,
      spoilt: 0,
      until: Math.min(at + dialect.answerMs, limit),
      limit,
    };
    return [{ do: 'write', bytes: frame }];
  }

  #heard(events: readonly PacketEvent[], at: number): TerminalEffect[] {
    if (events.length > 0 || this.#framer.held > 0) this.#verdict = undefined;
    const effects = events.flatMap((event) => {
      if (event.kind === 'noise') {
        this.#noisyUntil = at + MIS_SILENCE_MS;
        return event.cause === 'junk' ? [] : this.#spoilt();
      }
      if (event.bytes.length > 1) return this.#frame(event.bytes, at);
      return event.bytes[0] === MIS_CONTROL.ACK ? this.#taken() : [];
    });
    const [only] = events;
    const control =
      events.length === 1 && only?.kind === 'packet' && only.bytes.length === 1 ? only.bytes[0] : undefined;
    const isAlone = this.#framer.held === 0 && at >= this.#noisyUntil;
    if (control !== undefined && control !== MIS_CONTROL.ACK && isAlone)
      this.#verdict = { control, due: at + ALONE_MS };
    return effects;
  }

  #believe(at: number): TerminalEffect[] {
    const verdict = this.#verdict;
    if (!verdict || at < verdict.due) return [];
    this.#verdict = undefined;
    return verdict.control === MIS_CONTROL.NAK ? this.#again() : this.#busy();
  }

  #taken(): TerminalEffect[] {
    if (!this.#waiting) return [];
    this.#waiting.isTaken = true;
    this.#waiting.frame = undefined;
    return [];
  }

  /** NAK behind an ACK says nothing; in its place it says that the terminal has not taken the request. */
  #again(): TerminalEffect[] {
    const waiting = this.#waiting;
    if (!waiting?.frame || waiting.isTaken) return [];
    if (waiting.sends >= this.#options.dialect.sends) return this.#refused(waiting, 'NAK');
    waiting.sends += 1;
    return [{ do: 'write', bytes: waiting.frame }];
  }

  #busy(): TerminalEffect[] {
    const waiting = this.#waiting;
    return !waiting || waiting.isTaken ? [] : this.#refused(waiting, 'EOT');
  }

  #refused({ command }: Waiting, code: string): TerminalEffect[] {
    return this.#store(ended(command, 'declined', { by: 'refused', code }), false);
  }

  #unknown({ command }: Waiting, evidence: Evidence): TerminalEffect[] {
    return this.#store(ended(command, 'unknown', evidence), false);
  }

  /** A frame whose check failed: once more, please; as often as we would say it ourselves. */
  #spoilt(): TerminalEffect[] {
    if (!this.#waiting || ++this.#waiting.spoilt > this.#options.dialect.sends) return [];
    return [write(MIS_CONTROL.NAK)];
  }

  #late(at: number): TerminalEffect[] {
    const waiting = this.#waiting;
    return waiting && at >= waiting.until ? this.#unknown(waiting, { by: 'no-answer' }) : [];
  }

  #frame(bytes: Uint8Array, at: number): TerminalEffect[] {
    const { tags, packetTypes } = this.#options.dialect;
    const objects = parseMisObjects(countedBody(bytes) ?? new Uint8Array(), tags.container);
    if (typeof objects === 'string') return this.#spoilt();
    const type = numberOf(objects, tags.packetType);
    if (type === packetTypes.relay) return this.#relay(objects, at);
    if (type !== packetTypes.result) return [write(MIS_CONTROL.ACK)];
    if (this.#storing) {
      // a terminal that sends more than this while the disk is slow has gone mad
      if (this.#queue.length < this.#options.dialect.maxPackets) this.#queue.push({ objects, at });
      return [];
    }
    return this.#result(objects, at);
  }

  #relay(objects: readonly MisObject[], at: number): TerminalEffect[] {
    const { tags, answerMs } = this.#options.dialect;
    const valueOf = (tag: string) => misObject(objects, tag)?.value ?? new Uint8Array();
    const packet = valueOf(tags.hostPacket);
    this.relayWish = { packet, correlation: valueOf(tags.correlation), command: valueOf(tags.command) };
    const waiting = this.#waiting;
    if (waiting) waiting.until = Math.min(at + answerMs, waiting.limit);
    return [write(MIS_CONTROL.ACK)];
  }

  #result(objects: readonly MisObject[], at: number): TerminalEffect[] {
    const { dialect } = this.#options;
    const waiting = this.#waiting;
    const identity = identityOf(objects, dialect);
    if (identity === this.#stored) return [write(MIS_CONTROL.ACK)];
    if (!waiting || identity !== identityFor(waiting, dialect)) return this.#storeLate(readMisAnswer(objects, dialect));
    waiting.isTaken = true;
    waiting.frame = undefined;
    waiting.packets += 1;
    waiting.objects.push(...objects);
    if (numberOf(objects, dialect.tags.more) === 1 && waiting.packets < dialect.maxPackets) {
      waiting.until = Math.min(at + dialect.answerMs, waiting.limit);
      return [write(MIS_CONTROL.ACK)];
    }
    this.#stored = identity;
    return this.#store(misResult(readMisAnswer(waiting.objects, dialect), waiting.command), true);
  }

  #store(result: TerminalResult, accept: boolean): TerminalEffect[] {
    this.#waiting = undefined;
    this.#verdict = undefined;
    this.relayWish = undefined;
    this.#storing = { result, accept };
    return [{ do: 'store-result', result }];
  }

  #storeLate(result: MisAnswer): TerminalEffect[] {
    this.#storing = { result: undefined, accept: true };
    return [{ do: 'store-late-result', result }];
  }

  /** Only what is on disk is acknowledged; what is not, the terminal shall say again. */
  #settled(isStored: boolean): readonly TerminalEffect[] {
    const storing = this.#storing;
    if (!storing) return [];
    this.#storing = undefined;
    if (!isStored) this.#stored = undefined;
    const reply = storing.accept && this.#isConnected ? [write(isStored ? MIS_CONTROL.ACK : MIS_CONTROL.NAK)] : [];
    const { result } = storing;
    const done: TerminalEffect[] = result ? [{ do: 'tell', news: doneNews(result, isStored) }] : [];
    return [...reply, ...done, ...this.#queued()];
  }

  /** Up to the next one that must wait for the disk. */
  #queued(): TerminalEffect[] {
    const effects: TerminalEffect[] = [];
    while (!this.#storing) {
      const next = this.#queue.shift();
      if (!next) break;
      effects.push(...this.#result(next.objects, next.at));
    }
    return effects;
  }
}

function tendersOf(card: number | undefined, paycode: number | undefined): Tender[] {
  return [...(card === undefined ? [] : ['card' as const]), ...(paycode === undefined ? [] : ['paycode' as const])];
}

function write(control: number): TerminalEffect {
  return { do: 'write', bytes: Uint8Array.of(control) };
}

function ended(command: FinancialCommand, outcome: TerminalOutcome, evidence: Evidence): TerminalResult {
  return { command: command.kind, reference: command.reference, outcome, key: {}, evidence, standing: 'final' };
}

function doneNews({ command, outcome, evidence }: TerminalResult, isStored: boolean) {
  const code = evidence.code === undefined ? {} : { code: evidence.code };
  return { kind: 'done', command, ok: isStored && outcome === 'approved', ...code } as const;
}

/** Correlation and command: what binds an answer to its request. */
function identityOf(objects: readonly MisObject[], { tags }: MisDialect): string {
  return `${numberOf(objects, tags.correlation)} ${numberOf(objects, tags.command)}`;
}

function identityFor({ correlation, command }: Waiting, dialect: MisDialect): string {
  return `${correlation} ${misCommand(command, dialect)}`;
}
