import { hash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Person } from './people-desk.ts';
import type { ApprovalKind } from './roles.ts';

/** A second person said yes, to this and nothing else. */
export interface Approval {
  readonly kind: ApprovalKind;
  /** the refund or the order */
  readonly subject: string;
  readonly approver: Person;
  /** the session in which it was given */
  readonly session: string;
}

interface Kept extends Approval {
  /** monotonic ms */
  readonly until: number;
  /** the wish that it was used for; the same wish may be repeated until its answer is known */
  usedFor?: string;
  usedUntil: number;
}

const PREFIX = 'twa_';
/** From the PIN to its use. */
export const APPROVAL_LIFE_MS = 60_000;
/** A used one still stands for repetitions of its wish. */
const REPEAT_MS = 10 * 60_000;
const MOST_APPROVALS = 64;

/** Approvals that were given: in memory, for one minute, for one wish. */
export class Approvals {
  readonly #clock: Clock;
  /** by SHA-256 of the token */
  readonly #approvals = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  give(approval: Approval): string {
    this.#forget();
    const token = PREFIX + randomBytes(32).toString('base64url');
    const until = this.#clock.mono() + APPROVAL_LIFE_MS;
    this.#approvals.set(hash('sha256', token), { ...approval, until, usedUntil: until });
    return token;
  }

  /** Uses it for the wish `key`; `undefined`: it is not good for that. */
  use(token: string, { kind, subject, session }: Omit<Approval, 'approver'>, key: string): Person | undefined {
    this.#forget();
    const kept = this.#approvals.get(hash('sha256', token));
    if (kept?.kind !== kind || kept.subject !== subject || kept.session !== session) return undefined;
    if (kept.usedFor === undefined) {
      kept.usedFor = key;
      kept.usedUntil = this.#clock.mono() + REPEAT_MS;
    }
    return kept.usedFor === key ? kept.approver : undefined;
  }

  #forget(): void {
    const now = this.#clock.mono();
    for (const [id, { usedUntil }] of this.#approvals) if (usedUntil < now) this.#approvals.delete(id);
    const [oldest] = this.#approvals.keys();
    if (this.#approvals.size >= MOST_APPROVALS && oldest !== undefined) this.#approvals.delete(oldest);
  }
}
