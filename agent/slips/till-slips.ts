import type { Paper, PrinterProfile } from '../../protocols/escpos/profile.ts';
import { formatYuan } from '../../protocols/money/fen.ts';
import { type Laid, printForm } from './print-form.ts';
import { dateTime, limited, yuan } from './slip-texts.ts';
import { diagnosisDocument, pairingDocument, reportDocument, terminalDocument } from './templates/till-documents.ts';
import { type Locale, say } from './words.ts';

export interface ReportRow {
  /** channel and type, as it is to be printed */
  readonly kind: string;
  readonly count: number;
  readonly amountFen: number;
}

/** One hold of an order. */
export interface HeldRow {
  readonly orderId: string;
  readonly amountFen: number;
}

/** Takings of a shift or a day. Times are Unix milliseconds. */
export interface ReportSlip {
  readonly kind: 'shift' | 'day';
  readonly merchantName: string;
  readonly merchantNo?: string | undefined;
  readonly terminalNo?: string | undefined;
  readonly operatorNo?: string | undefined;
  readonly shiftNo?: string | undefined;
  readonly from: number;
  readonly until: number;
  readonly rows: readonly ReportRow[];
  readonly salesFen: number;
  readonly refundsFen: number;
  /** by the contract's rate */
  readonly feesFen?: number | undefined;
  /** off the price by the shop itself */
  readonly discountsFen?: number | undefined;
  /** attempts that were reversed, and those that a person must look at */
  readonly reversed: number;
  readonly open: number;
  /** held on customers' cards, in none of the sums */
  readonly holds?: { readonly count: number; readonly heldFen: number; readonly named: readonly HeldRow[] } | undefined;
  readonly drawerOpened?: number | undefined;
  /** first characters of the last journal entry's hash: the printed report can be held against the journal */
  readonly journalHash?: string | undefined;
  readonly training?: boolean | undefined;
  readonly duplicate?: boolean | undefined;
  readonly locale?: Locale | undefined;
}

export function reportSlip(slip: ReportSlip, paper: Paper | PrinterProfile): Laid {
  const { kind, locale = 'zh-CN', salesFen, refundsFen, feesFen, discountsFen = 0 } = slip;
  const data = {
    merchantName: limited(slip.merchantName),
    merchantNo: slip.merchantNo,
    terminalNo: slip.terminalNo,
    operatorNo: slip.operatorNo,
    shiftNo: slip.shiftNo,
    from: dateTime(slip.from),
    until: dateTime(slip.until),
    rows: slip.rows.map((row) => ({ kind: row.kind, count: row.count, amount: formatYuan(row.amountFen) })),
    sales: yuan(salesFen),
    refunds: yuan(refundsFen),
    discounts: discountsFen === 0 ? undefined : formatYuan(discountsFen),
    fees: feesFen === undefined ? undefined : formatYuan(feesFen),
    net: formatYuan(salesFen - refundsFen - (feesFen ?? 0)),
    // a zero is said too: "nothing open" is what the manager wants to read
    reversed: String(slip.reversed),
    open: String(slip.open),
    ...heldData(slip.holds),
    drawerOpened: slip.drawerOpened === undefined ? undefined : String(slip.drawerOpened),
    journalHash: slip.journalHash,
    training: slip.training,
    duplicate: slip.duplicate,
  };
  return printForm(reportDocument(kind, locale), data, paper);
}

function heldData(holds: ReportSlip['holds']) {
  if (!holds) return { held: [] };
  const { count, heldFen, named } = holds;
  return {
    standingHolds: `${count}, ${formatYuan(heldFen)}`,
    held: named.map(({ orderId, amountFen }) => ({ order: limited(orderId), amount: formatYuan(amountFen) })),
  };
}

export interface DiagnosisSlip {
  readonly merchantName: string;
  readonly till: string;
  readonly version: string;
  readonly time: number;
  readonly checks: readonly {
    readonly title: string;
    readonly status: 'ok' | 'warn' | 'fail' | 'not-run';
    readonly remedy?: string | undefined;
  }[];
  readonly locale?: Locale | undefined;
}

const STATUS = {
  ok: ['正常', 'ok'],
  warn: ['注意', 'check'],
  fail: ['故障', 'FAULT'],
  'not-run': ['未检查', 'not run'],
} as const;

/** What `doctor` found; the remedy of everything that is not well stands below. */
export function diagnosisSlip(slip: DiagnosisSlip, paper: Paper | PrinterProfile): Laid {
  const { locale = 'zh-CN', checks } = slip;
  const bad = checks.filter(({ status }) => status === 'warn' || status === 'fail');
  const failed = checks.some(({ status }) => status === 'fail');
  const data = {
    merchantName: limited(slip.merchantName),
    till: limited(slip.till),
    version: slip.version,
    printedAt: dateTime(slip.time),
    checks: checks.map(({ title, status }) => ({ title, status: say(locale, STATUS[status][0], STATUS[status][1]) })),
    remedies: bad.map(({ title, remedy = '' }) => ({ text: `${title}: ${remedy}` })),
    verdict: failed ? say(locale, '有故障，请处理', 'Faults found') : say(locale, '可以营业', 'Ready to sell'),
  };
  return printForm(diagnosisDocument(locale), data, paper);
}

export interface PairingSlip {
  readonly merchantName: string;
  readonly till: string;
  readonly version: string;
  readonly time: number;
  readonly code: string;
  readonly expiresAt: number;
  readonly servicePhone?: string | undefined;
  readonly locale?: Locale | undefined;
}

export function pairingSlip(slip: PairingSlip, paper: Paper | PrinterProfile): Laid {
  const { locale = 'zh-CN', time, expiresAt, ...texts } = slip;
  const data = { ...texts, printedAt: dateTime(time), expiresAt: dateTime(expiresAt) };
  return printForm(pairingDocument(locale), data, paper);
}

export interface TerminalSlip {
  readonly merchantName: string;
  readonly till: string;
  readonly version: string;
  readonly time: number;
  /** as the screen says it */
  readonly state: string;
  readonly reason?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly referenceNo?: string | undefined;
  readonly action?: string | undefined;
  readonly servicePhone?: string | undefined;
  readonly locale?: Locale | undefined;
}

export function terminalSlip(slip: TerminalSlip, paper: Paper | PrinterProfile): Laid {
  const { locale = 'zh-CN', time, since, until, ...texts } = slip;
  const data = {
    ...texts,
    merchantName: limited(slip.merchantName),
    till: limited(slip.till),
    printedAt: dateTime(time),
    since: since === undefined ? undefined : dateTime(since),
    until: until === undefined ? undefined : dateTime(until),
  };
  return printForm(terminalDocument(locale), data, paper);
}
