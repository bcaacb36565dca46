import { createHash } from 'node:crypto';
import type { StatementChannel } from '../../protocols/statements/row.ts';
import type { LogFiles } from '../journal/files.ts';
import { type Carried, carriedOn, type LookedBefore } from './carry.ts';
import { type DifferenceType, type Finding, MEANINGS } from './differences.ts';
import { readStatementBytes, type StatementSummary } from './read-statement.ts';
import type { Reconciliation } from './reconcile.ts';
import { type ReconcileOptions, type ReconcileReport, reconcileSources } from './reconcile-files.ts';

// One statement that a person chose on the page, held against the journal and against what is carried from the days before.

/** Whoever has more differences than this in one day looks at the file, not at the screen. */
const MOST_SHOWN = 200;

export interface Upload extends ReconcileOptions {
  /** as the file is called: UnionPay's says the day */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly carried: readonly Carried[];
  readonly before: readonly LookedBefore[];
  /** backend time, Unix ms */
  readonly at: number;
}

/** A finding with what a person needs to find the payment by. */
export interface ShownFinding extends Finding {
  readonly kind: 'PAYMENT' | 'REFUND';
  readonly of: StatementChannel;
  readonly orderId?: string;
  readonly amountFen?: number;
  /** Beijing time: here, else in the statement */
  readonly timeLocal?: string;
  readonly transactionId?: string;
}

/** What one statement came to. */
export interface UploadReport extends Pick<ReconcileReport, 'ok' | 'otherTerminals' | 'counts' | 'unnamed'> {
  readonly statement: StatementSummary;
  readonly totals: ReconcileReport['totals'];
  readonly findings: readonly ShownFinding[];
  /** findings that are counted and not in the list */
  readonly more: number;
}

export interface Reconciled {
  readonly report: UploadReport;
  /** what is carried otherwise than before */
  readonly changes: readonly Carried[];
}

/** Rejects with `StatementFault` when the file is not to be trusted. */
export async function reconcileUpload(upload: Upload, journal: LogFiles): Promise<Reconciled> {
  const { name, bytes, carried, before, at, ...options } = upload;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { report, reconciliation } = await reconcileSources(
    [
      (onRow) => {
        const summary = readStatementBytes(name, bytes, onRow);
        return Promise.resolve({ file: name, sha256, ...summary });
      },
    ],
    journal,
    options,
  );
  const [statement] = report.statements;
  if (!statement) throw new Error('a statement was read and none is there');
  const { channel, day } = statement;
  const known = new Map(carried.map((one) => [one.key, one]));
  if (day === undefined) throw new Error('a statement without a day is refused before');
  const { changes, findings } = carriedOn(known, {
    channel,
    day,
    at,
    findings: report.findings,
    before,
    said: reconciliation.said,
    elsewhere: reconciliation.elsewhere([{ channel, day }]),
    recordOf: (key) => reconciliation.recordOf(key),
  });
  const { totals, otherTerminals, unnamed } = report;
  const ok = findings.every(({ type }) => MEANINGS[type].urgency === 'none') && unnamed === 0;
  const shown = bySeverity(findings).slice(0, MOST_SHOWN);
  return {
    report: {
      ok,
      statement,
      totals,
      otherTerminals,
      unnamed,
      counts: { ...matchedOf(report), ...countsOf(findings) },
      findings: shown.map((finding) => told(finding, reconciliation, known.get(finding.key))),
      more: findings.length - shown.length,
    },
    changes,
  };
}

type Counts = ReconcileReport['counts'];

function matchedOf({ counts: { MATCHED, MATCHED_ABSENT } }: ReconcileReport): Counts {
  return { ...(MATCHED === undefined ? {} : { MATCHED }), ...(MATCHED_ABSENT === undefined ? {} : { MATCHED_ABSENT }) };
}

function countsOf(findings: readonly Finding[]): Counts {
  const counts: Partial<Record<DifferenceType, number>> = {};
  for (const { type } of findings) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

const URGENCIES = ['high', 'medium', 'low', 'none'] as const;

/** What is at stake first. */
function bySeverity(findings: readonly Finding[]): Finding[] {
  const rank = ({ type }: Finding) => URGENCIES.indexOf(MEANINGS[type].urgency);
  return [...findings].sort((a, b) => rank(a) - rank(b));
}

/** What is carried may be older than the journal. */
function told(finding: Finding, reconciliation: Reconciliation, carried: Carried | undefined): ShownFinding {
  const [of = '', letter] = finding.key.split('|');
  const record = reconciliation.recordOf(finding.key) ?? carried;
  const row = reconciliation.rowOf(finding.key);
  const amountFen = record?.amountFen ?? row?.amountFen;
  const timeLocal = record?.timeLocal ?? row?.timeLocal;
  return {
    ...finding,
    of: of as StatementChannel,
    kind: letter === 'R' ? 'REFUND' : 'PAYMENT',
    ...(record?.orderId === undefined ? {} : { orderId: record.orderId }),
    ...(amountFen === undefined ? {} : { amountFen }),
    ...(timeLocal === undefined ? {} : { timeLocal }),
    ...(row === undefined ? {} : { transactionId: row.channelTxnId }),
  };
}
