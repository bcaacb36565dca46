import type { Doing } from './attempt.ts';
import type { Fact } from './machine.ts';

// Every (doing, fact) cell of the payment machine: decided, with what may follow and why, or ignored, with the reason.
// machine.ts is the code, this table is its contract: test/agent/cells.test.ts walks the whole machine and holds the two
// together, and docs/payment-states.md is made from it.

export type DoingKind = Doing['kind'];
export type FactKind = Fact['kind'];

export type Cell =
  /** the attempt is busy with one of `next` afterwards; a variant of the fact that changes nothing is covered by `why` */
  { readonly next: readonly DoingKind[]; readonly why: string } | { readonly ignored: string };

/** The key of a cell, for counting which ones a test run has met. */
export function cellOf(doing: DoingKind, fact: FactKind): string {
  return `${doing} / ${fact}`;
}

const ASKED_NOTHING = 'nothing was asked yet';
const NO_QUERY_YET = 'no query was asked yet';
const NO_REVERSE_YET = 'no reverse was sent yet';
const SENT_ONCE = 'the pay request has left; it is never sent a second time';
const BYTES_LEFT = 'the request has left; that nothing of it left can no longer be';
const PAY_GIVEN_UP = 'the pay time-out has had its effect, or something stronger has come before it';
const NOT_WAITING = 'nobody waits for a query now; its time-out was used up';
const NO_REVERSE_OUT = 'no reverse is out; its time-out was used up';
const NO_TIME_ASKED = 'an answer or its time-out comes first; no time was asked for';
const OVER = 'the attempt is final; what contradicts it goes to the order, not to the attempt (contradicts, order.ts)';
const ASK_FIRST = 'a new process asks before it does anything else';
const LATE_RESULT =
  'a late result is a result: paid, refused, reversed or needs a person. A late "not yet" changes nothing';
const LATE_SUCCESS =
  'a SUCCESS is remembered as money that must go back and never makes the attempt PAID; anything else is old news';
const REVERSAL_DECIDED = 'the reversal is decided already';

