import { z } from 'zod';
import { canonicalHash } from '../../protocols/backend/canonical.ts';
import { CommandEnvelope, type CommandError, type CommandResult } from '../../protocols/backend/commands.ts';
import { CONTRACT_VERSION } from '../../protocols/backend/fields.ts';
import { type TillAddress, topicsOf } from '../../protocols/backend/topics.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { AfterAck, Incoming } from './broker-session.ts';
import type { MqttLink } from './link.ts';
import { MessageBorder, reasonOf } from './message-border.ts';
import type { CommandDesk, CommandMemory } from './ports.ts';
import type { ClockSkew } from './skew.ts';

export interface CommandsDeps {
  readonly link: Pick<MqttLink, 'route' | 'publish'>;
  readonly till: TillAddress;
  readonly boot: string;
  readonly memory: CommandMemory;
  readonly desk: CommandDesk;
  readonly skew: Pick<ClockSkew, 'backendNow' | 'known'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Enough of a command to answer it, whatever else is wrong with it. */
const Head = z.looseObject({ v: z.unknown(), id: CommandEnvelope.shape.id });

type Refusal = { readonly code: CommandError; readonly message: string };

/** Queued commands arrive before the first time reply; their expiry is judged in backend time, waited for this long. */
const SKEW_DEADLINE_MS = 2_000;
/** A journal takes milliseconds, a tired SD card a second. */
const JOURNAL_DEADLINE_MS = 5_000;
const JOURNAL_FAILED = { code: 'JOURNAL_UNAVAILABLE', message: 'the journal cannot be written' } as const;

/**
 * Takes commands in: refuse, or journal, say `accepted`, acknowledge, execute, in this order (field-lessons.md 5.1). A
 * command that is known already is answered from memory and never executed here; resuming one that was accepted before a
 * crash is the business of whoever owns the journal.
 */
export class CommandIntake {
  readonly #deps: CommandsDeps;
  readonly #topics: ReturnType<typeof topicsOf>;
  readonly #border: MessageBorder;
  /** one at a time, execution included: the next command finds this one in memory and the counter busy */
  #turn: Promise<void> = Promise.resolve();
  /** handed to a journal that has not answered in time */
  readonly #unsure = new Set<string>();

  constructor(deps: CommandsDeps) {
    this.#deps = deps;
    this.#topics = topicsOf(deps.till);
    this.#border = new MessageBorder(deps.clock, deps.log);
    deps.link.route({
      filter: this.#topics.commands,
      qos: 1,
      handle: (message) => this.#inTurn(() => this.#take(message)),
    });
  }

  /** Publishes `res/{id}`, best effort: who missed it sends the command again and gets the stored answer. */
  readonly publishResult = (result: CommandResult): void => {
    this.#deps.link.publish({ topic: this.#topics.result(result.id), body: result, qos: 1 });
  };

  #inTurn(take: () => Promise<AfterAck | undefined>): Promise<AfterAck | undefined> {
    const before = this.#turn;
    const { promise, resolve } = deferred();
    this.#turn = promise;
    return before.then(take).then(
      (execute) => {
        if (execute) {
          return () => {
            resolve();
            execute();
          };
        }
        resolve();
        return undefined;
      },
      (error: unknown) => {
        resolve();
        throw error;
      },
    );
  }

