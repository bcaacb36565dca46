import {
  type CommandEnvelope,
  type CommandError,
  type CommandResult,
  expiryOf,
} from '../../protocols/backend/commands.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Authority, CommandDesk, CommandMemory, PublishResult } from './ports.ts';
import type { ClockSkew } from './skew.ts';
import type { CommandRefusal } from './verb-desk.ts';

export interface IntakeParts {
  readonly boot: string;
  readonly memory: CommandMemory;
  readonly desk: CommandDesk;
  readonly skew: Pick<ClockSkew, 'backendNow' | 'latestNow' | 'known'>;
  readonly clock: Clock;
  readonly log: Log;
  /** for an answer that came after whoever asked had been sent away */
  readonly publishResult: PublishResult;
  /** a command was refused by the room of its verb */
  readonly onRefused?: (command: CommandEnvelope, code: CommandError) => void;
}

/** What became of a command. `execute` must be called, once, when the answer is on its way. */
export type Taken =
  | { readonly kind: 'refused' | 'known'; readonly answer: CommandResult }
  | { readonly kind: 'accepted'; readonly answer: CommandResult; readonly execute: () => void };

/** Queued commands arrive before the first time reply; their expiry is judged in backend time, waited for this long. */
const SKEW_DEADLINE_MS = 2_000;
/** A journal takes milliseconds, a tired SD card a second. */
const JOURNAL_DEADLINE_MS = 5_000;
const JOURNAL_FAILED = { code: 'JOURNAL_UNAVAILABLE', message: 'the journal cannot be written' } as const;

const LOCAL = 'api-';

/** The id of a command that a program beside the till brought, not the backend. */
export function localId(rest: string): string {
  return LOCAL + rest;
}

export function isLocalId(id: string): boolean {
  return id.startsWith(LOCAL);
}

/** Nobody knows yet whether the command is accepted. The same command again will tell. */
export class StillWithJournal extends Error {}

/**
 * The one way in for commands, whoever brings them: known, expired, refused, or journaled and then executed, in this order
 * (field-lessons.md 5.1). A command that is known already is answered from memory and never executed here; resuming one
 * that was accepted before a crash is the business of whoever owns the journal.
 */
export class CommandIntake {
  readonly #parts: IntakeParts;
  /** one at a time, execution included: the next command finds this one in memory and the counter busy */
  #turn: Promise<void> = Promise.resolve();
  /** handed to a journal that has not answered in time */
  readonly #unsure = new Set<string>();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Takes a command whose form was checked; `personId`: who at the counter wants it. Rejects with {@link StillWithJournal} when the disk is too slow to tell. */
  take(command: CommandEnvelope, authority: Authority, personId?: string): Promise<Taken> {
    const before = this.#turn;
    let next: () => void = () => undefined;
    this.#turn = new Promise<void>((resolve) => {
      next = resolve;
    });
    return before
      .then(() => this.#decide(command, authority, personId))
      .then(
        (taken) => {
          if (taken.kind !== 'accepted') {
            next();
            return taken;
          }
          const execute = () => {
            next();
            taken.execute();
          };
          return { ...taken, execute };
        },
        (error: unknown) => {
          next();
          throw error;
        },
      );
  }

  /** Nothing was executed: `failed` is proved. */
  refusal(id: string, { code, message }: CommandRefusal): CommandResult {
    this.#parts.log.warn({ id, code }, 'command refused');
    return { ...this.#result(id, 'final', 'failed', code), message: message.slice(0, 256) };
  }

  async #decide(command: CommandEnvelope, authority: Authority, personId: string | undefined): Promise<Taken> {
    const { memory, desk, skew } = this.#parts;
    if (this.#unsure.has(command.id)) throw new StillWithJournal('still with the journal');
    const known = memory.recall(command.id);
    if (known) return this.#answerKnown(command, known);
    // who asks beside the till asks now, and is told at once, also without a network
    if (authority === 'signature') await skew.known(SKEW_DEADLINE_MS);
    // nothing of the backend's is carried out that may be too late: a refund would be one that nobody allows any more
    const now = authority === 'signature' ? skew.latestNow() : skew.backendNow();
    if (now > expiryOf(command)) return this.#refuse(command.id, 'EXPIRED', 'arrived after its exp or ttl');
    const refusal = desk.refuse(command, authority);
    if (refusal) this.#parts.onRefused?.(command, refusal.code);
    if (refusal) return this.#refuse(command.id, refusal.code, refusal.message);
    return this.#accept(command, personId);
  }

  #answerKnown(command: CommandEnvelope, known: NonNullable<ReturnType<CommandMemory['recall']>>): Taken {
    if (known.hash !== command.hash || (known.type ?? command.type) !== command.type) {
      this.#parts.log.error({ id: command.id, type: command.type }, 'command id used again with other arguments');
      return this.#refuse(command.id, 'IDEMPOTENCY_CONFLICT', 'the id was used with other arguments');
    }
    const answer = known.result ?? this.#result(command.id, 'accepted', 'ok', 'ACCEPTED');
    return { kind: 'known', answer: { ...answer, replayed: true } };
  }

  async #accept(command: CommandEnvelope, personId: string | undefined): Promise<Taken> {
    const journaled = this.#parts.memory.accept(command, personId).then(
      () => true,
      (error: unknown) => {
        this.#parts.log.error({ id: command.id, detail: String(error) }, 'command not journaled');
        return false;
      },
    );
    const inTime = await this.#within(JOURNAL_DEADLINE_MS, journaled);
    if (inTime === undefined) return this.#acceptLate(command, journaled);
    if (!inTime) return this.#refuse(command.id, JOURNAL_FAILED.code, JOURNAL_FAILED.message);
    return this.#accepted(command);
  }

  /** Neither `failed` nor `accepted` is known: no answer now, the other commands go on. */
  #acceptLate(command: CommandEnvelope, journaled: Promise<boolean>): never {
    this.#unsure.add(command.id);
    void journaled.then((done) => {
      this.#unsure.delete(command.id);
      if (!done) return this.#parts.publishResult(this.refusal(command.id, JOURNAL_FAILED));
      const { answer, execute } = this.#accepted(command);
      this.#parts.publishResult(answer);
      execute();
    });
    throw new StillWithJournal('the journal did not answer in time');
  }

  #accepted(command: CommandEnvelope): Extract<Taken, { kind: 'accepted' }> {
    this.#parts.log.info({ id: command.id, type: command.type, by: command.by }, 'command accepted');
    const answer = this.#result(command.id, 'accepted', 'ok', 'ACCEPTED');
    return { kind: 'accepted', answer, execute: () => this.#parts.desk.execute(command) };
  }

  #within<T>(ms: number, result: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const stop = this.#parts.clock.after(ms, () => resolve(undefined));
      void result.then((value) => {
        stop();
        resolve(value);
      });
    });
  }

  #refuse(id: string, code: CommandError, message: string): Taken {
    return { kind: 'refused', answer: this.refusal(id, { code, message }) };
  }

  #result(id: string, phase: CommandResult['phase'], status: CommandResult['status'], code: string): CommandResult {
    return { v: 1, id, phase, status, code, boot: this.#parts.boot, ts: this.#parts.skew.backendNow() };
  }
}
