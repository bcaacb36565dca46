import type { OpenHours } from '../../protocols/backend/verbs.ts';
import type { Advice } from '../errors.ts';
import type { LogLevel } from '../log.ts';
import type { Automatic, PayLimits } from '../rules/limits.ts';
import type { KeptTable } from '../rules/rule-tables.ts';
import { CATEGORIES, type Category } from './categories.ts';

// What this terminal may do: by the backend's word (rule-room.ts) and by what the till found out itself
// (terminal-findings.ts). The strictest counts. Names and reasons are those of order-states.json (`terminal`).

interface TerminalRow {
  readonly canCollect: boolean | string;
  readonly canRefund: boolean | string;
  readonly canPrint: boolean | string;
  readonly banner?: boolean;
  readonly finishOpenAttempts?: boolean;
  readonly localCause?: boolean;
  readonly why?: string;
}

/** true, false, or words: then the block itself says so ({@link TerminalBlock.canCollect}); without a word, no. */
export const TERMINAL_STATES = {
  UNREGISTERED: { canCollect: false, canRefund: false, canPrint: true },
  ACTIVE: { canCollect: true, canRefund: true, canPrint: true },
  MAINTENANCE_SCHEDULED: { canCollect: true, canRefund: true, canPrint: true, banner: true },
  MAINTENANCE: { canCollect: false, canRefund: false, canPrint: true, finishOpenAttempts: true },
  UNDER_REVIEW: { canCollect: 'backend decides (restricted limits)', canRefund: true, canPrint: true },
  SUSPENDED: { canCollect: false, canRefund: 'backend decides', canPrint: true, finishOpenAttempts: true },
  DISABLED: { canCollect: false, canRefund: false, canPrint: true },
  FAULT: { canCollect: false, canRefund: false, canPrint: 'if the printer works', localCause: true },
  LOCKED: { canCollect: false, canRefund: false, canPrint: true, why: 'clerk/technician lock' },
} as const satisfies Record<string, TerminalRow>;
export type TerminalState = keyof typeof TERMINAL_STATES;

/** What the clerk reads and a slip can say, by the names of order-states.json (`terminal.fields`). */
export const TERMINAL_FIELDS = [
  'state',
  'reasonCode',
  'reasonTextZh',
  'reasonTextEn',
  'since',
  'until',
  'referenceNo',
  'servicePhone',
  'requiredAction',
  // of the command that set it: neither is shown
  'commandSeq',
  'signature',
] as const;

/** The backend's word on this terminal, or a finding of the till's own, as it was journaled. */
export interface TerminalBlock {
  readonly state: TerminalState;
  readonly reasonCode?: string;
  readonly reasonTextZh?: string;
  readonly reasonTextEn?: string;
  readonly referenceNo?: string;
  readonly servicePhone?: string;
  /** the backend's own words for what the shop does now */
  readonly requiredAction?: string;
  /** backend time, Unix ms */
  readonly since?: number;
  readonly until?: number;
  readonly canCollect?: boolean;
  readonly canRefund?: boolean;
  /** the registered serial number or place at which the till found this out */
  readonly foundAt?: string;
}

/** What refunds must keep to; the stricter of this and the configuration's counts. */
export interface RefundLimits {
  /** the most one refund may give back, fen */
  readonly maxFen: number;
  /** the most all refunds of a Chinese day may give back, fen */
  readonly dayFen: number;
  readonly dayCount: number;
  /** Chinese days after the payment in which money is given back; 0: the same day only */
  readonly windowDays: number;
}

/** Why a terminal is not active, and what ends it; for blocks that bring a code and no words. */
export const TERMINAL_REASONS = {
  SYS_UPGRADE: { zh: '系统升级', en: 'system upgrade', clearedBy: 'time window / backend' },
  SYS_MAINTENANCE: { zh: '系统维护', en: 'maintenance', clearedBy: 'time window / backend' },
  RISK_SUSPECTED_FAKE_TRADE: { zh: '疑似虚假交易', en: 'suspected fake transactions', clearedBy: 'investigation' },
  RISK_SELF_SWIPE: { zh: '疑似自买自卖/自刷', en: 'suspected self-payment', clearedBy: 'investigation' },
  QUALIFICATION_MISSING: { zh: '资质资料不齐全', en: 'documents missing', clearedBy: 'documents' },
  QUALIFICATION_FALSE: { zh: '资质资料不实', en: 'documents untrue', clearedBy: 'investigation' },
  REGULATION_CHANGE: { zh: '监管要求整改', en: 'regulatory rectification', clearedBy: 'upgrade / replacement' },
  DEVICE_MODEL_WITHDRAWN: { zh: '该型号终端停用', en: 'terminal model withdrawn', clearedBy: 'replacement' },
  SOFTWARE_FAULT: { zh: '软件故障', en: 'software fault', clearedBy: 'update' },
  SECURITY_VULNERABILITY: { zh: '安全漏洞', en: 'security vulnerability', clearedBy: 'update' },
  CUSTOMER_COMPLAINT: { zh: '用户投诉核查', en: 'customer complaint under review', clearedBy: 'investigation' },
  INACTIVE: { zh: '长期无交易', en: 'no transaction for a long time', clearedBy: 're-registration' },
  LOCATION_MISMATCH: { zh: '终端位置异常', en: 'terminal moved from its registered place', clearedBy: 'on-site check' },
  TAMPER: { zh: '终端防拆报警', en: 'tamper alarm', clearedBy: 'replacement only' },
  LOST_OR_STOLEN: { zh: '终端遗失', en: 'lost or stolen', clearedBy: 'backend' },
  LIMIT_REACHED: { zh: '当日限额已用完', en: 'daily limit used up', clearedBy: 'next business day / backend' },
} as const satisfies Record<string, Advice & { readonly clearedBy: string }>;

