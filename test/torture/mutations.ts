// Seeded mistakes: what the torture world has to notice. Each changes one place of the built agent (or of the simulated
// backend) while it is loaded, in a process of its own; the text to be changed must be there exactly once.

import type { CardMake } from './card-make.ts';
import type { FaultName } from './faults.ts';
import { FIELD_MUTATIONS } from './field-mutations.ts';
import { SIGNING_MUTATIONS } from './signing-mutations.ts';
import type { SourceChange } from './source-change.ts';

export interface Mutation extends SourceChange {
  /** the mistake, as its author would defend it */
  readonly says: string;
  /** how many seeds it may take until a violation shows */
  readonly within: number;
  /** only worlds with such a card terminal can notice; the others are passed over, and counted */
  readonly makes?: readonly CardMake['name'][];
  /** the same of worlds with a signature pad */
  readonly needsPad?: true;
  /** these faults alone happen, all day: in a world with everything it would take hours */
  readonly faults?: readonly FaultName[];
}

const ALL_MAKES = ['zvt', 'transbank', 'kbtg', 'ghl', 'nets', 'nccc', 'mis'] as const;

export const MUTATIONS = {
  'skip-fsync': {
    says: 'the kernel writes it out soon enough',
    file: 'agent/journal/journal.js',
    find: 'await files.sync(name);',
    replace: '',
    within: 20,
  },
  'time-out-is-failure': {
    says: 'no answer within 10 s: the payment failed',
    file: 'agent/payment/machine.js',
    find: "return doing.kind === 'paying' ? rest(unsure(at)) : undefined;",
    replace: "return doing.kind === 'paying' ? finish(at, 'FAILED', 'NETWORK_DOWN') : undefined;",
    within: 60,
  },
  'unknown-order-is-failure': {
    says: 'the channel does not know the order, so nothing was paid',
    file: 'agent/payment/channel-codes.js',
    find: "['ORDERNOTEXIST', 'RESULT_UNKNOWN', 'KEEP_POLLING'",
    replace: "['ORDERNOTEXIST', 'ORDER_CLOSED', 'FAILED_FINAL'",
    within: 400,
  },
  'retry-with-a-new-id': {
    says: 'no answer: send it again, under a fresh number so that it is not refused as double',
    file: 'agent/backend/requests.js',
    find: "() => this.#finish(request.requestId, { kind: 'no-reply' })",
    replace: `() => {
      if (request.op === 'pay') {
        const again = { ...request, requestId: this.#deps.newId(), attemptId: this.#deps.newId() };
        this.#publish({ ...again, payloadHash: payloadHash(again) }, 10_000);
      }
      this.#finish(request.requestId, { kind: 'no-reply' });
    }`,
    within: 60,
  },
  'send-pay-again': {
    says: 'no answer: send it again, the backend will know it',
    file: 'agent/backend/requests.js',
    find: "() => this.#finish(request.requestId, { kind: 'no-reply' })",
    replace: `() => {
      if (request.op === 'pay') this.#publish(request, 10_000);
      this.#finish(request.requestId, { kind: 'no-reply' });
    }`,
    within: 60,
  },
  'old-key-new-wish': {
    says: 'the key is known, so the answer is known',
    file: 'agent/backend/command-intake.js',
    find: 'if (known.hash !== command.hash || ',
    replace: 'if (',
    within: 60,
  },
  'acknowledge-before-journal': {
    says: 'the command will be on disk in a moment',
    file: 'agent/backend/command-intake.js',
    find: 'const inTime = await this.#within(JOURNAL_DEADLINE_MS, journaled);',
    replace: 'const inTime = true;',
    within: 20,
  },
  'result-before-journal': {
    says: 'the backend first, the disk is slow',
    file: 'agent/backend/command-results.js',
    find: "await this.#parts.book.write({ type: 'COMMAND_RESULT', result });",
    replace: "this.#parts.publishResult(result);\nawait this.#parts.book.write({ type: 'COMMAND_RESULT', result });",
    within: 20,
  },
  'drop-command-dedupe': {
    says: 'the broker delivers every command once',
    file: 'agent/backend/command-intake.js',
    find: 'const known = memory.recall(command.id);',
    replace: 'const known = undefined;',
    within: 100,
  },
  'drop-code-dedupe': {
    says: 'nobody shows a code twice',
    file: 'agent/payment/fingerprints.js',
    find: 'return at !== undefined && this.#clock.mono() - at < FINGERPRINT_MEMORY_MS;',
    replace: 'return false && at;',
    within: 100,
  },
  'forget-the-tombstone': {
    says: 'a reverse for a number nobody knows has nothing to do',
    file: 'simulator/acquirer/acquirer.js',
    find: 'trade.reverse();\n        return manner.reversed(trade);',
    replace:
      'trade.reverse();\n if (trade.isTombstone) this.#trades.delete(terms.attemptId);\n return manner.reversed(trade);',
    within: 600,
  },
  'resume-a-slip': {
    says: 'the slip was not finished, so print it again',
    file: 'agent/slips/spool.js',
    find: "if (slip.state === 'sending')\n                this.#queue.add(this.#task(slip, undefined, true));",
    replace: "if (slip.state === 'sending')\n                this.#take(slip, undefined);",
    within: 200,
  },
  'paid-after-reverse': {
    says: 'the channel says SUCCESS, so it is paid',
    file: 'agent/payment/machine.js',
    find: 'if (at.attempt.reverses > 0)\n        return queriedAfterReverse(at, outcome);',
    replace: '',
    within: 3_000,
  },
  'forget-open-attempts': {
    says: 'a restart begins with a clean counter',
    file: 'agent/main.js',
    find: 'runner.resume(record);',
    replace: 'void record;',
    within: 60,
  },
  'give-up-reversing': {
    says: 'seven tries are enough',
    file: 'agent/payment/machine.js',
    find: '(REVERSE_DELAYS_MS[reverses - 1] ?? BACKGROUND_REVERSE_MS)',
    replace: '(REVERSE_DELAYS_MS[reverses - 1] ?? 30 * 24 * 3_600_000)',
    within: 600,
  },
  'refund-with-a-new-id': {
    says: 'no answer: ask for the refund again, under a fresh number so that it is not refused as double',
    file: 'agent/refunds/refund-runner.js',
    find: 'return { refundId, amountFen, refundFen, currency:',
    replace: 'return { refundId: refundId + "-" + this.#parts.newId().slice(-4), amountFen, refundFen, currency:',
    within: 60,
  },
  'believe-unsigned-refunds': {
    says: 'the broker lets nobody in but the backend',
    file: 'agent/backend/verb-desk.js',
    find: "return rule === 'always' ||",
    replace: "return (rule === 'always' && command.type !== 'refund') ||",
    within: 60,
  },
  'refund-what-was-there': {
    says: 'the rest was looked up when the command came in',
    file: 'agent/refunds/refund-desk.js',
    find: 'const late = this.#refuse(args, command);',
    replace: 'const late = undefined;',
    within: 200,
  },
  // the channel's own no behind a silence is too rare here; the story in test/stories/refund.test.ts holds that one
  'not-there-is-a-no': {
    says: 'the channel has no such refund, so nothing went back',
    file: 'agent/refunds/refund-machine.js',
    find: 'return restForResend(refund, now);\n    if (answeredAt',
    replace: "return finish(refund, 'REJECTED', 'REFUND_PROCESSING', answeredAt);\n    if (answeredAt",
    within: 1_500,
  },
  'keep-the-paycode': {
    says: 'support will want to see it',
    file: 'agent/payment/scan-offers.js',
    find: 'maskedPaycode: paycode.masked,',
    replace: 'maskedPaycode: paycode.reveal(),',
    within: 5,
  },
  'trust-the-broker': {
    says: 'the broker took the event, so the backend has it',
    file: 'agent/backend/event-publisher.js',
    find: 'this.#published = event.seq;',
    replace: 'this.#published = event.seq;\n void source.acknowledge(event.seq);',
    within: 60,
  },
  'late-money-is-payment': {
    says: 'the customer has paid, so the order is paid: why ask a person',
    file: 'agent/payment/intent-machine.js',
    find: 'function dispute(at, payment) {',
    replace: 'function dispute(at, payment) {\n if (payment) return settle(at, payment);',
    within: 300,
  },
  'unclear-close-is-closed': {
    says: 'the provider was told to close it, so it is closed',
    file: 'agent/payment/intent-machine.js',
    find: "if (answer.state === 'CLOSED')",
    replace: "if (answer.state !== 'PAID')",
    within: 300,
  },
  'no-answer-is-no-code': {
    says: 'no answer within 10 s: there is no code, the order is free',
    file: 'agent/payment/intent-machine.js',
    find: "return doing.kind === 'creating' ? query(at, at.intent.closeReason !== undefined) : undefined;",
    replace: "return doing.kind === 'creating' ? end(change(at, { closeReason: 'NOT_CREATED' })) : undefined;",
    within: 300,
  },
  'code-holds-nothing': {
    says: 'nobody has paid yet: the gun may collect the order meanwhile',
    file: 'agent/payment/intent-orders.js',
    find: 'return state && { ...rest, state, intentId };',
    replace: 'return state && { ...rest, intentId };',
    within: 300,
  },
  'one-for-both': {
    says: 'the program names two people, so two people agreed',
    file: 'agent/refunds/refund-desk.js',
    find: 'if (!known && isLocalId(id) && args.approvedBy !== undefined)',
    replace: 'if (false)',
    within: 200,
  },
  'read-before-journal': {
    says: 'the clerk has read it, why wait for the disk',
    file: 'agent/rules/notice-room.js',
    find: "await book.write({ type: 'NOTICE_ACK', noticeId, by, event });",
    replace:
      "void book.write({ type: 'NOTICE_ACK', noticeId, by, event }).catch(() => {});\n book.notices.set(noticeId, { ...book.notices.get(noticeId), acknowledged: by });",
    within: 200,
  },
  'what-went-back-is-history': {
    says: 'the order was paid, that is all a refund has to know of it',
    file: 'agent/journal/recall.js',
    find: '[...state.refunds.values()].filter((refund) => refund.orderId === orderId)',
    replace: '[]',
    within: 200,
  },
  'the-time-is-the-time': {
    says: 'the backend told the time, so that is the time',
    file: 'agent/backend/command-intake.js',
    find: "authority === 'signature' ? skew.latestNow() : skew.backendNow()",
    replace: 'skew.backendNow()',
    within: 1000,
  },
  'card-word-before-journal': {
    says: 'the terminal waits, the disk will have its word in a moment',
    file: 'agent/devices/terminal/payment-terminal.js',
    find: 'const stored = await put();',
    replace: 'void put();\n const stored = true;',
    within: 100,
    makes: ALL_MAKES,
  },
  'card-unclear-is-declined': {
    says: 'the terminal did not say yes, so it is a no',
    file: 'agent/payment/card-machine.js',
    find: 'return needsAPerson(result.evidence.by, card) ? manual(seen) : inDoubt(seen);',
    replace: "return finish(seen, 'FAILED', cardCategory(result));",
    within: 100,
    makes: ALL_MAKES,
  },
  'card-provisional-is-final': {
    says: 'the terminal has said approved, what should still happen',
    file: 'agent/payment/card-machine.js',
    find: "result.standing === 'provisional' ? to(seen, {}) : carriedOut(seen, card)",
    replace: 'carriedOut(seen, card)',
    within: 600,
    makes: ['zvt'],
  },
  'card-late-yes-is-the-answer': {
    says: 'the terminal answers, so it answers the question that is open',
    file: 'protocols/terminal/acked-dialogue.js',
    find: 'return this.#late(frame, reading.result);',
    replace: `active.phase = 'storing';
      const bound = { command: active.command.kind, reference: active.command.reference, ...reading.result };
      this.#storing.push({ frame, result: bound });
      this.#out.push({ do: 'store-result', result: bound });
      return;`,
    within: 1_500,
    makes: ['transbank', 'kbtg', 'ghl', 'nets', 'nccc'],
  },
  'card-other-amount-is-paid': {
    says: 'the terminal approved it; a tip is the waiter’s business',
    file: 'protocols/terminal/zvt/till-results.js',
    find: "return { ...about, outcome: 'unknown', evidence: evidence('other-amount', code), standing: 'final' };",
    replace: ';',
    within: 600,
    makes: ['zvt'],
  },
  'card-doubt-frees-the-order': {
    says: 'a person will look at the terminal, the customer may pay another way meanwhile',
    file: 'agent/payment/attempt-orders.js',
    find: 'undefined : endOf(attempt);',
    replace: "undefined : attempt.card && attempt.state === 'NEEDS_MANUAL_CHECK' ? 'attemptFailed' : endOf(attempt);",
    within: 300,
    makes: ALL_MAKES,
  },
  'card-doubt-without-evidence': {
    says: 'the person will see what the terminal said at the terminal',
    file: 'agent/payment/card-runner.js',
    find: "const evidence = attempt.state === 'NEEDS_MANUAL_CHECK' ? evidenceOf(attempt, record.startedAt) : undefined;",
    replace: 'const evidence = undefined;\n void evidenceOf;',
    within: 60,
    makes: ALL_MAKES,
  },
  'card-forget-open-ones': {
    says: 'a restart begins with a free terminal',
    file: 'agent/payment/card-runner.js',
    find: 'if (record.attempt.card)\n                this.resume(record);',
    replace: 'void record;',
    within: 100,
    makes: ALL_MAKES,
  },
  'card-money-back-again': {
    says: 'asked again, so it is given back again',
    file: 'agent/payment/card-give-back.js',
    find: 'const begun = this.givenBack(wish.refundId) ?? (await this.#begin(wish));',
    replace: 'const begun = await this.#begin(wish);',
    within: 1_500,
    makes: ALL_MAKES,
  },
  'card-number-in-clear': {
    says: 'the terminal says it, so we may keep it',
    file: 'protocols/terminal/nccc/tongue.js',
    find: 'pan: `************${fields.card_no.slice(-4)}`',
    replace: 'pan: fields.card_no',
    within: 100,
    makes: ['nccc'],
  },
  'hold-is-a-payment': {
    says: 'the terminal has approved it, so it is paid',
    file: 'agent/payment/card.js',
    find: "return command.kind === 'sale' || command.kind === 'completePreAuth';",
    replace: "return command.kind !== 'refund' && command.kind !== 'void';",
    within: 300,
    makes: ['zvt'],
  },
  'hold-charged-with-what-is-left': {
    says: 'the amount of a booking is the amount of the booking',
    file: 'protocols/terminal/zvt/till-requests.js',
    find: 'held === undefined ? -1 : held - amount',
    replace: 'held === undefined ? -1 : amount',
    within: 1_500,
    makes: ['zvt'],
  },
  'hold-refused-is-given-up': {
    says: 'the charge was refused, so nothing is held any more',
    file: 'agent/payment/hold-states.js',
    find: "const FAILED_STANDS = { next: 'HELD',",
    replace: "const FAILED_STANDS = { next: 'RELEASED',",
    within: 1_000,
    makes: ['zvt'],
  },
  'code-beside-a-hold': {
    says: 'nothing of the order is paid yet, so the customer may pay it with a phone',
    file: 'agent/payment/intent-desk.js',
    find: 'return holdRefusal(this.#parts.book, orderId);',
    replace: 'return undefined;',
    within: 300,
    makes: ['zvt'],
  },
  'hold-slip-again-unmarked': {
    says: 'a hold is no money, so its slip needs no mark',
    file: 'agent/slips/spool.js',
    find: "const slip = { slipId: newId(), attemptId, state: 'queued', duplicate: true, ...which };",
    replace:
      "const slip = { slipId: newId(), attemptId, state: 'queued', duplicate: attempt?.card?.command.kind !== 'preAuth', ...which };",
    within: 1_000,
    makes: ['zvt'],
  },
  // A ticket of Transbank that is not looked at is too rare here (test/terminals/acked-faults.test.ts, late-result).
  // Two mistakes are too rare here, one in some thousand days, and are held by other tests: a dispute written out of its turn
  // (test/stories/late-money.test.ts, seed 505763 of an earlier world) and a look back that changes how an intent ended
  // (test/agent/intent-cells.test.ts, seed 509712).
  ...SIGNING_MUTATIONS,
  ...FIELD_MUTATIONS,
} as const satisfies Record<string, Mutation>;

export type MutationName = keyof typeof MUTATIONS;
