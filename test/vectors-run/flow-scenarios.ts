import { type Attempt, isFinal, newAttempt } from '../../agent/payment/attempt.ts';
import { type Fact, type Order, type Step, step } from '../../agent/payment/machine.ts';
import type { Outcome } from '../../agent/payment/outcome.ts';
import { meaningOf } from '../../agent/payment/outcome.ts';
import { BACKGROUND_REVERSE_MS, type ChannelPolicy, POLICIES, REVERSE_DELAYS_MS } from '../../agent/payment/policy.ts';
import type { Channel } from '../../protocols/paycode/paycode.ts';
import type { CaseResult, Checker } from './checker.ts';
import { hasEntriesWith, isObject, type JsonObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';

// flow-scenarios.json: a scripted channel in virtual time against the payment machine. The script's words are results
// (SUCCESS, USER_PAYING, ...), the machine's are outcomes; the translation below is the channel's side of the story.

interface Scripted {
  readonly result: string;
  readonly afterMs?: number;
  readonly code?: string;
}

interface Script {
  readonly channel: Channel;
  readonly pay: Scripted;
  readonly query?: readonly Scripted[];
  readonly reverse?: readonly Scripted[];
  readonly clerkCancelAtMs?: number;
  readonly powerCutMs?: number;
  readonly neverCertain?: boolean;
}

/** What the reference channel needs for an answer when the script does not say. */
const USUAL_ANSWER_MS = { pay: 800, query: 200, reverse: 500 };

type Op = keyof typeof USUAL_ANSWER_MS;

class Story {
  readonly events: Record<string, unknown>[] = [];
  readonly #script: Script;
  readonly #policy: ChannelPolicy;
  readonly #agenda: { t: number; order: number; run: () => void }[] = [];
  #attempt: Attempt;
  #t = 0;
  #order = 0;
  #session = 0;
  #power = true;
  #ended = false;

  constructor(script: Script, policy: ChannelPolicy) {
    this.#script = script;
    this.#policy = policy;
    this.#attempt = newAttempt({
      attemptId: 'A',
      orderId: 'O',
      amountFen: 100,
      channel: script.channel,
      maskedPaycode: '',
    });
  }

  tell() {
    this.#happen({ kind: 'submitted' });
    if (this.#script.clerkCancelAtMs !== undefined)
      this.#at(this.#script.clerkCancelAtMs, () => this.#happen({ kind: 'clerk-cancelled' }));
    for (let turns = 0; !this.#ended && turns < 1_000; turns++) {
      const next = this.#agenda.sort((a, b) => a.t - b.t || a.order - b.order).shift();
      if (!next) break;
      this.#t = next.t;
      next.run();
    }
    const { state, category, reason, refunded } = this.#attempt;
    return {
      events: this.events,
      final: isFinal(this.#attempt) ? state : category,
      endMs: this.#t,
      clerkCategory: category,
      ...(state === 'REVERSED' ? { refunded: refunded ?? false } : {}),
      ...(state === 'REVERSED' && reason === 'PAYERROR' ? { reason } : {}),
    };
  }

  #at(t: number, run: () => void): void {
    this.#agenda.push({ t, order: this.#order++, run });
  }

  #happen(fact: Fact): void {
    const next = step(this.#attempt, fact, this.#t, this.#policy);
    if (!next) return;
    const reversing = next.orders.some((order) => order.kind === 'send-reverse');
    if (reversing && this.#power && this.#script.powerCutMs !== undefined)
      return this.#cutPower(this.#script.powerCutMs);
    this.#apply(next);
  }

  #apply(next: Step): void {
    this.#attempt = next.attempt;
    for (const order of next.orders) this.#perform(order);
    if (isFinal(next.attempt)) this.#ended = true;
  }

  /** The decision to reverse had not reached the disk: what the journal holds is the attempt before it. */
  #cutPower(ms: number): void {
    this.#power = false;
    this.#session++;
    this.#agenda.length = 0;
    this.#log('POWER_CUT');
    this.#at(this.#t + ms, () => {
      this.#log('RESTART_RESUME_FROM_JOURNAL');
      this.#happen({ kind: 'restarted' });
    });
  }

  #perform(order: Order): void {
    switch (order.kind) {
      case 'send-pay':
        this.#log('PAY_SENT');
        return this.#exchange('pay', this.#script.pay, this.#policy.payTimeoutMs, undefined);
      case 'send-query':
        this.#log('QUERY_SENT', { n: order.n });
        return this.#exchange('query', this.#answer(this.#script.query, order.n), this.#policy.queryTimeoutMs, order.n);
      case 'send-reverse':
        this.#log('REVERSE_SENT', { n: order.n });
        return this.#exchange(
          'reverse',
          this.#answer(this.#script.reverse, order.n),
          this.#policy.reverseTimeoutMs,
          order.n,
        );
      case 'wake':
        return this.#at(
          order.at,
          this.#guarded(() => this.#happen({ kind: 'woken' })),
        );
      case 'note':
        this.#log(order.note, order.note === 'BACKGROUND_RETRY' ? { everyMs: BACKGROUND_REVERSE_MS } : {});
        if (order.note === 'BACKGROUND_RETRY' && this.#script.neverCertain) this.#ended = true;
    }
  }

  /** A script that runs out repeats its last line. */
  #answer(lines: readonly Scripted[] | undefined, n: number): Scripted {
    return lines?.[Math.min(n, lines.length) - 1] ?? { result: 'NO_RESPONSE' };
  }

  #exchange(op: Op, line: Scripted, timeoutMs: number, n: number | undefined): void {
    const count = n === undefined ? {} : { n };
    const name = op.toUpperCase();
    const afterMs = line.result === 'NO_RESPONSE' ? Number.POSITIVE_INFINITY : (line.afterMs ?? USUAL_ANSWER_MS[op]);
    const late = afterMs > timeoutMs;
    if (late)
      this.#at(
        this.#t + timeoutMs,
        this.#guarded(() => {
          this.#log(`${name}_TIMEOUT`, count);
          this.#happen({ kind: `${op}-unanswered` });
        }),
      );
    if (afterMs === Number.POSITIVE_INFINITY) return;
    this.#at(
      this.#t + afterMs,
      this.#guarded(() => {
        const outcome = translate(this.#script.channel, op, line);
        const fact: Fact = { kind: `${op}-answered`, outcome, ...(late ? { late } : {}) };
        // behind its time-out only an answer that settles something is heard
        if (late && !step(this.#attempt, fact, this.#t, this.#policy)) return;
        this.#log(`${name}_RESPONSE`, { ...count, result: line.result });
        this.#happen(fact);
      }),
    );
  }

  #guarded(run: () => void): () => void {
    const session = this.#session;
    return () => {
      if (session === this.#session) run();
    };
  }

  #log(type: string, more: Record<string, unknown> = {}): void {
    this.events.push({ t: this.#t, type, ...more });
  }
}

