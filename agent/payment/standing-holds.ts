import type { TransactionKey } from '../../protocols/terminal/messages.ts';
import type { TillBook } from '../journal/book.ts';
import { type Hold, isStanding } from './hold.ts';
import { HOLD_STATES, type HoldState } from './hold-states.ts';
import { mostOf } from './hold-wishes.ts';

/** A hold that stands, or of which nobody knows, as people see it. Money of the customer's, none of the shop's. */
export interface StandingHold {
  readonly holdId: string;
  readonly orderId: string;
  readonly amountFen: number;
  /** the most that may still be charged of it; absent: nothing, as it is charged or gone, or somebody has to find out first */
  readonly mostFen?: number;
  readonly state: HoldState;
  readonly words: { readonly zh: string; readonly en: string };
  /** backend time since which it stands; of one that nobody knows: when it was asked for */
  readonly since: number;
  /** whole days */
  readonly ageDays: number;
  /** an assumption of the configuration: issuers give holds up after some days, and tell nobody. Never believed */
  readonly assumedUntil?: number;
  readonly maskedPan?: string;
  readonly key?: TransactionKey;
}

const DAY_MS = 86_400_000;

/** The holds of this till as people see them. */
export class HoldShelf {
  readonly #parts: HoldShelfParts;

  constructor(parts: HoldShelfParts) {
    this.#parts = parts;
  }

  /** Oldest first. */
  standing(): readonly StandingHold[] {
    return [...this.#parts.book.holds.values()].filter(isStanding).map((hold) => this.view(hold));
  }

  view(hold: Hold): StandingHold {
    const { backendNow, expectedDays, completeUpToPercent } = this.#parts;
    const most = hold.state === 'HELD' ? { mostFen: mostOf(hold, { completeUpToPercent }) } : {};
    return { ...holdView(hold, backendNow(), expectedDays), ...most };
  }
}

export interface HoldShelfParts {
  readonly book: Pick<TillBook, 'holds'>;
  readonly backendNow: () => number;
  /** what the configuration assumes; absent: nothing */
  readonly expectedDays: number | undefined;
  /** of what is held, how much may be charged */
  readonly completeUpToPercent: number;
}

function holdView(hold: Hold, now: number, expectedDays: number | undefined): StandingHold {
  const { holdId, orderId, amountFen, state, askedAt, heldAt, maskedPan, key } = hold;
  const since = Math.round(heldAt ?? askedAt);
  const { zh, en } = HOLD_STATES[state];
  return {
    holdId,
    orderId,
    amountFen,
    state,
    words: { zh, en },
    since,
    ageDays: Math.max(0, Math.floor((now - since) / DAY_MS)),
    ...(expectedDays === undefined ? {} : { assumedUntil: since + expectedDays * DAY_MS }),
    ...(maskedPan === undefined ? {} : { maskedPan }),
    ...(key === undefined ? {} : { key: { ...key } }),
  };
}
