import { encodeGb18030 } from '../../protocols/bytes/gb18030.ts';
import { encodeUtf8 } from '../../protocols/bytes/utf8.ts';
import type { Symbology } from '../../protocols/scanner/symbology.ts';
import { type GunFault, type Piece, type Random, spoilt } from '../faults/gun-faults.ts';
import type { PlugName } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import type { Deed, Ending, GunModel, Reading, Sign, Tongue } from './model.ts';
import type { Mouth } from './mouth.ts';

/** The cable, as far as a fault needs it. */
export interface Plug {
  pull(): Promise<void>;
  /** back, under the same name or another one */
  plug(name: PlugName): void;
}

export interface GunParts<Said, Heard> {
  readonly model: GunModel<Said, Heard>;
  readonly tongue: Tongue<Said, Heard>;
  readonly mouth: Mouth;
  readonly clock: Clock;
  readonly random: Random;
  readonly plug?: Plug;
  /** how text beyond ASCII leaves; DE2120 guns come set to GBK */
  readonly encoding?: 'utf8' | 'gbk';
}

export interface ScanOrder {
  /** default QR */
  readonly symbology?: Symbology;
  readonly fault?: GunFault;
}

/** One code that came before the window. A story proves with it: once each, none merged, none lost without a word. */
export interface GunScan {
  readonly id: number;
  readonly data: Uint8Array;
  readonly symbology: Symbology;
  readonly fault?: GunFault;
  readonly how: Ending;
}

/** What tests, the lab page and `tillwire-sim` need of a gun, whatever its make. */
export interface SimulatedGun {
  scan(code: string | Uint8Array, order?: ScanOrder): Promise<GunScan>;
  noRead(): void;
  /** what the host sent */
  hear(bytes: Uint8Array): void;
  /** switched off and on: what was not stored is forgotten */
  restart(): void;
  onSign: (sign: Sign) => void;
  /** the words of a reading, or of a part of it, have left */
  onSaid: (reading: number) => void;
  close(): void;
}

interface Open {
  readonly reading: Reading;
  readonly order: ScanOrder;
  /** its fault has happened */
  faulted: boolean;
  readonly end: (how: Ending) => void;
}

/** How long the cable stays out. */
const PULLED_MS = 300;
/** USB adapters hand on what they hold after 16 ms (FTDI's latency timer, from memory). */
const HELD_MS = 16;
const SLOW_LINE = 9600;

/** A gun at work: carries words from the model to the wire and back, keeps its time, and lets faults happen. */
export class Gun<Said, Heard> implements SimulatedGun {
  onSign: (sign: Sign) => void = () => undefined;
  onSaid: (reading: number) => void = () => undefined;
  readonly #parts: GunParts<Said, Heard>;
  readonly #open = new Map<number, Open>();
  #serial = 0;
  #speaking: Promise<void> = Promise.resolve();
  #held = new Uint8Array();
  /** host messages that will not reach the gun */
  #deafTo = 0;
  /** what comes now is lost: it said XOFF */
  #stalled = false;
  #callOff: () => void = () => undefined;
  #closed = false;

  constructor(parts: GunParts<Said, Heard>) {
    this.#parts = parts;
  }

  scan(code: string | Uint8Array, order: ScanOrder = {}): Promise<GunScan> {
    const { symbology = 'QR', fault } = order;
    const data = typeof code === 'string' ? this.#encoded(code) : code.slice();
    const id = (this.#serial += 1);
    const reading = { id, data, symbology };
    return new Promise((resolve) => {
      const end = (how: Ending) => resolve({ ...reading, ...(fault && { fault }), how });
      this.#open.set(id, { reading, order, faulted: fault === undefined, end });
      this.#do(this.#parts.model.read(reading, this.#now));
    });
  }

  noRead(): void {
    this.#do(this.#parts.model.noRead(this.#now));
  }

  hear(bytes: Uint8Array): void {
    const { tongue, model } = this.#parts;
    if (this.#stalled) return;
    for (const heard of tongue.hear(bytes, this.#now)) {
      if (this.#deafTo > 0) this.#deafTo -= 1;
      else this.#do(model.hear(heard, this.#now));
    }
    this.#wakeLater();
  }

  restart(): void {
    this.#parts.tongue.reset();
    this.#held = new Uint8Array();
    this.#do(this.#parts.model.powerUp(this.#now));
  }

  close(): void {
    this.#closed = true;
    this.#callOff();
    for (const { end } of this.#open.values()) end('unplugged');
    this.#open.clear();
  }

  get #now(): number {
    return this.#parts.clock.mono();
  }

  #encoded(text: string): Uint8Array {
    return this.#parts.encoding === 'gbk' ? encodeGb18030(text) : encodeUtf8(text);
  }

  #do(deeds: readonly Deed<Said>[]): void {
    for (const deed of deeds) {
      if (deed.kind === 'sign') this.onSign(deed.sign);
      else if (deed.kind === 'end') this.#end(deed.reading, deed.how);
      else this.#then(() => this.#act(deed));
    }
    this.#wakeLater();
  }

  /** One after the other: a line has room for one. */
  #then(act: () => Promise<void>): void {
    this.#speaking = this.#speaking.then(() => (this.#closed ? undefined : act()));
  }

  async #act(deed: Extract<Deed<Said>, { kind: 'say' | 'baud' | 'restart' }>): Promise<void> {
    const { mouth, model } = this.#parts;
    if (deed.kind === 'baud') {
      if (mouth.baudRate !== undefined) mouth.baudRate = deed.baudRate;
    } else if (deed.kind === 'restart') await this.#replug('same-name');
    else {
      if (deed.afterMs !== undefined) await this.#pause(deed.afterMs);
      const how = await this.#say(deed.said, deed.reading);
      if (deed.reading !== undefined) this.onSaid(deed.reading);
      if (how !== 'pulled') this.#do(model.said(deed.said, this.#now, how === 'delivered'));
    }
  }

