import type { Wallet } from '../devices/phone.ts';
import type { SaleReport } from '../scenarios/sale-report.ts';
import type { StoryLine } from '../scenarios/shop-record.ts';

// What the rehearsal and the shop's process say to each other, over the channel Node opens between parent and child.

export type ToShop =
  | SaleOrder
  /** what the shop wished of the agent is done */
  | { readonly kind: 'done'; readonly wish: AgentWish; readonly said?: string }
  | { readonly kind: 'pull' | 'plug'; readonly device: 'gun' | 'printer' }
  /** the backend says what this terminal may do from now on */
  | { readonly kind: 'terminal'; readonly state: TerminalShow }
  /** where the clerk's page is, for a link on the lab page */
  | { readonly kind: 'clerk-page'; readonly url: string };

/** What the page can be looked at with: a terminal that may not collect, and why. */
export const TERMINAL_SHOWS = {
  suspended: { state: 'SUSPENDED', reasonCode: 'RISK_SUSPECTED_FAKE_TRADE', referenceNo: 'FK20261122001' },
  maintenance: { state: 'MAINTENANCE', reasonCode: 'SYS_UPGRADE', hours: 2 },
  unregistered: { state: 'UNREGISTERED', reasonCode: 'INACTIVE', referenceNo: 'DJ20261122007' },
} as const;
export type TerminalShow = keyof typeof TERMINAL_SHOWS;

/** What a story does to the agent, which is a child of the rehearsal and not of the shop. */
export type AgentWish = 'start' | 'SIGKILL' | 'SIGTERM' | 'second';

/** Play a story; amount and wallet instead of the story's own. */
export interface SaleOrder {
  readonly kind: 'sell';
  readonly scenario: string;
  readonly yuan?: string;
  readonly wallet?: Wallet;
  /** where the agent's log is written */
  readonly logFile: string;
}

export type FromShop =
  | {
      readonly kind: 'open';
      readonly brokerUrl: string;
      readonly gunPath: string;
      readonly printerPath: string;
      /** the agent's configuration file, its `dataDir` beside it */
      readonly config: object;
      readonly labUrl?: string;
    }
  | { readonly kind: 'wish'; readonly wish: AgentWish }
  | { readonly kind: 'agent'; readonly state: 'online' | 'offline' | 'lost' }
  | { readonly kind: 'pulled' | 'plugged'; readonly device: 'gun' | 'printer' }
  | { readonly kind: 'told-terminal'; readonly code: string }
  | { readonly kind: 'news'; readonly line: StoryLine }
  | {
      readonly kind: 'sold';
      readonly report: SaleReport;
      readonly wrong: readonly string[];
      /** base64; null when no slip came out */
      readonly slip: string | null;
    }
  | { readonly kind: 'failed'; readonly reason: string };
