import type { IntentFact, IntentPlace } from './intent-machine.ts';

// Every (place, fact) cell of the intent machine: decided, with what may follow and why, or ignored, with the reason.
// intent-machine.ts is the code, this table is its contract: test/agent/intent-cells.test.ts walks the whole machine and
// holds the two together, and docs/payment-states.md is made from it.

export type IntentFactKind = IntentFact['kind'];

export type IntentCell = { readonly next: readonly IntentPlace[]; readonly why: string } | { readonly ignored: string };

/** The key of a cell, for counting which ones a test run has met. */
export function intentCellOf(place: IntentPlace, fact: IntentFactKind): string {
  return `intent ${place} / ${fact}`;
}

const NOTHING_SENT = 'nothing was sent yet';
const SENT_ONCE = 'the create request has left; a second one could make a second code';
const BYTES_LEFT = 'the request has left; that nothing of it left can no longer be';
const CREATE_GIVEN_UP =
  'the time-out of the create request has had its effect, or something stronger has come before it';
const NO_QUERY_YET = 'no query was asked yet';
const NOT_WAITING = 'nobody waits for a query now; its time-out was used up';
const NO_CLOSE_YET = 'no close was sent yet';
const NO_CLOSE_OUT = 'no close is out; its time-out was used up';
const NO_TIME_ASKED = 'an answer or its time-out comes first; no time was asked for';
const ASKED_NOW = 'a question is out already';
const CLOSE_DECIDED = 'it is being closed already';
const ASK_FIRST = 'a new process asks before it does anything else';
const BELIEVED = 'signed by the backend: it is paid, or a person compares the amount';
const LATE_RESULT = 'a late result is a result: paid, closed or another amount. A late code is remembered';
const BEFORE_CERTAIN = 'a success seen before the close is certain pays the order';
const DISPUTE = 'a success behind a certain close: the money goes back or a person accepts it, never silently paid';
const CLOSED_ALREADY = 'it is closed for certain; only money could change anything';
const OVER = 'it is over; only money that nobody expects can still be news';
const SAME_MONEY = 'the same payment told again; with another transaction it is a second one, and a person looks';
const WITH_A_PERSON = 'a person has it in hand; the till adds nothing';

const handedOver: { readonly [F in IntentFactKind]: IntentCell } = {
  submitted: { ignored: SENT_ONCE },
  'create-answered': { ignored: WITH_A_PERSON },
  'create-unanswered': { ignored: WITH_A_PERSON },
  'create-not-sent': { ignored: BYTES_LEFT },
  'query-answered': { ignored: WITH_A_PERSON },
  'query-unanswered': { ignored: WITH_A_PERSON },
  'close-answered': { ignored: WITH_A_PERSON },
  'close-unanswered': { ignored: WITH_A_PERSON },
  notified: { ignored: WITH_A_PERSON },
  hinted: { ignored: WITH_A_PERSON },
  woken: { ignored: WITH_A_PERSON },
  cancelled: { ignored: WITH_A_PERSON },
  restarted: { ignored: WITH_A_PERSON },
};