  async #say(said: Said, reading: number | undefined): Promise<'delivered' | 'lost' | 'pulled'> {
    const fault = reading === undefined ? undefined : this.#faultOf(reading);
    const words = this.#parts.tongue.say(said, fault);
    if (!words) {
      if (reading !== undefined) this.#end(reading, 'unsayable');
      return 'delivered';
    }
    const pieces = words.map((bytes): Piece => ({ bytes }));
    const terms = { random: this.#parts.random, baudRate: this.#parts.mouth.baudRate ?? SLOW_LINE };
    this.#stalled = fault === 'stalled';
    const how = await this.#speak(fault ? spoilt(pieces, fault, terms) : pieces, reading);
    this.#stalled = false;
    return how;
  }

  /** A fault happens once: what is sent again is sent well. */
  #faultOf(reading: number): GunFault | undefined {
    const open = this.#open.get(reading);
    if (!open || open.faulted) return undefined;
    open.faulted = true;
    if (open.order.fault === 'retransmitted') this.#deafTo = 1;
    return open.order.fault;
  }

  async #speak(pieces: readonly Piece[], reading: number | undefined): Promise<'delivered' | 'lost' | 'pulled'> {
    let delivered = true;
    for (const { bytes, afterMs = 0, held, pull } of pieces) {
      if (afterMs > 0) await this.#pause(afterMs);
      if (held) this.#hold(bytes);
      else if (!(await this.#out(bytes))) delivered = false;
      if (pull && this.#parts.plug) {
        if (reading !== undefined) this.#end(reading, 'unplugged');
        await this.#replug(pull);
        return 'pulled';
      }
    }
    return delivered ? 'delivered' : 'lost';
  }

  #out(bytes: Uint8Array): Promise<boolean> {
    const all = this.#held.length === 0 ? bytes : Uint8Array.of(...this.#held, ...bytes);
    this.#held = new Uint8Array();
    return this.#parts.mouth.speak(all);
  }

  #hold(bytes: Uint8Array): void {
    this.#held = Uint8Array.of(...this.#held, ...bytes);
    this.#parts.clock.after(HELD_MS, () => {
      if (this.#held.length > 0) this.#then(async () => void (await this.#out(new Uint8Array())));
    });
  }

  async #replug(name: PlugName): Promise<void> {
    const { plug } = this.#parts;
    await plug?.pull();
    await this.#pause(PULLED_MS);
    plug?.plug(name);
    this.restart();
  }

  #end(reading: number, how: Ending): void {
    const open = this.#open.get(reading);
    this.#open.delete(reading);
    open?.end(how);
  }

  #wakeLater(): void {
    this.#callOff();
    if (this.#closed) return;
    const { model, tongue, clock } = this.#parts;
    const due = [model.nextDeadline, tongue.nextDeadline].filter((time) => time !== undefined);
    if (due.length === 0) return;
    this.#callOff = clock.after(Math.max(0, Math.min(...due) - this.#now), () => this.#wake());
  }

  #wake(): void {
    const { model, tongue } = this.#parts;
    const heard = tongue.silence(this.#now);
    this.#do([...heard.flatMap((one) => model.hear(one, this.#now)), ...model.wake(this.#now)]);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.after(ms, resolve));
  }
}
