import { FINAL_WITHIN_MS, TILL } from './terms.ts';
import type { WrittenSlip } from './witness.ts';
import type { World } from './world.ts';

/** What must be so at the end, when every fault is over and the time has passed. */
export function judgeEnd(world: World): void {
  if (!world.computer.isUp) return world.judge.find('not-final-in-time', 'the agent is not up');
  judgeAttempts(world);
  world.judge.intents.atEnd(world);
  world.judge.cards.atEnd(world.backend.events(TILL), world.computer.run?.book);
  world.signing?.judge.atEnd();
  judgeCharges(world);
  judgeLateMoney(world);
  judgeSlips(world);
  judgeOutbox(world);
  judgeCommands(world);
  judgeNotices(world);
  world.judge.refunds.atEnd(world.clock.now());
}

function judgeAttempts({ judge, witness }: World): void {
  for (const { attemptId, state, doing } of witness.durable.attempts.values()) {
    if (doing.kind === 'done') continue;
    judge.find('not-final-in-time', `attempt ${attemptId} is ${state} (${doing.kind}) after ${FINAL_WITHIN_MS} ms`);
  }
}

/** What the order of a paid attempt may be; a refund's record does not say it, the next one that carries the order does. */
const PAID_ORDERS: ReadonlySet<string> = new Set(['PAID', 'DISPUTED', 'PARTLY_REFUNDED', 'REFUNDED']);

/** Money in the ledger and the till's word about it agree, attempt by attempt. */
function judgeCharges({ judge, witness, acquirer }: World): void {
  const { ledger } = acquirer;
  const charged = new Set(ledger.entries.map(({ attemptId }) => attemptId));
  for (const attemptId of charged) {
    // codes that customers scan: intent-judge.ts
    if (witness.durable.intents.has(attemptId) || witness.durable.forgotten.has(attemptId)) continue;
    const { charges, reversals } = ledger.ofAttempt(attemptId);
    const stays = charges > reversals;
    const state = witness.durable.attempts.get(attemptId)?.state;
    if (!stays || state === 'PAID' || state === 'NEEDS_MANUAL_CHECK') continue;
    judge.find('charge-without-end', `${attemptId} is charged and the till says ${state ?? 'nothing'}`);
  }
  for (const { attemptId, state, orderId } of witness.durable.attempts.values()) {
    if (state !== 'PAID') continue;
    const { charges, reversals } = ledger.ofAttempt(attemptId);
    if (charges <= reversals && !judge.cards.isCharged(attemptId))
      judge.find('success-without-charge', `${attemptId} at the end`);
    const order = witness.durable.orders.get(orderId)?.state;
    if (order === undefined || !PAID_ORDERS.has(order))
      judge.find('charge-without-end', `${orderId} is paid and ${order}`);
  }
}

/** Money that nobody expected stands among what waits for a person until one has looked, whatever became of its order meanwhile. */
function judgeLateMoney({ judge, witness: { durable }, computer }: World): void {
  const listed = new Set(computer.run?.till?.desk.blockedOrders().map(({ orderId }) => orderId));
  const attempts = [...durable.attempts.values()].filter(
    ({ attemptId, late }) => late !== undefined || durable.surprised.has(attemptId),
  );
  const codes = [...durable.intents.values()].filter(({ task }) => task !== undefined);
  const late = [...attempts, ...codes.map(({ intentId, orderId }) => ({ attemptId: intentId, orderId }))];
  for (const { attemptId, orderId } of late)
    if (!durable.settled.has(attemptId) && durable.orders.has(orderId) && !listed.has(orderId))
      judge.find('charge-without-end', `nobody is asked about the late money of ${attemptId}, order ${orderId}`);
}

const SILENT = ['printer-mute', 'printer-swallows', 'printer-restarts'] as const;

