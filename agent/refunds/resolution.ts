import type { RESOLUTIONS } from '../../protocols/backend/refunds.ts';
import type { Charge } from './charge.ts';

/** A manager found out what the till could not. */
export interface Resolution {
  readonly orderId: string;
  readonly outcome: (typeof RESOLUTIONS)[number];
  readonly personId: string;
  readonly reason: string;
  /** backend time, Unix ms */
  readonly at: number;
  /** the attempts and intents whose money was in doubt */
  readonly about: readonly string[];
  /** what became of the order’s hold, where it has one */
  readonly hold?: 'stands' | 'gone';
  /** `paid`: the money the shop has */
  readonly charge?: Charge;
}
