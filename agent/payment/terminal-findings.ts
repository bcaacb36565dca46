import type { TerminalIdentity } from '../../protocols/terminal/certified/messages.ts';
import { distanceM } from '../../protocols/terminal/place.ts';
import { parseLocation } from '../../protocols/terminal/terminal-info.ts';
import type { Settings, TerminalBlock } from './terminal-state.ts';

// What a till finds out about itself, against what the backend asks of its tills and what the acquirer has registered. Pure:
// settings in, settings out. A finding needs no command to begin. Some end when they are not so any more; a tamper alarm, another
// place and a lock do not (payment.md 4.7, "cleared by").

/** What is here. */
export interface Here {
  /** of this agent */
  readonly version: string;
  /** of the terminal, as it is registered; absent: not registered here */
  readonly model?: string | undefined;
  /** serial number and place, as registered */
  readonly serial?: string | undefined;
  readonly place?: string | undefined;
  /** how far from that place it may measure itself to be, m */
  readonly maxDistanceM?: number | undefined;
  /** who the certified terminal says that it is; absent: there is none, or it has not been asked yet */
  readonly identity?: TerminalIdentity | undefined;
}

/** The settings with what is found now. `now`: backend time, for what was not found before. */
export function withFindings(settings: Settings, here: Here, now: number): Settings {
  const { found: before = [], ...rest } = settings;
  const found = findings(settings, here).map((block) => before.find((one) => isSame(one, block)) ?? begun(block, now));
  const lasting = before.filter((block) => lasts(block, here) && !found.some((one) => isSame(one, block)));
  const all = [...found, ...lasting];
  return all.length === 0 ? rest : { ...rest, found: all };
}

/** Somebody has locked this till. It stays so across restarts, until somebody unlocks it. */
export function withLock(settings: Settings, now: number): Settings {
  const { found = [] } = settings;
  if (found.some(isLock)) return settings;
  return { ...settings, found: [...found, begun({ state: 'LOCKED', ...LOCK_WORDS }, now)] };
}

export function withoutLock({ found = [], ...rest }: Settings): Settings {
  const left = found.filter((block) => !isLock(block));
  return left.length === 0 ? rest : { ...rest, found: left };
}

/** A technician has looked at the place on site: what is not so any more is over. */
export function withPlaceChecked({ found = [], ...rest }: Settings, here: Here): Settings {
  const left = found.filter((block) => block.reasonCode !== 'LOCATION_MISMATCH' || isElsewhere(here));
  return left.length === 0 ? rest : { ...rest, found: left };
}

const LOCK_WORDS = { reasonTextZh: '收银台已由人员锁定', reasonTextEn: 'locked by a person at the till' };

const isLock = ({ state }: TerminalBlock): boolean => state === 'LOCKED';

function isSame(one: TerminalBlock, other: TerminalBlock): boolean {
  return one.state === other.state && one.reasonCode === other.reasonCode;
}

/** The reference is the till's own: it stands on the screen, on paper and in the event that the backend got. */
function begun(block: TerminalBlock, now: number): TerminalBlock {
  return { ...block, since: now, referenceNo: `L${now.toString(36).toUpperCase()}` };
}

/** A tampered terminal is replaced and one that moved is registered anew: until another number or place is registered it stays. */
function lasts({ state, reasonCode, foundAt }: TerminalBlock, { serial, place }: Here): boolean {
  if (reasonCode === 'TAMPER') return foundAt === serial;
  if (reasonCode === 'LOCATION_MISMATCH') return foundAt === place;
  return state === 'LOCKED';
}

function findings({ minVersion, bannedModels }: Settings, here: Here): readonly TerminalBlock[] {
  const { version, model, serial, place } = here;
  const tooOld = minVersion !== undefined && isOlder(version, minVersion.version);
  const withdrawn = model !== undefined && bannedModels?.includes(model) === true;
  return [
    ...(isTampered(here) ? [fault('TAMPER', serial)] : []),
    ...(isElsewhere(here) ? [fault('LOCATION_MISMATCH', place)] : []),
    ...(withdrawn ? [fault('DEVICE_MODEL_WITHDRAWN')] : []),
    ...(tooOld ? [fault(minVersion.reasonCode)] : []),
  ];
}

function fault(reasonCode: string, foundAt?: string): TerminalBlock {
  return { state: 'FAULT', reasonCode, ...(foundAt === undefined ? {} : { foundAt }) };
}

/** It has destroyed itself, or it is not the one that is registered here. */
function isTampered({ identity, serial }: Here): boolean {
  return identity?.mark === 'Over' || isOther(identity, serial);
}

/** It says another serial number than is registered. A registration without one, or a terminal not heard yet, accuses nobody. */
export function isOther(identity: TerminalIdentity | undefined, serial: string | undefined): boolean {
  return identity !== undefined && serial !== undefined && identity.serial !== serial;
}

/** A terminal that cannot tell where it is, or a registration without a place, accuses nobody. */
function isElsewhere({ identity, place, maxDistanceM }: Here): boolean {
  const [measured, registered] = [identity?.location, place].map((text) => parseLocation(text ?? ''));
  if (!measured || !registered || maxDistanceM === undefined) return false;
  return distanceM(measured, registered) > maxDistanceM;
}

/** Three numbers, compared as numbers; what follows a `-` is not asked. */
export function isOlder(version: string, than: string): boolean {
  const [ours, theirs] = [numbersOf(version), numbersOf(than)];
  const at = theirs.findIndex((number, index) => number !== ours[index]);
  return at >= 0 && (ours[at] ?? 0) < (theirs[at] ?? 0);
}

function numbersOf(version: string): readonly number[] {
  return version.split('-', 1).join('').split('.', 3).map(Number);
}
