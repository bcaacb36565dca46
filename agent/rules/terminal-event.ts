import type { EventData } from '../../protocols/backend/events.ts';
import { type Settings, shownBlock } from '../payment/terminal-state.ts';

export type TerminalEvent = Extract<EventData, { type: 'terminal' }>;

/** What this terminal may do, as the clerk sees it, and what the till found itself. */
export function terminalEvent(settings: Settings): TerminalEvent {
  const { state = 'ACTIVE', reasonCode, referenceNo } = shownBlock(settings) ?? {};
  const found = (settings.found ?? []).map((block) => block.reasonCode ?? block.state);
  const known = {
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(referenceNo === undefined ? {} : { referenceNo }),
  };
  return { type: 'terminal', state, ...known, found };
}
