import { formatYuan } from '../../protocols/money/fen.ts';
import type { ChannelRow, Report } from './report.ts';
import { ShopTime } from './shop-time.ts';

const TITLES = { shift: 'Shift 班次', day: 'Business day 营业日', date: 'Day 日期' } as const;

/** A report for a person at a terminal. */
export function reportLines(report: Report): string[] {
  const { kind, number, from, until, timeZone, openedBy, closedBy, rows, total, reversed, open, needsCheck } = report;
  const time = new ShopTime(timeZone);
  const who = [
    openedBy === undefined ? [] : `opened by ${openedBy}`,
    closedBy === undefined ? [] : `closed by ${closedBy}`,
  ];
  return [
    [`${TITLES[kind]}${number === undefined ? '' : ` ${number}`}`, ...who.flat()].join(', '),
    `${time.text(from)} - ${time.text(until)} ${timeZone}`,
    columns(['channel', 'count', 'sales', 'refunds', '', 'discount', 'fees', 'net']),
    ...rows.map((row) => columns([row.channel, ...cells(row)])),
    columns(['total', ...cells(total)]),
    `reversed ${reversed}, open ${open}, to be checked by a person ${needsCheck}`,
    ...holdLines(report, time),
    `journal #${report.journal.seq} ${report.journal.hash.slice(0, 16)}`,
  ];
}

/** Money of customers: in no sum above. */
function holdLines({ holds }: Report, time: ShopTime): string[] {
  if (!holds) return [];
  return [
    `holds standing (预授权), not takings: ${holds.count}, ${formatYuan(holds.heldFen)}`,
    ...holds.named.map(
      ({ orderId, amountFen, state, since }) =>
        `  ${orderId}  ${formatYuan(amountFen)}  ${state}  since ${time.text(since)}`,
    ),
  ];
}

function cells(row: Omit<ChannelRow, 'channel'>): string[] {
  const fee = row.feeFen === undefined ? '-' : formatYuan(row.feeFen);
  const { count, salesFen, refundCount, refundFen, discountFen, netFen } = row;
  const money = [discountFen, refundFen].map(formatYuan);
  return [
    String(count),
    formatYuan(salesFen),
    String(refundCount),
    money[1] ?? '',
    money[0] ?? '',
    fee,
    formatYuan(netFen),
  ];
}

function columns([first = '', ...rest]: readonly string[]): string {
  const widths = [6, 12, 8, 12, 10, 10, 12];
  return first.padEnd(10) + rest.map((cell, at) => cell.padStart(widths[at] ?? 12)).join('');
}

const CSV_HEADER =
  'kind,number,from,until,channel,count,sales_yuan,refund_count,refunds_yuan,discount_yuan,fees_yuan,net_yuan';

/** For a spreadsheet (RFC 4180): a row for each channel, then the total. */
export function reportCsv(report: Report): string {
  const time = new ShopTime(report.timeZone);
  const head = [report.kind, String(report.number ?? ''), time.text(report.from), time.text(report.until)];
  const line = (name: string, row: Omit<ChannelRow, 'channel'>) => {
    const { count, salesFen, refundCount, refundFen, discountFen, feeFen, netFen } = row;
    const money = [discountFen, feeFen, netFen].map((fen) => (fen === undefined ? '' : formatYuan(fen)));
    return [...head, name, String(count), formatYuan(salesFen), String(refundCount), formatYuan(refundFen), ...money];
  };
  const rows = [...report.rows.map((row) => line(row.channel, row)), line('TOTAL', report.total)];
  return [CSV_HEADER, ...rows.map((cellsOf) => cellsOf.map(csvCell).join(','))].map((row) => `${row}\r\n`).join('');
}

/** A cell that begins like a formula would be one in a spreadsheet; a negative number may stay what it is. */
export function csvCell(text: string): string {
  const safe = /^[=+@\t\r]|^-(?!\d+\.\d\d$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
