import type { Entry } from '../journal/entry.ts';
import { fromJournal, type TillRecord } from '../journal/records.ts';
import { intentView } from '../payment/intent-event.ts';
import { whyFailed } from './problems.ts';
import { attemptView, orderView, refundView, slipView } from './views.ts';

/** Something that whoever watches is told. Without a number it is in no journal: who was not watching never hears of it. */
export interface Happening {
  readonly seq?: number;
  readonly type: string;
  readonly data: object;
}

/** One thing that happened, numbered by the journal entry that says so. */
export interface TillEvent extends Happening {
  readonly seq: number;
}

type Telling<Type extends TillRecord['type']> = (record: Extract<TillRecord, { type: Type }>) => Omit<TillEvent, 'seq'>;

/** What programs beside the till are told, by record. Of records that are not here: nothing, they are none of their business. */
const TELLINGS: { readonly [Type in TillRecord['type']]?: Telling<Type> } = {
  ORDER: ({ order }) => ({ type: 'order', data: { order: orderView(order) } }),
  ATTEMPT: ({ order, record }) => ({
    type: 'attempt',
    data: { order: orderView(order), attempt: attemptView(record) },
  }),
  SLIP: ({ slip }) => ({ type: 'slip', data: { slip: slipView(slip) } }),
  INTENT: ({ order, intent }) => ({
    type: 'intent',
    data: { order: orderView(order), intent: intentView(intent) },
  }),
  REFUND: ({ refund }) => ({ type: 'refund', data: { refund: refundView(refund) } }),
  RESOLUTION: ({ resolution: { orderId, outcome, personId, at } }) => ({
    type: 'resolution',
    data: { orderId, outcome, personId, at },
  }),
  NOTICE: ({ notice }) => ({ type: 'notice', data: { notice } }),
  NOTICE_ACK: ({ noticeId, by }) => ({ type: 'notice-ack', data: { noticeId, ...by } }),
  PERIOD: ({ deed: { kind, number, personId } }) => ({ type: 'period', data: { kind, number, personId } }),
  SETTINGS: () => ({ type: 'settings', data: {} }),
  COMMAND_RESULT: ({ result }) => {
    const { id, status, code } = result;
    return { type: 'command', data: { commandId: id, status, code, ...whyFailed(result) } };
  },
};

/** Whether {@link eventOf} makes an event of it, told without making one: nearly always nobody watches. */
export function isEvent({ type }: Entry): boolean {
  return Object.hasOwn(TELLINGS, type);
}

/** What programs beside the till are told of an entry; `undefined`: it is none of their business. */
export function eventOf(entry: Entry): TillEvent | undefined {
  const record = fromJournal(entry);
  // the table's own type has tied each record to its telling
  const telling = TELLINGS[record.type] as ((record: TillRecord) => Omit<TillEvent, 'seq'>) | undefined;
  return telling && { seq: entry.seq, ...telling(record) };
}
