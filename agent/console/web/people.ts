import { signal } from '@preact/signals';
import { type Answer, ask, keepToken, token } from './agent.ts';
import type { Approval, Person, Session, Welcome } from './types.ts';

// Who is at the page. The agent knows and forgets; here stands only what it said last.

/** what the sign-in screen needs; undefined until the agent has said it */
export const welcome = signal<Welcome | undefined>(undefined);

type Me = Pick<Session, 'person' | 'scopes' | 'mustChoosePin'>;
const KEPT = 'tillwire.me';

export const me = signal<Me | undefined>(JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') ?? undefined);

/** Whoever is signed in may do this. */
export function may(scope: Me['scopes'][number]): boolean {
  return me.value?.scopes.includes(scope) === true;
}

/** Asks who may sign in, and whether this till is set up at all. */
export async function askWelcome(): Promise<boolean> {
  const answer = await ask<Welcome>('/v1/welcome');
  if (answer.kind === 'ok') welcome.value = answer.body;
  return answer.kind === 'ok';
}

export function signIn(proof: { personId: string; pin: string } | { code: string }): Promise<Answer<Session>> {
  return entered(ask<Session>('/v1/sessions', { body: proof }));
}

export function choosePin(choice: { newPin: string } | { personId: string; pin: string; newPin: string }) {
  return entered(ask<Session>('/v1/sessions/pin', { body: choice }));
}

async function entered(asked: Promise<Answer<Session>>): Promise<Answer<Session>> {
  const answer = await asked;
  if (answer.kind !== 'ok') return answer;
  const { person, scopes, mustChoosePin } = answer.body;
  me.value = { person, scopes, mustChoosePin };
  sessionStorage.setItem(KEPT, JSON.stringify(me.value));
  keepToken(answer.body.token);
  return answer;
}

/** Locks the page. The agent forgets the token; when it is away, this page does all the same. */
export async function lock(): Promise<void> {
  await ask('/v1/sessions', { method: 'DELETE' });
  keepToken(undefined);
}

/** Another person's PIN, for one refund or one order. */
export function approve(
  personId: string,
  pin: string,
  kind: 'refund' | 'resolve',
  subject: string,
): Promise<Answer<Approval>> {
  return ask<Approval>('/v1/approvals', { body: { personId, pin, kind, subject } });
}

/** Everybody who may say yes to what `askedBy` wants. */
export function approvers(askedBy: string | undefined): readonly Person[] {
  return (welcome.value?.people ?? []).filter(({ personId, role }) => role === 'manager' && personId !== askedBy);
}

/** Signed in, with a PIN of one's own. */
export function isIn(): boolean {
  return token.value !== undefined && me.value?.mustChoosePin !== true;
}
