import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { yuanTextToFen } from '../../protocols/money/fen.ts';
import type { Exit } from '../cli.ts';
import { systemClock } from '../clock.ts';
import { ConfigError, readConfig } from '../config.ts';
import { explain } from '../errors.ts';
import { TillBook } from '../journal/book.ts';
import { checkpointsOf } from '../journal/checkpoint.ts';
import type { Entry } from '../journal/entry.ts';
import { evidenceEntries, evidenceZip } from '../journal/evidence.ts';
import { folderFiles, type LogFiles, readOnlyFiles } from '../journal/files.ts';
import { DataDirBusy, lockFolder } from '../journal/lock.ts';
import { entryAt } from '../journal/place.ts';
import { chineseDay, LIST_LIMIT, Projection, SOUGHT_CHANNELS, SOUGHT_STATES } from '../journal/projection.ts';
import { readLog } from '../journal/recovery.ts';
import { BEGINNING, segmentName, segmentsOf } from '../journal/segments.ts';
import { type Anchor, verifyLog } from '../journal/verify.ts';
import { entryLine, reportLines, rowLine } from './journal-lines.ts';

interface Where {
  readonly config?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** Wrong usage or configuration: exit code 2. */
class Usage extends Error {}

/** `tillwire journal ...`: the till's record, read only, also beside a running agent and on a copy. */
export function registerJournal(program: Command, exit: Exit): void {
  const journal = program.command('journal').description("the till's record of every payment");

  place(journal.command('verify'))
    .description('check every entry and the hash chain')
    .option('--anchor <seq:hash>', 'an entry as the backend saw it')
    .addHelpText('after', '\nExample:\n  tillwire journal verify --data /var/lib/tillwire\n')
    .action(guarded(exit, verify));

  place(journal.command('list'))
    .description('list payments, newest first')
    .option('--day <YYYY-MM-DD>', 'Chinese time; today, yesterday')
    .option('--order <id>')
    .option('--amount <yuan>', 'e.g. 12.50')
    .option('--channel <name>', SOUGHT_CHANNELS.join(', ').toLowerCase())
    .option('--state <name>', 'e.g. PAID; HELD, RELEASED: attempts of a hold')
    .option('--limit <n>', `at most ${LIST_LIMIT}`)
    .addHelpText(
      'after',
      '\nExample:\n  tillwire journal list --data /var/lib/tillwire --day 2026-11-22 --amount 12.50\n',
    )
    .action(guarded(exit, list));

  place(journal.command('show'))
    .argument('<order>')
    .description('show everything the journal says of one order')
    .addHelpText('after', '\nExample:\n  tillwire journal show ORDER-1 --data /var/lib/tillwire\n')
    .action((order: string, options: Where) => guarded(exit, (where: Where) => show(order, where))(options));

  place(journal.command('export'))
    .description('write the entries of a period as JSON lines (--json: as one array)')
    .option('--from <YYYY-MM-DD>', 'first day, Chinese time')
    .option('--to <YYYY-MM-DD>', 'last day, Chinese time')
    .addHelpText(
      'after',
      '\nExample:\n  tillwire journal export --data /var/lib/tillwire --from 2026-11-01 --to 2026-11-30 > november.jsonl\n',
    )
    .action(guarded(exit, exportPeriod));

  place(journal.command('evidence'))
    .argument('<order>')
    .description(
      'write what the journal can prove of one order as a ZIP: entries, slip, signature; masked, each by its hash',
    )
    .requiredOption('--out <file>', 'e.g. dispute.zip; an existing file is not replaced')
    .addHelpText(
      'after',
      '\nExample:\n  tillwire journal evidence ORDER-1 --config /etc/tillwire/till.json --out ORDER-1.zip\n',
    )
    .action((order: string, options: Where & { readonly out: string }) =>
      guarded(exit, (where: Where & { readonly out: string }) => evidence(order, where))(options),
    );

  place(journal.command('review'))
    .description('a person has looked at the damage: payments may begin again (the agent must be stopped)')
    .requiredOption('--by <name>', 'who looked; it is written into the journal')
    .addHelpText('after', '\nExample:\n  tillwire journal review --config /etc/tillwire/till.json --by "Wang Li"\n')
    .action(guarded(exit, review));
}

function place(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file of the agent')
    .option('--data <dir>', "the agent's data folder, or a copy of it")
    .option('--json', 'one JSON value on standard output');
}

function guarded<T extends Where>(exit: Exit, run: (options: T) => Promise<number>) {
  return async (options: T): Promise<void> => {
    try {
      exit.code = await run(options);
    } catch (error) {
      if (error instanceof ConfigError || error instanceof DataDirBusy)
        console.error(explain(error.code, error.message));
      else console.error(`tillwire journal: ${error instanceof Error ? error.message : String(error)}`);
      exit.code = 2;
    }
  };
}

/** The folder that holds `journal/`. */
function dataFolder({ config, data }: Where): string {
  if ((config === undefined) === (data === undefined)) throw new Usage('give --config or --data');
  return data ?? readConfig(config ?? '').dataDir;
}

function journalFolder(where: Where): string {
  const data = dataFolder(where);
  const folder = existsSync(join(data, 'journal')) ? join(data, 'journal') : data;
  if (!existsSync(folder)) throw new Usage(`${folder} is not there`);
  return folder;
}

async function logOf(where: Where): Promise<LogFiles> {
  const files = readOnlyFiles(journalFolder(where));
  const names = await files.list();
  // Only the checkpoints are left: no wrong folder, a journal that somebody emptied.
  if (segmentsOf(names).length === 0 && checkpointsOf(names).length === 0)
    throw new Usage(`${journalFolder(where)} holds no journal`);
  return files;
}

function print(where: Where, value: unknown, lines: readonly string[]): void {
  console.log(where.json ? JSON.stringify(value) : lines.join('\n'));
}

// --- verify

async function verify(options: Where & { readonly anchor?: string }): Promise<number> {
  const report = await verifyLog(await logOf(options), parseAnchor(options.anchor));
  print(options, report, reportLines(report));
  return report.ok ? 0 : 1;
}

function parseAnchor(text: string | undefined): Anchor | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text);
  if (!match) throw new Usage('--anchor wants SEQ:HASH, the hash as 64 hex digits');
  return { seq: Number(match[1]), hash: match[2] ?? '' };
}

