import type { LimitsArgs, ResumeArgs, SuspendArgs } from '../../protocols/backend/verbs.ts';
import { isOlder } from '../payment/terminal-findings.ts';
import {
  collectRefusal,
  type RefundLimits,
  refundRefusal,
  type Settings,
  type TerminalBlock,
} from '../payment/terminal-state.ts';
import { strictest } from '../refunds/refund-rules.ts';

// What a command does to the rules, pure: settings in, settings out, and whether there is more room afterwards.

/** The shop's own limits; the backend's are never looser than these. */
export interface OwnLimits {
  readonly maxFen: number;
  readonly refund: RefundLimits;
}

/** A limit that is not named stays; null takes the backend's away. */
export function withLimits(settings: Settings, { maxFen, refund = {}, ...gates }: LimitsArgs): Settings {
  const { maxFen: before, refund: refundBefore, ...rest } = withGates(settings, gates);
  const merged = { ...refundBefore, ...defined(refund) };
  const refundAfter = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  const after = maxFen === undefined ? before : maxFen;
  return {
    ...rest,
    ...(after === undefined || after === null ? {} : { maxFen: after }),
    ...(Object.keys(refundAfter).length === 0 ? {} : { refund: refundAfter }),
  };
}

type Gates = Pick<LimitsArgs, 'minVersion' | 'bannedModels'>;

function withGates(settings: Settings, gates: Gates): Settings {
  const { minVersion: versionBefore, bannedModels: modelsBefore, ...rest } = settings;
  const minVersion = gates.minVersion === undefined ? versionBefore : gates.minVersion;
  const bannedModels = gates.bannedModels === undefined ? modelsBefore : gates.bannedModels;
  return { ...rest, ...(minVersion ? { minVersion } : {}), ...(bannedModels?.length ? { bannedModels } : {}) };
}

export function withTerminalState(settings: Settings, args: SuspendArgs | ResumeArgs): Settings {
  const { commandSeq: _seq, ...block } = args;
  // a new word of the backend leaves standing what the till found itself
  return { ...settings, terminalState: defined(block) as TerminalBlock };
}

/** Whether anything is allowed afterwards that is not allowed now. */
export function isLooser(before: Settings, after: Settings, own: OwnLimits): boolean {
  const mayMore = (refusal: typeof collectRefusal) => refusal(before) !== undefined && refusal(after) === undefined;
  return (
    limitsLooser(before, after, own) || gatesLooser(before, after) || mayMore(collectRefusal) || mayMore(refundRefusal)
  );
}

/** Also when nothing follows from it here and now: the till may be updated, or get another terminal. */
function gatesLooser(before: Settings, after: Settings): boolean {
  const asked = before.minVersion;
  const lower = asked !== undefined && (!after.minVersion || isOlder(after.minVersion.version, asked.version));
  return lower || (before.bannedModels ?? []).some((model) => !after.bannedModels?.includes(model));
}

function limitsLooser(before: Settings, after: Settings, own: OwnLimits): boolean {
  const most = ({ maxFen }: Settings) => Math.min(own.maxFen, maxFen ?? own.maxFen);
  const [a, b] = [strictest(own.refund, before.refund), strictest(own.refund, after.refund)];
  const refunds = (['maxFen', 'dayFen', 'dayCount', 'windowDays'] as const).some((limit) => b[limit] > a[limit]);
  return refunds || most(after) > most(before);
}

function defined<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>;
}
