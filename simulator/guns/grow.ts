import type { GrowFrame } from '../../protocols/scanner/grow.ts';
import type { CommandSettings, Obeying } from './command-gun.ts';
import { type Deed, sign } from './model.ts';

// The zones of a Grow gun (scanners.md 3.3): bytes at addresses, some of which do something when they are written.

export interface GrowAnswer {
  readonly status: number;
  readonly data: readonly number[];
}

export interface GrowHeard {
  /** absent: a type that it does not know */
  readonly frame: GrowFrame | undefined;
  /** false: the CRC was wrong */
  readonly checked: boolean;
}

const DONE = 0x00;
const BAD_CHECK = 0x01;
const INVALID = 0x03;
const MODE = 0x0000;
const TRIGGER = 0x0002;
const SESSION = 0x0006;
const TERMINATOR = 0x000e;
const BAUD = 0x002a;
const AIM_ID = 0x00d0;
const RESET = 0x00d9;
const VERSION = 0x00e2;
/** mode bits of zone 0000: 0 by hand, 1 by command, 2 continuous, 3 by motion (from memory) */
const MODE_BITS = 0x03;
const BY_COMMAND = 0x01;
const SUFFIXES = [[0x0d], [0x0a], [0x0d, 0x0a], [0x09], []] as const;
/** zone 002A divides it: 39 01 is 9600, 1A 00 is 115200 */
const BAUD_CLOCK = 3_000_000;
const BAUD_RATES = [1200, 2400, 4800, 9600, 14_400, 19_200, 38_400, 57_600, 115_200] as const;

/** what a zone holds when nobody wrote it; the rest is 0 (GM65, from memory but for baud and terminator) */
const FACTORY: readonly (readonly [number, number])[] = [
  [MODE, 0xd4],
  [SESSION, 0x32],
  [BAUD, 0x39],
  [BAUD + 1, 0x01],
  [VERSION, 0x22],
];

export class GrowZones {
  flashWrites = 0;
  #saved = new Map(FACTORY);
  #ram = new Map(FACTORY);

  zone(address: number): number {
    return this.#ram.get(address) ?? 0;
  }

  powerUp(factory: CommandSettings): CommandSettings {
    this.#ram = new Map(this.#saved);
    return this.#settings(factory);
  }

  obey<Answer>(
    { frame, checked }: GrowHeard,
    gun: Obeying<Answer>,
    at: number,
  ): { answer: GrowAnswer; deeds: Deed<never>[] | ReturnType<Obeying<Answer>['body']['release']> } {
    if (!checked) return { answer: { status: BAD_CHECK, data: [0] }, deeds: [] };
    if (!frame || frame.type === 'heartbeat') return { answer: { status: INVALID, data: [0] }, deeds: [] };
    if (frame.type === 'read') return { answer: this.#read(frame), deeds: [] };
    if (frame.type === 'save') return { answer: { status: DONE, data: [0] }, deeds: this.#save() };
    return { answer: { status: DONE, data: [0] }, deeds: this.#write(frame, gun, at) };
  }

  #read({ address, data: [count = 1] }: GrowFrame): GrowAnswer {
    return { status: DONE, data: Array.from({ length: count }, (_, n) => this.zone(address + n)) };
  }

  #save(): Deed<never>[] {
    this.flashWrites += 1;
    this.#saved = new Map(this.#ram);
    return [sign({ kind: 'flash-written' })];
  }

  #write<Answer>({ address, data }: GrowFrame, gun: Obeying<Answer>, at: number) {
    if (address === TRIGGER) return this.#trigger(data[0] === 1, gun, at);
    if (address === RESET) this.#ram = new Map(data[0] === 0x55 ? this.#saved : FACTORY);
    else for (const [n, byte] of data.entries()) this.#ram.set(address + n, byte);
    gun.settings = this.#settings(gun.settings);
    gun.body.trigger = gun.settings.trigger;
    return address === BAUD ? [{ kind: 'baud', baudRate: this.#baudRate() } as const] : [];
  }

  #trigger<Answer>(on: boolean, gun: Obeying<Answer>, at: number) {
    return on ? gun.body.pull(at) || [] : gun.body.release(at);
  }

  #baudRate(): number {
    const wanted = BAUD_CLOCK / Math.max(1, this.zone(BAUD) | (this.zone(BAUD + 1) << 8));
    return BAUD_RATES.reduce((best, rate) => (Math.abs(rate - wanted) < Math.abs(best - wanted) ? rate : best), 9600);
  }

  #settings(before: CommandSettings): CommandSettings {
    const suffix = SUFFIXES[this.zone(TERMINATOR)] ?? SUFFIXES[0];
    return {
      ...before,
      // what nobody wrote stays as the personality has it: on HID there is no terminator
      ...(this.#ram.has(TERMINATOR) && { suffix: Uint8Array.from(suffix) }),
      ...(this.#ram.has(AIM_ID) && { codeId: (this.zone(AIM_ID) & 0x80) !== 0 ? 'aim' : 'none' }),
      trigger: (this.zone(MODE) & MODE_BITS) === BY_COMMAND ? 'host' : 'hand',
    };
  }
}
