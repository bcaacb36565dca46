import { type Advice } from '../errors.ts';
import { CATEGORIES, type Category } from './categories.ts';

// What the backend says this terminal may do. Here it is a plain journaled field; the signed commands that set it, leases
// and maintenance windows are built on it later. Names and reasons are those of order-states.json (`terminal`).

/** `by backend`: the block itself says so ({@link TerminalBlock.canCollect}); without a word, no. */
type Collects = boolean | 'by backend';

export const TERMINAL_STATES = {
  UNREGISTERED: { collects: false },
  ACTIVE: { collects: true },
  MAINTENANCE_SCHEDULED: { collects: true },
  MAINTENANCE: { collects: false },
  UNDER_REVIEW: { collects: 'by backend' },
  SUSPENDED: { collects: false },
  DISABLED: { collects: false },
  FAULT: { collects: false },
  LOCKED: { collects: false },
} as const satisfies Record<string, { readonly collects: Collects }>;
export type TerminalState = keyof typeof TERMINAL_STATES;

/** The backend's word on this terminal, as it was journaled. */
export interface TerminalBlock {
  readonly state: TerminalState;
  readonly reasonCode?: string;
  readonly reasonTextZh?: string;
  readonly reasonTextEn?: string;
  readonly referenceNo?: string;
  readonly servicePhone?: string;
  /** backend time, Unix ms */
  readonly since?: number;
  readonly until?: number;
  readonly canCollect?: boolean;
}

/** What the till was told to hold to. Set through the journal; later issues add to it. */
export interface Settings {
  readonly terminalState?: TerminalBlock;
  /** the most one payment may be, fen: the lower of this and the configuration's counts */
  readonly maxFen?: number;
}

/** Why this terminal may not collect now, with everything the clerk needs to ask for help; `undefined`: it may. */
export function collectRefusal(
  block: TerminalBlock | undefined,
):
  | { readonly category: Extract<Category, 'MERCHANT_SUSPENDED' | 'TERMINAL_UNREGISTERED'>; readonly advice: Advice }
  | undefined {
  if (!block) return undefined;
  const { collects } = TERMINAL_STATES[block.state];
  if (collects === true || (collects === 'by backend' && block.canCollect === true)) return undefined;
  const category = AT_THE_TERMINAL.has(block.state) ? 'TERMINAL_UNREGISTERED' : 'MERCHANT_SUSPENDED';
  const { zh, en } = CATEGORIES[category];
  return { category, advice: { zh: zh + detailsZh(block), en: en + detailsEn(block) } };
}

/** The cause is this device, not the shop's standing with the institution. */
const AT_THE_TERMINAL: ReadonlySet<TerminalState> = new Set(['UNREGISTERED', 'FAULT', 'LOCKED']);

function detailsZh({ reasonTextZh, reasonCode, referenceNo, servicePhone }: TerminalBlock): string {
  const parts = [
    ['原因', reasonTextZh ?? reasonCode],
    ['参考号', referenceNo],
    ['客服电话', servicePhone],
  ] as const;
  const known = parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}：${value}`]));
  return known.length === 0 ? '' : `（${known.join('；')}）`;
}

function detailsEn({ reasonTextEn, reasonCode, referenceNo, servicePhone }: TerminalBlock): string {
  const parts = [
    ['reason', reasonTextEn ?? reasonCode],
    ['reference', referenceNo],
    ['phone', servicePhone],
  ] as const;
  const known = parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return known.length === 0 ? '' : ` (${known.join('; ')})`;
}
