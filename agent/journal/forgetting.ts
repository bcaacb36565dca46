import { isFinal } from '../payment/attempt.ts';
import { isStanding } from '../payment/hold.ts';
import { isIntentOpen } from '../payment/intent.ts';
import type { Forgotten, Slip } from './records.ts';
import type { TillState } from './state.ts';

// What memory keeps, and how long. Everything stays in the log and in the projection.

/** Backend time behind a command's expiry in which its id still answers with the stored result (field-lessons.md 6). */
export const COMMAND_MEMORY_MS = 7 * 86_400_000;
/** Further commands are refused: no till is asked for one payment every six seconds, day and night, for a week. */
export const COMMANDS_KEPT = 100_000;
/** Orders without a remembered command: the newest ones, and all of the last seven days of wall-clock time. */
const ORDERS_KEPT = 2_000;
/** Finished attempts, the newest ones. */
const ATTEMPTS_KEPT = 200;
/** Above this a finished attempt goes even if its slip was never settled (a till without a printer). */
const UNSETTLED_KEPT = 2_000;
/** Finished intents, the newest ones; money may come to a closed one for as long as it is known here. */
const INTENTS_KEPT = 500;
/** Printed documents, the newest ones, for a reprint: at most some MB. */
const DOCUMENTS_KEPT = 100;
/** Ids of each kind in one record: a line of at most some 100 kB. */
const IDS_PER_RECORD = 500;

export interface Now {
  /** backend time, when it is known. Unknown: no command is forgotten, and without a backend none comes */
  readonly backend: number | undefined;
  readonly wall: number;
}

/** What may leave memory now, in records of bearable length. */
export function forgettable(state: TillState, now: Now): Forgotten[] {
  const commands = oldCommands(state, now);
  const attempts = oldAttempts(state);
  const intents = oldIntents(state);
  const orders = oldOrders(state, now, new Set(commands), new Set([...attempts, ...intents]));
  const documents = oldDocuments(state, now);
  const refunds = oldRefunds(state, now, new Set(orders));
  const records: Forgotten[] = [];
  const most = Math.max(
    commands.length,
    attempts.length,
    intents.length,
    orders.length,
    documents.length,
    refunds.length,
  );
  for (let at = 0; at < most; at += IDS_PER_RECORD) {
    const part = (ids: readonly string[]) => ids.slice(at, at + IDS_PER_RECORD);
    const settled = part(documents);
    const over = part(intents);
    const back = part(refunds);
    const rest = {
      ...(settled.length === 0 ? {} : { documents: settled }),
      ...(over.length === 0 ? {} : { intents: over }),
      ...(back.length === 0 ? {} : { refunds: back }),
    };
    records.push({ commands: part(commands), orders: part(orders), attempts: part(attempts), ...rest });
  }
  return records;
}

/** Printed or dropped; a job asked for again by the same name within seven days is known. */
function oldDocuments(state: TillState, now: Now): string[] {
  const settled = [...state.documents.values()].filter(({ state: last }) => last === 'sent' || last === 'dropped');
  return settled
    .slice(0, -DOCUMENTS_KEPT)
    .concat(settled.slice(-DOCUMENTS_KEPT).filter(({ askedAt }) => askedAt + COMMAND_MEMORY_MS < now.wall))
    .map(({ jobId }) => jobId);
}

/** Over, of no day that still counts, and of an order that nobody remembers: what was given back counts as long as it may. */
function oldRefunds(state: TillState, { backend }: Now, orders: ReadonlySet<string>): string[] {
  if (backend === undefined) return [];
  const over = [...state.refunds.values()].filter(({ doing, orderId, requestedAt }) => {
    const forgotten = orders.has(orderId) || !state.orders.has(orderId);
    return doing.kind === 'done' && forgotten && requestedAt + COMMAND_MEMORY_MS < backend;
  });
  return over.map(({ refundId }) => refundId);
}

