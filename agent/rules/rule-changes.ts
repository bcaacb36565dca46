import type { ConfigArgs, LimitsArgs, ResumeArgs, RuleTableArgs, SuspendArgs } from '../../protocols/backend/verbs.ts';
import { isOlder } from '../payment/terminal-findings.ts';
import {
  collectRefusal,
  type RefundLimits,
  refundRefusal,
  type Settings,
  type TerminalBlock,
} from '../payment/terminal-state.ts';
import { isOpenMinute, type OwnLimits, PAY_LIMITS, payLimits, refundLimits } from './limits.ts';

// What a command does to the rules, pure: settings in, settings out, and whether there is more room afterwards.

/** A limit or gate that is not named stays; null takes the backend's away. */
export function withLimits(settings: Settings, { commandSeq: _seq, refund = {}, ...named }: LimitsArgs): Settings {
  const { refund: refundBefore = {}, ...before } = settings;
  const refundAfter: Partial<RefundLimits> = overlaid(refundBefore, refund);
  const { bannedModels, ...rest }: Omit<Settings, 'refund'> = overlaid(before, named);
  return {
    ...rest,
    ...(bannedModels?.length ? { bannedModels } : {}),
    ...(Object.keys(refundAfter).length === 0 ? {} : { refund: refundAfter }),
  };
}

/** A new word of the backend leaves standing what the till found itself. */
export function withTerminalState(settings: Settings, args: SuspendArgs | ResumeArgs): Settings {
  const { commandSeq: _seq, ...block } = args;
  return { ...settings, terminalState: said(block) as TerminalBlock };
}

/** Settings without a rule about money in them. */
export function withConfig(settings: Settings, { set }: ConfigArgs): Settings {
  return { ...settings, config: { ...settings.config, ...said(set) } };
}

export function withTable(settings: Settings, { table: { name, ...table } }: RuleTableArgs): Settings {
  return { ...settings, tables: { ...settings.tables, [name]: table } };
}

/** Whether anything is allowed afterwards that is not allowed now. */
export function isLooser(before: Settings, after: Settings, own: OwnLimits): boolean {
  const mayMore = (refusal: typeof collectRefusal) => refusal(before) !== undefined && refusal(after) === undefined;
  return (
    limitsLooser(before, after, own) ||
    opensLonger(before, after, own) ||
    gatesLooser(before, after) ||
    mayMore(collectRefusal) ||
    mayMore(refundRefusal)
  );
}

/** Also when nothing follows from it here and now: the till may be updated, or get another terminal. */
function gatesLooser(before: Settings, after: Settings): boolean {
  const asked = before.minVersion;
  const lower = asked !== undefined && (!after.minVersion || isOlder(after.minVersion.version, asked.version));
  return lower || (before.bannedModels ?? []).some((model) => !after.bannedModels?.includes(model));
}

function limitsLooser(before: Settings, after: Settings, own: OwnLimits): boolean {
  const [pay, payAfter] = [payLimits(own, before), payLimits(own, after)];
  const [refund, refundAfter] = [refundLimits(own.refund, before), refundLimits(own.refund, after)];
  const refunds = (['maxFen', 'dayFen', 'dayCount', 'windowDays'] as const).some(
    (limit) => refundAfter[limit] > refund[limit],
  );
  return refunds || PAY_LIMITS.some((limit) => payAfter[limit] > pay[limit]);
}

const MINUTES = Array.from({ length: 1_440 }, (_, minute) => minute);

function opensLonger(before: Settings, after: Settings, { openHours }: OwnLimits): boolean {
  const isOpen = ({ openHours: theirs }: Settings, minute: number) =>
    [openHours, theirs].every((hours) => hours === undefined || isOpenMinute(hours, minute));
  return MINUTES.some((minute) => isOpen(after, minute) && !isOpen(before, minute));
}

/** Without what was not said. */
type Said<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined | null> };

function said<T extends object>(object: T): Said<T> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined && value !== null),
  ) as Said<T>;
}

/** What is named takes the place of what was; null takes it away. */
function overlaid<T extends object, N extends object>(before: T, named: N): Said<T & N> {
  const given = Object.entries(named).filter(([, value]) => value !== undefined);
  return said({ ...before, ...Object.fromEntries(given) }) as Said<T & N>;
}
