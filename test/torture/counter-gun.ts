import type { GunFault } from '../../simulator/faults/gun-faults.ts';
import type { GunScan, SimulatedGun } from '../../simulator/guns/gun.ts';
import { makeGun } from '../../simulator/guns/make-gun.ts';
import { GUN_PERSONALITIES, type GunPersonality } from '../../simulator/personalities/guns.ts';
import type { Clock } from '../../simulator/world/clock.ts';
import type { Chance } from './chance.ts';
import type { SerialPort } from './serial-port.ts';

// The gun of a world: one personality a seed, on the memory port, with the faults that its protocol can show.

/** Guns that the till cannot be set up for: one never acknowledges commands, one reads only while the host pulls. */
const LEFT_OUT: ReadonlySet<string> = new Set(['ssi-unacknowledged', 'ssi-host-trigger']);

const OFFERED = Object.entries<GunPersonality>(GUN_PERSONALITIES)
  .filter(([name]) => !LEFT_OUT.has(name))
  .map(([name, personality]) => ({ name, personality }));

export function drawGun(chance: Chance): (typeof OFFERED)[number] {
  const [first, ...rest] = OFFERED;
  if (!first) throw new Error('no gun to draw from');
  return chance.pick([first, ...rest]);
}

export type GunFaultGroup = 'gun-stutters' | 'gun-spoils' | 'gun-repeats' | 'gun-pulled';

type Faults = Readonly<Record<GunFaultGroup, readonly GunFault[]>>;

const LINE: Faults = {
  'gun-stutters': ['split', 'glued'],
  'gun-spoils': ['truncated', 'noise', 'wrong-baud'],
  'gun-repeats': ['duplicated'],
  'gun-pulled': ['unplugged'],
};
/** Silence ends its codes: in pieces they would be several, and twice without silence is one long one. */
const BARE_LINE: Faults = { ...LINE, 'gun-stutters': ['glued'], 'gun-spoils': ['noise'], 'gun-repeats': [] };
const SSI: Faults = {
  ...LINE,
  'gun-spoils': ['garbled', 'byte-lost', 'truncated', 'noise'],
  'gun-repeats': ['duplicated', 'retransmitted'],
};
const HID_POS: Faults = { ...LINE, 'gun-stutters': [], 'gun-spoils': ['report-lost'] };
const KEYBOARD: Faults = { ...LINE, 'gun-stutters': [], 'gun-spoils': ['truncated', 'wrong-layout'] };
const VGUANG: Faults = { ...LINE, 'gun-stutters': [], 'gun-spoils': ['garbled', 'report-lost'] };

function faultsOf(personality: GunPersonality): Faults {
  switch (personality.protocol) {
    case 'ssi':
      return SSI;
    case 'serial-line':
      return personality.settings.suffix.length === 0 ? BARE_LINE : LINE;
    case 'hid-pos':
      return HID_POS;
    case 'hid-keyboard':
      return KEYBOARD;
    case 'vguang':
      return VGUANG;
    default:
      return 'flow' in personality ? { ...LINE, 'gun-stutters': ['split', 'glued', 'stalled'] } : LINE;
  }
}

/** A gun lights, finds and decodes anew; beyond the 100 ms that end a code without a terminator. */
const REREAD_MS = 150;

export interface CounterGunParts {
  readonly personality: GunPersonality;
  readonly port: SerialPort;
  readonly clock: Clock;
  readonly chance: Chance;
  /** the words of this code have left the gun, whole or not */
  readonly onSaid: (code: string | undefined) => void;
}

export class CounterGun {
  readonly #gun: SimulatedGun;
  readonly #faults: Faults;
  readonly #chance: Chance;
  readonly #clock: Clock;
  #code: string | undefined;
  #readAgainAfter: Promise<void> | undefined;

  constructor({ personality, port, clock, chance, onSaid }: CounterGunParts) {
    this.#clock = clock;
    this.#chance = chance;
    this.#faults = faultsOf(personality);
    this.#gun = makeGun(personality, {
      wire: {
        send: (bytes) => Promise.resolve(port.toHost(bytes)),
        listen: (hear) => {
          port.onBytes = hear;
        },
        pause: () => undefined,
        resume: () => undefined,
      },
      clock,
      random: chance.stream('gun faults').next,
      chunkBytes: chance.between(4, 32),
      plug: { pull: () => Promise.resolve(port.pull()), plug: () => port.plug() },
    });
    this.#gun.onSaid = () => onSaid(this.#code);
  }

  /** Can the gun of this world go wrong in this way? */
  can(group: GunFaultGroup): boolean {
    return this.#faults[group].length > 0;
  }

  async scan(code: string | Uint8Array, group?: GunFaultGroup): Promise<GunScan> {
    // Codes without an end that come faster than the silence between them are one code to anybody. No gun reads so fast.
    await this.#readAgainAfter;
    this.#code = typeof code === 'string' ? code : undefined;
    const [first, ...rest] = group ? this.#faults[group] : [];
    const fault = first && this.#chance.pick([first, ...rest]);
    const symbology = this.#chance.pick(['QR', 'Code 128']);
    const scan = await this.#gun.scan(code, { symbology, ...(fault && { fault }) });
    this.#readAgainAfter = new Promise((resolve) => this.#clock.after(REREAD_MS, resolve));
    return scan;
  }
}