export const CELLS: { readonly [D in DoingKind]: { readonly [F in FactKind]: Cell } } = {
  created: {
    submitted: { next: ['paying'], why: 'the attempt is on disk: the pay request may leave' },
    'pay-answered': { ignored: ASKED_NOTHING },
    'pay-unanswered': { ignored: ASKED_NOTHING },
    'pay-not-sent': { ignored: ASKED_NOTHING },
    'query-answered': { ignored: ASKED_NOTHING },
    'query-unanswered': { ignored: ASKED_NOTHING },
    'reverse-answered': { ignored: ASKED_NOTHING },
    'reverse-unanswered': { ignored: ASKED_NOTHING },
    woken: { ignored: NO_TIME_ASKED },
    'clerk-cancelled': { ignored: 'the pay request leaves in this very moment; the clerk can cancel in the next' },
    restarted: { next: ['querying'], why: 'the process died around the sending: only the channel knows' },
  },
  paying: {
    submitted: { ignored: SENT_ONCE },
    'pay-answered': {
      next: ['done', 'resting', 'querying', 'aging', 'reversing'],
      why: 'a result ends it; an open answer is asked after (BANKERROR at once); "failed, reverse it" is reversed, not before the channel takes it',
    },
    'pay-unanswered': { next: ['resting', 'querying'], why: 'silence is not failure: ask' },
    'pay-not-sent': { next: ['done'], why: 'proof that no byte left: no money can have moved' },
    'query-answered': { ignored: NO_QUERY_YET },
    'query-unanswered': { ignored: NO_QUERY_YET },
    'reverse-answered': { ignored: NO_REVERSE_YET },
    'reverse-unanswered': { ignored: NO_REVERSE_YET },
    woken: { ignored: NO_TIME_ASKED },
    'clerk-cancelled': { next: ['querying'], why: 'one last query at once, then the reversal' },
    restarted: { next: ['querying'], why: ASK_FIRST },
  },
  resting: {
    submitted: { ignored: SENT_ONCE },
    'pay-answered': { next: ['done'], why: LATE_RESULT },
    'pay-unanswered': { ignored: PAY_GIVEN_UP },
    'pay-not-sent': { ignored: BYTES_LEFT },
    'query-answered': { next: ['done'], why: LATE_RESULT },
    'query-unanswered': { ignored: NOT_WAITING },
    'reverse-answered': { ignored: NO_REVERSE_YET },
    'reverse-unanswered': { ignored: NO_REVERSE_YET },
    woken: { next: ['querying'], why: 'time for the next query; too early changes nothing' },
    'clerk-cancelled': { next: ['querying'], why: 'one last query at once, then the reversal' },
    restarted: { next: ['querying'], why: ASK_FIRST },
  },
  querying: {
    submitted: { ignored: SENT_ONCE },
    'pay-answered': { next: ['done', 'querying'], why: `${LATE_RESULT}. After a reverse, ${LATE_SUCCESS}` },
    'pay-unanswered': { ignored: PAY_GIVEN_UP },
    'pay-not-sent': { ignored: BYTES_LEFT },
    'query-answered': {
      next: ['done', 'resting', 'querying', 'aging', 'reversing'],
      why: 'a result ends it; the last query is followed by the reverse with no gap, or waits until the channel takes one; after a reverse a SUCCESS is reversed again; behind the window a person is called',
    },
    'query-unanswered': {
      next: ['resting', 'querying', 'aging', 'reversing', 'retrying'],
      why: 'as an open answer; behind the reverse window it is asked again later until somebody answers',
    },
    'reverse-answered': {
      next: ['done'],
      why: 'the late answer to a reverse of before the restart: certainty is welcome',
    },
    'reverse-unanswered': { ignored: NO_REVERSE_OUT },
    woken: { ignored: NO_TIME_ASKED },
    'clerk-cancelled': { next: ['querying'], why: 'the query that is out is waited for, then a last one follows' },
    restarted: { next: ['querying'], why: ASK_FIRST },
  },
  aging: {
    submitted: { ignored: SENT_ONCE },
    'pay-answered': { next: ['done'], why: LATE_RESULT },
    'pay-unanswered': { ignored: PAY_GIVEN_UP },
    'pay-not-sent': { ignored: BYTES_LEFT },
    'query-answered': { next: ['done'], why: LATE_RESULT },
    'query-unanswered': { ignored: NOT_WAITING },
    'reverse-answered': { ignored: NO_REVERSE_YET },
    'reverse-unanswered': { ignored: NO_REVERSE_YET },
    woken: {
      next: ['querying'],
      why: 'old enough to be reversed: one last query, the customer may have paid meanwhile',
    },
    'clerk-cancelled': { ignored: REVERSAL_DECIDED },
    restarted: { next: ['querying'], why: ASK_FIRST },
  },
  reversing: {
    submitted: { ignored: SENT_ONCE },
    'pay-answered': { next: ['reversing'], why: LATE_SUCCESS },
    'pay-unanswered': { ignored: PAY_GIVEN_UP },
    'pay-not-sent': { ignored: BYTES_LEFT },
    'query-answered': { next: ['reversing'], why: LATE_SUCCESS },
    'query-unanswered': { ignored: NOT_WAITING },
    'reverse-answered': {
      next: ['done', 'retrying', 'reversing'],
      why: 'closed or refunded ends it, unless it left before a SUCCESS was seen (then another one follows); not allowed: a person; unclear: again later',
    },
    'reverse-unanswered': { next: ['retrying'], why: 'again later, until it is certain' },
    woken: { ignored: NO_TIME_ASKED },
    'clerk-cancelled': { ignored: REVERSAL_DECIDED },
    restarted: { next: ['querying'], why: ASK_FIRST },
  },
  retrying: {
    submitted: { ignored: SENT_ONCE },
    'pay-answered': {
      next: ['done', 'retrying'],
      why: `${LATE_SUCCESS}. If the window shut before any reverse was sent, a result is a result`,
    },
    'pay-unanswered': { ignored: PAY_GIVEN_UP },
    'pay-not-sent': { ignored: BYTES_LEFT },
    'query-answered': {
      next: ['done', 'retrying'],
      why: `${LATE_SUCCESS}. If the window shut before any reverse was sent, a result is a result`,
    },
    'query-unanswered': { ignored: NOT_WAITING },
    'reverse-answered': { next: ['done'], why: 'the late answer to a reverse that was given up: certainty is welcome' },
    'reverse-unanswered': { ignored: NO_REVERSE_OUT },
    woken: {
      next: ['reversing', 'querying'],
      why: 'the next reverse; behind the window a query instead, because no reverse is taken any more',
    },
    'clerk-cancelled': { ignored: REVERSAL_DECIDED },
    restarted: { next: ['querying'], why: ASK_FIRST },
  },
  done: {
    submitted: { ignored: OVER },
    'pay-answered': { ignored: OVER },
    'pay-unanswered': { ignored: OVER },
    'pay-not-sent': { ignored: OVER },
    'query-answered': { ignored: OVER },
    'query-unanswered': { ignored: OVER },
    'reverse-answered': { ignored: OVER },
    'reverse-unanswered': { ignored: OVER },
    woken: { ignored: OVER },
    'clerk-cancelled': { ignored: 'the attempt is final: paid money is refunded, not cancelled' },
    restarted: { ignored: OVER },
  },
};
