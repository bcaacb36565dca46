import { fromHex } from '../../protocols/bytes/hex.ts';
import type { SimulatedGun } from '../../simulator/guns/gun.ts';
import { makeGun } from '../../simulator/guns/make-gun.ts';
import type { GunPersonality } from '../../simulator/personalities/guns.ts';
import { aimed } from '../../simulator/scenarios/aimed.ts';
import type { VirtualClock } from '../../simulator/world/clock.ts';
import { TerminalLine } from '../world/terminal-line.ts';

/** A gun of any make on a cable in virtual time. */
export class VirtualGun {
  readonly line: TerminalLine;
  readonly #gun: SimulatedGun;
  readonly #clock: VirtualClock;

  constructor(personality: GunPersonality, clock: VirtualClock, random: () => number) {
    this.#clock = clock;
    this.line = new TerminalLine(clock, peerOf(personality));
    this.#gun = makeGun(personality, { wire: this.line, clock, random });
  }

  read(code: string): Promise<void> {
    return aimed(this.#gun, code, (ms) => new Promise((resolve) => this.#clock.after(ms, resolve)));
  }

  say(bytes: Uint8Array): void {
    void this.line.send(bytes);
  }

  pull(): void {
    void this.line.hangup();
  }

  plug(): void {
    this.line.replug();
  }
}

/** What a HID gun says of itself. */
function peerOf(personality: GunPersonality) {
  if (!('usb' in personality)) return undefined;
  const { vendorId, productId, serialNumber, product, descriptor } = personality.usb;
  return { vendorId, productId, serialNumber, product, descriptor: fromHex(descriptor) ?? new Uint8Array() };
}