// --- list and show

async function list(
  options: Where & Partial<Record<'day' | 'order' | 'amount' | 'channel' | 'state' | 'limit', string>>,
): Promise<number> {
  const wanted = {
    day: options.day === undefined ? undefined : parseDay(options.day),
    orderId: options.order,
    amountFen: options.amount === undefined ? undefined : parseAmount(options.amount),
    channel: options.channel === undefined ? undefined : parseName('channel', SOUGHT_CHANNELS, options.channel),
    state: options.state === undefined ? undefined : parseName('state', SOUGHT_STATES, options.state),
    limit: options.limit === undefined ? undefined : parseLimit(options.limit),
  };
  const rows = await withProjection(options, async (projection) => projection.find(wanted));
  print(options, rows, rows.length === 0 ? ['no payment found'] : rows.map(rowLine));
  return 0;
}

async function show(orderId: string, options: Where): Promise<number> {
  const readable = await entriesOf(orderId, options);
  print(options, readable, readable.length === 0 ? [`the journal knows no order ${orderId}`] : readable.map(entryLine));
  return readable.length === 0 ? 1 : 0;
}

async function entriesOf(orderId: string, where: Where): Promise<Entry[]> {
  const files = await logOf(where);
  const entries = await withProjection(where, async (projection) =>
    Promise.all(projection.mentionsOf(orderId).map((at) => entryAt(files, at))),
  );
  return entries.filter((entry) => entry !== undefined);
}

// --- evidence

/** For whoever looks into a dispute: of this order, and of no other. */
async function evidence(orderId: string, options: Where & { readonly out: string }): Promise<number> {
  if (options.config === undefined) throw new Usage('give --config: the slip names the shop');
  const { merchant } = readConfig(options.config);
  const entries = await evidenceEntries(await logOf(options), orderId);
  if (entries.length === 0) throw new Usage(`the journal knows no order ${orderId}`);
  const report = await verifyLog(await logOf(options), undefined);
  const parts = { orderId, entries, report, merchant, madeAt: systemClock.now() };
  writeFileSync(options.out, evidenceZip(parts), { flag: 'wx', mode: 0o600 });
  const said = { file: options.out, entries: entries.length, intact: report.ok };
  print(options, said, [`${options.out}: ${entries.length} entries, the journal is ${report.ok ? '' : 'NOT '}intact`]);
  return report.ok ? 0 : 1;
}

/** Five thousand entries a turn: from here on it takes seconds. */
const SLOW_TURNS = 20;

