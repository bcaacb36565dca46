import { PacketFramer } from '../../protocols/framing/packet.ts';
import { certifiedShape } from '../../protocols/terminal/certified/frame.ts';
import {
  ASSUMED_CERTIFIED,
  type CertifiedMessage,
  encodeCertified,
  parseCertified,
  type TerminalIdentity,
} from '../../protocols/terminal/certified/messages.ts';
import type { Wire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import { serialMac } from './serial-mac.ts';

/** What goes wrong with the MAC, until it is mended. */
export const CERTIFIED_FAULTS = {
  silent: 'it answers nothing',
  refuses: 'it makes no MAC',
  late: 'each MAC comes when the till has given up waiting',
  'wrong-key': 'it was given another key than the acquirer knows',
  'bad-check': 'its frames fail their check',
} as const;
export type CertifiedFault = keyof typeof CERTIFIED_FAULTS;

export interface CertifiedTerminalOptions {
  readonly identity: TerminalIdentity;
  /** SM4, 16 bytes: the acquirer's */
  readonly key: Uint8Array;
  readonly clock: Clock;
  /** of the security module for one MAC */
  readonly macMs?: number;
}

const LATE_MS = 3_000;

/** The security module of a certified terminal on a wire: it knows its serial number, its life and the acquirer's key. */
export class SimulatedCertifiedTerminal {
  /** a change is what somebody does to the device: another one is plugged in, it is opened, it is carried away */
  identity: TerminalIdentity;
  fault: CertifiedFault | undefined;
  /** MACs that were asked for */
  asked = 0;
  readonly #options: CertifiedTerminalOptions;
  readonly #wire: Wire;
  readonly #framer = new PacketFramer(certifiedShape);

  constructor(wire: Wire, options: CertifiedTerminalOptions) {
    this.#wire = wire;
    this.#options = options;
    this.identity = options.identity;
    wire.listen((bytes) => this.#heard(bytes));
  }

  #heard(bytes: Uint8Array): void {
    for (const event of this.#framer.push(bytes, this.#options.clock.mono())) {
      const message = event.kind === 'packet' ? parseCertified(event.bytes, 'till', ASSUMED_CERTIFIED) : undefined;
      if (message?.name === 'who') this.#say({ name: 'identity', ...this.identity }, 0);
      if (message?.name === 'mac-wanted') this.#mac(message.random);
    }
  }

  #mac(random: string): void {
    const { key, macMs = 5 } = this.#options;
    this.asked += 1;
    // a terminal that was never activated, or that has destroyed itself, has no key
    if (this.fault === 'refuses' || this.identity.mark !== 'Work') return this.#say({ name: 'mac-refused', random }, 0);
    const own = this.fault === 'wrong-key' ? key.map((byte) => byte ^ 0xff) : key;
    const { macAscii } = serialMac(own, this.identity.serial, random);
    this.#say({ name: 'mac', mac: macAscii, random }, this.fault === 'late' ? LATE_MS : macMs);
  }

  #say(message: CertifiedMessage, afterMs: number): void {
    if (this.fault === 'silent') return;
    const frame = encodeCertified(message, ASSUMED_CERTIFIED);
    const bytes = this.fault === 'bad-check' ? frame.with(frame.length - 2, (frame.at(-2) ?? 0) ^ 1) : frame;
    this.#options.clock.after(afterMs, () => void this.#wire.send(bytes));
  }
}
