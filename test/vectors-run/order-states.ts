import { type Attempt, FINAL_STATES, newAttempt } from '../../agent/payment/attempt.ts';
import { type Fact, step } from '../../agent/payment/machine.ts';
import { ORDER_STATES, type OrderEvent, type OrderState, orderAfter } from '../../agent/payment/order-states.ts';
import type { Outcome } from '../../agent/payment/outcome.ts';
import { POLICIES } from '../../agent/payment/policy.ts';
import { ATTEMPT_STATE_TABLE } from '../../agent/payment/states.ts';
import { TERMINAL_FIELDS, TERMINAL_REASONS, TERMINAL_STATES } from '../../agent/payment/terminal-state.ts';
import { ATTEMPT_STATES } from '../../protocols/backend/attempt-events.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, type JsonObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';

// order-states.json: states, finals and transitions as data. An order's transitions are a table of ours; an attempt's are
// played: each word of the file is a story told to the payment machine, and the state it ends in is compared.

const answer = (effect: Outcome['effect'], category: Outcome['category']): Outcome => ({ effect, category, code: 'X' });
const PAID = answer('PAID', 'PAID');
const USER_PAYING = answer('KEEP_POLLING', 'USER_PAYING');
const UNCLEAR = answer('KEEP_POLLING', 'RESULT_UNKNOWN');
const REFUSED = answer('FAILED_FINAL', 'ORDER_CLOSED');
const PAYERROR = answer('REVERSE_NOW', 'CUSTOMER_CANCELLED');
const CLOSED = answer('REVERSED_FINAL', 'REVERSED');
const PENDING = answer('REVERSE_RETRY', 'REVERSE_PENDING');
const NOT_ALLOWED = answer('ESCALATE', 'NEEDS_MANUAL_CHECK');

/** A fact and when it comes, ms since the pay request left; `due`: exactly when the attempt has asked to be woken. */
type Happening = readonly [fact: Fact, t: number | 'due'];

const WAKE: Happening = [{ kind: 'woken' }, 'due'];
const asked = (outcome: Outcome): readonly Happening[] => [WAKE, [{ kind: 'query-answered', outcome }, 20_000]];
const atDeadline: readonly Happening[] = [
  [{ kind: 'woken' }, 999_000],
  [{ kind: 'query-unanswered' }, 999_500],
];
const cancelled: readonly Happening[] = [
  [{ kind: 'clerk-cancelled' }, 20_000],
  [{ kind: 'query-unanswered' }, 20_500],
];

/** How an attempt comes to be in a state, from CREATED. */
const ROADS: Readonly<Record<string, readonly Happening[]>> = {
  CREATED: [],
  SUBMITTED: [[{ kind: 'submitted' }, 0]],
  USER_PAYING: [
    [{ kind: 'submitted' }, 0],
    [{ kind: 'pay-answered', outcome: USER_PAYING }, 800],
  ],
  UNKNOWN: [
    [{ kind: 'submitted' }, 0],
    [{ kind: 'pay-unanswered' }, 10_000],
  ],
};
const GIVEN_UP: readonly Happening[] = [...(ROADS['USER_PAYING'] ?? []), ...atDeadline];

