import type { LimitsArgs, ResumeArgs, SuspendArgs } from '../../protocols/backend/verbs.ts';
import { allows, type RefundLimits, type Settings, type TerminalBlock } from '../payment/terminal-state.ts';
import { strictest } from '../refunds/refund-rules.ts';

// What a command does to the rules, pure: settings in, settings out, and whether there is more room afterwards.

/** The shop's own limits; the backend's are never looser than these. */
export interface OwnLimits {
  readonly maxFen: number;
  readonly refund: RefundLimits;
}

/** A limit that is not named stays; null takes the backend's away. */
export function withLimits(settings: Settings, { maxFen, refund = {} }: LimitsArgs): Settings {
  const { maxFen: before, refund: refundBefore, ...rest } = settings;
  const merged = { ...refundBefore, ...defined(refund) };
  const refundAfter = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  const after = maxFen === undefined ? before : maxFen;
  return {
    ...rest,
    ...(after === undefined || after === null ? {} : { maxFen: after }),
    ...(Object.keys(refundAfter).length === 0 ? {} : { refund: refundAfter }),
  };
}

export function withTerminalState(settings: Settings, args: SuspendArgs | ResumeArgs): Settings {
  const { commandSeq: _seq, ...block } = args;
  return { ...settings, terminalState: defined(block) as TerminalBlock };
}

/** Whether anything is allowed afterwards that is not allowed now. */
export function isLooser(before: Settings, after: Settings, own: OwnLimits): boolean {
  return (
    limitsLooser(before, after, own) || mayMore(before, after, 'canCollect') || mayMore(before, after, 'canRefund')
  );
}

function limitsLooser(before: Settings, after: Settings, own: OwnLimits): boolean {
  const most = ({ maxFen }: Settings) => Math.min(own.maxFen, maxFen ?? own.maxFen);
  const [a, b] = [strictest(own.refund, before.refund), strictest(own.refund, after.refund)];
  const refunds = (['maxFen', 'dayFen', 'dayCount', 'windowDays'] as const).some((limit) => b[limit] > a[limit]);
  return refunds || most(after) > most(before);
}

function mayMore(before: Settings, after: Settings, what: 'canCollect' | 'canRefund'): boolean {
  const may = ({ terminalState }: Settings) => !terminalState || allows(terminalState, what);
  return may(after) && !may(before);
}

function defined<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>;
}
