import type { Config } from '../config.ts';
import { explain } from '../errors.ts';
import type { DocumentJob } from '../journal/records.ts';
import { PrintRefused } from '../slips/document-jobs.ts';
import { dateTime } from '../slips/slip-texts.ts';
import type { SlipSpool } from '../slips/spool.ts';
import { RECONCILE_DOCUMENT, type ReconcileSlip, reconcileVerdict } from '../statements/reconcile-slip.ts';
import type { Report } from './report.ts';
import { type ReportParts, ReportRoom } from './report-room.ts';
import { reportSlipOf } from './report-slip.ts';

export interface DeskParts extends Omit<ReportParts, 'rates' | 'timeZone'> {
  readonly spool: Pick<SlipSpool, 'print'>;
  readonly merchant: Config['merchant'];
}

/** Reports as people ask for them: seen, printed, and printed when they close something. */
export class PeriodDesk {
  readonly room: ReportRoom;
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    const { feeRateBp = {}, timeZone } = parts.merchant;
    this.room = new ReportRoom({ ...parts, rates: feeRateBp, timeZone });
    this.#parts = parts;
  }

  async closeShift(number: number, personId: string): Promise<Report> {
    return this.#onPaper(await this.room.closeShift(number, personId), personId);
  }

  async closeDay(number: number, personId: string): Promise<Report> {
    return this.#onPaper(await this.room.closeDay(number, personId), personId);
  }

  /** Resolves when the job is on disk. Rejects with `PrintRefused`. */
  print(report: Report, by: string): Promise<DocumentJob> {
    const { spool, merchant } = this.#parts;
    return spool.print({ kind: 'report', slip: reportSlipOf(report, merchant) }, { by, priority: 'report' });
  }

  /** What was found when the statements were held against the journal. */
  printReconciliation(slip: ReconcileSlip, by: string): Promise<DocumentJob> {
    const { spool, merchant, backendNow } = this.#parts;
    const data = {
      merchantName: merchant.name,
      printedAt: dateTime(backendNow()),
      rows: slip.rows.map((row) => ({ ...row })),
      findings: slip.findings.map((finding) => ({ ...finding })),
      verdict: reconcileVerdict(slip),
    };
    return spool.print({ kind: 'document', document: RECONCILE_DOCUMENT, data }, { by, priority: 'report' });
  }

  /** The closing is journaled and stands, whatever the printer says; it can be printed again from the journal. */
  async #onPaper(report: Report, personId: string): Promise<Report> {
    await this.print(report, personId).catch((error: unknown) => {
      if (!(error instanceof PrintRefused)) throw error;
      if (error.code !== 'NO_PRINTER') this.#parts.log.warn({}, explain(error.code, error.message));
    });
    return report;
  }
}
