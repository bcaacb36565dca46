import { parseArgs } from 'node:util';
import { reportLines } from '../../agent/reports/report-text.ts';
import { reconcileLines } from '../../agent/statements/reconcile-lines.ts';
import { nextMorning, saveJournal, wholeDay, writeStatements } from './whole-day.ts';

// npm run day: one shop's day in virtual time, then the statements of the next morning against the journal.

const USAGE = `usage: npm run day -- [--seed N] [--payments N] [--story] [--out DIR] [--json]

  --seed N      another day (1)
  --payments N  how many customers (300)
  --out DIR     keep the journal and the statements there, for tillwire reconcile DIR/... --data DIR
  --story       every customer in one line
  --json        one JSON value on standard output

Ends 0 when every fen agrees, with the statements and with the backend, 1 when it does not, 2 on wrong usage.

Example:
  npm run day -- --seed 7 --story
`;

function readOptions() {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { seed: text, payments: text, out: text, story: flag, json: flag, help: flag } as const;
  try {
    const { seed = '1', payments = '300', ...flags } = parseArgs({ options }).values;
    if (![seed, payments].every((one) => /^[1-9]\d{0,4}$/.test(one))) return undefined;
    return { seed: Number(seed), payments: Number(payments), ...flags };
  } catch {
    return undefined;
  }
}

const options = readOptions();
if (!options || options.help) {
  (options ? process.stdout : process.stderr).write(USAGE);
  process.exitCode = options ? 0 : 2;
} else {
  const { seed, payments } = options;
  const tell = options.story ? { tell: (line: string) => void process.stderr.write(`${line}\n`) } : {};
  const before = performance.now();
  const day = await wholeDay({ seed, payments, ...tell });
  const report = await nextMorning(day);
  if (options.out !== undefined) {
    await saveJournal(day, options.out);
    writeStatements(options.out, day.shop.acquirer.ledger.entries);
  }
  const told = day.shop.backend.closings(day.shop.till);
  const agrees = told.length === 3 && told.every(({ differences }) => differences.length === 0);
  const wallSeconds = (performance.now() - before) / 1_000;
  const about = { seed, payments, refunds: day.refunds, story: day.story, wallSeconds };
  const lines = [
    JSON.stringify(about),
    '',
    ...reportLines(day.closing),
    `closings told to the backend ${told.length}, ${agrees ? 'which adds up to the same' : 'which adds up to something else'}`,
    '',
    ...reconcileLines(report),
  ];
  process.stdout.write(
    `${options.json ? JSON.stringify({ ...about, shifts: day.shifts, closing: day.closing, told, ...report }) : lines.join('\n')}\n`,
  );
  process.exitCode = report.ok && agrees ? 0 : 1;
}
