import { hash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Caller, Scope } from '../console/scopes.ts';
import type { Deed } from './deed.ts';
import type { Person } from './people-desk.ts';
import { ROLES } from './roles.ts';

// Who is signed in at the page. In memory only: after a restart everybody signs in again.

const PREFIX = 'tws_';
/** Tabs of a counter; above this the oldest is signed out. */
const MOST_SESSIONS = 16;
/** The name under which commands of the page are known. */
export const PAGE = 'page';

export type SessionEnd = Extract<
  NonNullable<Deed['how']>,
  'asked' | 'idle' | 'shift' | 'pin-changed' | 'changed' | 'too-many'
>;

export interface Session {
  readonly id: string;
  readonly person: Person;
  readonly caller: Caller;
  /** the PIN must be chosen first: nothing else may be done */
  readonly mustChoosePin: boolean;
  /** the person's standing when it began */
  readonly standing: string | undefined;
  /** monotonic ms */
  readonly dies: number;
}

interface Known extends Session {
  actedAt: number;
  callOff: () => void;
  readonly watchers: Set<() => void>;
}

export interface SessionsParts {
  readonly clock: Clock;
  /** without an act for so long a session is over */
  readonly idleMs: number;
  /** and behind a working day in any case */
  readonly shiftMs: number;
  readonly onOver: (session: Session, how: SessionEnd) => void;
}

export class Sessions {
  readonly #parts: SessionsParts;
  /** by SHA-256 of the token */
  readonly #sessions = new Map<string, Known>();

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  /** Signs a person in; the token is told this once. */
  open(
    person: Person,
    mustChoosePin: boolean,
    standing?: string,
  ): { readonly token: string; readonly session: Session } {
    const { clock, shiftMs } = this.#parts;
    const [oldest] = this.#sessions.values();
    if (oldest && this.#sessions.size >= MOST_SESSIONS) this.#end(oldest, 'too-many');
    const token = PREFIX + randomBytes(32).toString('base64url');
    const id = keyOf(token);
    const scopes: readonly Scope[] = mustChoosePin ? [] : ROLES[person.role].scopes;
    const session: Known = {
      id,
      person,
      caller: { program: PAGE, personId: person.personId, scopes, session: id },
      mustChoosePin,
      standing,
      dies: clock.mono() + shiftMs,
      actedAt: clock.mono(),
      callOff: () => undefined,
      watchers: new Set(),
    };
    this.#sessions.set(id, session);
    this.#watch(session);
    return { token, session };
  }

  /** A token of a session, living or dead. */
  isSessionToken(token: string): boolean {
    return token.startsWith(PREFIX);
  }

  callerOf(token: string): Caller | undefined {
    return this.#sessions.get(keyOf(token))?.caller;
  }

  get(id: string | undefined): Session | undefined {
    return id === undefined ? undefined : this.#sessions.get(id);
  }

  /** The person did something. Looking is no doing: a page looks by itself. */
  acted(id: string): void {
    const session = this.#sessions.get(id);
    if (!session) return;
    session.actedAt = this.#parts.clock.mono();
    this.#watch(session);
  }

  /** Runs `run` when the session is over; the returned function calls it off. */
  whenOver(id: string, run: () => void): () => void {
    const session = this.#sessions.get(id);
    session?.watchers.add(run);
    return () => session?.watchers.delete(run);
  }

  end(id: string, how: SessionEnd): void {
    const session = this.#sessions.get(id);
    if (session) this.#end(session, how);
  }

  /** Everywhere at once: the PIN was changed, the person works here no more. */
  endAll(personId: string, how: SessionEnd): void {
    for (const session of this.#sessions.values()) if (session.person.personId === personId) this.#end(session, how);
  }

  stop(): void {
    for (const session of this.#sessions.values()) session.callOff();
    this.#sessions.clear();
  }

  #watch(session: Known): void {
    const { clock, idleMs } = this.#parts;
    session.callOff();
    const idleAt = session.actedAt + idleMs;
    const [at, how] = idleAt <= session.dies ? ([idleAt, 'idle'] as const) : ([session.dies, 'shift'] as const);
    session.callOff = clock.after(Math.max(1, at - clock.mono()), () => this.#end(session, how));
  }

  #end(session: Known, how: SessionEnd): void {
    session.callOff();
    if (!this.#sessions.delete(session.id)) return;
    for (const run of session.watchers) run();
    this.#parts.onOver(session, how);
  }
}

function keyOf(token: string): string {
  return hash('sha256', token);
}