  async #take(message: Incoming): Promise<AfterAck | undefined> {
    const json = this.#border.json(message);
    const head = json && Head.safeParse(json.value).data;
    if (!head) {
      if (json) this.#border.reject(message, 'no usable id');
      return undefined;
    }
    const refusal = this.#refuseUnread(message, head) ?? this.#refuseForm(message, json.value);
    if (refusal) return this.#refuse(head.id, refusal);
    return this.#decide(CommandEnvelope.parse(json.value));
  }

  #refuseUnread(message: Incoming, head: z.infer<typeof Head>): Refusal | undefined {
    if (message.retained) {
      this.#border.reject(message, 'retained command');
      return { code: 'RETAINED_REJECTED', message: 'a command must not be retained' };
    }
    if (typeof head.v === 'number' && head.v !== CONTRACT_VERSION) {
      return { code: 'UNSUPPORTED_VERSION', message: `this agent speaks version ${CONTRACT_VERSION}` };
    }
    return undefined;
  }

  #refuseForm(message: Incoming, value: unknown): Refusal | undefined {
    const parsed = CommandEnvelope.safeParse(value);
    const reason = parsed.success ? this.#inconsistency(message, parsed.data) : reasonOf(parsed.error);
    if (reason === undefined) return undefined;
    this.#border.reject(message, reason);
    return { code: 'BAD_REQUEST', message: reason };
  }

  #inconsistency({ topic }: Incoming, command: CommandEnvelope): string | undefined {
    if (topic !== this.#topics.command(command.type)) return 'type: not the verb of the topic';
    if (command.hash !== canonicalHash(command.args)) return 'hash: not the hash of args';
    return undefined;
  }

  async #decide(command: CommandEnvelope): Promise<AfterAck | undefined> {
    const { memory, desk, skew } = this.#deps;
    if (this.#unsure.has(command.id)) throw new Error('still with the journal');
    const known = memory.recall(command.id);
    if (known) return this.#answerKnown(command, known);
    await skew.known(SKEW_DEADLINE_MS);
    if (skew.backendNow() > command.exp) {
      return this.#refuse(command.id, { code: 'EXPIRED', message: 'arrived after its exp' });
    }
    const refusal = desk.refuse(command);
    if (refusal) return this.#refuse(command.id, refusal);
    return this.#accept(command);
  }

  #answerKnown(command: CommandEnvelope, known: NonNullable<ReturnType<CommandMemory['recall']>>): undefined {
    if (known.hash !== command.hash) {
      this.#deps.log.error({ id: command.id, type: command.type }, 'command id used again with other arguments');
      return this.#refuse(command.id, {
        code: 'IDEMPOTENCY_CONFLICT',
        message: 'the id was used with other arguments',
      });
    }
    this.publishResult({ ...(known.result ?? this.#result(command.id, 'accepted', 'ok', 'ACCEPTED')), replayed: true });
    return undefined;
  }

  async #accept(command: CommandEnvelope): Promise<AfterAck | undefined> {
    const journaled = this.#deps.memory.accept(command).then(
      () => true,
      (error: unknown) => {
        this.#deps.log.error({ id: command.id, detail: String(error) }, 'command not journaled');
        return false;
      },
    );
    const inTime = await this.#within(JOURNAL_DEADLINE_MS, journaled);
    if (inTime === undefined) return this.#acceptLate(command, journaled);
    if (!inTime) return this.#refuse(command.id, JOURNAL_FAILED);
    return this.#accepted(command);
  }

  /** Neither `failed` nor `accepted` is known: no acknowledgement, no answer, the other commands go on. */
  #acceptLate(command: CommandEnvelope, journaled: Promise<boolean>): never {
    this.#unsure.add(command.id);
    void journaled.then((done) => {
      this.#unsure.delete(command.id);
      if (done) this.#accepted(command)();
      else this.#refuse(command.id, JOURNAL_FAILED);
    });
    throw new Error('the journal did not answer in time');
  }

  #accepted(command: CommandEnvelope): AfterAck {
    this.#deps.log.info({ id: command.id, type: command.type, by: command.by }, 'command accepted');
    this.publishResult(this.#result(command.id, 'accepted', 'ok', 'ACCEPTED'));
    return () => this.#deps.desk.execute(command);
  }

  #within<T>(ms: number, result: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const stop = this.#deps.clock.after(ms, () => resolve(undefined));
      void result.then((value) => {
        stop();
        resolve(value);
      });
    });
  }

  /** Nothing was executed: `failed` is proved. */
  #refuse(id: string, { code, message }: Refusal): undefined {
    this.#deps.log.warn({ id, code }, 'command refused');
    this.publishResult({ ...this.#result(id, 'final', 'failed', code), message: message.slice(0, 256) });
    return undefined;
  }

  #result(id: string, phase: CommandResult['phase'], status: CommandResult['status'], code: string): CommandResult {
    return { v: 1, id, phase, status, code, boot: this.#deps.boot, ts: this.#deps.skew.backendNow() };
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
