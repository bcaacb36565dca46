import type { Paycode } from '../../protocols/paycode/paycode.ts';
import type { Scan } from '../../protocols/scanner/scan.ts';
import { type Advice, ERRORS, explain } from '../errors.ts';
import { JournalDamaged } from '../journal/journal.ts';
import type { Order } from '../journal/records.ts';
import type { Log } from '../log.ts';
import { newAttempt } from './attempt.ts';
import type { CardRunner } from './card-runner.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { Fingerprints } from './fingerprints.ts';
import type { RefusalEvents } from './refusal-events.ts';
import type { AttemptRunner } from './runner.ts';
import { type Accepted, type Refused, ScanJudge, type ScanJudgeParts } from './scan-judge.ts';
import { SCAN_REFUSALS, type ScanRefusal } from './scan-refusals.ts';

export interface ScanOfferParts extends ScanJudgeParts {
  readonly runner: Pick<AttemptRunner, 'start'>;
  /** attempts on the card terminal; absent: this till has none */
  readonly cards?: Pick<CardRunner, 'takesPaycodes' | 'start'> | undefined;
  readonly fingerprints: Fingerprints;
  readonly clockWatch: ClockWatch;
  readonly refusalEvents: Pick<RefusalEvents, 'tell'>;
  readonly log: Log;
  readonly newId: () => string;
  /** a code was accepted, or refused with this sound */
  readonly onVerdict?: (sound: 'good' | (typeof SCAN_REFUSALS)[ScanRefusal]['sound']) => void;
  /** a code began no payment: why, in the words for the person at the counter */
  readonly onRefused?: (refusal: ScanRefusal, advice: Advice, amountFen: number | undefined) => void;
}

/** What stands at the counter now. */
export interface AtCounter {
  readonly order: () => Order | undefined;
  /** an attempt of it is not over */
  readonly isRunning: () => boolean;
}

/** What became of a code: the attempt that was begun with it, or why none was. */
export type ScanOutcome = { readonly attemptId: string } | { readonly refusal: ScanRefusal; readonly advice: Advice };

/** A code that was read becomes an attempt, or the clerk is told why not. */
export class ScanOffers {
  readonly #parts: ScanOfferParts;
  readonly #counter: AtCounter;
  readonly #judge: ScanJudge;
  /** codes ignored because their attempt was running */
  duplicates = 0;

  constructor(parts: ScanOfferParts, counter: AtCounter) {
    this.#parts = parts;
    this.#counter = counter;
    this.#judge = new ScanJudge(parts);
  }

  async offer(scan: Scan): Promise<ScanOutcome> {
    const { clockWatch } = this.#parts;
    const first = this.#judged(scan);
    const waited = 'paycode' in first && (await clockWatch.firstWord());
    clockWatch.check();
    const verdict = waited ? this.#judged(scan) : first;
    return 'refusal' in verdict ? this.refuse(scan, verdict) : this.#begin(verdict, scan);
  }

  #judged(scan: Scan) {
    return this.#judge.judge(scan, this.#counter.order(), this.#counter.isRunning());
  }

  async #begin({ paycode, order }: Accepted, scan: Scan): Promise<ScanOutcome> {
    const { runner, newId, log, fingerprints } = this.#parts;
    const { orderId, amountFen } = order;
    const attempt = newAttempt({
      attemptId: newId(),
      orderId,
      amountFen,
      channel: paycode.channel,
      maskedPaycode: paycode.masked,
    });
    try {
      if (this.#parts.cards?.takesPaycodes) return await this.#beginOnTerminal(paycode, order, scan);
      await runner.start(attempt, order, paycode, scan.endedAt, scan.source);
      fingerprints.remember(paycode);
      this.#parts.onVerdict?.('good');
      return { attemptId: attempt.attemptId };
    } catch (error) {
      const code = error instanceof JournalDamaged ? error.code : 'JOURNAL_UNAVAILABLE';
      log.error({ orderId, detail: String(error) }, explain(code));
      return this.refuse(scan, { refusal: 'JOURNAL_UNAVAILABLE', advice: ERRORS[code].remedy });
    }
  }

  /** The terminal charges the code: its answer comes the way a card's does. */
  async #beginOnTerminal(paycode: Paycode, order: Order, scan: Scan): Promise<ScanOutcome> {
    const begun = await this.#parts.cards?.start(order, undefined, paycode);
    if (begun === undefined || typeof begun === 'string')
      return this.refuse(scan, { refusal: 'TERMINAL_UNAVAILABLE', channel: paycode.channel });
    this.#parts.fingerprints.remember(paycode);
    this.#parts.onVerdict?.('good');
    return { attemptId: begun.attemptId };
  }

  /** Nothing was sent and nothing is kept of what was read. */
  refuse({ text: { length } }: Scan, { refusal, advice, channel }: Refused): ScanOutcome {
    if (refusal === 'SAME_CODE_AGAIN') this.duplicates++;
    const { sound, ...row } = SCAN_REFUSALS[refusal];
    const { zh, en } = advice ?? row;
    this.#parts.log.warn({ refusal, length, zh, en, sound }, 'scan refused');
    this.#parts.onVerdict?.(sound);
    this.#parts.onRefused?.(refusal, { zh, en }, this.#counter.order()?.amountFen);
    this.#parts.refusalEvents.tell({ reason: refusal, length, ...(channel === undefined ? {} : { channel }) });
    return { refusal, advice: { zh, en } };
  }
}
