import { type OnRow, StatementFault } from '../../protocols/statements/row.ts';
import type { LogFiles } from '../journal/files.ts';
import { moneyFacts } from '../reports/money-facts.ts';
import type { DifferenceType, Finding } from './differences.ts';
import { MEANINGS } from './differences.ts';
import { localRecords } from './local-records.ts';
import { readStatement, type StatementSummary } from './read-statement.ts';
import { type ContractRates, CROSS_DAY_SECONDS, Reconciliation } from './reconcile.ts';

export interface ReconcileOptions {
  readonly rates: ContractRates;
  /**
   * Rows of other terminals that the journal does not know are left alone; without it every row must be ours. What the journal
   * knows is ours whatever its row says: a terminal may be replaced at noon.
   */
  readonly terminalNo?: string | undefined;
}

/** What `tillwire reconcile` found. */
export interface ReconcileReport {
  /** nothing that a person must look at */
  readonly ok: boolean;
  readonly statements: readonly StatementSummary[];
  /** rows that belong to other terminals of the merchant */
  readonly otherTerminals: number;
  readonly counts: Readonly<Partial<Record<DifferenceType, number>>>;
  /** everything that is not plain agreement */
  readonly findings: readonly Finding[];
  /** rows without a record here beyond the ones that are named */
  readonly unnamed: number;
  /** by channel: what the journal says came in less what went back, and what the statements say, before fees */
  readonly totals: readonly ChannelTotal[];
}

export interface ChannelTotal {
  readonly channel: string;
  readonly localFen: number;
  readonly channelFen: number;
  readonly feeFen: number;
  readonly netFen: number;
}

/** One statement: reads it row by row, and says what it is when it was read whole. */
export type StatementSource = (onRow: OnRow) => Promise<StatementSummary>;

/** Holds the journal against statement files. Rejects with `StatementFault` when a file is not to be trusted. */
export async function reconcileFiles(
  files: readonly string[],
  journal: LogFiles,
  options: ReconcileOptions,
): Promise<ReconcileReport> {
  const sources = files.map(
    (file): StatementSource =>
      (onRow) =>
        readStatement(file, onRow),
  );
  return (await reconcileSources(sources, journal, options)).report;
}

/** The same of statements wherever they are; `reconciliation` knows more of each finding. */
export async function reconcileSources(
  sources: readonly StatementSource[],
  journal: LogFiles,
  { rates, terminalNo }: ReconcileOptions,
): Promise<{ readonly report: ReconcileReport; readonly reconciliation: Reconciliation }> {
  const local = localRecords((await moneyFacts(journal)).values());
  const reconciliation = new Reconciliation(local, { rates, crossDaySeconds: CROSS_DAY_SECONDS });
  const statements: StatementSummary[] = [];
  const sums = new Map<string, { channelFen: number; feeFen: number; netFen: number }>();
  let otherTerminals = 0;
  for (const read of sources) {
    const summary = await read((row) => {
      const isElsewhere = terminalNo !== undefined && row.terminalNo !== null && row.terminalNo !== terminalNo;
      if (isElsewhere && !reconciliation.knows(row)) {
        otherTerminals += 1;
        return;
      }
      const sum = sums.get(row.channel) ?? { channelFen: 0, feeFen: 0, netFen: 0 };
      sum.channelFen += row.amountFen;
      sum.feeFen += row.feeFen;
      sum.netFen += row.amountFen - row.feeFen;
      sums.set(row.channel, sum);
      reconciliation.take(row);
    });
    if (summary.day === undefined)
      throw new StatementFault('DATE', `${summary.file}: no rows, and its name does not say of which day`);
    statements.push(summary);
    // one without rows says that nothing was paid
    if (!sums.has(summary.channel)) sums.set(summary.channel, { channelFen: 0, feeFen: 0, netFen: 0 });
  }
  const covered = statements.flatMap(({ channel, day }) => (day === undefined ? [] : [{ channel, day }]));
  const all = reconciliation.findings(covered);
  const findings = all.filter(({ type }) => type !== 'MATCHED' && type !== 'MATCHED_ABSENT');
  const moved = local.filter(
    ({ channel, state, timeLocal }) =>
      (state === 'PAID' || state === 'REFUNDED') &&
      covered.some((one) => one.channel === channel && timeLocal.startsWith(one.day)),
  );
  const report = {
    ok: findings.every(({ type }) => MEANINGS[type].urgency === 'none') && reconciliation.uncounted === 0,
    statements,
    otherTerminals,
    counts: countsOf(all),
    findings,
    unnamed: reconciliation.uncounted,
    totals: [...sums].map(([channel, sum]) => ({
      channel,
      localFen: moved.filter((one) => one.channel === channel).reduce((total, { amountFen }) => total + amountFen, 0),
      ...sum,
    })),
  };
  return { report, reconciliation };
}

function countsOf(findings: readonly Finding[]): Partial<Record<DifferenceType, number>> {
  const counts: Partial<Record<DifferenceType, number>> = {};
  for (const { type } of findings) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}