const RESULTS: Record<string, Pick<Outcome, 'effect' | 'category'>> = {
  SUCCESS: { effect: 'PAID', category: 'PAID' },
  USER_PAYING: { effect: 'KEEP_POLLING', category: 'USER_PAYING' },
  UNKNOWN: { effect: 'KEEP_POLLING', category: 'RESULT_UNKNOWN' },
  NOT_FOUND: { effect: 'KEEP_POLLING', category: 'RESULT_UNKNOWN' },
  PAYERROR: { effect: 'REVERSE_NOW', category: 'CUSTOMER_CANCELLED' },
  OK_CLOSED: { effect: 'REVERSED_FINAL', category: 'REVERSED' },
  OK_REFUNDED: { effect: 'REVERSED_FINAL', category: 'REVERSED' },
  NOT_ALLOWED: { effect: 'ESCALATE', category: 'NEEDS_MANUAL_CHECK' },
};

function translate(channel: Channel, op: Op, line: Scripted): Outcome {
  const code = line.code ?? line.result;
  const refunded = op === 'reverse' ? { refunded: line.result === 'OK_REFUNDED' } : {};
  // BANKERROR is UNKNOWN with a hurry: the channel asks to be queried at once (payment.md 2.2).
  const hurry = channel === 'WECHAT' && code === 'BANKERROR' ? { askAtOnce: true } : {};
  if (line.result === 'UNKNOWN' && op === 'reverse')
    return { effect: 'REVERSE_RETRY', category: 'REVERSE_PENDING', code };
  const known = RESULTS[line.result];
  // A code may weaken a SUCCESS of pay: UnionPay's 00 is accepted, not paid (error-codes.json).
  if (line.result === 'SUCCESS' && op === 'pay' && line.code !== undefined)
    return { ...meaningOf(channel, op, line.code), code, ...hurry };
  if (known) return { ...known, code, ...refunded, ...hurry };
  if (line.result === 'FAIL') return { ...meaningOf(channel, op, code), code, ...hurry };
  if (line.result === 'FAIL_FINAL')
    return { effect: 'FAILED_FINAL', category: failedCategory(channel, op, code), code };
  throw new Error(`unknown scripted result ${line.result}`);
}

function failedCategory(channel: Channel, op: Op, code: string) {
  const meaning = meaningOf(channel, op, code);
  return meaning.effect === 'FAILED_FINAL' ? meaning.category : 'ORDER_CLOSED';
}

