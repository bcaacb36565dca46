import { filled, type Words } from './language.ts';

// The words of the report, fetched with it.

const WORDS = {
  title: ['报表', 'Report'],
  statements: ['对账：核对渠道账单', 'Statements: check against the channels'],
  byHour: ['各时段收款（元）', 'Sales by hour (yuan)'],
  hour: ['{0} 点：¥{1}，{2} 笔', '{0}:00: ¥{1}, {2} payments'],
  day: ['第 {0} 个营业日', 'Business day {0}'],
  shift: ['第 {0} 班，{1}', 'Shift {0}, {1}'],
  count: ['笔数', 'Count'],
  sales: ['收款', 'Sales'],
  refunds: ['退款', 'Refunds'],
  fees: ['手续费（约）', 'Fees (approx.)'],
  net: ['净额', 'Net'],
  total: ['合计', 'Total'],
  rest: ['已撤销 {0} 笔，处理中 {1} 笔，待人工核对 {2} 笔', '{0} reversed, {1} open, {2} for a person to check'],
  print: ['打印', 'Print'],
  printed: ['已送去打印', 'On its way to the printer'],
  openShift: ['开班', 'Open a shift'],
  opened: ['已开班', 'The shift is open'],
  noShift: ['现在没有开班', 'No shift is open'],
  closeShift: ['交班', 'Close the shift'],
  closeDay: ['日结', 'Close the day'],
  closeSure: ['净额 ¥{0}。确认后打印，并从零开始。', 'Net ¥{0}. It is printed, and the next begins at zero.'],
  closed: ['已结，正在打印', 'Closed, printing'],
  shiftFirst: ['请先交班', 'Close the shift first'],
} as const satisfies Record<string, readonly [zh: string, en: string]>;

export type ReportWord = keyof typeof WORDS;

export function r(name: ReportWord, ...values: readonly (string | number)[]): string {
  return filled(WORDS[name], values);
}

export function bothOf(name: ReportWord): Words {
  const [zh, en] = WORDS[name];
  return { zh, en };
}
