import type { ConfigArgs, LimitsArgs, ResumeArgs, RuleTableArgs, SuspendArgs } from '../../protocols/backend/verbs.ts';
import { allows, type RefundLimits, type Settings, type TerminalBlock } from '../payment/terminal-state.ts';
import { isOpenMinute, type OwnLimits, PAY_LIMITS, payLimits, refundLimits } from './limits.ts';

// What a command does to the rules, pure: settings in, settings out, and whether there is more room afterwards.

/** A limit that is not named stays; null takes the backend's away. */
export function withLimits(settings: Settings, { commandSeq: _seq, refund = {}, ...named }: LimitsArgs): Settings {
  const { refund: refundBefore = {}, ...before } = settings;
  const refundAfter: Partial<RefundLimits> = overlaid(refundBefore, refund);
  const rest: Omit<Settings, 'refund'> = overlaid(before, named);
  return { ...rest, ...(Object.keys(refundAfter).length === 0 ? {} : { refund: refundAfter }) };
}

/** A lease that is not named stays: nothing but a later one makes it longer. */
export function withTerminalState(settings: Settings, args: SuspendArgs | ResumeArgs): Settings {
  const { commandSeq: _seq, ...block } = args;
  const leaseUntil = settings.terminalState?.leaseUntil;
  const lease = leaseUntil === undefined ? {} : { leaseUntil };
  return { ...settings, terminalState: { ...lease, ...said(block) } as TerminalBlock };
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
  return (
    limitsLooser(before, after, own) ||
    opensLonger(before, after, own) ||
    leaseLonger(before, after) ||
    mayMore(before, after, 'canCollect') ||
    mayMore(before, after, 'canRefund')
  );
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

function leaseLonger(before: Settings, after: Settings): boolean {
  const until = ({ terminalState }: Settings) => terminalState?.leaseUntil ?? Number.POSITIVE_INFINITY;
  return until(after) > until(before);
}

function mayMore(before: Settings, after: Settings, what: 'canCollect' | 'canRefund'): boolean {
  const may = ({ terminalState }: Settings) => !terminalState || allows(terminalState, what);
  return may(after) && !may(before);
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
  return said({
    ...before,
    ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)),
  }) as Said<T & N>;
}
