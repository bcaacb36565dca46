import type { RefundRequest } from '../../protocols/backend/requests.ts';
import type { Ledger, LedgerEntry } from '../../simulator/acquirer/ledger.ts';
import type { Allowed } from './back-office.ts';
import type { Invariant } from './judge.ts';
import type { Witness, WrittenRefund } from './witness.ts';

export interface RefundJudgeParts {
  readonly ledger: Ledger;
  readonly witness: Witness;
  readonly find: (invariant: Invariant, detail: string) => void;
  /** the money of a card went back on the terminal */
  readonly gaveBack: (refundId: string) => boolean;
  /** what persons with authority allowed, by refundId */
  readonly allowed: () => ReadonlyMap<string, Allowed>;
}

/** Judges money that goes back, from outside: the ledger, the disk, the wire. */
export class RefundJudge {
  readonly #parts: RefundJudgeParts;
  #latest = new Map<string, WrittenRefund>();
  /** attempts whose money was asked back by a refund, and by a reverse */
  readonly #refunded = new Set<string>();
  readonly #reversed = new Set<string>();

  constructor(parts: RefundJudgeParts) {
    this.#parts = parts;
  }

  /** The acquirer booked something. */
  booked({ kind, orderId }: LedgerEntry): void {
    if (kind === 'charge') return;
    const fen = (wanted: LedgerEntry['kind']) =>
      this.#parts.ledger.entries
        .filter((entry) => entry.orderId === orderId && entry.kind === wanted)
        .reduce((sum, { amountFen }) => sum + amountFen, 0);
    const [charged, back] = [fen('charge'), fen('reversal') + fen('refund')];
    if (back > charged) this.#parts.find('over-refunded', `order ${orderId}: ${charged} fen came, ${back} went back`);
  }

  requested({ attemptId, orderId, args }: RefundRequest): void {
    const { witness, find, allowed } = this.#parts;
    const { refundId, refundFen } = args;
    const word = allowed().get(refundId);
    if (word?.orderId !== orderId || !word.fen.has(refundFen))
      find('refund-unauthorised', `${refundId}: ${refundFen} fen of ${orderId}, nobody allowed that`);
    const written = witness.durable.refunds.get(refundId);
    if (!written || written.state === 'REQUESTED') find('spoke-before-writing', `refund ${refundId} is not on disk`);
    const promised = [...witness.durable.refunds.values()]
      .filter((refund) => refund.orderId === orderId && refund.state !== 'REJECTED')
      .reduce((sum, refund) => sum + refund.refundFen, 0);
    if (promised > args.amountFen)
      find('over-refunded', `${orderId}: ${promised} fen of ${args.amountFen} are promised`);
    this.#refunded.add(attemptId);
    if (this.#reversed.has(attemptId) && !this.#isSettled(attemptId))
      find('refund-and-reverse', `${attemptId} was reversed, now ${refundId}`);
  }

  /** A reverse leaves. */
  reversed(attemptId: string): void {
    this.#reversed.add(attemptId);
    if (this.#refunded.has(attemptId))
      this.#parts.find('refund-and-reverse', `${attemptId} was refunded, now reversed`);
  }

  /** What memory knew and no disk kept is gone. */
  newLife(): void {
    this.#latest = new Map(this.#parts.witness.current().refunds);
  }

  written(refund: WrittenRefund): void {
    const { find, ledger, gaveBack } = this.#parts;
    const before = this.#latest.get(refund.refundId);
    this.#latest.set(refund.refundId, refund);
    if (before && termsOf(before) !== termsOf(refund)) find('final-left', `refund ${refund.refundId} became another`);
    const left = before?.state === 'REFUNDED' && refund.state !== 'REFUNDED';
    if (left) find('final-left', `refund ${refund.refundId}: REFUNDED -> ${refund.state}`);
    const isBooked = ledger.entries.some(({ refundId }) => refundId === refund.refundId);
    if (refund.state === 'REFUNDED' && !isBooked && !gaveBack(refund.refundId))
      find('success-without-charge', `refund ${refund.refundId} is called done, the ledger has none`);
  }

  /** Everything is well and time has passed. `now`: backend time. */
  atEnd(now: number): void {
    const { witness, find, ledger } = this.#parts;
    for (const { refundId, state, doing } of witness.durable.refunds.values()) {
      const rests = doing.kind === 'resting' && (doing.until ?? 0) > now;
      if (state === 'PROCESSING' && !rests) find('not-final-in-time', `refund ${refundId} is ${doing.kind}`);
    }
    for (const { refundId = '', amountFen } of ledger.entries.filter(({ kind }) => kind === 'refund')) {
      const told = witness.durable.refunds.get(refundId);
      if (told?.refundFen !== amountFen || told.state === 'REJECTED' || told.state === 'REQUESTED')
        find('refund-lost', `${refundId}: ${amountFen} fen went back, the till says ${told?.state ?? 'nothing'}`);
    }
  }

  /** A manager said that it is paid after all; every reverse that was sent has expired since. */
  #isSettled(attemptId: string): boolean {
    return this.#parts.witness.durable.settled.has(attemptId);
  }
}

function termsOf({ orderId, attemptId, refundFen }: WrittenRefund): string {
  return `${orderId} ${attemptId} ${refundFen}`;
}
