import type { Clock } from '../clock.ts';
import type { Caller } from '../console/scopes.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';
import { APPROVAL_LIFE_MS, Approvals } from './approvals.ts';
import type { Deed } from './deed.ts';
import { type Chosen, PeopleDesk, type Person, type Proof } from './people-desk.ts';
import { type ApprovalKind, mayApprove } from './roles.ts';
import { type Session, type SessionEnd, Sessions } from './sessions.ts';

export interface SignInParts {
  readonly file: string;
  readonly book: Pick<TillBook, 'write'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly backendNow: () => number;
  readonly idleMs: number;
  readonly shiftMs: number;
  readonly pinLifeMs: number;
}

type Refused = Exclude<Proof, { readonly kind: 'known' }>;
type Opened = { readonly kind: 'open'; readonly token: string; readonly session: Session };
/** What a person asks another one to approve. */
export interface ApprovalWish {
  readonly kind: ApprovalKind;
  readonly subject: string;
  /** whose wish it is */
  readonly askedBy: string;
  readonly orderId: string;
  readonly refundId?: string;
}

/** People at the page: signing in and out, and a second person's yes. Whatever happens here is logged, and journaled where it counts. */
export class SignIn {
  readonly #parts: SignInParts;
  readonly #people: PeopleDesk;
  readonly #sessions: Sessions;
  readonly #approvals: Approvals;

  constructor(parts: SignInParts) {
    this.#parts = parts;
    const { clock, idleMs, shiftMs } = parts;
    this.#people = new PeopleDesk({ ...parts, onLockedOut: (personId, lockMs) => this.#lockedOut(personId, lockMs) });
    this.#sessions = new Sessions({ clock, idleMs, shiftMs, onOver: (session, how) => this.#over(session, how) });
    this.#approvals = new Approvals(clock);
  }

  /** What the page is told of a session. */
  told({ person, caller, mustChoosePin, dies }: Session) {
    const { idleMs, backendNow, clock } = this.#parts;
    const expiresAt = backendNow() + Math.round(dies - clock.mono());
    return { person, scopes: [...caller.scopes], mustChoosePin, idleMs, expiresAt };
  }

  people(): readonly Person[] {
    return this.#people.people();
  }

  /** Whoever stands behind a token of the page; somebody who was disabled or got another role or PIN is out at once. */
  callerOf(token: string): Caller | undefined {
    const caller = this.#sessions.callerOf(token);
    const session = this.#sessions.get(caller?.session);
    if (!session) return undefined;
    if (this.#people.standing(session.person.personId) === session.standing) return caller;
    this.#sessions.end(session.id, 'changed');
    return undefined;
  }

  /** When a lock of `waitMs` is over, as the page counts. */
  until(waitMs: number): number {
    return Math.round(this.#parts.backendNow() + waitMs);
  }

  isSessionToken(token: string): boolean {
    return this.#sessions.isSessionToken(token);
  }

  sessionOf(caller: Caller): Session | undefined {
    return this.#sessions.get(caller.session);
  }

  acted(caller: Caller): void {
    if (caller.session !== undefined) this.#sessions.acted(caller.session);
  }

  whenOver(caller: Caller, run: () => void): () => void {
    return caller.session === undefined ? () => undefined : this.#sessions.whenOver(caller.session, run);
  }

  // --- in and out

  async withPin(personId: string, pin: string): Promise<Opened | Refused> {
    const proof = await this.#people.prove(personId, pin);
    if (proof.kind === 'known') return this.#open(proof.person, 'pin');
    this.#tellRefused(proof, { personId });
    return proof;
  }

  async withCode(code: string): Promise<Opened | Refused> {
    const proof = await this.#people.redeem(code);
    if (proof.kind === 'known' || proof.kind === 'must-choose')
      return this.#open(proof.person, 'code', proof.kind === 'must-choose');
    this.#tellRefused(proof, { by: 'code' });
    return proof;
  }

  signOut(caller: Caller): void {
    if (caller.session !== undefined) this.#sessions.end(caller.session, 'asked');
  }

  /** With the old PIN: an expired one is good for this. */
  async changePin(personId: string, pin: string, newPin: string): Promise<Opened | Refused | Chosen> {
    const proof = await this.#people.prove(personId, pin);
    if (proof.kind === 'known' || proof.kind === 'must-choose') return this.#choose(proof.person, newPin);
    this.#tellRefused(proof, { personId });
    return proof;
  }

  /** In a session that a one-time code opened for this. */
  choosePin({ person }: Session, newPin: string): Promise<Opened | Chosen> {
    return this.#choose(person, newPin);
  }

  async #choose(person: Person, newPin: string): Promise<Opened | Chosen> {
    const chosen = await this.#people.choose(person.personId, newPin);
    if (chosen.kind !== 'chosen') return chosen;
    this.#sessions.endAll(person.personId, 'pin-changed');
    this.journal({ kind: 'PIN_CHANGED', personId: person.personId });
    return this.#open(person, 'pin');
  }

  #open(person: Person, how: 'pin' | 'code', mustChoosePin = false): Opened {
    const { token, session } = this.#sessions.open(person, mustChoosePin, this.#people.standing(person.personId));
    this.#parts.log.info({ personId: person.personId, role: person.role, how }, 'signed in');
    this.journal({ kind: 'SIGNED_IN', personId: person.personId, how });
    return { kind: 'open', token, session };
  }

