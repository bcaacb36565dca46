import { z } from 'zod';
import { canonicalHash } from '../../protocols/backend/canonical.ts';
import { CommandEnvelope, type CommandResult } from '../../protocols/backend/commands.ts';
import { CONTRACT_VERSION } from '../../protocols/backend/fields.ts';
import { type TillAddress, topicsOf } from '../../protocols/backend/topics.ts';
import { argsOf } from '../../protocols/backend/verbs.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { AfterAck, Incoming } from './broker-session.ts';
import { type CommandIntake, isLocalId } from './command-intake.ts';
import type { MqttLink } from './link.ts';
import { MessageBorder, reasonOf } from './message-border.ts';
import type { CommandRefusal } from './verb-desk.ts';

export interface CommandsDeps {
  readonly link: Pick<MqttLink, 'route' | 'publish'>;
  readonly till: TillAddress;
  readonly intake: CommandIntake;
  readonly clock: Clock;
  readonly log: Log;
}

/** Enough of a command to answer it, whatever else is wrong with it. */
const Head = z.looseObject({ v: z.unknown(), id: CommandEnvelope.shape.id });

/**
 * Commands as MQTT brings them: what is wrong with the message is refused here, the rest is the intake's. A command is
 * acknowledged when it is journaled and answered, and executed after that.
 */
export class BackendCommands {
  readonly #deps: CommandsDeps;
  readonly #topics: ReturnType<typeof topicsOf>;
  readonly #border: MessageBorder;

  constructor(deps: CommandsDeps) {
    this.#deps = deps;
    this.#topics = topicsOf(deps.till);
    this.#border = new MessageBorder(deps.clock, deps.log);
    deps.link.route({ filter: this.#topics.commands, qos: 1, handle: (message) => this.#take(message) });
  }

  /** Publishes `res/{id}`, best effort: who missed it sends the command again and gets the stored answer. */
  readonly publishResult = (result: CommandResult): void => {
    this.#deps.link.publish({ topic: this.#topics.result(result.id), body: result, qos: 1 });
  };

  async #take(message: Incoming): Promise<AfterAck | undefined> {
    const json = this.#border.json(message);
    const head = json && Head.safeParse(json.value).data;
    if (!head) {
      if (json) this.#border.reject(message, 'no usable id');
      return undefined;
    }
    const { intake } = this.#deps;
    const refusal = this.#refuseUnread(message, head) ?? this.#refuseForm(message, json.value);
    if (refusal) {
      this.publishResult(intake.refusal(head.id, refusal));
      return undefined;
    }
    const taken = await intake.take(CommandEnvelope.parse(json.value), 'signature');
    this.publishResult(taken.answer);
    return taken.kind === 'accepted' ? taken.execute : undefined;
  }

  #refuseUnread(message: Incoming, head: z.infer<typeof Head>): CommandRefusal | undefined {
    if (message.retained) {
      this.#border.reject(message, 'retained command');
      return { code: 'RETAINED_REJECTED', message: 'a command must not be retained' };
    }
    if (typeof head.v === 'number' && head.v !== CONTRACT_VERSION) {
      return { code: 'UNSUPPORTED_VERSION', message: `this agent speaks version ${CONTRACT_VERSION}` };
    }
    return undefined;
  }

  #refuseForm(message: Incoming, value: unknown): CommandRefusal | undefined {
    const parsed = CommandEnvelope.safeParse(value);
    const reason = parsed.success ? this.#inconsistency(message, parsed.data) : reasonOf(parsed.error);
    if (reason === undefined) return undefined;
    this.#border.reject(message, reason);
    return { code: 'BAD_REQUEST', message: reason };
  }

  #inconsistency({ topic }: Incoming, command: CommandEnvelope): string | undefined {
    if (topic !== this.#topics.command(command.type)) return 'type: not the verb of the topic';
    if (command.hash !== canonicalHash(command.args)) return 'hash: not the hash of args';
    if (isLocalId(command.id)) return 'id: reserved for programs beside the till';
    const args = argsOf(command.type)?.safeParse(command.args);
    return args?.success === false ? `args.${reasonOf(args.error)}` : undefined;
  }
}