export type ReasonCode = keyof typeof TERMINAL_REASONS;

/** What the till was told to hold to. Set through the journal. */
export interface Settings extends Partial<PayLimits> {
  readonly terminalState?: TerminalBlock;
  /** what the till found out itself; each holds beside the backend's word until it is no longer so */
  readonly found?: readonly TerminalBlock[];
  /** agents older than this do not collect */
  readonly minVersion?: { readonly version: string; readonly reasonCode: ReasonCode };
  /** models of terminals that may not be used any more */
  readonly bannedModels?: readonly string[];
  readonly openHours?: OpenHours;
  /** what the till has tightened by itself */
  readonly automatic?: Automatic;
  /** what is no rule about money */
  readonly config?: { readonly logLevel?: LogLevel; readonly servicePhone?: string };
  /** the backend's tables, by name */
  readonly tables?: Readonly<Record<string, KeptTable>>;
  readonly refund?: Partial<RefundLimits>;
  /** of the newest command that changed any of this: an older one comes too late */
  readonly commandSeq?: number;
}

export interface TerminalRefusal {
  readonly category: Extract<Category, 'MERCHANT_SUSPENDED' | 'TERMINAL_UNREGISTERED'>;
  readonly advice: Advice;
}

/** Why this terminal may not collect now, with everything the clerk needs to ask for help; `undefined`: it may. */
export function collectRefusal(settings: Settings): TerminalRefusal | undefined {
  const block = blocksOf(settings).find((one) => !allows(one, 'canCollect'));
  return block && refusalOf(block);
}

/** Why this terminal may not give money back now; `undefined`: it may. */
export function refundRefusal(settings: Settings): TerminalRefusal | undefined {
  const block = blocksOf(settings).find((one) => !allows(one, 'canRefund'));
  return block && refusalOf(block);
}

/** The backend's word, then what the till found. */
export function blocksOf({ terminalState, found = [] }: Settings): readonly TerminalBlock[] {
  return terminalState ? [terminalState, ...found] : found;
}

/** The one that the clerk sees: what stops collecting, then what stops refunds, then what there is. */
export function shownBlock(settings: Settings): TerminalBlock | undefined {
  const blocks = blocksOf(settings);
  const stops = (what: 'canCollect' | 'canRefund') => blocks.find((one) => !allows(one, what));
  return stops('canCollect') ?? stops('canRefund') ?? blocks[0];
}

/** Where the state leaves it to the backend, the block says so; without a word, no. */
export function allows(block: TerminalBlock, what: 'canCollect' | 'canRefund'): boolean {
  const rule = TERMINAL_STATES[block.state][what];
  return rule === true || (rule !== false && block[what] === true);
}

function refusalOf(block: TerminalBlock): TerminalRefusal {
  const category = AT_THE_TERMINAL.has(block.state) ? 'TERMINAL_UNREGISTERED' : 'MERCHANT_SUSPENDED';
  const { zh, en } = CATEGORIES[category];
  return { category, advice: { zh: zh + detailsZh(block), en: en + detailsEn(block) } };
}

/** The cause is this device, not the shop's standing with the institution. */
const AT_THE_TERMINAL: ReadonlySet<TerminalState> = new Set(['UNREGISTERED', 'FAULT', 'LOCKED']);

function detailsZh({ reasonTextZh, reasonCode, referenceNo, servicePhone }: TerminalBlock): string {
  const parts = [
    ['原因', reasonTextZh ?? reasonWords(reasonCode)?.zh ?? reasonCode],
    ['参考号', referenceNo],
    ['客服电话', servicePhone],
  ] as const;
  const known = parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}：${value}`]));
  return known.length === 0 ? '' : `（${known.join('；')}）`;
}

function detailsEn({ reasonTextEn, reasonCode, referenceNo, servicePhone }: TerminalBlock): string {
  const parts = [
    ['reason', reasonTextEn ?? reasonWords(reasonCode)?.en ?? reasonCode],
    ['reference', referenceNo],
    ['phone', servicePhone],
  ] as const;
  const known = parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return known.length === 0 ? '' : ` (${known.join('; ')})`;
}

function reasonWords(code: string | undefined): Advice | undefined {
  const known: Readonly<Record<string, Advice>> = TERMINAL_REASONS;
  return code === undefined ? undefined : known[code];
}
