import type { PayChannel } from '../../protocols/backend/fields.ts';
import type { Entry } from '../journal/entry.ts';
import type { LogFiles } from '../journal/files.ts';
import type { AttemptRecord } from '../journal/records.ts';
import { fromJournal, type TillRecord } from '../journal/records.ts';
import { readLog } from '../journal/recovery.ts';
import { BEGINNING } from '../journal/segments.ts';
import { isCharge } from '../payment/card.ts';
import type { Intent } from '../payment/intent.ts';
import type { Refund } from '../refunds/refund.ts';
import type { Resolution } from '../refunds/resolution.ts';

/** One payment or refund as the journal's newest word on it has it. */
export interface MoneyFact {
  readonly kind: 'payment' | 'refund';
  /** attempt, intent or refund */
  readonly id: string;
  /** the payment that a refund gives back */
  readonly attemptId: string;
  readonly orderId: string;
  /** of an intent that nobody has paid it is not known */
  readonly channel: PayChannel | undefined;
  readonly state: string;
  readonly amountFen: number;
  /** when the money moved; as long as none has, when it was asked for. Unix ms */
  readonly at: number;
}

/** Reads a journal, also one that an agent is writing. `seq` is that of the newest entry about it. */
export async function moneyFacts(files: LogFiles): Promise<Map<string, MoneyFact>> {
  const facts = new Map<string, MoneyFact>();
  await readLog(files, BEGINNING, (entry) => {
    const fact = factOf(entry);
    if (fact) facts.set(fact.id, newer(facts.get(fact.id), fact));
  });
  return facts;
}

/** A person who settles a doubt names neither channel nor amount; a payment that is certain stays what it is. */
export function newer(before: MoneyFact | undefined, fact: MoneyFact): MoneyFact {
  if (fact.state !== 'RESOLVED' || !before) return fact;
  return before.state === 'PAID' ? before : { ...before, state: fact.state };
}

/** What an entry says about money; `undefined`: nothing. */
export function factOf(entry: Entry): MoneyFact | undefined {
  const record: TillRecord = fromJournal(entry);
  if (record.type === 'ATTEMPT') return attemptFact(record.record);
  if (record.type === 'INTENT') return intentFact(record.intent);
  if (record.type === 'RESOLUTION') return resolvedFact(record.resolution);
  return record.type === 'REFUND' ? refundFact(record.refund) : undefined;
}

/** What gives money of a card back is told by its refund. */
function attemptFact({ attempt, startedAt }: AttemptRecord): MoneyFact | undefined {
  if (attempt.card && !isCharge(attempt.card)) return undefined;
  const { attemptId, orderId, state, amountFen, paidAt, settledAt } = attempt;
  // what the terminal charges is on the bank's statement, whatever the customer showed it
  const channel = attempt.card ? 'CARD' : attempt.channel;
  const at = state === 'PAID' ? (paidAt ?? settledAt ?? startedAt) : startedAt;
  return { kind: 'payment', id: attemptId, attemptId, orderId, channel, state, amountFen, at };
}

function intentFact({ intentId, orderId, state, amountFen, createdAt, payment }: Intent): MoneyFact {
  return {
    kind: 'payment',
    id: intentId,
    attemptId: intentId,
    orderId,
    channel: payment?.channel,
    state,
    amountFen: payment?.paidFen ?? amountFen,
    at: payment?.paidAt ?? createdAt,
  };
}

function refundFact({
  refundId,
  attemptId,
  orderId,
  channel,
  state,
  refundFen,
  requestedAt,
  settledAt,
}: Refund): MoneyFact {
  const at = settledAt ?? requestedAt;
  return { kind: 'refund', id: refundId, attemptId, orderId, channel, state, amountFen: refundFen, at };
}

/** What a manager found out: the money that the shop has, or that it has none of this attempt. */
function resolvedFact({ orderId, about, charge, at }: Resolution): MoneyFact | undefined {
  if (charge) {
    const { attemptId, channel, amountFen } = charge;
    return { kind: 'payment', id: attemptId, attemptId, orderId, channel, state: 'PAID', amountFen, at };
  }
  const [id] = about;
  if (id === undefined) return undefined;
  return { kind: 'payment', id, attemptId: id, orderId, channel: undefined, state: 'RESOLVED', amountFen: 0, at };
}
