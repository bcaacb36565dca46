import type { PayChannel } from '../../protocols/backend/fields.ts';
import { isSettled } from '../journal/doubt.ts';
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
    for (const fact of factsOf(entry)) facts.set(fact.id, newer(facts.get(fact.id), fact));
  });
  return facts;
}

/** A person who settles a doubt names neither channel nor amount; a payment that is certain stays what it is. */
export function newer(before: MoneyFact | undefined, fact: MoneyFact): MoneyFact {
  if (fact.state !== 'RESOLVED' || !before) return fact;
  return before.state === 'PAID' ? before : { ...before, state: fact.state };
}

/** What an entry says about money. */
export function factsOf(entry: Entry): readonly MoneyFact[] {
  const record: TillRecord = fromJournal(entry);
  if (isSettled(record)) return [];
  if (record.type === 'ATTEMPT') return attemptFacts(record.record);
  if (record.type === 'TERMINAL_LATE') return record.surprised ? attemptFacts(record.surprised) : [];
  if (record.type === 'INTENT') return [intentFact(record.intent)];
  if (record.type === 'RESOLUTION') return resolvedFacts(record.resolution);
  return record.type === 'REFUND' ? [refundFact(record.refund)] : [];
}

/** What gives money of a card back is told by its refund. */
function attemptFacts({ attempt, startedAt }: AttemptRecord): readonly MoneyFact[] {
  if (attempt.card && !isCharge(attempt.card)) return [];
  const { attemptId, orderId, state, amountFen, paidAt, settledAt, late } = attempt;
  // what the terminal charges is on the bank's statement, whatever the customer showed it
  const channel = attempt.card ? 'CARD' : attempt.channel;
  const at = state === 'PAID' ? (paidAt ?? settledAt ?? startedAt) : startedAt;
  const fact = { kind: 'payment', id: attemptId, attemptId, orderId, channel, state, amountFen, at } as const;
  // a yes behind its end: nobody knows whether the shop has it before a person has looked
  if (!late) return [fact];
  return [{ ...fact, state: 'DISPUTED', amountFen: late.paidFen ?? amountFen, at: late.paidAt ?? late.heardAt }];
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

/** What a manager found out: the money that the shop has, and that it has none of the others. */
function resolvedFacts({ orderId, about, charge, at }: Resolution): readonly MoneyFact[] {
  const none = { kind: 'payment', orderId, channel: undefined, state: 'RESOLVED', amountFen: 0, at } as const;
  return [...new Set(charge ? [charge.attemptId, ...about] : about)].map((id) => {
    const fact = { ...none, id, attemptId: id };
    if (id !== charge?.attemptId) return fact;
    return { ...fact, channel: charge.channel, state: 'PAID', amountFen: charge.amountFen };
  });
}
