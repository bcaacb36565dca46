import { join } from 'node:path';
import { type TerminalMake, terminalTable } from '../personalities/terminal-makes.ts';
import { CardHolder } from '../terminals/card-person.ts';
import { SimulatedPad } from '../terminals/pad-mouth.ts';
import { PadSigner } from '../terminals/pad-person.ts';
import type { PadPersonality } from '../terminals/pad-personalities.ts';
import { terminalOn } from '../terminals/shop-terminal.ts';
import { PtyWire } from '../wires/pty.ts';
import { systemClock } from '../world/clock.ts';
import { fraction } from '../world/fraction.ts';
import type { StagePad, StageTerminal } from './stage.ts';

/** A card terminal on the counter, with what the till's configuration says of it. */
export interface PlacedTerminal extends StageTerminal {
  readonly config: object;
  close(): Promise<void>;
}

/** The terminal of this make on a pty in this folder, under a name that stays. */
export function placeTerminal(make: TerminalMake, folder: string): PlacedTerminal {
  const wire = new PtyWire({ link: join(folder, 'terminal') });
  const terminal = terminalOn(wire, make, { clock: systemClock, random: fraction });
  return {
    terminal,
    person: terminal.card && new CardHolder(terminal.card),
    config: { path: wire.path, ...terminalTable(make) },
    pull: () => wire.hangup(),
    plug: () => Promise.resolve(wire.replug()),
    close: () => wire.close(),
  };
}

/** A signature pad on the counter, with what the till's configuration says of it. */
export interface PlacedPad extends StagePad {
  readonly config: object;
  close(): Promise<void>;
}

/** Always: a plain ZVT result does not say how the holder was verified. */
export const PAD_CONFIG = { signs: 'always', dialect: { ground: 'ours' } } as const;

export function placePad(personality: PadPersonality, folder: string): PlacedPad {
  const wire = new PtyWire({ link: join(folder, 'pad') });
  const person = new PadSigner(systemClock, fraction, personality.signMs);
  const pad = new SimulatedPad(wire, { personality, clock: systemClock, random: fraction, customer: person });
  return {
    person,
    config: { path: wire.path, ...PAD_CONFIG },
    pull: () => wire.hangup(),
    plug: () => Promise.resolve(wire.replug()),
    close: async () => {
      pad.close();
      await wire.close();
    },
  };
}
