import { isYes } from './acts.ts';
import { type Answer, ask } from './agent.ts';
import { both } from './language.ts';
import { may } from './people.ts';
import { tell, untell } from './told.ts';
import type { Block } from './types.ts';

// What a person does about the terminal itself. A technician has no right to money: the same acts have an address of theirs.

type Visit = 'lock' | 'unlock' | 'place-checked';

export const isTechnician = () => may('diagnose');
export const mayUnlock = () => may('resolve') || isTechnician();

function visit(act: Visit): Promise<Answer<Block>> {
  return ask<Block>('/v1/terminal/visits', { body: { act } });
}

/** No money in or out until a manager or a technician unlocks it. */
export async function lockTerminal(): Promise<void> {
  untell();
  const answer = await (isTechnician() ? visit('lock') : ask('/v1/terminal/lock', { method: 'POST' }));
  if (isYes(answer)) tell('good', both('terminalLocked'));
}

/** A manager or a technician takes the lock off that somebody put on this till. */
export async function unlockTerminal(): Promise<void> {
  untell();
  isYes(await (isTechnician() ? visit('unlock') : ask('/v1/terminal/unlock', { method: 'POST' })));
}

/** A technician has looked, on site. The terminal must measure itself to be there too. */
export async function placeChecked(): Promise<void> {
  untell();
  const answer = await visit('place-checked');
  const isElsewhere = answer.kind === 'ok' && answer.body.reasonCode === 'LOCATION_MISMATCH';
  if (isYes(answer) && isElsewhere) tell('bad', both('placeElsewhere'), both('placeElsewhereStep'));
}

/** Why nothing can be collected, on paper. */
export async function printTerminal(): Promise<void> {
  untell();
  if (isYes(await ask('/v1/terminal/print', { method: 'POST' }))) tell('good', both('printed'));
}
