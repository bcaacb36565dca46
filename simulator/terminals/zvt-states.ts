import { encodeBcd } from '../../protocols/bytes/bcd.ts';
import type { Script, ZvtTerminal } from './zvt-terminal.ts';

// What a terminal tells the till while the customer is at it (04 FF).

/** 04 FF: insert card, watch the PIN pad, wrong PIN, waiting for the host, please wait */
export const STATES = { insertCard: 0x0a, pinPad: 0x01, wrongPin: 0x15, host: 0x04, wait: 0x0e } as const;

export function* tell({ config }: ZvtTerminal, state: number, minutes?: number): Script {
  if (config?.tellsStates !== true) return;
  const time = minutes === undefined ? {} : { minutes: encodeBcd(minutes, 1) };
  yield { say: { command: 'intermediateStatus', head: { intermediate: Uint8Array.of(state), ...time }, fields: [] } };
}
