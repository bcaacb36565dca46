import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretText } from '../../protocols/paycode/secret.ts';
import type { TerminalResult } from '../../protocols/terminal/messages.ts';
import { MisDialogue } from '../../protocols/terminal/mis/dialogue.ts';
import type { MisFault } from '../../simulator/terminals/mis-faults.ts';
import { SimulatedMis } from '../../simulator/terminals/mis-mouth.ts';
import {
  MIS_PERSONALITIES,
  type MisPersonality,
  type MisPersonalityName,
} from '../../simulator/terminals/mis-personalities.ts';
import { PtyWire } from '../../simulator/wires/pty.ts';
import { systemClock } from '../../simulator/world/clock.ts';
import { LCG } from '../seeded.ts';
import { DialogueTill } from './dialogue-till.ts';

/** a published test number */
export const PAYCODE = '134622817080551492';

/** A simulated MIS terminal on a real pty, and the till's dialogue on the other end. */
export class MisShop {
  readonly wire: PtyWire;
  readonly terminal: SimulatedMis;
  readonly dialogue: MisDialogue;
  readonly till: DialogueTill;
  readonly #folder = mkdtempSync(join(tmpdir(), 'tillwire-mis-'));
  #orders = 0;

  constructor(name: MisPersonalityName = 'boc-yinjie', patience: Partial<MisPersonality['dialect']> = {}) {
    const path = join(this.#folder, 'mis');
    const known: MisPersonality = MIS_PERSONALITIES[name];
    const dialect = { ...known.dialect, answerMs: 1500, limitMs: 3000, ...patience };
    const personality = { ...known, dialect, ackMs: 5, hostMs: 40, repeatMs: 250 };
    this.wire = new PtyWire({ link: path });
    const chance = new LCG(11);
    const host = (packet: Uint8Array) => packet.toReversed();
    const random = () => chance.below(1_000_000) / 1_000_000;
    this.terminal = new SimulatedMis(this.wire, { personality, clock: systemClock, random, host });
    this.dialogue = new MisDialogue({ dialect, till: { till: '0019', operator: '811615' }, firstCorrelation: 0x2953 });
    this.till = new DialogueTill(this.dialogue, path, personality.baudRate);
  }

  /** One sale with a scanned code; the result as it lies on the till's disk. */
  async sale(amount: number, fault?: MisFault): Promise<TerminalResult | undefined> {
    if (fault) this.terminal.breakNext(fault);
    const reference = `T-${(this.#orders += 1)}`;
    await this.till.command({ kind: 'sale', reference, amount, paycode: new SecretText(PAYCODE) });
    return this.till.stored.find((result) => result.reference === reference);
  }

  /** The rule of terminals.md 6.4: what the terminal's host approved is confirmed at the till, or in somebody's hands. */
  get approvedUnseen(): number {
    const confirmed = this.till.stored.filter(({ outcome }) => outcome === 'approved').length;
    return this.terminal.model.approvals - confirmed;
  }

  async close(): Promise<void> {
    await this.till.close();
    this.terminal.close();
    await this.wire.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
