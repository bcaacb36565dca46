import type { Entry } from '../journal/entry.ts';
import { fromJournal } from '../journal/records.ts';
import { attemptView, orderView, slipView } from './views.ts';

/** One thing that happened, numbered by the journal entry that says so. */
export interface TillEvent {
  readonly seq: number;
  readonly type: string;
  readonly data: object;
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