/** What each word of the file is to the machine. Words that stand for REVERSING come with their own road there. */
const WORDS: Readonly<Record<string, { readonly from?: readonly Happening[]; readonly told: readonly Happening[] }>> = {
  send: { told: [[{ kind: 'submitted' }, 0]] },
  crashBeforeSend: { told: [[{ kind: 'restarted' }, 0]] },
  success: { told: [[{ kind: 'pay-answered', outcome: PAID }, 800]] },
  userPaying: { told: [[{ kind: 'pay-answered', outcome: USER_PAYING }, 800]] },
  definiteFailure: { told: [[{ kind: 'pay-answered', outcome: REFUSED }, 800]] },
  unknown: { told: [[{ kind: 'pay-answered', outcome: UNCLEAR }, 800]] },
  timeout: { told: [[{ kind: 'pay-unanswered' }, 10_000]] },
  disconnect: { told: [[{ kind: 'pay-unanswered' }, 10_000]] },
  notSent: { told: [[{ kind: 'pay-not-sent', category: 'NETWORK_DOWN' }, 1]] },
  restart: { told: [[{ kind: 'restarted' }, 15_000]] },
  querySuccess: { told: asked(PAID) },
  queryUserPaying: { told: asked(USER_PAYING) },
  queryUnknown: { told: asked(UNCLEAR) },
  queryNotFound: { told: asked(UNCLEAR) },
  queryTimeout: { told: [WAKE, [{ kind: 'query-unanswered' }, 20_000]] },
  queryFinalFailure: { told: asked(REFUSED) },
  payerror: { told: asked(PAYERROR) },
  deadline: { told: atDeadline },
  clerkCancel: { told: cancelled },
  'finalQuerySuccess(before reverse sent)': {
    // too young for a reverse: the decision stands, none has left
    from: [
      ...(ROADS['USER_PAYING'] ?? []),
      [{ kind: 'clerk-cancelled' }, 1_000],
      [{ kind: 'query-unanswered' }, 6_000],
    ],
    told: asked(PAID),
  },
  reverseOk: { from: GIVEN_UP, told: [[{ kind: 'reverse-answered', outcome: CLOSED }, 999_900]] },
  reverseUnknown: { from: GIVEN_UP, told: [[{ kind: 'reverse-answered', outcome: PENDING }, 999_900]] },
  'timeout@REVERSING': { from: GIVEN_UP, told: [[{ kind: 'reverse-unanswered' }, 1_009_500]] },
  notAllowed: { from: GIVEN_UP, told: [[{ kind: 'reverse-answered', outcome: NOT_ALLOWED }, 999_900]] },
  'successSeen(after reverse sent)': {
    from: GIVEN_UP,
    told: [[{ kind: 'pay-answered', outcome: PAID, late: true }, 999_700]],
  },
  'restart@REVERSING': { from: GIVEN_UP, told: [[{ kind: 'restarted' }, 1_000_000]] },
  'deadline@REVERSING': { from: GIVEN_UP, told: [] },
};

function attemptAfter(from: string, word: string): string {
  const story = WORDS[`${word}@${from}`] ?? WORDS[word];
  if (!story) return `the word ${word} is not known`;
  const road = from === 'REVERSING' ? (story.from ?? GIVEN_UP) : ROADS[from];
  if (!road) return `no road to ${from}`;
  const start = play(begun(), road);
  if (start.state !== from) return `the road to ${from} ends in ${start.state}`;
  return play(start, story.told).state;
}

function begun(): Attempt {
  return newAttempt({ attemptId: 'A', orderId: 'O', amountFen: 100, channel: 'WECHAT', maskedPaycode: '' });
}

function play(start: Attempt, story: readonly Happening[]): Attempt {
  const policy = POLICIES.WECHAT;
  if (!policy) throw new Error('WECHAT has a policy');
  return story.reduce((attempt, [fact, t]) => {
    const due = 'until' in attempt.doing ? attempt.doing.until : 0;
    return step(attempt, fact, t === 'due' ? due : t, policy)?.attempt ?? attempt;
  }, start);
}

/** One case for each transition; words joined by `|` are told one by one and must agree. */
function attemptTransition(entry: unknown): CaseResult {
  if (!isTriple(entry)) return unknownCase('attempt.transitions', '[from, event, to]', entry);
  const [from, event, to] = entry;
  const ends = [...new Set(event.split('|').map((word) => attemptAfter(from, word)))];
  return { name: `attempt ${from} ${event}`, expected: to, actual: ends.join(' or ') };
}

function orderTransition(entry: unknown): CaseResult {
  if (!isTriple(entry)) return unknownCase('order.transitions', '[from, event, to]', entry);
  const [from, event, to] = entry;
  const actual = orderAfter(from as OrderState, event as OrderEvent) ?? `${event} has no place in ${from}`;
  return { name: `order ${from} ${event}`, expected: to, actual };
}

function isTriple(entry: unknown): entry is readonly [string, string, string] {
  return Array.isArray(entry) && entry.length === 3 && entry.every((part) => typeof part === 'string');
}

/** Names and meanings, word for word. */
function states(part: string, file: JsonObject, ours: Readonly<Record<string, unknown>>): CaseResult[] {
  return Object.entries(objectIn(file, 'states')).map(([state, expected]) => ({
    name: `${part} state ${state}`,
    expected,
    actual: ours[state] ?? 'a state nobody knows',
  }));
}

function orderPart(file: JsonObject): CaseResult[] {
  return [
    ...states('order', file, ORDER_STATES),
    ...listIn(file, 'transitions').map(orderTransition),
    ...unknownSections(file, ['states', 'transitions']),
  ];
}

