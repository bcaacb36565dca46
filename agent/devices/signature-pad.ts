import { type PacketEvent, PacketFramer } from '../../protocols/framing/packet.ts';
import { readPadImage } from '../../protocols/signature/pad-image.ts';
import { encodePad, padShape, parsePad } from '../../protocols/terminal/pad/codec.ts';
import type { PadMessage } from '../../protocols/terminal/pad/messages.ts';
import {
  PAD_AT_START,
  type PadEffect,
  type PadEvent,
  type PadJob,
  type PadResult,
  type PadState,
  padDeadline,
  padStep,
} from '../../protocols/terminal/pad/session.ts';
import type { PadDialect } from '../../protocols/terminal/pad/settings.ts';
import type { Clock } from '../clock.ts';
import type { ByteLink, LinkListener, LinkProblem } from '../transport/link.ts';

export interface SignaturePadEvents {
  onUp(at: number): void;
  onDown(problem: LinkProblem, at: number): void;
}

/** A signature or why there is none; `ended`: the pad has confirmed that it shows its own page again. */
export type PadAnswer = PadResult & { readonly ended: boolean };

/** What the pad said to the fate of a signature that it keeps, the B1 code; `undefined`: nothing. */
export type UploadNote = number | undefined;

/** A signature that the pad keeps. */
export interface BatchImage {
  readonly sequence: number;
  readonly image: Uint8Array;
}

const WRITE_MS = 2000;
/** more than any pad has room for */
const MAX_BATCH = 255;

/** An external signature pad above a byte link: {@link padStep} decides, this speaks. */
export class SignaturePad {
  readonly #dialect: PadDialect;
  readonly #events: SignaturePadEvents;
  readonly #clock: Clock;
  readonly #link: ByteLink;
  readonly #framer = new PacketFramer(padShape('pad'));
  #state: PadState = PAD_AT_START;
  /** of the last picture that came, also of one that could not be used: what comes under it again is nobody's new signature */
  #lastSequence: number | undefined;
  #waiting: ((answer: PadAnswer) => void) | undefined;
  #noting: ((note: UploadNote) => void) | undefined;
  #batching: ((answer: PadMessage | undefined) => void) | undefined;
  #callOff: () => void = () => undefined;
  #sending: Promise<unknown> = Promise.resolve();