  // --- a second person

  /** The other person's PIN, for one wish. */
  async approve(
    wish: ApprovalWish,
    session: Session,
    personId: string,
    pin: string,
  ): Promise<
    | { readonly kind: 'approved'; readonly approval: string; readonly approver: Person; readonly expiresAt: number }
    | { readonly kind: 'same-person' }
    | { readonly kind: 'no-right' }
    | Refused
  > {
    if (personId === wish.askedBy) return { kind: 'same-person' };
    const proof = await this.#people.prove(personId, pin);
    if (proof.kind !== 'known') {
      this.#tellRefused(proof, { personId, approval: wish.kind });
      return proof;
    }
    const { person: approver } = proof;
    if (!mayApprove(approver.role, wish.kind)) return { kind: 'no-right' };
    const { kind, subject, askedBy, orderId, refundId } = wish;
    const approval = this.#approvals.give({ kind, subject, approver, session: session.id });
    this.#parts.log.info({ personId, askedBy, approval: kind, orderId, refundId }, 'approved');
    this.journal({
      kind: 'APPROVED',
      personId,
      approval: kind,
      askedBy,
      orderId,
      ...(refundId === undefined ? {} : { refundId }),
    });
    return { kind: 'approved', approval, approver, expiresAt: this.#parts.backendNow() + APPROVAL_LIFE_MS };
  }

  /** Who approved it; `undefined`: this approval is not good for this wish. */
  approverOf(token: string, wish: { kind: ApprovalKind; subject: string }, caller: Caller, key: string) {
    const { session = '' } = caller;
    const approver = this.#approvals.use(token, { ...wish, session }, key);
    if (!approver) this.#parts.log.warn({ personId: caller.personId, ...wish }, 'approval refused');
    return approver;
  }

  // --- what is told

  /** Never in the way of what it tells of: a journal in trouble is told elsewhere. */
  journal(deed: Deed): void {
    this.#parts.book
      .write({ type: 'PERSON', deed }, 'soon')
      .catch((error: unknown) => this.#parts.log.error({ ...deed, detail: String(error) }, 'deed not journaled'));
  }

  stop(): void {
    this.#sessions.stop();
  }

  #over({ person: { personId } }: Session, how: SessionEnd): void {
    this.#parts.log.info({ personId, how }, 'signed out');
    this.journal({ kind: 'SIGNED_OUT', personId, how });
  }

  #lockedOut(personId: string, lockMs: number): void {
    this.#parts.log.error({ personId, lockMs }, 'too many wrong PINs: locked');
    this.journal({ kind: 'LOCKED_OUT', personId, lockMs });
  }

  #tellRefused(proof: Refused, about: object): void {
    this.#parts.log.warn({ ...about, ...proof }, 'PIN refused');
  }
}
