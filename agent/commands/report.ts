import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Exit } from '../cli.ts';
import { readConfig } from '../config.ts';
import { type LogFiles, readOnlyFiles } from '../journal/files.ts';
import { segmentsOf } from '../journal/segments.ts';
import type { Report } from '../reports/report.ts';
import { closedReports, reportOfDate } from '../reports/report-of-date.ts';
import { reportCsv, reportLines } from '../reports/report-text.ts';
import { isTimeZone } from '../reports/shop-time.ts';
import { ApiClient, guarded, reach, Usage, type Where } from './api-client.ts';
import { firstLine } from './standard-input.ts';

interface Options extends Where {
  readonly data?: string;
  readonly csv?: boolean;
  readonly date?: string;
  readonly number?: string;
  readonly timeZone?: string;
  readonly open?: boolean;
  readonly close?: boolean;
  readonly print?: boolean;
}

type Kind = 'shift' | 'day';

/** `tillwire report shift|day`: what a shift (X) or business day (Z) came to; opens and closes them. */
export function registerReport(program: Command, exit: Exit): void {
  const report = program.command('report').description('what a shift (X) or a business day (Z) came to, by channel');
  common(report.command('shift').description('the shift that runs; opens and closes it'))
    .option('--open', 'begin a shift')
    .addHelpText('after', '\nExample:\n  tillwire report shift --close --config till.json --token-file clerk.token\n')
    .action(acting('shift', exit));
  common(report.command('day').description('the business day that runs, or a calendar day; closes the business day'))
    .option('--date <YYYY-MM-DD>', "a calendar day of the shop's zone, from the journal")
    .option('--time-zone <name>', 'of the shop, with --data (default: that of --config, or Asia/Shanghai)')
    .addHelpText(
      'after',
      '\nExample:\n  tillwire report day --config till.json --csv > today.csv\n  tillwire report day --date 2026-11-22 --data /var/lib/tillwire\n',
    )
    .action(acting('day', exit));
}

function common(command: Command): Command {
  return reach(command)
    .option('--data <dir>', 'read a data folder or a copy of it instead of asking a running agent')
    .option('--number <n>', 'one that was closed, as the journal has it')
    .option('--close', 'end it: journaled, and printed')
    .option('--print', 'on the slip printer')
    .option('--csv', 'for a spreadsheet');
}

function acting(kind: Kind, exit: Exit) {
  return (options: Options) => guarded(exit, (wanted: Options) => act(kind, wanted))(options);
}

async function act(kind: Kind, options: Options): Promise<number> {
  const { open, close, date, number, data, print } = options;
  if ([open, close, date, number].filter((one) => one !== undefined).length > 1)
    throw new Usage('--open, --close, --date and --number: one of them');
  const isLookup = date !== undefined || number !== undefined;
  if (data !== undefined && !isLookup) throw new Usage('--data needs --date or --number');
  if (isLookup && print) throw new Usage('--print prints what runs');
  const report = isLookup ? await lookUp(kind, options) : await askAgent(kind, options);
  if (options.json) console.log(JSON.stringify(report));
  else if (options.csv) process.stdout.write(reportCsv(report));
  else console.log(reportLines(report).join('\n'));
  return 0;
}

async function askAgent(kind: Kind, options: Options): Promise<Report> {
  const api = await ApiClient.find(options, () => firstLine('token'));
  if (options.open) return api.ask<Report>('/v1/shifts', { body: {} });
  const report = await api.ask<Report>(`/v1/takings/${kind}`);
  if (options.close) return api.ask<Report>(`/v1/${kind}s/${report.number}/close`, { body: {} });
  if (options.print) await api.ask(`/v1/takings/${kind}/print`, { body: {} });
  return report;
}

async function lookUp(kind: Kind, options: Options): Promise<Report> {
  const config = options.config === undefined ? undefined : readConfig(options.config);
  const folder = options.data ?? config?.dataDir;
  if (folder === undefined) throw new Usage('give --config or --data');
  const files = await journalIn(folder);
  const { date, number } = options;
  if (date === undefined) {
    const closed = (await closedReports(files, kind)).find((one) => String(one.number) === number);
    if (!closed) throw new Usage(`the journal knows no closed ${kind} ${number}`);
    return closed;
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new Usage('--date wants YYYY-MM-DD');
  const timeZone = options.timeZone ?? config?.merchant.timeZone ?? 'Asia/Shanghai';
  if (!isTimeZone(timeZone)) throw new Usage(`--time-zone ${timeZone}: e.g. Asia/Shanghai`);
  return reportOfDate(files, date, { rates: config?.merchant.feeRateBp ?? {}, timeZone });
}

async function journalIn(folder: string): Promise<LogFiles> {
  const files = readOnlyFiles(existsSync(join(folder, 'journal')) ? join(folder, 'journal') : folder);
  if (!existsSync(folder) || segmentsOf(await files.list()).length === 0) throw new Usage(`${folder} holds no journal`);
  return files;
}
