import { StatementFault, type StatementRow } from '../../protocols/statements/row.ts';
import { unionPayFile } from '../../protocols/statements/unionpay.ts';
import { SeenKeys } from './seen-keys.ts';

/** What no format checks by itself: one merchant, one day, nothing twice. */
export class RowChecks {
  readonly #seen = new SeenKeys();
  readonly #fileDay: string | undefined;
  #first: StatementRow | undefined;
  #day = '';
  rows = 0;
  netFen = 0;

  constructor(fileName: string) {
    this.#fileDay = unionPayFile(fileName)?.day;
  }

  /** The day the file is about, Beijing time; unknown of a file without rows. */
  get day(): string | undefined {
    return this.#fileDay ?? this.#first?.timeLocal.slice(0, 10);
  }

  get merchantId(): string | undefined {
    return this.#first?.merchantId;
  }

  check(row: StatementRow): void {
    this.rows += 1;
    if (!this.#first) {
      this.#first = row;
      this.#day = this.day ?? '';
    }
    if (row.merchantId !== this.#first.merchantId)
      throw new StatementFault('MERCHANT', `merchants ${this.#first.merchantId} and ${row.merchantId} in one file`);
    this.#checkDay(row);
    if (!this.#seen.add(keyInFile(row), KINDS[row.kind]))
      throw new StatementFault('DUPLICATE_IN_BILL', `${row.kind} ${keyInFile(row)} stands in the file twice`);
  }

  /** UnionPay's day ends at 23:00 (from memory): its rows may be of the day beside. */
  #checkDay({ channel, timeLocal }: StatementRow): void {
    const day = this.#day;
    if (timeLocal.startsWith(day)) return;
    const apart = Math.abs(Date.parse(timeLocal.slice(0, 10)) - Date.parse(day));
    if (channel !== 'UNIONPAY' || apart > 86_400_000)
      throw new StatementFault('DATE', `a row of ${timeLocal} in the file of ${day}`);
  }
}

const KINDS = { PAYMENT: 1, REFUND: 2, REVERSAL: 3 } as const;

function keyInFile({ kind, refundId, attemptId, channelTxnId }: StatementRow): string {
  return (kind === 'REFUND' ? refundId : attemptId) ?? channelTxnId;
}
