import { type Bitmap, newBitmap } from '../../protocols/escpos/image.ts';
import { drawFeatureCode } from '../../protocols/signature/feature-glyphs.ts';
import { writePadImage } from '../../protocols/signature/pad-image.ts';
import { drawStrokes, type PenPoint } from '../../protocols/signature/strokes.ts';
import type { PadMessage, PadMessageName } from '../../protocols/terminal/pad/messages.ts';
import type { Clock } from '../world/clock.ts';
import { type PadCustomer, type Random, signs } from './pad-customer.ts';
import type { PadFault } from './pad-faults.ts';
import type { PadPersonality } from './pad-personalities.ts';

/** What the pad knows of a signature that it gave: its own witness, which the till's store is compared with. */
export interface PadSignature {
  readonly sequence: number;
  readonly featureCode: string;
  readonly bitmap: Bitmap;
  /** how often the customer began anew */
  readonly resigned: number;
  /** deleted when the till said that it was uploaded */
  kept: boolean;
}

export interface PadModelOptions {
  readonly personality: PadPersonality;
  readonly clock: Clock;
  readonly random: Random;
  readonly say: (message: PadMessage) => void;
  /** pulls the cable for so long */
  readonly unplug?: (ms: number) => void;
  /** a person with a pen; without one somebody signs by themselves */
  readonly customer?: PadCustomer;
}

const UNPLUGGED_MS = 300;
const ERROR = { cancel: 1, timeout: 2, file: 3, memory: 4 } as const;
const UPLOADED = 0x00;
const NOTE = { deleted: 1, stored: 2, nearlyFull: 3, failed: 4 } as const;

/** A signature pad: states and rules, no bytes. */
export class PadModel {
  readonly ledger: PadSignature[] = [];
  /** what the customer sees; `sign` without an end is a pad that keeps the last customer's page */
  page: 'idle' | 'sign' = 'idle';
  /** A3 that came, answered or not */
  ends = 0;
  readonly #options: PadModelOptions;
  readonly #faults: PadFault[] = [];
  /** of the signature that goes on */
  #fault: PadFault | undefined;
  #sequence = 0;
  #picture: { width: number; height: number };
  #acceptBlank = false;
  #resignTimes = 0;
  #patienceMs: number;
  #penWidth = 2;
  #callOff: (() => void)[] = [];
  #batch: PadSignature[] = [];

  constructor(options: PadModelOptions) {
    this.#options = options;
    const { width, height, patienceMs } = options.personality;
    this.#picture = { width, height };
    this.#patienceMs = patienceMs;
  }

  /** The fault of one of the next signatures, in the order in which they were given. */
  breakNext(fault: PadFault): void {
    this.#faults.push(fault);
  }

  /** It goes well after all, also when the signature that it is for has begun. */
  spare(fault: PadFault): void {
    if (this.#fault === fault) this.#fault = undefined;
    const at = this.#faults.indexOf(fault);
    if (at >= 0) this.#faults.splice(at, 1);
  }

  get fault(): PadFault | undefined {
    return this.#fault;
  }

  /** The fault has done what it does once; the rest of this signature goes well. */
  mend(): void {
    this.#fault = undefined;
  }

  hear(message: PadMessage): void {
    const answer = this.#answer(message);
    if (answer) this.#options.say(answer);
  }

  /** Off and on again: what it keeps, it keeps; the customer's page is gone. */
  powerCycle(): void {
    this.#rest();
    this.page = 'idle';
  }

  #answer(message: PadMessage): PadMessage | undefined {
    switch (message.name) {
      case 'handshake':
        return this.#begin();
      case 'resign-times':
        this.#resignTimes = message.times;
        return set('resign-times-set');
      case 'accept-blank':
        this.#acceptBlank = message.accept !== 0;
        return set('accept-blank-set');
      case 'zone':
        return this.#size(message.pictureWidth, message.pictureHeight);
      case 'pen-width':
        this.#penWidth = Math.min(9, Math.max(1, message.dots));
        return set('pen-width-set');
      case 'timeout':
        this.#patienceMs = 1000 * message.seconds;
        return set('timeout-set');
      case 'sign':
        this.#sign(message.featureCode);
        return undefined;
      case 'end':
        return this.#end();
      case 'uploaded':
        return this.#note(message.sequence, message.result);
      case 'batch-begin':
        this.#batch = this.ledger.filter(({ kept }) => kept);
        return this.#nextOfBatch();
      case 'batch-received':
        this.#batch = this.#batch.filter(({ sequence }) => sequence !== message.sequence);
        return this.#nextOfBatch();
      case 'batch-error':
        return this.#nextOfBatch();
      case 'batch-end':
        return { name: 'batch-ended', status: 0 };
      default:
        return undefined;
    }
  }

  #begin(): PadMessage | undefined {
    if (this.#fault === 'end-unanswered') this.#fault = undefined;
    this.#fault ??= this.#faults.shift();
    if (this.#fault === 'handshake-silent') return undefined;
    return { name: 'handshake-state', state: this.page === 'idle' ? 0 : 1 };
  }

  #size(width: number, height: number): PadMessage {
    const { personality } = this.#options;
    const fits = width <= personality.width && height <= personality.height && this.#fault !== 'setting-refused';
    if (fits) this.#picture = { width, height };
    return { name: 'zone-set', status: fits ? 0 : 1 };
  }

