import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../agent/clock.ts';
import { type PadAnswer, SignaturePad } from '../../agent/devices/signature-pad.ts';
import { openSerialLink } from '../../agent/transport/serial.ts';
import { OBSERVED_PAD, type PadDialect } from '../../protocols/terminal/pad/settings.ts';
import type { PadFault } from '../../simulator/terminals/pad-faults.ts';
import { SimulatedPad } from '../../simulator/terminals/pad-mouth.ts';
import { PAD_PERSONALITIES, type PadPersonality } from '../../simulator/terminals/pad-personalities.ts';
import { PtyWire } from '../../simulator/wires/pty.ts';
import { systemClock as shopClock } from '../../simulator/world/clock.ts';
import { LCG } from '../seeded.ts';

const FAST: PadPersonality = { ...PAD_PERSONALITIES['vx820-pad'], signMs: 60, heartbeatMs: 20, patienceMs: 150 };
const DIALECT: PadDialect = { ...OBSERVED_PAD, ground: 'ours', replyMs: 400, signMs: 700, limitMs: 2500 };

/** A simulated pad on a real pty, spoken to by the agent's pad through the real serialport. */
export class SigningShop {
  readonly wire: PtyWire;
  readonly device: SimulatedPad;
  readonly pad: SignaturePad;
  ups = 0;
  readonly #folder = mkdtempSync(join(tmpdir(), 'tillwire-pad-'));
  readonly #waiting = new Set<() => void>();

  constructor(personality: Partial<PadPersonality> = {}, dialect: Partial<PadDialect> = {}) {
    const path = join(this.#folder, 'pad');
    this.wire = new PtyWire({ link: path });
    const chance = new LCG(7);
    const random = () => chance.below(1_000_000) / 1_000_000;
    this.device = new SimulatedPad(this.wire, { personality: { ...FAST, ...personality }, clock: shopClock, random });
    const line = { path, baudRate: 115_200 };
    this.pad = new SignaturePad(
      { ...DIALECT, ...dialect },
      { onUp: () => this.#up(), onDown: () => undefined },
      systemClock,
      (listener) => openSerialLink(line, listener, { clock: systemClock, random: () => 0.5 }),
    );
  }

  #up(): void {
    this.ups += 1;
    for (const look of this.#waiting) look();
  }

  /** Until the link has come up so many times. */
  up(times = 1): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the link came up ${this.ups} times`)), 10_000);
      const look = () => {
        if (this.ups < times) return;
        this.#waiting.delete(look);
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  async sign(featureCode: string, fault?: PadFault, lastSequence?: number): Promise<PadAnswer> {
    if (fault) this.device.model.breakNext(fault);
    await this.up();
    const answer = this.pad.sign({ featureCode, lastSequence });
    if (!answer) throw new Error('the pad is busy');
    return answer;
  }

  async close(): Promise<void> {
    await this.pad.close();
    this.device.close();
    await this.wire.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
