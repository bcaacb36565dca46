import type { Classification, ClassifyOptions } from '../../protocols/paycode/classify.ts';
import { classify } from '../../protocols/paycode/classify.ts';
import type { Paycode } from '../../protocols/paycode/paycode.ts';
import { codeSentence } from '../../protocols/paycode/sentences.ts';
import type { Scan } from '../../protocols/scanner/scan.ts';
import type { Requests } from '../backend/ports.ts';
import type { Clock } from '../clock.ts';
import type { Advice } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { Order } from '../journal/records.ts';
import type { channelRefusal } from '../rules/channel-table.ts';
import type { LimitWatch } from '../rules/limit-watch.ts';
import type { CardRunner } from './card-runner.ts';
import type { Fingerprints } from './fingerprints.ts';
import { PAYCODE_LIFE_MS, POLICIES, RISK_COOL_DOWN_MS } from './policy.ts';
import { paycodeSource } from './running.ts';
import type { ScanRefusal } from './scan-refusals.ts';
import { collectRefusal } from './terminal-state.ts';

export interface ScanJudgeParts {
  readonly book: TillBook;
  readonly requests: Pick<Requests, 'online'>;
  /** the card terminal may take paycodes itself; absent: this till has none */
  readonly cards?: Pick<CardRunner, 'takesPaycodes'> | undefined;
  readonly fingerprints: Pick<Fingerprints, 'knows'>;
  readonly clock: Clock;
  readonly backendNow: () => number;
  /** what payments are held to now */
  readonly limits: Pick<LimitWatch, 'refusal'>;
  /** the backend's rules for paycodes, where it has sent any */
  readonly codeRules?: () => Pick<ClassifyOptions, 'rules'>;
  /** what the backend says of channels; absent: each may be tried */
  readonly channelRefusal?: ReturnType<typeof channelRefusal>;
}

export type Accepted = { readonly paycode: Paycode; readonly order: Order };
export type Refused = {
  readonly refusal: ScanRefusal;
  readonly advice?: Advice;
  readonly channel?: Paycode['channel'];
};
type Verdict = Accepted | Refused;

/** What a code means for the order at the counter: whether a payment may begin with it, and if not, why. */
export class ScanJudge {
  readonly #parts: ScanJudgeParts;

  constructor(parts: ScanJudgeParts) {
    this.#parts = parts;
  }

  /** `order`: the one at the counter; `isRunning`: an attempt of it is not over. No effects. */
  judge(scan: Scan, order: Order | undefined, isRunning: boolean): Verdict {
    if (!order) return { refusal: 'NO_OPEN_ORDER' };
    const { fingerprints } = this.#parts;
    const classified = classify(scan.text, {
      source: paycodeSource(scan.source),
      ...this.#parts.codeRules?.(),
      ...(scan.aim === undefined ? {} : { aim: scan.aim }),
    });
    const paycode = paycodeOf(classified);
    if (isRunning) {
      const again = paycode !== undefined && fingerprints.knows(paycode);
      return { refusal: again ? 'SAME_CODE_AGAIN' : 'ATTEMPT_OPEN' };
    }
    if (order.state === 'IN_PAYMENT') return { refusal: 'INTENT_OPEN' };
    if (order.state !== 'OPEN') return { refusal: 'NO_OPEN_ORDER' };
    if (this.#parts.book.standingHold(order.orderId)) return { refusal: 'HOLD_STANDS' };
    if (scan.suspect.includes('just-after-open')) return { refusal: 'SCAN_MAYBE_CUT' };
    if (!paycode) return wrongKind(classified);
    const verdict = this.#judgePaycode(paycode, order, scan);
    return 'refusal' in verdict ? { ...verdict, channel: paycode.channel } : verdict;
  }

  #judgePaycode(paycode: Paycode, order: Order, scan: Scan): Verdict {
    const { book, fingerprints, clock, requests } = this.#parts;
    const suspended = collectRefusal(book.settings);
    if (suspended) return { refusal: suspended.category, advice: suspended.advice };
    if (fingerprints.knows(paycode)) return { refusal: 'CODE_USED' };
    if (!POLICIES[paycode.channel]) return { refusal: 'METHOD_NOT_SUPPORTED' };
    const away = this.#parts.channelRefusal?.(paycode.channel);
    if (away) return away;
    if (this.#coolsDown(order, paycode)) return { refusal: 'RISK_REJECTED' };
    const over = this.#parts.limits.refusal(order.amountFen);
    if (over) return { refusal: over.code, advice: over.advice };
    if (clock.mono() - scan.startedAt > PAYCODE_LIFE_MS) return { refusal: 'CODE_EXPIRED' };
    if (!requests.online && !this.#parts.cards?.takesPaycodes) return { refusal: 'NETWORK_DOWN' };
    return { paycode, order };
  }

  /** Risk control said no to this order on this channel a moment ago: trying again at once would be dodging it. */
  #coolsDown({ orderId, attemptId }: Order, { channel }: Paycode): boolean {
    if (attemptId === undefined) return false; // nobody has tried to pay it yet
    const { book, backendNow } = this.#parts;
    return [...book.attempts.values()].some(
      ({ attempt }) =>
        attempt.orderId === orderId &&
        attempt.channel === channel &&
        attempt.category === 'RISK_REJECTED' &&
        backendNow() < (attempt.settledAt ?? 0) + RISK_COOL_DOWN_MS,
    );
  }
}

function paycodeOf(classified: Classification): Paycode | undefined {
  return classified.kind === 'PAYMENT_CODE' || classified.kind === 'EMV_CPM' ? classified.paycode : undefined;
}

function wrongKind(classified: Classification): Refused {
  const advice = codeSentence(classified);
  return { refusal: 'WRONG_CODE_KIND', ...(advice === undefined ? {} : { advice }) };
}
