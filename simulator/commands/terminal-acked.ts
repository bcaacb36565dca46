import { isTerminalFault, TERMINAL_FAULTS } from '../faults/terminal-faults.ts';
import type { TerminalMake } from '../personalities/terminal-makes.ts';
import { ACKED_NAMES, SimulatedAckedTerminal } from '../terminals/acked-port.ts';
import type { AmountTable } from '../terminals/test-amounts.ts';
import { DeviceServerWire } from '../wires/device-server.ts';
import { PtyWire } from '../wires/pty.ts';
import { systemClock } from '../world/clock.ts';
import type { Say } from './say.ts';

export type AckedMake = Exclude<TerminalMake, { readonly protocol: 'zvt' | 'mis' }>;

export interface AckedTerminalOptions {
  readonly make: AckedMake;
  /** a TCP port instead of a pty; 0: chosen by the kernel */
  readonly port: number | undefined;
  readonly link: string;
  readonly amounts: AmountTable;
  readonly faults: readonly string[];
  readonly say: Say;
  readonly untilStopped: (hear: (order: string) => void) => Promise<void>;
}

/** A Transbank, Link, NETS or NCCC terminal until Ctrl-C or `quit`; or why not. */
export async function runAckedTerminal(options: AckedTerminalOptions): Promise<string | undefined> {
  const { make, port, link, amounts, faults, say, untilStopped } = options;
  const unknown = faults.find((fault) => !isTerminalFault(fault));
  if (unknown !== undefined)
    return `--fault ${unknown} is not known; there are: ${Object.keys(TERMINAL_FAULTS).join(', ')}`;
  const wire = port === undefined ? new PtyWire({ link }) : await DeviceServerWire.listening({ port });
  const { personality } = make;
  const protocol = ACKED_NAMES[make.protocol];
  const dialect = 'dialect' in make ? { dialect: make.dialect } : {};
  const terminal = new SimulatedAckedTerminal(protocol, { personality, clock: systemClock, amounts, ...dialect });
  terminal.onPort(wire);
  terminal.faults.arm(...faults.filter(isTerminalFault));
  say({
    event: 'opened',
    protocol,
    wire: port === undefined ? 'pty' : 'tcp',
    path: wire.path,
    personality: personality.name,
  });
  await untilStopped((order) => {
    const name = order.replace(/^fault\s+/, '');
    if (isTerminalFault(name)) terminal.faults.arm(name);
    else if (order === 'ledger')
      say({
        event: 'ledger',
        total: terminal.ledger.total(),
        waiting: terminal.faults.waiting,
        entries: terminal.ledger.entries,
      });
    else say({ event: 'unknown', order, known: ['ledger', 'fault NAME', 'quit'] });
  });
  await wire.close();
  return undefined;
}
