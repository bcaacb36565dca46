import { statSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { failed, type Lockout, lockedFor, NO_FAILURES, triesLeft } from './lockout.ts';
import { hashOfCode } from './one-time-code.ts';
import { changePerson, listPeople, type PersonRecord } from './people-file.ts';
import { hashOfPin, isPin } from './pin-hash.ts';
import { isTrivial, PIN } from './pin-rules.ts';
import type { Role } from './roles.ts';

/** A person as everybody at the counter may see them. */
export interface Person {
  readonly personId: string;
  readonly name: string;
  readonly role: Role;
}

/** What a PIN, or a one-time code, proved. */
export type Proof =
  | { readonly kind: 'known'; readonly person: Person }
  /** right, and too old (or none yet): good for choosing a new one, and for nothing else */
  | { readonly kind: 'must-choose'; readonly person: Person }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  /** `until`: Unix ms */
  | { readonly kind: 'locked'; readonly until: number; readonly waitMs: number }
  | { readonly kind: 'busy' };

export type Chosen = { readonly kind: 'chosen' } | { readonly kind: 'too-easy' | 'same' | 'malformed' };

export interface PeopleDeskParts {
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Unix ms: the backend's clock where it is known */
  readonly now: () => number;
  /** a PIN that is older must be changed, ms */
  readonly pinLifeMs: number;
  /** too many wrong guesses; nobody may guess before `until` */
  readonly onLockedOut: (personId: string, until: number) => void;
}

/** Guesses that wait for their turn; each takes a tenth of a second and 32 MiB. */
const MOST_WAITING = 8;
/** Names that nobody here has: they are treated alike, up to so many. */
const MOST_STRANGERS = 64;

/** Who is who: PINs are compared here, one at a time, and a guess is counted on disk before it is looked at. */
export class PeopleDesk {
  readonly #parts: PeopleDeskParts;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #stamp: string | undefined;
  #known: readonly PersonRecord[] = [];
  readonly #strangers = new Map<string, Lockout>();

  constructor(parts: PeopleDeskParts) {
    this.#parts = parts;
  }

  /** Everybody who works here. A file that cannot be believed is told and names nobody. */
  people(): readonly Person[] {
    return this.#records()
      .filter(({ disabled }) => !disabled)
      .map(personOf);
  }

  person(personId: string): Person | undefined {
    return this.people().find((one) => one.personId === personId);
  }

  /** Looks at a PIN. */
  prove(personId: string, pin: string): Promise<Proof> {
    return this.#inTurn(() => this.#prove(personId, pin));
  }

  /** Uses a one-time code up. */
  redeem(code: string): Promise<Proof> {
    return this.#inTurn(async () => {
      const wanted = hashOfCode(code);
      const now = this.#parts.now();
      const record = this.#records().find((one) => !one.disabled && one.code?.hash === wanted);
      if (!record?.code || record.code.until < now) return { kind: 'wrong', triesLeft: 0 };
      const { use } = record.code;
      await this.#change(record.personId, ({ code: _used, ...rest }) => rest);
      const person = personOf(record);
      return { kind: use === 'pin' || !record.pin ? 'must-choose' : 'known', person };
    });
  }

  /** Gives a person, who has proved to be that person, a new PIN. */
  async choose(personId: string, pin: string): Promise<Chosen> {
    if (!PIN.test(pin)) return { kind: 'malformed' };
    if (isTrivial(pin)) return { kind: 'too-easy' };
    const answer = await this.#inTurn<Chosen>(async () => {
      const record = this.#records().find((one) => one.personId === personId);
      if (record?.pin && (await isPin(pin, record.pin))) return { kind: 'same' };
      const hash = await hashOfPin(pin);
      await this.#change(personId, ({ lockout: _over, code: _dead, ...rest }) => ({
        ...rest,
        pin: hash,
        pinSetAt: this.#parts.now(),
      }));
      return { kind: 'chosen' };
    });
    return answer.kind === 'busy' ? { kind: 'malformed' } : answer;
  }

  async #prove(personId: string, pin: string): Promise<Proof> {
    const record = this.#records().find((one) => one.personId === personId && !one.disabled);
    const now = this.#parts.now();
    const before = record?.lockout ?? this.#strangers.get(personId) ?? NO_FAILURES;
    const waitMs = lockedFor(before, now);
    if (waitMs > 0) return { kind: 'locked', until: now + waitMs, waitMs };
    const after = failed(before, now);
    await this.#count(record, personId, after);
    if (record && (await isPin(pin, record.pin))) return this.#welcome(record);
    if (!record) await isPin(pin, undefined);
    const lockMs = lockedFor(after, now);
    if (lockMs === 0) return { kind: 'wrong', triesLeft: triesLeft(after) };
    if (record) this.#parts.onLockedOut(personId, now + lockMs);
    return { kind: 'locked', until: now + lockMs, waitMs: lockMs };
  }

  async #welcome(record: PersonRecord): Promise<Proof> {
    await this.#change(record.personId, ({ lockout: _over, ...rest }) => rest);
    const age = this.#parts.now() - (record.pinSetAt ?? 0);
    return { kind: age > this.#parts.pinLifeMs ? 'must-choose' : 'known', person: personOf(record) };
  }

  /** Before the guess is looked at: an agent that is killed meanwhile has counted it. */
  async #count(record: PersonRecord | undefined, personId: string, lockout: Lockout) {
    if (record) return void (await this.#change(personId, (one) => ({ ...one, lockout })));
    this.#strangers.delete(personId);
    this.#strangers.set(personId, lockout);
    const [oldest] = this.#strangers.keys();
    if (this.#strangers.size > MOST_STRANGERS && oldest !== undefined) this.#strangers.delete(oldest);
  }

  #change(personId: string, change: (record: PersonRecord) => PersonRecord): Promise<PersonRecord> {
    return changePerson(this.#parts.file, personId, change);
  }

  /** Read again when the file changed: whoever was disabled is out at once. */
  #records(): readonly PersonRecord[] {
    const stat = statSync(this.#parts.file, { throwIfNoEntry: false });
    const stamp = stat && `${stat.ino} ${stat.mtimeMs} ${stat.ctimeMs} ${stat.size}`;
    if (stamp === this.#stamp) return this.#known;
    this.#stamp = stamp;
    try {
      this.#known = listPeople(this.#parts.file);
    } catch (error) {
      this.#known = [];
      this.#parts.log.error({ detail: String(error) }, 'the list of people cannot be believed: nobody can sign in');
    }
    return this.#known;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T | { readonly kind: 'busy' }> {
    if (this.#waiting >= MOST_WAITING) return Promise.resolve({ kind: 'busy' });
    this.#waiting += 1;
    const result = this.#turn.then(work);
    this.#turn = result.then(
      () => (this.#waiting -= 1),
      () => (this.#waiting -= 1),
    );
    return result;
  }
}

function personOf({ personId, name, role }: PersonRecord): Person {
  return { personId, name, role };
}
