import type { PenPoint } from '../../protocols/signature/strokes.ts';
import { parsePad } from '../../protocols/terminal/pad/codec.ts';
import { type PadCustomer, signs } from '../terminals/pad-customer.ts';
import { SimulatedPad } from '../terminals/pad-mouth.ts';
import type { PadPerson } from '../terminals/pad-person.ts';
import { PAD_PERSONALITIES } from '../terminals/pad-personalities.ts';
import { DeviceServerWire } from '../wires/device-server.ts';
import { type Direction, FaultyWire, type FaultyWireParts } from '../wires/faulty-wire.ts';
import { systemClock } from '../world/clock.ts';
import { Refusal } from './problems.ts';
import type { Sections } from './schemas.ts';
import { shortHex, type Told } from './wire-lines.ts';

/** The make on this counter. */
export const PAD = 'vx820-pad';

/** Somebody looks at the page, then takes the pen. */
const SIGNS_AFTER_MS = 1_500;

type Stroke = readonly Omit<PenPoint, 'down'>[];

/** The signature pad on the counter, and the customer with the pen. */
export class PadPlace implements PadCustomer, PadPerson {
  onChange: () => void = () => undefined;
  readonly wire: FaultyWire;
  readonly pad: SimulatedPad;
  readonly #random: () => number;
  /** false: whoever stands there signs by themselves */
  #isAttended = true;
  #size: { readonly width: number; readonly height: number } | undefined;
  #answer: ((points: readonly PenPoint[] | undefined) => void) | undefined;

  /** Its frames over TCP, as behind a serial device server. */
  static async open(parts: FaultyWireParts): Promise<PadPlace> {
    const server = await DeviceServerWire.listening();
    const place = new PadPlace(new FaultyWire(server, parts), parts.random);
    return place;
  }

  private constructor(wire: FaultyWire, random: () => number) {
    this.wire = wire;
    this.#random = random;
    this.pad = new SimulatedPad(wire, {
      personality: PAD_PERSONALITIES[PAD],
      clock: systemClock,
      random,
      customer: this,
    });
  }

  /** What the till's configuration says of it. Always: a plain ZVT result does not say how the holder was verified. */
  get config(): object {
    return { path: this.wire.path, signs: 'always' };
  }

  get person(): PadPerson {
    return this;
  }

  pull(): Promise<void> {
    return this.wire.hangup();
  }

  plug(): Promise<void> {
    return Promise.resolve(this.wire.replug());
  }

  attend(isThere: boolean): void {
    this.#isAttended = isThere;
  }

  get isAsked(): boolean {
    return this.#answer !== undefined;
  }

  refuse(): void {
    this.#say(undefined);
  }

  signs(
    size: { readonly width: number; readonly height: number },
    answer: (points?: readonly PenPoint[]) => void,
  ): void {
    this.#size = size;
    this.#answer = answer;
    if (!this.#isAttended) systemClock.after(SIGNS_AFTER_MS, () => this.isAsked && this.sign());
    this.onChange();
  }

  rests(): void {
    this.#answer = undefined;
    this.onChange();
  }

  /** What the pen did, stroke by stroke; `undefined`: somebody else signs instead. */
  sign(strokes?: readonly Stroke[]): void {
    const size = this.#size;
    if (!size) throw new Refusal('NOT_ASKING');
    this.#say(strokes ? lifted(strokes) : signs(size.width, size.height, this.#random));
  }

  view(): Sections['pad'] {
    return {
      path: this.wire.path,
      plugged: this.wire.isPlugged,
      asking: this.#answer && this.#size ? { ...this.#size } : null,
      signatures: this.pad.model.ledger.length,
    };
  }

  async close(): Promise<void> {
    this.pad.close();
    await this.wire.close();
  }

  #say(points: readonly PenPoint[] | undefined): void {
    const answer = this.#answer;
    if (!answer) throw new Refusal('NOT_ASKING');
    this.#answer = undefined;
    answer(points);
  }
}

/** The pen is up between the strokes. */
function lifted(strokes: readonly Stroke[]): PenPoint[] {
  return strokes.flatMap((stroke) => {
    const last = stroke.at(-1);
    const drawn = stroke.map((point) => ({ ...point, down: true }));
    return last ? [...drawn, { ...last, down: false }] : drawn;
  });
}

/** One frame of the pad in words: a signature is told by its size. */
export function padWords(bytes: Uint8Array, direction: Direction): Told {
  const message = parsePad(bytes, direction === 'up' ? 'pad' : 'till');
  if (!message) return { title: `${bytes.length} B`, detail: '', hex: shortHex(bytes) };
  const { name, ...fields } = message;
  const lines = Object.entries(fields).map(
    ([key, value]) => `${key} ${value instanceof Uint8Array ? `${value.length} B` : String(value)}`,
  );
  return { title: name, detail: lines.join('\n'), hex: shortHex(bytes) };
}
