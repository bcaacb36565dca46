import { TERMINAL_FAULTS, type TerminalFault } from '../../simulator/faults/terminal-faults.ts';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { LCG } from '../seeded.ts';
import { type CounterOptions, ZvtCounter } from './zvt-counter.ts';

// Sales, refunds and voids on a terminal where anything goes wrong at any time: the cable is pulled, the agent is killed, the
// disk is full, and the faults of the table. At the end the terminal's own ledger and the till's journal say the same.

/** An amount that nobody asked for is the terminal's lie: no protocol helps. */
const LIES: readonly string[] = ['other-amount', 'partial', 'tip'];
const FAULTS = (Object.keys(TERMINAL_FAULTS) as TerminalFault[]).filter((name) => !LIES.includes(name));
/** amounts whose last two digits mean something, and others */
const AMOUNTS = [1_000, 1_234, 15_000, 25_000, 1_051, 1_055, 1_097, 1_068, 1_069, 1_098, 1_099];

function counterOf(chance: LCG): ZvtCounter {
  const options: CounterOptions = {
    transport: chance.pick(['serial', 'tcp'] as const),
    personality: chance.pick([TERMINALS['zvt-plain'], TERMINALS['zvt-modern']]),
    printsOnTill: chance.below(3) > 0,
    messageIds: chance.below(2) === 0,
    receiptSync: chance.below(2) === 0,
  };
  return new ZvtCounter(options);
}

function trouble(counter: ZvtCounter, chance: LCG): void {
  const after = chance.below(4_000);
  const kind = chance.below(8);
  if (kind < 5) counter.arm(chance.pick(FAULTS));
  if (kind === 5) counter.clock.after(after, () => counter.unplug());
  if (kind === 6) counter.clock.after(after, () => counter.crash());
  if (kind === 7) {
    counter.disk = 'full';
    counter.clock.after(after, () => {
      counter.disk = 'good';
    });
  }
}

function transact(counter: ZvtCounter, chance: LCG, n: number): void {
  const amount = chance.pick(AMOUNTS);
  const reference = `R${n}`;
  const last = counter.journal.findLast(
    ({ command, outcome, standing }) => command === 'sale' && outcome === 'approved' && standing === 'final',
  );
  const isVoid = chance.below(6) === 0 && last?.amount !== undefined;
  if (isVoid) counter.money({ kind: 'void', reference, amount: last.amount ?? 0, original: last.key });
  else counter.money({ kind: chance.below(5) === 0 ? 'refund' : 'sale', reference, amount });
}

export function troubledDay(seed: number): ZvtCounter {
  const chance = new LCG(seed);
  const counter = counterOf(chance);
  counter.ready();
  for (let n = 0; n < 6; n++) {
    if (chance.below(3) > 0) trouble(counter, chance);
    transact(counter, chance, n);
    counter.terminal.model.needsSettlement = false;
    counter.terminal.model.hasPaper = true;
  }
  counter.disk = 'good';
  // what the terminal still wants to say, and what the till still has to ask
  for (let n = 0; n < 200 && (counter.terminal.zvt.isBusy || counter.till.state.phase.name !== 'idle'); n++)
    counter.clock.advance(10_000);
  return counter;
}
