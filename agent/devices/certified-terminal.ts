import { type PacketEvent, PacketFramer } from '../../protocols/framing/packet.ts';
import { certifiedShape } from '../../protocols/terminal/certified/frame.ts';
import {
  type CertifiedDialect,
  type CertifiedMessage,
  encodeCertified,
  parseCertified,
  type TerminalIdentity,
} from '../../protocols/terminal/certified/messages.ts';
import type { Clock } from '../clock.ts';
import type { ByteLink, LinkListener, LinkProblem } from '../transport/link.ts';

export interface CertifiedTerminalEvents {
  /** it has said who it is: once a minute, and whenever it is plugged in */
  onIdentity(identity: TerminalIdentity): void;
  onDown(problem: LinkProblem): void;
}

export interface CertifiedTerminalParts {
  readonly dialect: CertifiedDialect;
  /** how long an answer is waited for, ms: a customer stands there */
  readonly answerMs: number;
  readonly events: CertifiedTerminalEvents;
  readonly clock: Clock;
  readonly open: (listener: LinkListener) => ByteLink;
}

export type MacAnswer = { readonly mac: string } | { readonly absent: 'silent' | 'refused' };

/** How often it is asked who it is: nobody exchanges a terminal faster than this unseen. */
const WHO_EVERY_MS = 60_000;
/** after a plug, or where it did not answer */
const WHO_AGAIN_MS = 2_000;
const WRITE_MS = 1_000;

type Answer = Exclude<CertifiedMessage, { name: 'who' | 'mac-wanted' }>;

/**
 * The certified terminal's security module: who it is, and the MAC over its serial number. The acquirer's key is in there and
 * nowhere else.
 */
export class CertifiedTerminal {
  readonly #parts: CertifiedTerminalParts;
  readonly #link: ByteLink;
  readonly #framer = new PacketFramer(certifiedShape);
  #asked: { readonly isAnswer: (answer: Answer) => boolean; readonly end: (answer?: Answer) => void } | undefined;
  /** one question at a time */
  #queue: Promise<unknown> = Promise.resolve();
  #callOffWho: () => void = () => undefined;

  constructor(parts: CertifiedTerminalParts) {
    this.#parts = parts;
    this.#link = parts.open({
      up: () => this.#whoIn(0),
      bytes: (bytes, at) => this.#heard(this.#framer.push(bytes, at)),
      down: (problem) => {
        this.#framer.reset();
        this.#callOffWho();
        this.#asked?.end();
        parts.events.onDown(problem);
      },
    });
  }

  /** The MAC over the terminal's serial number and `random`, or that there is none in time. Never rejects. */
  async mac(random: string): Promise<MacAnswer> {
    if (!this.#link.isUp) return { absent: 'silent' };
    const isAnswer = (one: Answer) => one.name !== 'identity' && one.random === random;
    const answer = await this.#ask({ name: 'mac-wanted', random }, isAnswer);
    if (answer?.name === 'mac') return { mac: answer.mac };
    return { absent: answer?.name === 'mac-refused' ? 'refused' : 'silent' };
  }

  async close(): Promise<void> {
    this.#callOffWho();
    this.#asked?.end();
    await this.#link.close();
  }

  #whoIn(ms: number): void {
    this.#callOffWho();
    this.#callOffWho = this.#parts.clock.after(ms, () => void this.#who());
  }

  async #who(): Promise<void> {
    // twice the same: the check of a frame is one byte, and who is accused of tampering is replaced. Its place may move a little
    const first = await this.#identity();
    const second = first && (await this.#identity());
    if (!this.#link.isUp) return;
    const isSure = second !== undefined && first?.mark === second.mark && first.serial === second.serial;
    if (isSure) this.#parts.events.onIdentity(second);
    this.#whoIn(isSure ? WHO_EVERY_MS : WHO_AGAIN_MS);
  }

  async #identity(): Promise<TerminalIdentity | undefined> {
    const answer = await this.#ask({ name: 'who' }, ({ name }) => name === 'identity');
    return answer?.name === 'identity' ? answer : undefined;
  }

  #ask(question: CertifiedMessage, isAnswer: (answer: Answer) => boolean): Promise<Answer | undefined> {
    const asking = this.#queue.then(() => this.#put(question, isAnswer));
    this.#queue = asking;
    return asking;
  }

  #put(question: CertifiedMessage, isAnswer: (answer: Answer) => boolean): Promise<Answer | undefined> {
    const { clock, answerMs, dialect } = this.#parts;
    if (!this.#link.isUp) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const callOff = clock.after(answerMs, () => this.#asked?.end());
      const end = (answer?: Answer) => {
        this.#asked = undefined;
        callOff();
        resolve(answer);
      };
      this.#asked = { isAnswer, end };
      void this.#link.write(encodeCertified(question, dialect), WRITE_MS, 'taken');
    });
  }

  /** What answers another question came too late: it is nobody's. */
  #heard(events: readonly PacketEvent[]): void {
    for (const event of events) {
      if (event.kind === 'noise') continue;
      const message = parseCertified(event.bytes, 'terminal', this.#parts.dialect);
      if (!message || message.name === 'who' || message.name === 'mac-wanted') continue;
      if (this.#asked?.isAnswer(message)) this.#asked.end(message);
    }
  }
}
