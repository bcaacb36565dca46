import { hash } from 'node:crypto';
import { canonicalHash } from '../../protocols/backend/canonical.ts';
import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import { type CommandIntake, localId, StillWithJournal } from '../backend/command-intake.ts';
import type { CommandResults } from '../backend/command-results.ts';
import type { CommandMemory } from '../backend/ports.ts';
import type { Clock } from '../clock.ts';
import type { Caller } from './scopes.ts';

export interface CallParts {
  readonly intake: CommandIntake;
  readonly memory: Pick<CommandMemory, 'recall'>;
  readonly results: Pick<CommandResults, 'settled'>;
  readonly clock: Clock;
  readonly backendNow: () => number;
  /** Does something when the counter has done what it has in hand. */
  readonly inTurn: (work: () => Promise<void>) => void;
}

/** A wish of a program beside the till. */
export interface Call {
  readonly caller: Caller;
  /** the verb of the command it becomes */
  readonly verb: string;
  /** the caller's own name for this wish: the same key is the same wish, for seven days and across restarts */
  readonly key: string;
  readonly args: CommandEnvelope['args'];
  /** how long to wait for the final result, ms; without it the answer may be `accepted` */
  readonly waitMs?: number;
}

/** What became of it. `unsure`: nobody can tell yet; the same call again will. */
export type CallOutcome =
  | { readonly kind: 'refused' | 'taken'; readonly result: CommandResult }
  | { readonly kind: 'unsure' };

/** Not begun later than this. A call that a crash interrupted is taken up only within it. */
const CALL_LIFE_MS = 60_000;
/** A counter is busy for milliseconds, with a tired disk for a second. */
const BEGIN_DEADLINE_MS = 5_000;

/**
 * Calls of programs beside the till: each becomes a command, and goes the way that commands of the backend go. There is no
 * second way to money.
 */
export class LocalCalls {
  readonly #parts: CallParts;
  readonly #waiting = new Map<string, Set<(result: CommandResult) => void>>();

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  async call(call: Call): Promise<CallOutcome> {
    const command = this.#commandOf(call);
    const final = this.#finalOf(command.id, call.waitMs ?? 0);
    const taken = await this.#take(command, call.caller.personId);
    if (taken === 'unsure') return { kind: 'unsure' };
    if (taken.kind === 'refused') return { kind: 'refused', result: taken.answer };
    if (taken.answer.phase === 'final') return { kind: 'taken', result: taken.answer };
    await this.#isBegun();
    const result = this.#failure(command.id) ?? (await final) ?? taken.answer;
    return { kind: 'taken', result: taken.kind === 'known' ? { ...result, replayed: true } : result };
  }

  /** A result of a command that was brought here. */
  heard(result: CommandResult): void {
    if (result.phase !== 'final') return;
    for (const tell of this.#waiting.get(result.id) ?? []) tell(result);
  }

  async #take(
    command: CommandEnvelope,
    personId: string | undefined,
  ): Promise<{ kind: string; answer: CommandResult } | 'unsure'> {
    try {
      const taken = await this.#parts.intake.take(command, 'token', personId);
      if (taken.kind === 'accepted') taken.execute();
      return taken;
    } catch (error) {
      if (error instanceof StillWithJournal) return 'unsure';
      throw error;
    }
  }

  /**
   * Whoever is told "accepted" finds the order when asking for it: not before its turn at the counter has passed. What came to
   * nothing in that turn is told as what it is.
   */
  #isBegun(): Promise<void> {
    const { clock, inTurn, results } = this.#parts;
    return new Promise((resolve) => {
      const stop = clock.after(BEGIN_DEADLINE_MS, resolve);
      const begun = () => {
        stop();
        resolve();
      };
      // the counter does not wait for the disk that keeps the result
      inTurn(async () => void results.settled().then(begun));
    });
  }

  /** It was accepted, and nothing came of it: the terminal was taken or gone when its turn came. */
  #failure(id: string): CommandResult | undefined {
    const result = this.#parts.memory.recall(id)?.result;
    return result?.status === 'failed' ? result : undefined;
  }

  #commandOf({ caller, verb, key, args }: Call): CommandEnvelope {
    const issued = this.#parts.backendNow();
    return {
      v: 1,
      id: callId(caller.program, verb, key),
      type: verb,
      issued,
      exp: issued + CALL_LIFE_MS,
      by: [`api:${caller.program}`, caller.personId ?? []].flat().join(':').slice(0, MOST_BY),
      hash: canonicalHash(args),
      args,
    };
  }

  /** The final result, if it comes in time. */
  #finalOf(id: string, waitMs: number): Promise<CommandResult | undefined> {
    if (waitMs <= 0) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const waiters = this.#waiting.get(id) ?? new Set();
      const finish = (result?: CommandResult) => {
        stop();
        waiters.delete(finish);
        if (waiters.size === 0) this.#waiting.delete(id);
        resolve(result);
      };
      const stop = this.#parts.clock.after(waitMs, () => finish());
      this.#waiting.set(id, waiters.add(finish));
    });
  }
}

/** The command's id: the same program, verb and key give the same one in every process. */
export function callId(program: string, verb: string, key: string): string {
  return localId(hash('sha256', `${program}\n${verb}\n${key}`).slice(0, ID_DIGITS));
}

/** of the envelope's field */
const MOST_BY = 64;
/** 192 bits */
const ID_DIGITS = 48;