/** The printer is well at the end: every paid attempt has its slip on paper, or a person was asked to look, and has. */
function judgeSlips({ judge, witness, printerConfirms, hits }: World): void {
  const slips = [...witness.durable.slips.values()];
  const intents = [...witness.durable.intents.values()].map(({ intentId, state }) => ({ attemptId: intentId, state }));
  for (const { attemptId, state } of [...witness.durable.attempts.values(), ...intents]) {
    if (state !== 'PAID') continue;
    const slip = slips.find((one) => one.attemptId === attemptId && !one.duplicate);
    if (!slip) judge.find('charge-without-end', `no slip was offered for ${attemptId}`);
    // a printer that answers nothing for a while cannot confirm: a till that starts meanwhile has never heard it
    else judgeSlip(judge, slip, slips, printerConfirms && !SILENT.some((fault) => hits[fault] !== undefined));
  }
  for (const { attemptId, state, duplicate } of slips) {
    if (duplicate && state !== 'sent') judge.find('slip-missing', `the marked slip of ${attemptId} is ${state}`);
  }
}

function judgeSlip(judge: World['judge'], slip: WrittenSlip, slips: readonly WrittenSlip[], confirms: boolean): void {
  const { attemptId, state, proof } = slip;
  if (state !== 'sent') return judge.find('slip-missing', `the slip of ${attemptId} is ${state}`);
  const whole = judge.originals.get(attemptId)?.whole ?? 0;
  const marked = judge.marked.get(attemptId) ?? 0;
  // a printer that cannot confirm may have lost what it was sent, and nobody can know
  const isProved = (one: WrittenSlip) => one.proof === 'confirmed' || one.proof === 'clerk';
  const copies = slips.filter((one) => one.attemptId === attemptId && one.duplicate);
  const proved = [slip, ...copies].every(isProved);
  const missing = whole + marked === 0;
  if (missing && (confirms || proved))
    judge.find('slip-missing', `the slip of ${attemptId} (${proof}) is not on paper`);
  if (proof === 'confirmed' && whole !== 1)
    judge.find('slip-missing', `the slip of ${attemptId} is called printed, ${whole} are on paper`);
}

function judgeOutbox({ judge, witness, backend }: World): void {
  const known = new Map(backend.events(TILL).map(({ seq, id }) => [seq, id]));
  const { events, givenUp, resultEvents } = witness.durable;
  for (const [seq, id] of events) {
    // the limits of the outbox may give up what is no result
    if (known.get(seq) === id || (givenUp.has(seq) && !resultEvents.has(seq) && !known.has(seq))) continue;
    judge.find('outbox-not-emptied', `event ${seq} is ${known.get(seq) ?? 'not'} at the backend`);
  }
}

/** Each acknowledgement that was written down came to the backend, once. */
function judgeNotices({ judge, witness, backend }: World): void {
  const heard = backend.events(TILL).flatMap(({ data }) => (data.type === 'notice-ack' ? [data] : []));
  for (const [noticeId, personId] of witness.durable.noticesRead) {
    const told = heard.filter((one) => one.noticeId === noticeId);
    if (told.length !== 1 || told[0]?.personId !== personId)
      judge.find('notice-forgotten', `${noticeId}: ${told.length} times at the backend`);
  }
}

/** An order that was opened has its command's result when it ended, and every accepted command opened one. */
function judgeCommands(world: World): void {
  const { judge, witness } = world;
  const { orders, results } = witness.durable;
  for (const { orderId, state, commandId } of orders.values()) {
    if (state === 'OPEN' || state === 'IN_PAYMENT' || results.has(commandId)) continue;
    judge.find('result-missing', `order ${orderId} is ${state}, its command has no result`);
  }
  for (const id of openCommands(world)) judge.find('result-missing', `command ${id} was accepted and forgotten`);
}

/** Accepted, opened no order that goes on, and nobody has heard how it ended. */
export function openCommands({ witness, backOffice }: Pick<World, 'witness' | 'backOffice'>): string[] {
  const { commands, orders, results, refunds } = witness.durable;
  const isUnderWay = (refundId = '') => refunds.get(refundId)?.state === 'PROCESSING';
  const opened = new Set([...orders.values()].map(({ commandId }) => commandId));
  return [...commands]
    .filter(([id, type]) => !results.has(id) && (!opened.has(id) || type.startsWith('intent')))
    .filter(([id]) => !isUnderWay(backOffice.refundOf.get(id)))
    .map(([id]) => id);
}