function oldCommands(state: TillState, { backend }: Now): string[] {
  if (backend === undefined) return [];
  const old: string[] = [];
  for (const [id, { until, result }] of state.commands) {
    if (result && until + COMMAND_MEMORY_MS < backend) old.push(id);
  }
  return old;
}

/** Attempts that a person still has to decide about, or that a hold which stands has its name from. */
function inUse(state: TillState): ReadonlySet<string> {
  const standing = [...state.holds.all.values()].filter(isStanding);
  const doubtful = [...state.attempts.values()].filter(
    ({ attempt: { orderId } }) => state.orders.get(orderId)?.state === 'DISPUTED',
  );
  return new Set([
    ...standing.flatMap(({ holdId, runs, surprisedBy }) => [holdId, runs ?? [], surprisedBy ?? []].flat()),
    ...doubtful.map(({ attempt }) => attempt.attemptId),
  ]);
}

/** Finished, its slip settled, its command answered: nobody asks memory for it again. */
function oldAttempts(state: TillState): string[] {
  const finished = [...state.attempts.values()].map(({ attempt }) => attempt).filter((attempt) => isFinal(attempt));
  const settled = new Set([...state.slips.values()].flatMap((slip) => (isOpen(slip) ? [] : [slip.attemptId])));
  const queued = new Set([...state.slips.values()].flatMap((slip) => (isOpen(slip) ? [slip.attemptId] : [])));
  const needed = inUse(state);
  return finished
    .slice(0, -ATTEMPTS_KEPT)
    .filter(({ attemptId, orderId, state: last }, index) => {
      if (needed.has(attemptId)) return false;
      if (index < finished.length - UNSETTLED_KEPT) return true;
      if (queued.has(attemptId) || (last === 'PAID' && !settled.has(attemptId))) return false;
      const command = state.commands.get(state.orders.get(orderId)?.commandId ?? '');
      return command === undefined || command.result !== undefined;
    })
    .map(({ attemptId }) => attemptId);
}

/** Over, and its slip settled; what a person still has to decide stays. */
function oldIntents(state: TillState): string[] {
  const queued = new Set([...state.slips.values()].flatMap((slip) => (isOpen(slip) ? [slip.attemptId] : [])));
  return [...state.intents.values()]
    .filter((intent) => !isIntentOpen(intent))
    .slice(0, -INTENTS_KEPT)
    .filter(({ intentId, orderId }) => !queued.has(intentId) && state.orders.get(orderId)?.state !== 'DISPUTED')
    .map(({ intentId }) => intentId);
}

/** A paid order is remembered as long as the command that asked for it, so that nobody collects it twice. */
function oldOrders(state: TillState, now: Now, commands: ReadonlySet<string>, attempts: ReadonlySet<string>): string[] {
  const busy = new Set([
    ...[...state.attempts.values()].flatMap(({ attempt }) =>
      attempts.has(attempt.attemptId) ? [] : [attempt.orderId],
    ),
    ...[...state.intents.values()].flatMap(({ intentId, orderId }) => (attempts.has(intentId) ? [] : [orderId])),
    ...[...state.refunds.values()].flatMap(({ doing, orderId }) => (doing.kind === 'done' ? [] : [orderId])),
    ...[...state.holds.all.values()].flatMap((hold) => (isStanding(hold) ? [hold.orderId] : [])),
  ]);
  const loose = [...state.orders.values()].filter(
    ({ commandId, state: last, orderId }) =>
      last !== 'IN_PAYMENT' &&
      last !== 'DISPUTED' &&
      !busy.has(orderId) &&
      (commands.has(commandId) || !state.commands.has(commandId)),
  );
  return loose
    .slice(0, -ORDERS_KEPT)
    .filter(({ orderId }) => (state.orderTimes.get(orderId) ?? 0) + COMMAND_MEMORY_MS < now.wall)
    .map(({ orderId }) => orderId);
}

function isOpen({ state }: Slip): boolean {
  return state === 'queued' || state === 'sending';
}
