import type { Settings, TerminalBlock } from './terminal-state.ts';

// What a till finds out about itself, against what the backend asks of its tills. Pure: settings in, settings out. A finding
// needs no command to begin and none to end: it is so, or it is not.

/** What is here. */
export interface Here {
  /** of this agent */
  readonly version: string;
  /** of the terminal, as it is registered; absent: not registered here */
  readonly model?: string | undefined;
}

/** The settings with what is found now. `now`: backend time, for what was not found before. */
export function withFindings(settings: Settings, here: Here, now: number): Settings {
  const { found: before = [], ...rest } = settings;
  const known = (block: TerminalBlock) => before.find(({ reasonCode }) => reasonCode === block.reasonCode);
  const found = findings(settings, here).map((block) => known(block) ?? { ...block, since: now });
  return found.length === 0 ? rest : { ...rest, found };
}

function findings({ minVersion, bannedModels }: Settings, { version, model }: Here): readonly TerminalBlock[] {
  const tooOld = minVersion !== undefined && isOlder(version, minVersion.version);
  const withdrawn = model !== undefined && bannedModels?.includes(model) === true;
  return [
    ...(withdrawn ? [{ state: 'FAULT', reasonCode: 'DEVICE_MODEL_WITHDRAWN' } as const] : []),
    ...(tooOld ? [{ state: 'FAULT', reasonCode: minVersion.reasonCode } as const] : []),
  ];
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
