import type { GunScan, ScanOrder, SimulatedGun } from '../../simulator/guns/gun.ts';
import { makeGun } from '../../simulator/guns/make-gun.ts';
import type { Sign } from '../../simulator/guns/model.ts';
import type { GunPersonality } from '../../simulator/personalities/guns.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';
import { Chance } from '../torture/chance.ts';
import type { Cable } from './cable.ts';
import { type Ear, earFor, type Told } from './ears.ts';
import { TillGun } from './till-gun.ts';

export interface ShiftTerms {
  readonly seed: number;
  readonly unpaced?: boolean;
  readonly chunkBytes?: number | 'random';
  /** who listens: the bare decoder (default), or the agent's own gun above it */
  readonly listener?: 'decoder' | 'till';
}

/** One gun, one decoder, a cable between them and one clock for both. */
export class Shift {
  readonly clock = new VirtualClock(0);
  readonly gun: SimulatedGun;
  /** absent where the till listens */
  readonly ear: Ear | undefined;
  readonly till: TillGun | undefined;
  readonly chance: Chance;
  readonly signs: Sign[] = [];
  onTold: (told: Told) => void = () => undefined;
  /** bytes that reached the decoder */
  received = 0;
  readonly #cable: Cable;
  #callOff: () => void = () => undefined;

  constructor(personality: GunPersonality, cable: Cable, terms: ShiftTerms) {
    this.#cable = cable;
    this.chance = new Chance(terms.seed);
    const isTill = terms.listener === 'till';
    this.ear = isTill ? undefined : earFor(personality);
    const write = (bytes: Uint8Array) => cable.write(bytes);
    this.till = isTill ? new TillGun(personality, this.clock, write, (told) => this.onTold(told)) : undefined;
    const { plug } = cable;
    this.gun = makeGun(personality, {
      wire: cable.wire,
      clock: this.clock,
      random: this.chance.stream('faults').next,
      plug,
      ...(terms.unpaced === undefined ? {} : { unpaced: terms.unpaced }),
      ...(terms.chunkBytes === undefined ? {} : { chunkBytes: this.#chunks(terms.chunkBytes) }),
    });
    this.gun.onSign = (sign) => void (this.signs.length < 1_000 && this.signs.push(sign));
    cable.onBytes = (bytes) => {
      this.received += bytes.length;
      this.till?.bytes(bytes);
      this.#hear((ear, at) => ear.push(bytes, at));
    };
    cable.onUp = () => {
      this.till?.up();
      this.#hear((ear, at) => ear.reset(at));
    };
    cable.onDown = () => {
      this.till?.down();
      this.#hear((ear, at) => ear.reset(at));
    };
    if (cable.isConnected) cable.onUp();
  }

  #hear(listen: (ear: Ear, at: number) => Told[]): void {
    if (this.ear) this.take(listen(this.ear, this.clock.mono()));
  }

  #chunks(chunkBytes: number | 'random'): number | (() => number) {
    const chance = this.chance.stream('chunks');
    return chunkBytes === 'random' ? () => chance.pick([1, 2, 3, 5, 8, 16, 64, 64]) : chunkBytes;
  }

  /** What the decoder told: bytes for the gun go to it, the rest to whoever listens. */
  take(told: readonly Told[]): void {
    for (const one of told) {
      if (one.kind === 'send') this.#cable.write(one.bytes);
      else this.onTold(one);
    }
    this.#callOff();
    const due = this.ear?.nextDeadline;
    if (due === undefined) return;
    this.#callOff = this.clock.after(Math.max(0, due - this.clock.mono()), () => this.#hear((ear, at) => ear.wake(at)));
  }

  /** One code, to the end that the gun knows of. */
  async scan(code: string | Uint8Array, order: ScanOrder = {}): Promise<GunScan> {
    let scanned: GunScan | undefined;
    void this.gun.scan(code, order).then((scan) => {
      scanned = scan;
    });
    await this.passUntil(() => scanned !== undefined);
    if (!scanned) throw new Error('the gun never came to an end with this code');
    return scanned;
  }

  async pass(ms: number): Promise<void> {
    const until = this.clock.mono() + ms;
    await this.passUntil(() => this.clock.mono() >= until, until);
  }

  /** Lets time go on, step by step, whenever the cable is quiet. */
  async passUntil(isSo: () => boolean, until = this.clock.mono() + 120_000): Promise<void> {
    await this.#cable.quiet();
    while (!isSo()) {
      const due = this.clock.nextDue;
      this.clock.advanceTo(due === undefined || due > until ? until : due);
      await this.#cable.quiet();
      if (!isSo() && this.clock.mono() >= until) return;
    }
  }
}
