import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type TerminalMake, terminalTable } from '../personalities/terminal-makes.ts';
import { terminalOn } from '../terminals/shop-terminal.ts';
import { PtyWire } from '../wires/pty.ts';
import { systemClock } from '../world/clock.ts';
import type { StageTerminal } from './stage.ts';

/** A card terminal on the counter, with what the till's configuration says of it. */
export interface PlacedTerminal extends StageTerminal {
  readonly config: object;
  close(): Promise<void>;
}

/** The terminal of this make on a pty in this folder, under a name that stays. */
export function placeTerminal(make: TerminalMake, folder: string): PlacedTerminal {
  const wire = new PtyWire({ link: join(folder, 'terminal') });
  const random = () => randomBytes(4).readUInt32BE() / 2 ** 32;
  const terminal = terminalOn(wire, make, { clock: systemClock, random });
  return {
    terminal,
    config: { path: wire.path, ...terminalTable(make) },
    pull: () => wire.hangup(),
    plug: () => Promise.resolve(wire.replug()),
    close: () => wire.close(),
  };
}
