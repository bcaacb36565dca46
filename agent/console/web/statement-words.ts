import { filled, type Words } from './language.ts';
import type { CarriedOver, StatementFinding } from './types.ts';

// The words of the statements, fetched with them. What to do about a difference the agent says itself.

const WORDS = {
  title: ['对账', 'Statements'],
  toReport: ['报表', 'Report'],
  intro: [
    '把微信、支付宝或银联商户平台下载的对账单与本机流水逐笔核对。每个文件一天，用下载的原文件，不要另存。',
    'Every payment in the statement of WeChat, Alipay or UnionPay is held against this till. One day a file, as it was downloaded.',
  ],
  choose: ['选择对账单文件', 'Choose statement files'],
  chooseNote: ['可多选；每个最大 16 MiB，压缩的也可以', 'several at once; at most 16 MiB each, packed or not'],
  unread: [
    '一次最多核对 {0} 个文件，另有 {1} 个没有核对，请再次选择',
    'At most {0} files at a time: {1} were not read. Choose those again',
  ],
  reading: ['正在核对 {0}', 'Reading {0}'],
  tooLarge: ['文件超过 16 MiB', 'The file has more than 16 MiB'],
  tooLargeTodo: ['上传压缩的文件，或请装机人员处理', 'Choose the packed file, or ask the technician'],
  unanswered: ['收银程序没有应答，请重新选择文件', 'The till program did not answer. Choose the file again'],
  agrees: ['对账平', 'Everything agrees'],
  differs: ['{0} 处需要处理', '{0} to look at'],
  refused: ['文件未采用：{0}', 'The file was not used: {0}'],
  ofDay: ['{0} {1}', '{0} {1}'],
  matched: ['{0} 笔一致', '{0} agree'],
  others: ['其他终端 {0} 笔，未核对', '{0} of other terminals, left alone'],
  here: ['本机', 'This till'],
  there: ['账单', 'Statement'],
  fees: ['手续费', 'Fees'],
  net: ['到账', 'Net'],
  more: ['另有 {0} 处未列出', '{0} more are not listed'],
  print: ['打印', 'Print'],
  printed: ['已送去打印', 'On its way to the printer'],
  payment: ['收款', 'Payment'],
  refund: ['退款', 'Refund'],
  order: ['单号', 'Order'],
  transaction: ['交易单号', 'Transaction'],
  carried: ['跨日待核', 'Carried to the next day'],
  carriedNote: [
    '零点前后的收款可能在相邻一天的账单里。在那份账单里找到后自动核销。',
    'What was paid around midnight may stand in the statement of the day beside; found there, it goes by itself.',
  ],
  noneCarried: ['没有待核的跨日收款', 'Nothing waits'],
  age: ['已等 {0} 天', '{0} days old'],
  ageToday: ['今天', 'of today'],
  lookedIn: ['已查账单：{0}', 'not in the statements of {0}'],
  wanted: ['还需核对 {0} 的账单', 'The statement of {0} is still wanted'],
  overdue: ['应已出现，请联系渠道', 'It should be there by now: ask the channel'],
  clear: ['核销', 'Clear it'],
  clearTitle: ['人工核销', 'Clear by hand'],
  clearNote: [
    '查清这笔钱的去向后填写。会记下是谁、为什么。',
    'Only after it is known what became of the money. Who says so, and why, is kept.',
  ],
  clearLabel: ['查清的结果和依据', 'What became of it, and how that is known'],
  cleared: ['已核销', 'Cleared'],
  ended: ['最近核销', 'Cleared lately'],
  endMatched: ['在 {0} 的账单中找到', 'found in the statement of {0}'],
  endVoid: ['本机已撤销此笔', 'the till has taken it back'],
  endCleared: ['{0}：{1}', '{0}: {1}'],
  days: ['已核对的对账单', 'Statements so far'],
  noDays: ['还没有核对过对账单', 'None yet'],
  day: ['日期', 'Day'],
  channel: ['渠道', 'Channel'],
  result: ['结果', 'Result'],
  person: ['核对人', 'By'],
  dayless: ['无交易', 'no rows'],
} as const satisfies Record<string, readonly [zh: string, en: string]>;

export type StatementWord = keyof typeof WORDS;

export function s(name: StatementWord, ...values: readonly (string | number)[]): string {
  return filled(WORDS[name], values);
}

export function bothS(name: StatementWord): Words {
  const [zh, en] = WORDS[name];
  return { zh, en };
}

/** What kind of difference it is, in three words. */
export const KINDS: Readonly<Record<StatementFinding['type'], Words>> = {
  MATCHED: { zh: '一致', en: 'Agrees' },
  MATCHED_ABSENT: { zh: '双方均无', en: 'In neither' },
  MATCHED_PENDING: { zh: '处理中', en: 'Under way' },
  LATE_RESOLVED: { zh: '账单有结果', en: 'The statement knows' },
  STATUS_MISMATCH: { zh: '状态不符', en: 'State differs' },
  CHANNEL_ONLY: { zh: '账单有，本机没有', en: 'Missing here' },
  CHANNEL_ONLY_REVERSED: { zh: '账单已撤销，本机没有', en: 'Reversed there, missing here' },
  LOCAL_ONLY: { zh: '本机有，账单没有', en: 'Missing there' },
  AMOUNT_MISMATCH: { zh: '金额不符', en: 'Amount differs' },
  FEE_MISMATCH: { zh: '手续费不符', en: 'Fee differs' },
  CROSS_DAY_PENDING: { zh: '跨日，待次日账单', en: 'Around midnight: next statement' },
  UNRESOLVED: { zh: '双方都没有结果', en: 'Unknown on both sides' },
};

export function endWords({ end }: CarriedOver): string {
  if (end?.kind === 'matched') return s('endMatched', end.day ?? '');
  if (end?.kind === 'void') return s('endVoid');
  return s('endCleared', end?.personId ?? '', end?.note ?? '');
}
