import type { StatementFaultCode } from '../../protocols/statements/row.ts';
import type { Advice } from '../errors.ts';

interface FaultRow {
  readonly cause: Advice;
  /** missing: {@link AGAIN} */
  readonly remedy?: Advice;
}

const OTHER_FILE = {
  zh: '请选择微信、支付宝或银联商户平台下载的原始对账单，不要用表格软件另存',
  en: 'choose the statement as it was downloaded from WeChat, Alipay or UnionPay, not one saved again by a spreadsheet',
};
export const AGAIN = { zh: '重新下载该日的对账单', en: 'download the statement of that day again' };
const ONE_DAY = { zh: '一个文件只能是一个商户的一天，请重新下载', en: 'download one day of one merchant' };

/** Why a statement is refused, for whoever chose the file. */
export const FAULTS: Readonly<Record<StatementFaultCode, FaultRow>> = {
  NO_BILL: {
    cause: { zh: '渠道还没有出账，这不是空账单', en: 'the channel has no statement yet; that is not an empty one' },
    remedy: { zh: '次日 10 点后再下载', en: 'download it after 10:00 on the next day' },
  },
  UNKNOWN_FORMAT: {
    cause: { zh: '这不是微信、支付宝或银联的对账单', en: 'this is no statement of WeChat, Alipay or UnionPay' },
    remedy: OTHER_FILE,
  },
  TEXT_ENCODING: {
    cause: { zh: '文件里有读不出的文字', en: 'the file holds letters that cannot be read' },
    remedy: OTHER_FILE,
  },
  HEADER: { cause: { zh: '缺少必要的列', en: 'a column is missing that is needed' }, remedy: OTHER_FILE },
  ROW: { cause: { zh: '有一行读不出', en: 'a row cannot be read' }, remedy: OTHER_FILE },
  AMOUNT: { cause: { zh: '有一行金额不正确', en: 'an amount in it is no amount' }, remedy: OTHER_FILE },
  TIME: { cause: { zh: '有一行时间不正确', en: 'a time in it is no time' }, remedy: OTHER_FILE },
  NO_SUMMARY: { cause: { zh: '文件不完整：没有汇总', en: 'the file ends before its totals: it is not whole' } },
  SUMMARY_COUNT: { cause: { zh: '笔数与文件自己的汇总不符', en: 'its rows are not as many as it says itself' } },
  SUMMARY_TOTAL: { cause: { zh: '金额与文件自己的汇总不符', en: 'its rows do not come to its own totals' } },
  MERCHANT: { cause: { zh: '文件里有两个商户', en: 'rows of two merchants in one file' }, remedy: ONE_DAY },
  DATE: {
    cause: {
      zh: '文件里有别的日期，或者没有交易也看不出日期',
      en: 'rows of another day in the file, or no rows and no day in its name',
    },
    remedy: {
      zh: '一个文件只能是一个商户的一天，请重新下载；没有交易的文件，文件名要有日期，如 2026-11-22',
      en: 'download one day of one merchant; a file without rows must have the day in its name, as in 2026-11-22',
    },
  },
  DUPLICATE_IN_BILL: {
    cause: { zh: '同一笔在文件里出现两次', en: 'one payment stands in the file twice' },
    remedy: { zh: '重新下载；仍然如此请联系渠道', en: 'download it again; if it is the same, ask the channel' },
  },
  ZIP: { cause: { zh: '压缩文件损坏', en: 'the packed file is damaged' } },
  ENTRY_NAME: {
    cause: { zh: '压缩文件里不是对账单', en: 'what is packed in the file is no statement' },
    remedy: OTHER_FILE,
  },
  CRC: { cause: { zh: '压缩文件校验不符', en: 'the packed file does not pass its own check' } },
  TOO_LARGE: {
    cause: { zh: '文件太大，页面上不能核对', en: 'the file is too large for the page' },
    remedy: {
      zh: '由装机人员运行 tillwire reconcile',
      en: 'the technician runs tillwire reconcile',
    },
  },
};