export const INTENT_CELLS: { readonly [P in IntentPlace]: { readonly [F in IntentFactKind]: IntentCell } } = {
  created: {
    submitted: { next: ['creating'], why: 'the intent is on disk: the create request may leave' },
    'create-answered': { ignored: NOTHING_SENT },
    'create-unanswered': { ignored: NOTHING_SENT },
    'create-not-sent': { ignored: NOTHING_SENT },
    'query-answered': { ignored: NOTHING_SENT },
    'query-unanswered': { ignored: NOTHING_SENT },
    'close-answered': { ignored: NOTHING_SENT },
    'close-unanswered': { ignored: NOTHING_SENT },
    notified: { ignored: 'nobody can have paid what was never asked for' },
    hinted: { ignored: 'nobody can have paid what was never asked for' },
    woken: { ignored: NO_TIME_ASKED },
    cancelled: { ignored: 'the create request leaves in this very moment; it can be cancelled in the next' },
    restarted: { next: ['querying'], why: 'the process died around the sending: only the backend knows' },
  },
  creating: {
    submitted: { ignored: SENT_ONCE },
    'create-answered': {
      next: ['waiting', 'querying', 'paid', 'closed', 'handed over'],
      why: 'with a code it can be paid; without one, or cancelled meanwhile, it is closed for certain',
    },
    'create-unanswered': { next: ['querying'], why: 'silence is not failure: ask, and close what nobody can show' },
    'create-not-sent': { next: ['closed'], why: 'proof that no byte left: there is no code' },
    'query-answered': { ignored: NO_QUERY_YET },
    'query-unanswered': { ignored: NO_QUERY_YET },
    'close-answered': { ignored: NO_CLOSE_YET },
    'close-unanswered': { ignored: NO_CLOSE_YET },
    notified: { next: ['paid', 'handed over'], why: BELIEVED },
    hinted: { ignored: ASKED_NOW },
    woken: { ignored: NO_TIME_ASKED },
    cancelled: { next: ['creating'], why: 'the answer is waited for, then it is closed' },
    restarted: { next: ['querying'], why: ASK_FIRST },
  },
  waiting: {
    submitted: { ignored: SENT_ONCE },
    'create-answered': { next: ['paid', 'closed', 'handed over'], why: LATE_RESULT },
    'create-unanswered': { ignored: CREATE_GIVEN_UP },
    'create-not-sent': { ignored: BYTES_LEFT },
    'query-answered': { next: ['paid', 'closed', 'handed over'], why: LATE_RESULT },
    'query-unanswered': { ignored: NOT_WAITING },
    'close-answered': { ignored: NO_CLOSE_YET },
    'close-unanswered': { ignored: NO_CLOSE_YET },
    notified: { next: ['paid', 'handed over'], why: BELIEVED },
    hinted: { next: ['querying'], why: 'no proof, and a reason to ask now' },
    woken: { next: ['querying'], why: 'the next poll; at the expiry, in backend time, the last one before the close' },
    cancelled: { next: ['querying'], why: 'one last query at once, then the close' },
    restarted: { next: ['querying'], why: ASK_FIRST },
  },
  querying: {
    submitted: { ignored: SENT_ONCE },
    'create-answered': { next: ['querying', 'paid', 'closed', 'handed over'], why: LATE_RESULT },
    'create-unanswered': { ignored: CREATE_GIVEN_UP },
    'create-not-sent': { ignored: BYTES_LEFT },
    'query-answered': {
      next: ['waiting', 'querying', 'closing', 'paid', 'closed', 'handed over'],
      why: 'a result ends it; after the last query the close follows with no gap; what has no code is asked after once more and closed',
    },
    'query-unanswered': { next: ['waiting', 'querying', 'closing'], why: 'as an answer that settles nothing' },
    'close-answered': {
      next: ['confirming', 'paid', 'handed over'],
      why: 'the late answer to an earlier close: certainty is welcome',
    },
    'close-unanswered': { ignored: NO_CLOSE_OUT },
    notified: { next: ['paid', 'handed over'], why: `${BELIEVED}; ${BEFORE_CERTAIN}` },
    hinted: { ignored: ASKED_NOW },
    woken: { ignored: NO_TIME_ASKED },
    cancelled: { next: ['querying'], why: 'the query that is out is waited for, then a last one follows' },
    restarted: { next: ['querying'], why: ASK_FIRST },
  },
  closing: {
    submitted: { ignored: SENT_ONCE },
    'create-answered': { next: ['closing', 'paid', 'closed', 'handed over'], why: `${LATE_RESULT}; ${BEFORE_CERTAIN}` },
    'create-unanswered': { ignored: CREATE_GIVEN_UP },
    'create-not-sent': { ignored: BYTES_LEFT },
    'query-answered': { next: ['closing', 'paid', 'closed', 'handed over'], why: `${LATE_RESULT}; ${BEFORE_CERTAIN}` },
    'query-unanswered': { ignored: NOT_WAITING },
    'close-answered': {
      next: ['confirming', 'retrying', 'paid', 'handed over'],
      why: 'closed is certain, and one more query looks back; paid is paid; anything else: again later',
    },
    'close-unanswered': { next: ['retrying'], why: 'again later, until it is certain' },
    notified: { next: ['paid', 'handed over'], why: `${BELIEVED}; ${BEFORE_CERTAIN}` },
    hinted: { ignored: ASKED_NOW },
    woken: { ignored: NO_TIME_ASKED },
    cancelled: { ignored: CLOSE_DECIDED },
    restarted: { next: ['querying'], why: ASK_FIRST },
  },
  retrying: {
    submitted: { ignored: SENT_ONCE },
    'create-answered': {
      next: ['retrying', 'paid', 'closed', 'handed over'],
      why: `${LATE_RESULT}; ${BEFORE_CERTAIN}`,
    },
    'create-unanswered': { ignored: CREATE_GIVEN_UP },
    'create-not-sent': { ignored: BYTES_LEFT },
    'query-answered': { next: ['retrying', 'paid', 'closed', 'handed over'], why: `${LATE_RESULT}; ${BEFORE_CERTAIN}` },
    'query-unanswered': { ignored: NOT_WAITING },
    'close-answered': {
      next: ['confirming', 'paid', 'handed over'],
      why: 'the late answer to a close that was given up: certainty is welcome',
    },
    'close-unanswered': { ignored: NO_CLOSE_OUT },
    notified: { next: ['paid', 'handed over'], why: `${BELIEVED}; ${BEFORE_CERTAIN}` },
    hinted: { next: ['querying'], why: 'no proof, and a reason to ask now' },
    woken: { next: ['querying'], why: 'ask once more, then close again' },
    cancelled: { ignored: CLOSE_DECIDED },
    restarted: { next: ['querying'], why: ASK_FIRST },
  },
  confirming: {
    submitted: { ignored: SENT_ONCE },
    'create-answered': { next: ['handed over'], why: DISPUTE },
    'create-unanswered': { ignored: CREATE_GIVEN_UP },
    'create-not-sent': { ignored: BYTES_LEFT },
    'query-answered': { next: ['closed', 'handed over'], why: `not paid: the order is free. ${DISPUTE}` },
    'query-unanswered': { next: ['closed'], why: 'the close was certain; what comes later is a dispute' },
    'close-answered': { next: ['handed over'], why: DISPUTE },
    'close-unanswered': { ignored: NO_CLOSE_OUT },
    notified: { next: ['handed over'], why: DISPUTE },
    hinted: { ignored: ASKED_NOW },
    woken: { ignored: NO_TIME_ASKED },
    cancelled: { ignored: CLOSED_ALREADY },
    restarted: { next: ['confirming'], why: ASK_FIRST },
  },
  closed: {
    submitted: { ignored: OVER },
    'create-answered': { next: ['handed over'], why: DISPUTE },
    'create-unanswered': { ignored: OVER },
    'create-not-sent': { ignored: OVER },
    'query-answered': { next: ['handed over'], why: DISPUTE },
    'query-unanswered': { ignored: OVER },
    'close-answered': { next: ['handed over'], why: DISPUTE },
    'close-unanswered': { ignored: OVER },
    notified: { next: ['handed over'], why: DISPUTE },
    hinted: { next: ['confirming'], why: 'no proof, and a reason to look once more; the order stays as it is' },
    woken: { ignored: OVER },
    cancelled: { ignored: OVER },
    restarted: { ignored: OVER },
  },
  paid: {
    submitted: { ignored: OVER },
    'create-answered': { next: ['paid'], why: SAME_MONEY },
    'create-unanswered': { ignored: OVER },
    'create-not-sent': { ignored: OVER },
    'query-answered': { next: ['paid'], why: SAME_MONEY },
    'query-unanswered': { ignored: OVER },
    'close-answered': { next: ['paid'], why: SAME_MONEY },
    'close-unanswered': { ignored: OVER },
    notified: { next: ['paid'], why: SAME_MONEY },
    hinted: { ignored: 'it is paid' },
    woken: { ignored: OVER },
    cancelled: { ignored: 'paid money is refunded, not cancelled' },
    restarted: { ignored: OVER },
  },
  'handed over': handedOver,
};