/** The search tables stand beside the journal; where nothing may be written, they are made for this one question. */
async function withProjection<T>(where: Where, ask: (projection: Projection) => Promise<T>): Promise<T> {
  const file = join(dataFolder(where), 'projection.db');
  const files = await logOf(where);
  return askProjection(files, file, ask).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_'))) throw error;
    // A power cut may have spoilt it; it is only a copy.
    Projection.remove(file);
    return askProjection(files, file, ask);
  });
}

async function askProjection<T>(
  files: LogFiles,
  file: string,
  ask: (projection: Projection) => Promise<T>,
): Promise<T> {
  const projection = openProjection(file);
  try {
    let turns = 0;
    await projection.catchUp(files, async () => {
      if (++turns === SLOW_TURNS) console.error('tillwire journal: making the search tables, once ...');
    });
    return await ask(projection);
  } finally {
    projection.close();
  }
}

function openProjection(file: string): Projection {
  try {
    return Projection.open(file);
  } catch {
    return Projection.open(':memory:');
  }
}

// --- export

async function exportPeriod(options: Where & { readonly from?: string; readonly to?: string }): Promise<number> {
  const from = options.from === undefined ? '' : parseDay(options.from);
  const to = options.to === undefined ? '~' : parseDay(options.to);
  if (from > to) throw new Usage(`--from ${from} is behind --to ${to}`);
  const files = await logOf(options);
  let gaps = 0;
  let separator = options.json ? '[' : '';
  // One segment at a time: a year does not fit into memory.
  for (const number of segmentsOf(await files.list())) {
    const parts: string[] = [];
    const one: LogFiles = { read: files.read, list: () => Promise.resolve([segmentName(number)]) };
    const start = { ...BEGINNING, segment: number };
    const log = await readLog(one, start, (entry) => {
      const day = chineseDay(Date.parse(entry.ts));
      if (day < from || day > to) return;
      parts.push(`${separator}${JSON.stringify(entry)}`);
      separator = options.json ? ',' : '\n';
    });
    gaps += log.gaps.filter(({ bytes }) => bytes > 0).length;
    await write(parts.join(''));
  }
  await write(options.json ? `${separator === '[' ? '[' : ''}]\n` : separator === '' ? '' : '\n');
  if (gaps > 0) console.error(`tillwire journal: ${gaps} damaged places were left out; see tillwire journal verify`);
  return gaps > 0 ? 1 : 0;
}

function write(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}

// --- review

async function review(options: Where & { readonly by: string }): Promise<number> {
  const data = dataFolder(options);
  await logOf(options);
  const unlock = lockFolder(data);
  try {
    const { book } = await TillBook.open(
      await folderFiles(join(data, 'journal')),
      systemClock,
      await terminalOf(options),
    );
    const { damages } = book;
    if (damages.length > 0) await book.review(options.by);
    await book.close();
    print(
      options,
      { reviewed: damages },
      damages.length === 0
        ? ['there is no damage to look at']
        : damages.map(
            (one) =>
              `looked at by ${options.by}: ${one.segment} byte ${one.offset}, attempts named there: ${one.attempts.join(' ') || 'none'}`,
          ),
    );
    return 0;
  } finally {
    unlock();
  }
}

/** The terminal number stands in every entry. */
async function terminalOf(where: Where): Promise<string> {
  const files = await logOf(where);
  const [first = 1] = segmentsOf(await files.list());
  const bytes = await files.read(segmentName(first), 0, 65_536);
  const match = /"terminal":"([^"\\]{0,32})","ts"/.exec(Buffer.from(bytes).toString('utf8'));
  return match?.[1] ?? '';
}

// --- what people type

function parseDay(text: string): string {
  const today = systemClock.now();
  if (text === 'today') return chineseDay(today);
  if (text === 'yesterday') return chineseDay(today - 86_400_000);
  // 30 February has the form of a day; read as a date it is another one, or none
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00+08:00`) : Number.NaN;
  if (Number.isNaN(midnight) || chineseDay(midnight) !== text) throw new Usage(`${text} is not a day; e.g. 2026-11-22`);
  return text;
}

function parseName(what: string, known: readonly string[], text: string): string {
  const name = text.toUpperCase();
  if (!known.includes(name)) throw new Usage(`${text} is no ${what}; one of ${known.join(', ').toLowerCase()}`);
  return name;
}

function parseAmount(text: string): number {
  const fen = yuanTextToFen(text);
  if (fen === undefined) throw new Usage(`${text} is not an amount in yuan; e.g. 12.50`);
  return fen;
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIST_LIMIT)
    throw new Usage(`--limit wants a number from 1 to ${LIST_LIMIT}`);
  return limit;
}