interface File {
  readonly policy?: Record<string, Record<string, unknown>>;
  readonly reverseBackoffMs?: readonly number[];
  readonly backgroundReverseEveryMs?: number;
}

function policyCases(file: File): CaseResult[] {
  return Object.entries(file.policy ?? {}).map(([channel, expected]) => ({
    name: `policy ${channel}`,
    expected,
    actual: published(POLICIES[channel as Channel], Object.keys(expected)),
  }));
}

/** Our policy in the file's words, as far as the file speaks of it; a word that we do not know stays `undefined`. */
function published(policy: ChannelPolicy | undefined, words: readonly string[]): unknown {
  if (!policy) return 'this channel has no policy';
  const { queryDelaysMs, repeatLast, ...rest } = policy;
  const queries = repeatLast
    ? { firstQueryMs: queryDelaysMs[0], queryEveryMs: queryDelaysMs.at(-1) }
    : { queryBackoffMs: queryDelaysMs };
  const ours: Record<string, unknown> = { ...rest, ...queries };
  return Object.fromEntries(words.map((word) => [word, ours[word]]));
}

function timingCases(file: File): CaseResult[] {
  const cases: CaseResult[] = [];
  if (file.reverseBackoffMs)
    cases.push({ name: 'reverseBackoffMs', expected: file.reverseBackoffMs, actual: REVERSE_DELAYS_MS });
  if (file.backgroundReverseEveryMs !== undefined)
    cases.push({
      name: 'backgroundReverseEveryMs',
      expected: file.backgroundReverseEveryMs,
      actual: BACKGROUND_REVERSE_MS,
    });
  return cases;
}

const SECTIONS = ['note', 'policy', 'reverseBackoffMs', 'backgroundReverseEveryMs', 'localRules', 'scenarios'];
const SCRIPT_WORDS = ['channel', 'pay', 'query', 'reverse', 'clerkCancelAtMs', 'powerCutMs', 'neverCertain'];
const LINE_WORDS = ['result', 'afterMs', 'code'];

/** Prose rules that a story in test/stories/ is named after. */
const STORIES = new Set([
  'double-scan-in-flight',
  'same-code-new-order',
  'scan-while-other-order-open',
  'scan-without-amount',
  'retry-after-failure',
  'same-attempt-resend',
  'terminal-suspended',
  'over-local-limit',
  'clock-untrusted',
]);

function scenarioCase(entry: unknown, index: number): CaseResult {
  const name = isObject(entry) && typeof entry['id'] === 'string' ? entry['id'] : `scenarios[${index}]`;
  const script = objectIn(entry, 'script');
  const expected = isObject(entry) ? entry['expect'] : undefined;
  const unknown = unknownWords(script);
  if (unknown.length > 0 || !isObject(expected))
    return unknownCase(name, `a script of ${SCRIPT_WORDS.join(', ')} and an expect`, { ...script, unknown });
  const policy = POLICIES[script['channel'] as Channel];
  if (!policy) return { name, expected, actual: `channel ${String(script['channel'])} has no policy` };
  try {
    return { name, expected, actual: new Story(script as unknown as Script, policy).tell() };
  } catch (error) {
    return { name, expected, actual: String(error) };
  }
}

/** Words of a script that would be passed over in silence. */
function unknownWords(script: JsonObject): string[] {
  const lines = [script['pay'], ...listIn(script, 'query'), ...listIn(script, 'reverse')];
  const strange = Object.keys(script).filter((word) => !SCRIPT_WORDS.includes(word));
  const inLines = lines.flatMap((line) =>
    isObject(line) ? Object.keys(line).filter((word) => !LINE_WORDS.includes(word)) : ['a line that is no object'],
  );
  return [...strange, ...inLines];
}

export const flowScenarios: Checker = {
  title: 'customer-presented flows',
  recognises: (_name, content) =>
    isObject(content) &&
    (hasEntriesWith(content, 'scenarios', ['script']) || hasEntriesWith(content, 'localRules', ['given', 'expect'])),
  check(content) {
    const file = content as File;
    const rules = listIn(content, 'localRules');
    const told = rules.filter((rule) => isObject(rule) && STORIES.has(String(rule['id'])));
    const untold = rules.filter((rule) => !told.includes(rule));
    return {
      cases: [
        ...policyCases(file),
        ...timingCases(file),
        ...listIn(content, 'scenarios').map(scenarioCase),
        ...untold.map((rule) =>
          unknownCase(String(objectIn({ rule }, 'rule')['id']), 'a rule with a story of its name', rule),
        ),
        ...unknownSections(content, SECTIONS),
      ],
      stories: told.length,
    };
  },
};
