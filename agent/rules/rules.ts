import type { CommandKeys } from '../backend/command-keys.ts';
import type { CommandResults } from '../backend/command-results.ts';
import type { ClockSkew } from '../backend/skew.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log, LogLevel } from '../log.ts';
import type { Attempt } from '../payment/attempt.ts';
import { ClockWatch } from '../payment/clock-watch.ts';
import type { ScanRefusal } from '../payment/scan-refusals.ts';
import type { Here } from '../payment/terminal-findings.ts';
import type { Refund } from '../refunds/refund.ts';
import { LimitWatch } from './limit-watch.ts';
import { ReportDesk } from './report-desk.ts';
import { RuleRoom } from './rule-room.ts';
import { type RuleSheet, ruleSheet } from './rule-sheet.ts';
import { SignalWatch } from './signal-watch.ts';

export interface RulesParts {
  readonly book: TillBook;
  readonly keys: Pick<CommandKeys, 'refusal'>;
  readonly results: CommandResults;
  readonly skew: ClockSkew;
  readonly clock: Clock;
  readonly log: Log & { level: string };
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
  readonly own: Config['limits'];
  /** what the backend's gates are held against */
  readonly here: Here;
  /** nothing was heard from the backend for longer than its word is good */
  readonly unconfirmed: () => boolean;
  /** of the configuration */
  readonly logLevel: LogLevel;
}

/** The rooms that say what the till holds to, joined: what they are told comes through here. */
export class Rules {
  readonly room: RuleRoom;
  readonly limits: LimitWatch;
  readonly signals: SignalWatch;
  readonly reports: ReportDesk;
  readonly clockWatch: ClockWatch;
  readonly #parts: RulesParts;

  constructor(parts: RulesParts) {
    this.#parts = parts;
    this.room = new RuleRoom({ ...parts, onChanged: () => this.#logLevel() });
    const tighten = (cause: string) => this.room.tighten(cause);
    this.limits = new LimitWatch(parts);
    this.signals = new SignalWatch({ ...parts, thresholds: parts.own.signals, tighten });
    this.reports = new ReportDesk(parts);
    this.clockWatch = new ClockWatch({ ...parts, onUntrusted: () => tighten('CLOCK_UNTRUSTED') });
    this.#logLevel();
  }

  sheet(): RuleSheet {
    return ruleSheet(this.#parts.book, this.#parts.own, this.limits);
  }

  attemptChanged(attempt: Attempt): void {
    this.signals.attemptChanged(attempt);
    this.limits.look();
    if (this.#parts.unconfirmed()) this.room.tighten('LEASE_ENDED');
  }

  scanRefused(reason: ScanRefusal, amountFen: number | undefined): void {
    this.signals.scanRefused(reason);
    if (amountFen !== undefined) this.limits.refused(amountFen);
  }

  /** A command was refused. */
  commandRefused(code: string, amountFen: unknown): void {
    this.signals.refused(code);
    if (typeof amountFen === 'number') this.limits.refused(amountFen);
  }

  refundChanged({ state, refundId }: Refund): void {
    if (state === 'REQUESTED' || state === 'PROCESSING') this.signals.refundAsked(refundId);
  }

  stop(): void {
    this.room.stop();
  }

  #logLevel(): void {
    const { log, book, logLevel } = this.#parts;
    log.level = book.settings.config?.logLevel ?? logLevel;
  }
}

/** The merchant of the configuration, with the service phone that the backend has given since. */
export function merchantOf(merchant: Config['merchant'], book: TillBook): Config['merchant'] {
  return {
    ...merchant,
    get servicePhone() {
      return book.settings.config?.servicePhone ?? merchant.servicePhone;
    },
  };
}
