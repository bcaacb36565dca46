import type { Chance } from './chance.ts';
import type { FaultName } from './faults.ts';

// Faults of the field that the world learned late. Each draws from streams of its own, named after it: a day that does not meet
// it is what it was before.

export const FIELD_FAULTS = {
  'disk-full-at-paid': 'the disk is full exactly when the record is written that says paid',
  'reply-of-an-earlier-life': 'a reply comes to an agent that was started anew since it asked',
  'old-code-again': 'the gun, plugged in again, brings a code of an earlier customer',
  'hub-off': 'a hub loses power: gun, printer, terminal and pad go at once, and come back one by one',
  'printer-restarts': 'the printer starts anew and its cable stays',
  'printer-swallows': 'the bytes leave the till, and none reaches the printer',
  'printer-confirms-twice': 'the printer says a second time, late, that it has printed',
  'broker-refuses': 'the broker refuses the name and password of the till for a while',
  'checkpoint-spoilt': 'bytes of a checkpoint have turned on the disk when the agent starts',
  'cut-before-pay': 'the connection goes while the attempt is on its way to the disk',
} as const satisfies Record<string, string>;
export type FieldFault = keyof typeof FIELD_FAULTS;

/** Of a hundred days with everything, so many have one of them. */
const SHARE = 0.05;
const FEW = 6;

export function isOfField(fault: FaultName): fault is FieldFault {
  return Object.hasOwn(FIELD_FAULTS, fault);
}

/** Which of them happen in this world, and how readily. */
export function drawField(seed: Chance, allowed: ReadonlySet<FaultName>): Map<FaultName, number> {
  const drawn = new Map<FaultName, number>();
  for (const fault of allowed) {
    if (!isOfField(fault)) continue;
    const chance = seed.stream(`field ${fault}`);
    const isDrawn = chance.happens(allowed.size <= FEW ? 1 : SHARE);
    if (isDrawn) drawn.set(fault, 0.2 + 0.6 * chance.next());
  }
  return drawn;
}