function attemptPart(file: JsonObject): CaseResult[] {
  const briefs = Object.fromEntries(ATTEMPT_STATES.map((state) => [state, ATTEMPT_STATE_TABLE[state].brief]));
  const finals = listIn(file, 'finals').map((expected, at) => ({
    name: `attempt finals[${at}]`,
    expected,
    actual: [...FINAL_STATES].find((state) => state === expected) ?? `${String(expected)} is not final`,
  }));
  const missing = [...FINAL_STATES].filter((state) => !listIn(file, 'finals').includes(state));
  const complete = { name: 'attempt finals', expected: [], actual: finals.length === 0 ? [] : missing };
  return [
    ...states('attempt', file, briefs),
    ...finals,
    ...(finals.length === FINAL_STATES.size ? [] : [complete]),
    ...listIn(file, 'transitions').map(attemptTransition),
    ...unknownSections(file, ['states', 'finals', 'transitions', 'invariants']),
  ];
}

function terminalPart(file: JsonObject): CaseResult[] {
  const reasons = listIn(file, 'reasons').map((entry, at): CaseResult => {
    const code = isObject(entry) ? String(entry['code']) : `[${at}]`;
    const ours: Readonly<Record<string, unknown>> = TERMINAL_REASONS;
    return {
      name: `terminal reason ${code}`,
      expected: withoutCode(entry),
      actual: ours[code] ?? 'a reason nobody knows',
    };
  });
  const fields = listIn(file, 'fields').map((expected) => ({
    name: `terminal field ${String(expected)}`,
    expected,
    actual: TERMINAL_FIELDS.find((field) => field === expected) ?? 'a field nobody knows',
  }));
  return [
    ...states('terminal', file, TERMINAL_STATES),
    ...fields,
    ...reasons,
    ...withoutTest(listIn(file, 'rules')),
    ...unknownSections(file, ['states', 'fields', 'rules', 'reasons']),
  ];
}

function withoutCode(entry: unknown): unknown {
  if (!isObject(entry)) return entry;
  return Object.fromEntries(Object.entries(entry).filter(([key]) => key !== 'code' && key !== 'seed'));
}

/** How each prose rule begins, and which tests hold it; '' when what it speaks of is not there yet. */
const INVARIANTS: Readonly<Record<string, string>> = {
  'the journal record is on disk': 'test/stories/disk-fails-mid-payment, same-code-new-order',
  'PAID is never left': 'test/agent/cells',
  'FAILED is only reached': 'test/agent/cells',
  'after reverse was sent once': 'test/agent/cells, test/stories/needs-a-person',
  'amountFen, currency, orderId': 'test/agent/machine',
  'at most one non-final attempt per order': 'test/stories/scan-while-other-order-open, reversal-unsure',
  'paidFen must equal amountFen': 'test/agent/cells',
  'restart resumes every non-final attempt': 'test/agent/cells, test/stories/clerk-cancels',
  'a reverse for an attemptId that the backend does not know': 'test/stories/pay-delayed-past-its-reverse',
  'a state change comes only in a signed command': 'test/stories/commands-from-the-backend, terminal-state',
  'open attempts are always carried to a final state': 'test/stories/terminal-suspended',
  'until in the past does NOT reactivate': 'test/stories/terminal-state',
  'no network: keep the last state': 'test/stories/terminal-state',
  'the clerk always sees reason': 'test/stories/counter-state, terminal-state',
  'an open intent (QR)': 'test/agent/intent-cells, test/stories/door-to-door, late-money, intent-lost',
};

function heldBy(rule: unknown): string | undefined {
  const beginning = Object.keys(INVARIANTS).find((words) => String(rule).startsWith(words));
  return beginning === undefined ? undefined : INVARIANTS[beginning];
}

function withoutTest(rules: readonly unknown[]): CaseResult[] {
  return rules
    .filter((rule) => heldBy(rule) === undefined)
    .map((rule) => unknownCase(`rule ${String(rule).slice(0, 40)}`, 'a rule with a test', rule));
}

export const orderStates: Checker = {
  title: 'order and attempt states',
  recognises: (_name, content) =>
    isObject(content) &&
    ['order', 'attempt', 'terminal'].some(
      (part) => Object.keys(objectIn(objectIn(content, part), 'states')).length > 0,
    ),
  check(content) {
    const attempt = objectIn(content, 'attempt');
    const rules = [...listIn(attempt, 'invariants'), ...listIn(objectIn(content, 'terminal'), 'rules')];
    return {
      cases: [
        ...orderPart(objectIn(content, 'order')),
        ...attemptPart(attempt),
        ...terminalPart(objectIn(content, 'terminal')),
        ...withoutTest(listIn(attempt, 'invariants')),
        ...unknownSections(content, ['order', 'attempt', 'terminal', 'note']),
      ],
      stories: rules.filter((rule) => heldBy(rule)).length,
    };
  },
};
