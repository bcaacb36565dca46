import type { Entry } from '../journal/entry.ts';
import { fromJournal, type TillRecord } from '../journal/records.ts';
import { intentView } from '../payment/intent-event.ts';
import { attemptView, orderView, refundView, slipView } from './views.ts';

/** One thing that happened, numbered by the journal entry that says so. */
export interface TillEvent {
  readonly seq: number;
  readonly type: string;
  readonly data: object;
}

const TOLD: ReadonlySet<string> = new Set([
  'ORDER',
  'ATTEMPT',
  'SLIP',
  'INTENT',
  'REFUND',
  'RESOLUTION',
  'NOTICE',
  'SETTINGS',
  'COMMAND_RESULT',
] satisfies TillRecord['type'][]);

/** Whether {@link eventOf} makes an event of it, told without making one: nearly always nobody watches. */
export function isEvent({ type }: Entry): boolean {
  return TOLD.has(type);
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