  constructor(
    dialect: PadDialect,
    events: SignaturePadEvents,
    clock: Clock,
    open: (listener: LinkListener) => ByteLink,
  ) {
    this.#dialect = dialect;
    this.#events = events;
    this.#clock = clock;
    this.#link = open({
      up: (at) => this.#up(at),
      bytes: (bytes, at) => this.#heard(this.#framer.push(bytes, at), at),
      down: (problem, at) => this.#down(problem, at),
    });
  }

  get isUp(): boolean {
    return this.#link.isUp;
  }

  /** Has the customer sign; `undefined`: somebody is signing already. Resolves at the latest after the dialect's limits. */
  sign(job: PadJob): Promise<PadAnswer> | undefined {
    if (this.#waiting || this.#noting || this.#batching) return undefined;
    if (!this.#link.isUp) return Promise.resolve({ kind: 'unsigned', why: 'link-lost', ended: false });
    return new Promise((resolve) => {
      this.#waiting = resolve;
      const { lastSequence = this.#lastSequence } = job;
      this.#step({ kind: 'sign', job: { ...job, lastSequence }, at: this.#clock.mono() });
    });
  }

  /** Nobody waits for the signature any more; the pad is told. */
  cancel(): void {
    this.#step({ kind: 'cancel', at: this.#clock.mono() });
  }

  /**
   * Every signature that the pad still keeps, oldest first: what a till asks for that was away. `undefined`: not now. A picture
   * that comes spoilt is asked for again, so often as the dialect asks a customer.
   */
  async keptSignatures(): Promise<readonly BatchImage[] | undefined> {
    if (this.#waiting || this.#noting || this.#batching || !this.#link.isUp) return undefined;
    const found: BatchImage[] = [];
    let [question, errors]: [PadMessage, number] = [{ name: 'batch-begin' }, 0];
    while (found.length < MAX_BATCH) {
      const answer = await this.#askBatch(question);
      if (answer?.name === 'batch-image' && readPadImage(answer.image)) {
        found.push({ sequence: answer.sequence, image: answer.image });
        question = { name: 'batch-received', sequence: answer.sequence };
      } else if (answer?.name === 'batch-empty' || ++errors >= this.#dialect.asks) break;
      else question = { name: 'batch-error', sequence: answer?.name === 'batch-image' ? answer.sequence : 0 };
    }
    await this.#askBatch({ name: 'batch-end' });
    return found;
  }

  #askBatch(question: PadMessage): Promise<PadMessage | undefined> {
    return new Promise((resolve) => {
      const callOff = this.#clock.after(this.#dialect.replyMs, () => this.#batching?.(undefined));
      this.#batching = (answer) => {
        this.#batching = undefined;
        callOff();
        resolve(answer);
      };
      this.#send(question);
    });
  }

  /** Tells the pad what became of a signature, so that it may delete its own copy. Not while somebody signs. */
  noteUpload(sequence: number, ok: boolean): Promise<UploadNote> | undefined {
    if (this.#waiting || this.#noting || this.#batching || !this.#link.isUp) return undefined;
    return new Promise((resolve) => {
      const callOff = this.#clock.after(this.#dialect.replyMs, () => this.#noting?.(undefined));
      this.#noting = (note) => {
        this.#noting = undefined;
        callOff();
        resolve(note);
      };
      this.#send({ name: 'uploaded', sequence, result: ok ? 0 : 1 });
    });
  }

  async close(): Promise<void> {
    this.#callOff();
    await this.#sending;
    await this.#link.close();
  }

  #up(at: number): void {
    this.#events.onUp(at);
    this.#step({ kind: 'connected', at });
  }

  #down(problem: LinkProblem, at: number): void {
    this.#framer.reset();
    this.#events.onDown(problem, at);
    this.#noting?.(undefined);
    this.#batching?.(undefined);
    this.#step({ kind: 'disconnected', at });
  }

  #heard(events: readonly PacketEvent[], at: number): void {
    for (const event of events) {
      if (event.kind === 'noise') {
        if (event.cause === 'junk') continue;
        this.#batching?.(undefined);
        this.#step({ kind: 'spoilt', at });
        continue;
      }
      const message = parsePad(event.bytes, 'pad');
      if (message?.name.startsWith('batch-')) this.#batching?.(message);
      else if (message?.name === 'upload-noted') this.#noting?.(message.status);
      else if (message) this.#step({ kind: 'message', message, at });
      if (message?.name === 'signed') this.#lastSequence = message.sequence;
    }
    this.#arm();
  }

  #step(event: PadEvent): void {
    const { state, effects } = padStep(this.#state, event, this.#dialect);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    this.#arm();
  }

  #perform(effect: PadEffect): void {
    if (effect.do === 'send') return this.#send(effect.message);
    const answer = this.#waiting;
    this.#waiting = undefined;
    answer?.({ ...effect.result, ended: effect.ended });
  }

  /** Small frames, one after the other; a link that breaks tells it itself. */
  #send(message: PadMessage): void {
    this.#sending = this.#sending.then(() => this.#link.write(encodePad(message), WRITE_MS, 'taken'));
  }

  /** The nearest of the session's time-out and the end of half a frame. */
  #arm(): void {
    this.#callOff();
    const due = Math.min(padDeadline(this.#state) ?? Infinity, this.#framer.nextDeadline ?? Infinity);
    if (due === Infinity) return;
    this.#callOff = this.#clock.after(Math.max(0, due - this.#clock.mono()), () => {
      const at = this.#clock.mono();
      this.#heard(this.#framer.silence(at), at);
      this.#step({ kind: 'time', at });
    });
  }
}
