import type { EventData } from '../../protocols/backend/events.ts';
import type { PayChannel } from '../../protocols/backend/fields.ts';
import { formatYuan } from '../../protocols/money/fen.ts';
import type { Happening, Words } from './schemas.ts';

// What the till told its backend, in a sentence for somebody who stands in the shop.

export const CHANNEL_WORDS: Readonly<Record<PayChannel, Words>> = {
  WECHAT: { zh: '微信支付', en: 'WeChat Pay' },
  ALIPAY: { zh: '支付宝', en: 'Alipay' },
  UNIONPAY: { zh: '云闪付', en: 'UnionPay' },
  ECNY: { zh: '数字人民币', en: 'e-CNY' },
  EMV: { zh: '银联二维码', en: 'UnionPay card code' },
  BESTPAY: { zh: '翼支付', en: 'BestPay' },
  SUNING: { zh: '苏宁支付', en: 'Suning' },
  QQ: { zh: 'QQ 钱包', en: 'QQ Wallet' },
  JD_LEGACY: { zh: '京东支付', en: 'JD Pay' },
  CARD: { zh: '银行卡', en: 'Card' },
};

interface Told {
  readonly words: Words;
  readonly tone: Happening['tone'];
}

type Attempt = Extract<EventData, { type: 'attempt' }>;

const STATES: Readonly<Record<Attempt['state'], readonly [zh: string, en: string, tone: Happening['tone']]>> = {
  CREATED: ['扫到付款码，已记账', 'A code was read and written down', 'calm'],
  SUBMITTED: ['付款请求已发出', 'The payment request left', 'calm'],
  USER_PAYING: ['等顾客在手机上确认', 'The customer has to confirm', 'wait'],
  UNKNOWN: ['结果未知，正在查询', 'Result unknown: asking', 'wait'],
  REVERSING: ['正在撤销', 'Being reversed', 'wait'],
  PAID: ['收款成功', 'Paid', 'good'],
  FAILED: ['没有收到钱', 'Not paid', 'bad'],
  REVERSED: ['已撤销，没有收钱', 'Reversed: no money taken', 'bad'],
  NEEDS_MANUAL_CHECK: ['需要人工核实', 'A person has to look', 'bad'],
};

export function attemptWords({ state, category, amountFen, channel }: Attempt): Told {
  const [zh, en, tone] = STATES[state];
  const name = CHANNEL_WORDS[channel];
  const why = state === 'FAILED' || state === 'NEEDS_MANUAL_CHECK' ? ` (${category})` : '';
  const yuan = formatYuan(amountFen);
  return { tone, words: { zh: `${zh}${why} · ${name.zh} ¥${yuan}`, en: `${en}${why} · ${name.en} ¥${yuan}` } };
}

type Named<T extends EventData['type']> = Readonly<
  Record<Extract<EventData, { type: T; state: string }>['state'], readonly [zh: string, en: string]>
>;

const HOLDS: Named<'hold'> = {
  ASKED: ['等顾客刷卡', 'the card is asked for'],
  HELD: ['已冻结，未收款', 'held, nothing charged'],
  COMPLETING: ['正在完成收款', 'being charged'],
  RELEASING: ['正在撤销', 'being given up'],
  COMPLETED: ['已完成收款', 'charged'],
  RELEASED: ['已撤销，资金已解冻', 'given up, the money is free again'],
  REFUSED: ['未成功', 'refused'],
  UNCLEAR: ['结果未知，需要人工核实', 'nobody knows: a person has to look'],
};

const INTENTS: Named<'intent'> = {
  WAITING: ['等顾客扫码', 'waits for the customer'],
  PAID: ['收款成功', 'paid'],
  EXPIRED: ['已过期，未收款', 'ran out, not paid'],
  CLOSED: ['已收回，未收款', 'taken back, not paid'],
  NEEDS_MANUAL_CHECK: ['需要人工核实', 'a person has to look'],
  DISPUTED: ['意外到账，需要人工核实', 'money that nobody expected: a person has to look'],
};

const REFUNDS: Named<'refund'> = {
  REQUESTED: ['等第二个人批准', 'waits for a second person'],
  PROCESSING: ['正在退款', 'under way'],
  REFUNDED: ['已退款', 'the money went back'],
  REJECTED: ['未退款', 'refused, nothing went back'],
  NEEDS_MANUAL_CHECK: ['需要人工核实', 'a person has to look'],
};

function calm(nameZh: string, nameEn: string, [zh, en]: readonly [zh: string, en: string]): Told {
  return { tone: 'calm', words: { zh: `${nameZh}：${zh}`, en: `${nameEn}: ${en}` } };
}

/** Everything else; `undefined`: nothing that anybody in the shop would see. */
export function eventWords(data: Exclude<EventData, Attempt>): Told | undefined {
  switch (data.type) {
    case 'slip':
      return data.state === 'unknown'
        ? { tone: 'bad', words: { zh: '小票是否打出：未知', en: 'Whether the slip came out is unknown' } }
        : { tone: 'calm', words: { zh: '小票已送打印机', en: `Slip ${data.state} (${data.proof ?? 'no proof'})` } };
    case 'scan-refused':
      return {
        tone: 'bad',
        words: { zh: `这不是可用的付款码：${data.reason}`, en: `Not a usable code: ${data.reason}` },
      };
    case 'hold':
      return calm('预授权', 'Hold on the card', HOLDS[data.state]);
    case 'intent':
      return calm('收款码', 'Payment QR', INTENTS[data.state]);
    case 'refund':
      return calm('退款', 'Refund', REFUNDS[data.state]);
    case 'clock':
      return data.trusted
        ? { tone: 'good', words: { zh: '收银机时钟正常', en: 'The till’s clock is right' } }
        : { tone: 'bad', words: { zh: '收银机时钟不可信', en: 'The till’s clock is not to be trusted' } };
    case 'resolution':
      return { tone: 'calm', words: { zh: `人工核实：${data.outcome}`, en: `A person says: ${data.outcome}` } };
    case 'terminal':
      return { tone: 'calm', words: { zh: `终端状态：${data.state}`, en: `Terminal: ${data.state}` } };
    case 'terminal-late':
      return {
        tone: 'bad',
        words: { zh: `终端迟到的结果：${data.outcome}`, en: `The card terminal speaks late: ${data.outcome}` },
      };
    case 'limit': {
      const use = `${data.used}/${data.of}`;
      return { tone: 'bad', words: { zh: `限额 ${data.limit}：${use}`, en: `Limit ${data.limit}: ${use}` } };
    }
    case 'signal':
      return { tone: 'calm', words: { zh: `风险信号：${data.signal}`, en: `Signal to the risk desk: ${data.signal}` } };
    case 'alert':
      return { tone: 'bad', words: { zh: `告警：${data.alert}`, en: `Alert: ${data.alert}` } };
    case 'report':
      return { tone: 'calm', words: { zh: `店员上报：${data.note}`, en: `The clerk reports: ${data.note}` } };
    case 'closing': {
      const yuan = formatYuan(data.total.netFen);
      const [zh, en] = data.period === 'shift' ? ['交班', 'Shift closed'] : ['日结', 'Day closed'];
      return { tone: 'calm', words: { zh: `${zh} ${data.number}：¥${yuan}`, en: `${en} ${data.number}: ¥${yuan}` } };
    }
    case 'settings':
    case 'notice-ack':
      return undefined;
  }
}
