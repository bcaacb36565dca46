import { isMisFault, MIS_FAULTS } from '../terminals/mis-faults.ts';
import { SimulatedMis } from '../terminals/mis-mouth.ts';
import { MIS_PERSONALITIES, type MisPersonality } from '../terminals/mis-personalities.ts';
import { DeviceServerWire } from '../wires/device-server.ts';
import { PtyWire } from '../wires/pty.ts';
import { systemClock } from '../world/clock.ts';
import { fraction } from '../world/fraction.ts';
import type { Say } from './say.ts';

export interface MisTerminalOptions {
  readonly personality: MisPersonality;
  /** as it was asked for */
  readonly name: string;
  /** a TCP port instead of a pty; 0: chosen by the kernel */
  readonly port: number | undefined;
  readonly link: string;
  readonly faults: readonly string[];
  readonly say: Say;
  /** hears what a person types until the end */
  readonly untilStopped: (hear: (order: string) => void) => Promise<void>;
}

/** What `--list` says of this protocol. */
export function listMis() {
  const personalities = Object.entries(MIS_PERSONALITIES).map(([name, { title }]) => ({ name, title }));
  const faults = Object.entries(MIS_FAULTS).map(([name, title]) => ({ name, title }));
  return { personalities, faults };
}

/** A MIS terminal until Ctrl-C or `quit`; or why not. */
export async function runMisTerminal(options: MisTerminalOptions): Promise<string | undefined> {
  const { personality, name: make, port, link, faults, say, untilStopped } = options;
  const unknown = faults.find((fault) => !isMisFault(fault));
  if (unknown !== undefined) return `--fault ${unknown} is not known; there are: ${Object.keys(MIS_FAULTS).join(', ')}`;
  const wire = port === undefined ? new PtyWire({ link }) : await DeviceServerWire.listening({ port });
  const terminal = new SimulatedMis(wire, {
    personality,
    clock: systemClock,
    random: fraction,
  });
  for (const fault of faults.filter(isMisFault)) terminal.breakNext(fault);
  say({
    event: 'opened',
    protocol: 'mis',
    wire: port === undefined ? 'pty' : 'tcp',
    path: wire.path,
    personality: make,
  });
  await untilStopped((order) => {
    const name = order.replace(/^fault\s+/, '');
    if (isMisFault(name)) terminal.breakNext(name);
    else if (order === 'ledger')
      say({ event: 'ledger', netFen: terminal.model.netFen, entries: terminal.model.ledger });
    else say({ event: 'unknown', order, known: ['ledger', 'quit', ...Object.keys(MIS_FAULTS)] });
  });
  terminal.close();
  await wire.close();
  return undefined;
}
