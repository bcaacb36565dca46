import { statSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { failed, type Lockout, lockedFor, triesLeft, worse } from './lockout.ts';
import { hashOfCode } from './one-time-code.ts';
import { changePerson, listPeople, type PersonRecord } from './people-file.ts';
import { hashOfPin, isOutdated, isPin } from './pin-hash.ts';
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
  | { readonly kind: 'locked'; readonly waitMs: number }
  | { readonly kind: 'busy' };

export type Chosen = { readonly kind: 'chosen' | 'too-easy' | 'same' | 'malformed' | 'busy' };

export interface PeopleDeskParts {
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  /** a PIN that is older must be changed, ms */
  readonly pinLifeMs: number;
  /** too many wrong guesses: nobody may guess for `lockMs` */
  readonly onLockedOut: (personId: string, lockMs: number) => void;
}

/** Guesses that wait for their turn; each takes 150 ms of one core and 32 MiB. */
const MOST_WAITING = 8;
/** Names for which wrong guesses are counted in memory, those that nobody here has among them. */
const MOST_COUNTS = 300;

/** Who is who: PINs are compared here, one at a time, and a guess is counted on disk before it is looked at. */
export class PeopleDesk {
  readonly #parts: PeopleDeskParts;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #stamp: string | undefined;
  #known: readonly PersonRecord[] = [];
  readonly #counts = new Map<string, Lockout>();

  constructor(parts: PeopleDeskParts) {
    this.#parts = parts;
  }

  /** Everybody who can sign in with a PIN. A file that cannot be believed is told and names nobody. */
  people(): readonly Person[] {
    return this.#records()
      .filter(({ disabled, pin }) => !disabled && pin !== undefined)
      .map(personOf);
  }

  /** Changes when a person gets another role or PIN, or may not come in any more: whoever came in before is out. */
  standing(personId: string): string | undefined {
    const record = this.#records().find((one) => one.personId === personId && !one.disabled);
    return record && `${record.role} ${record.pinSetAt ?? 'no PIN'}`;
  }

  /** Looks at a PIN. */
  prove(personId: string, pin: string): Promise<Proof> {
    return this.#inTurn(() => this.#prove(personId, pin));
  }

  /** Uses a one-time code up. */
  redeem(code: string): Promise<Proof> {
    return this.#inTurn(async () => {
      const wanted = hashOfCode(code);
      const now = this.#now();
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
    return this.#inTurn<Chosen>(async () => {
      const record = this.#records().find((one) => one.personId === personId);
      if (record?.pin && (await isPin(pin, record.pin))) return { kind: 'same' };
      const hash = await hashOfPin(pin);
      await this.#change(personId, ({ lockout: _over, code: _dead, ...rest }) => ({
        ...rest,
        pin: hash,
        pinSetAt: this.#now(),
      }));
      this.#counts.delete(personId);
      return { kind: 'chosen' };
    });
  }

  async #prove(personId: string, pin: string): Promise<Proof> {
    const record = this.#records().find((one) => one.personId === personId && !one.disabled);
    const now = this.#now();
    const before = worse(record?.lockout, this.#counts.get(personId));
    const waitMs = lockedFor(before, now);
    if (waitMs > 0) return { kind: 'locked', waitMs };
    const after = failed(before, now);
    await this.#count(record, personId, after);
    if ((await isPin(pin, record?.pin)) && record) return this.#welcome(record, pin);
    const lockMs = lockedFor(after, now);
    if (lockMs === 0) return { kind: 'wrong', triesLeft: triesLeft(after) };
    if (record) this.#parts.onLockedOut(personId, lockMs);
    return { kind: 'locked', waitMs: lockMs };
  }

  async #welcome(record: PersonRecord, pin: string): Promise<Proof> {
    const { personId } = record;
    const better = record.pin && isOutdated(record.pin) ? { pin: await hashOfPin(pin) } : {};
    this.#counts.delete(personId);
    await this.#keep(personId, ({ lockout: _over, ...rest }) => ({ ...rest, ...better }));
    const age = this.#now() - (record.pinSetAt ?? 0);
    return { kind: age > this.#parts.pinLifeMs ? 'must-choose' : 'known', person: personOf(record) };
  }

  /** Before the guess is looked at: an agent that is killed meanwhile has counted it. */
  async #count(record: PersonRecord | undefined, personId: string, lockout: Lockout): Promise<void> {
    this.#counts.delete(personId);
    this.#counts.set(personId, lockout);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MOST_COUNTS && oldest !== undefined) this.#counts.delete(oldest);
    if (record) await this.#keep(personId, (one) => ({ ...one, lockout }));
  }

  /** A disk that takes nothing keeps nobody out: guesses are counted in memory all the same. */
  async #keep(personId: string, change: (record: PersonRecord) => PersonRecord): Promise<void> {
    await this.#change(personId, change).catch((error: unknown) =>
      this.#parts.log.error({ personId, detail: String(error) }, 'the list of people cannot be written'),
    );
  }

  /** The clock of this PC, which the technician's command knows, too. */
  #now(): number {
    return this.#parts.clock.now();
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