  #end(): PadMessage | undefined {
    this.ends += 1;
    this.page = 'idle';
    this.#rest();
    if (this.#fault === 'end-unanswered') return undefined;
    this.#fault = undefined;
    return { name: 'ended', status: 0 };
  }

  #rest(): void {
    for (const callOff of this.#callOff) callOff();
    this.#callOff = [];
  }

  #later(ms: number, run: () => void): void {
    this.#callOff.push(this.#options.clock.after(ms, run));
  }

  #sign(featureCode: string): void {
    this.#rest();
    this.page = 'sign';
    const { signMs } = this.#options.personality;
    this.#beat();
    const resigned = this.#fault === 'three-re-signs' ? Math.min(3, this.#resignTimes) : 0;
    switch (this.#fault) {
      case 'cancel':
        return this.#later(signMs, () => this.#fail(ERROR.cancel));
      case 'timeout':
        return this.#later(this.#patienceMs, () => this.#fail(ERROR.timeout));
      case 'memory-full':
        return this.#later(signMs, () => this.#fail(ERROR.memory));
      case 'heartbeat-forever':
        return;
      case 'unplugged-while-signing':
        return this.#later(signMs / 2, () => this.#options.unplug?.(UNPLUGGED_MS));
      default: {
        const { customer } = this.#options;
        if (customer) return this.#wait(customer, featureCode);
        return this.#later(signMs * (1 + resigned), () => this.#signed(featureCode, resigned));
      }
    }
  }

  /** A person signs, presses the red key, or does nothing until the pad's patience is over. */
  #wait(customer: PadCustomer, featureCode: string): void {
    let isOver = false;
    const over = (): boolean => {
      const was = isOver;
      isOver = true;
      if (!was) customer.rests();
      return was;
    };
    // whatever ends the page ends the question
    this.#callOff.push(() => void over());
    customer.signs(this.#picture, (points) => {
      if (over()) return;
      if (points) this.#signed(featureCode, 0, points);
      else this.#fail(ERROR.cancel);
    });
    this.#later(this.#patienceMs, () => over() || this.#fail(ERROR.timeout));
  }

  #beat(): void {
    const { heartbeatMs, signMs } = this.#options.personality;
    const ms = this.#fault === 'heartbeat-forever' ? Math.max(1, Math.min(heartbeatMs || signMs, signMs)) : heartbeatMs;
    if (ms === 0 || this.#fault === 'timeout') return;
    this.#later(ms, () => {
      this.#options.say({ name: 'heartbeat' });
      this.#beat();
    });
  }

  #fail(error: number): void {
    this.#rest();
    this.#options.say({ name: 'sign-error', error });
  }

  #signed(featureCode: string, resigned: number, points?: readonly PenPoint[]): void {
    this.#rest();
    const old = this.ledger.at(-1);
    if (this.#fault === 'old-sequence' && old) return this.#give(old.sequence, old.bitmap);
    const bitmap = this.#fault === 'old-feature-code' && old ? old.bitmap : this.#draw(featureCode, points);
    this.#sequence += 1;
    this.ledger.push({ sequence: this.#sequence, featureCode, bitmap, resigned, kept: true });
    if (this.ledger.length > this.#options.personality.slots) this.ledger.shift();
    this.#give(this.#sequence, bitmap);
  }

  #draw(featureCode: string, points?: readonly PenPoint[]): Bitmap {
    const { personality, random } = this.#options;
    const { width, height } =
      this.#fault === 'oversize-image'
        ? { width: this.#picture.width + 8, height: this.#picture.height }
        : this.#picture;
    const bitmap = newBitmap(width, height);
    if (this.#fault === 'image-of-control-bytes')
      for (let k = 0; k < bitmap.bits.length; k++) bitmap.bits[k] = 2 + (k & 1);
    if (personality.drawsCode) drawFeatureCode(bitmap, featureCode);
    const isBlank = this.#fault === 'blank' && !this.#acceptBlank;
    if (!isBlank) drawStrokes(bitmap, points ?? signs(width, height, random), this.#penWidth);
    return bitmap;
  }

  #give(sequence: number, bitmap: Bitmap): void {
    const { format } = this.#options.personality;
    const image =
      this.#fault === 'unreadable-image' ? Uint8Array.of(0x47, 0x49, 0x46) : writePadImage({ format, bitmap });
    this.#options.say({ name: 'signed', sequence, image });
  }

  #note(sequence: number, result: number): PadMessage {
    const found = this.ledger.find((signature) => signature.sequence === sequence);
    if (!found) return { name: 'upload-noted', status: NOTE.failed };
    if (result === UPLOADED) found.kept = false;
    const left = this.#options.personality.slots - this.ledger.filter(({ kept }) => kept).length;
    const stored = left < 10 ? NOTE.nearlyFull : NOTE.stored;
    return { name: 'upload-noted', status: found.kept ? stored : NOTE.deleted };
  }

  #nextOfBatch(): PadMessage {
    const [next] = this.#batch;
    if (!next) return { name: 'batch-empty', count: 0 };
    const { format } = this.#options.personality;
    const image = writePadImage({ format, bitmap: next.bitmap });
    return { name: 'batch-image', count: Math.min(255, this.#batch.length), sequence: next.sequence, image };
  }
}

type SetName = Extract<PadMessageName, `${string}-set`>;

function set(name: SetName): PadMessage {
  return { name, status: 0 };
}
