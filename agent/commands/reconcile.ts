import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { StatementFault } from '../../protocols/statements/row.ts';
import type { Exit } from '../cli.ts';
import { type Config, ConfigError, readConfig } from '../config.ts';
import { explain } from '../errors.ts';
import { readOnlyFiles } from '../journal/files.ts';
import { segmentsOf } from '../journal/segments.ts';
import type { ContractRates } from '../statements/reconcile.ts';
import { type ReconcileReport, reconcileFiles } from '../statements/reconcile-files.ts';
import { reconcileLines } from '../statements/reconcile-lines.ts';
import { reconcileSlipOf } from '../statements/reconcile-slip.ts';
import { ApiClient, NotDone } from './api-client.ts';

interface Options {
  readonly config?: string;
  readonly data?: string;
  readonly terminal?: string;
  readonly rate?: readonly string[];
  readonly json?: boolean;
  readonly print?: boolean;
}

class Usage extends Error {}

/** `tillwire reconcile FILE...`: the channels' statements against the journal. Reads only. */
export function registerReconcile(program: Command, exit: Exit): void {
  program
    .command('reconcile')
    .description("compare the channels' statements (对账单) with the journal and explain every difference")
    .argument('<file...>', 'WeChat, Alipay and UnionPay statements as they were downloaded, packed or not')
    .option('--config <file>', 'configuration file of the agent: data folder, terminal, fee rates')
    .option('--data <dir>', "the agent's data folder, or a copy of it")
    .option('--terminal <number>', 'compare rows of this terminal only (default: that of --config)')
    .option('--rate <channel=percent>', 'contract fee, e.g. wechat=0.60; may be repeated', collect, [])
    .option('--print', 'on the slip printer of the till whose agent runs (needs --config)')
    .option('--json', 'one JSON value on standard output')
    .addHelpText(
      'after',
      '\nEnds 0 when everything agrees, 1 when somebody must look or a file is not to be trusted, 2 on wrong usage.\n\nExample:\n  tillwire reconcile --config /etc/tillwire/till.json wechat-20261122.csv alipay-20261122.zip\n',
    )
    .action(async (files: string[], options: Options) => {
      exit.code = await reconcile(files, options).catch((error: unknown) => tell(error, options.json === true));
    });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

async function reconcile(files: readonly string[], options: Options): Promise<number> {
  const config = options.config === undefined ? undefined : readConfig(options.config);
  const folder = options.data ?? config?.dataDir;
  if (folder === undefined || (options.data !== undefined && config !== undefined))
    throw new Usage('give --config or --data');
  if (options.print === true && options.config === undefined) throw new Usage('--print needs --config');
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new Usage(`${missing} is not there`);
  const journal = readOnlyFiles(existsSync(join(folder, 'journal')) ? join(folder, 'journal') : folder);
  if (!existsSync(folder) || segmentsOf(await journal.list()).length === 0)
    throw new Usage(`${folder} holds no journal`);
  const report = await reconcileFiles(files, journal, {
    rates: ratesOf(options.rate ?? [], config),
    terminalNo: options.terminal ?? config?.merchant.terminalNo,
  });
  console.log(options.json ? JSON.stringify(report) : reconcileLines(report).join('\n'));
  if (options.print === true) await print(report, options.config ?? '');
  return report.ok ? 0 : 1;
}

/** Whatever becomes of the paper, the result stands on the screen. */
async function print(report: ReconcileReport, config: string): Promise<void> {
  try {
    const api = await ApiClient.find({ config }, () => Promise.reject(new Error('no token on standard input')));
    await api.ask('/v1/reconciliations/slips', { body: reconcileSlipOf(report) });
  } catch (error) {
    if (!(error instanceof NotDone)) throw error;
    console.error(explain('PRINTER_BUSY', error.problem.detail ?? error.problem.code));
  }
}

function ratesOf(given: readonly string[], config: Config | undefined): ContractRates {
  const rates = given.map((text) => {
    const match = /^(wechat|alipay|unionpay)=(\d{1,2})(?:\.(\d{1,2}))?$/i.exec(text);
    if (!match) throw new Usage(`--rate ${text}: e.g. wechat=0.60`);
    const [, channel = '', whole = '', decimals = ''] = match;
    return [channel.toUpperCase(), Number(whole + decimals.padEnd(2, '0'))] as const;
  });
  return { ...config?.merchant.feeRateBp, ...Object.fromEntries(rates) };
}

function tell(error: unknown, json: boolean): number {
  if (error instanceof StatementFault) {
    if (json) console.log(JSON.stringify({ ok: false, fault: { code: error.code, detail: error.message } }));
    console.error(explain('STATEMENT_REFUSED', `${error.code}: ${error.message}`));
    return 1;
  }
  if (error instanceof ConfigError) console.error(explain(error.code, error.message));
  else if (error instanceof Usage) console.error(`tillwire reconcile: ${error.message}`);
  else throw error;
  return 2;
}
