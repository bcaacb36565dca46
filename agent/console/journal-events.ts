import type { Entry } from '../journal/entry.ts';
import { fromJournal } from '../journal/records.ts';
import { intentView } from '../payment/intent-event.ts';
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

/** What programs beside the till are told of an entry; `undefined`: it is none of their business. */
export function eventOf(entry: Entry): TillEvent | undefined {
  const record = fromJournal(entry);
  const { seq } = entry;
  switch (record.type) {
    case 'ORDER':
      return { seq, type: 'order', data: { order: orderView(record.order) } };
    case 'ATTEMPT':
      return {
        seq,
        type: 'attempt',
        data: { order: orderView(record.order), attempt: attemptView(record.record) },
      };
    case 'SLIP':
      return { seq, type: 'slip', data: { slip: slipView(record.slip) } };
    case 'INTENT':
      return { seq, type: 'intent', data: { order: orderView(record.order), intent: intentView(record.intent) } };
    case 'REFUND':
      return { seq, type: 'refund', data: { refund: refundView(record.refund) } };
    case 'RESOLUTION': {
      const { orderId, outcome, personId, at } = record.resolution;
      return { seq, type: 'resolution', data: { orderId, outcome, personId, at } };
    }
    case 'NOTICE':
      return { seq, type: 'notice', data: { notice: record.notice } };
    case 'NOTICE_ACK':
      return { seq, type: 'notice-ack', data: { noticeId: record.noticeId, ...record.by } };
    case 'SETTINGS':
      return { seq, type: 'settings', data: {} };
    case 'COMMAND_RESULT': {
      const { id, status, code } = record.result;
      return { seq, type: 'command', data: { commandId: id, status, code } };
    }
    default:
      return undefined;
  }
}
