import type { z } from 'zod';
import type { Json } from '../../protocols/backend/canonical.ts';
import { type CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import { EventEnvelope } from '../../protocols/backend/events.ts';
import { AgentState, DeviceState, TimeRequest } from '../../protocols/backend/presence.ts';
import type { Request } from '../../protocols/backend/requests.ts';
import { SignatureUpload } from '../../protocols/backend/signatures.ts';
import { parseTopic, REQUEST_OPS, type TillAddress, topicRoot, topicsOf } from '../../protocols/backend/topics.ts';
import type { Acquirer } from '../../simulator/acquirer/acquirer.ts';
import { type CheckedClosing, checkedClosings } from '../../simulator/backend/closing-book.ts';
import { type CollectOrder, CommandBook } from '../../simulator/backend/command-book.ts';
import { CommandSigner } from '../../simulator/backend/command-signer.ts';
import { Notices } from '../../simulator/backend/notices.ts';
import { RequestDesk } from '../../simulator/backend/request-desk.ts';
import { SignatureBook } from '../../simulator/backend/signature-book.ts';
import { TillRecord } from '../../simulator/backend/till-record.ts';
import type { Clock } from '../../simulator/world/clock.ts';
import type { MemoryBroker, Passing } from './broker.ts';

/** What every till of the tests believes. */
export const BACKEND_KEY = new CommandSigner('backend-1', new Uint8Array(32).fill(7));

/** One till, as the backend knows it. What it knows is on its disk and outlives its restarts. */
interface KnownTill {
  readonly desk: RequestDesk;
  readonly record: TillRecord;
}

/** The merchant's backend of the simulator (request desk, command book, event record) at the memory broker's other end. */
export class MemoryBackend {
  onRequest: (request: Request) => void = () => undefined;
  onEvent: (event: EventEnvelope) => void = () => undefined;
  onResult: (result: CommandResult) => void = () => undefined;
  onState: (state: AgentState) => void = () => undefined;
  onDevice: (state: DeviceState) => void = () => undefined;
  /** a message that is not of the contract: always a bug */
  onMalformed: (message: Passing) => void = () => undefined;
  acknowledgesEvents = true;
  answersTime = true;
  readonly results: CommandResult[] = [];
  /** tells tills of payments */
  readonly notices: Notices;
  readonly signatures: SignatureBook;
  readonly #intentsOf = new Map<string, TillAddress>();
  readonly #broker: MemoryBroker;
  readonly #acquirer: Acquirer;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #commands: CommandBook;
  readonly #tills = new Map<string, KnownTill>();

  constructor(broker: MemoryBroker, acquirer: Acquirer, clock: Clock, newId: () => string) {
    this.#broker = broker;
    this.#acquirer = acquirer;
    this.#clock = clock;
    this.#newId = newId;
    this.#commands = new CommandBook(clock);
    this.signatures = new SignatureBook(clock);
    this.notices = new Notices({
      clock,
      newId,
      signer: BACKEND_KEY,
      stranger: new CommandSigner('stranger', new Uint8Array(32).fill(9)),
      send: (till, command) => this.command(till, command),
    });
    acquirer.intents.onCharge = (charge) => {
      const till = this.#intentsOf.get(charge.intentId);
      if (till) this.notices.paid(till, charge);
    };
    broker.attach(this);
  }

  /** Asks the counter to collect an order. Returns the command, so that it can be sent again. */
  collect(till: TillAddress, order: CollectOrder): CommandEnvelope {
    const command = this.#commands.collect(this.#newId(), order);
    this.command(till, command);
    return command;
  }

  /** Any other command. */
  order(till: TillAddress, verb: string, args: CommandEnvelope['args']): CommandEnvelope {
    const command = this.#commands.draft(this.#newId(), verb, args);
    this.command(till, command);
    return command;
  }

  /** A command for `command`; signed when a key is given. */
  draft(till: TillAddress, verb: string, args: CommandEnvelope['args'], key?: CommandSigner): CommandEnvelope {
    const command = this.#commands.draft(this.#newId(), verb, args);
    return key ? key.sign(till, command) : command;
  }

  command(till: TillAddress, command: CommandEnvelope, retain = false): void {
    this.#send(topicsOf(till).command(command.type), command, 1, retain);
  }

  resultsOf(id: string): readonly CommandResult[] {
    return this.results.filter((result) => result.id === id);
  }

  events(till: TillAddress): readonly EventEnvelope[] {
    return this.#till(till).record.events;
  }

  /** The shifts and business days that the till has closed, held against its events. */
  closings(till: TillAddress): readonly CheckedClosing[] {
    return checkedClosings(this.events(till));
  }

  desk(till: TillAddress): RequestDesk {
    return this.#till(till).desk;
  }

  receive(message: Passing): void {
    const at = parseTopic(message.topic);
    const json = jsonOf(message.text);
    if (!at || json === undefined || !this.#route(at.till, at.path, message, json)) this.onMalformed(message);
  }

  #route(till: TillAddress, path: readonly string[], message: Passing, json: unknown): boolean {
    const known = this.#till(till);
    switch (path[0]) {
      case 'req':
        return this.#request(till, path[1], message, json);
      case 'evt':
        return read(EventEnvelope, json, (event) => this.#event(till, event));
      case 'res':
        return read(CommandResult, json, (result) => {
          this.results.push(result);
          this.onResult(result);
        });
      case 'state':
        return read(AgentState, json, (state) => {
          if (known.record.update(state)) this.onState(state);
        });
      case 'time':
        return read(TimeRequest, json, ({ id, sent }) => {
          const reply = { v: 1, id, sent, ts: this.#clock.now() };
          if (this.answersTime) this.#send(topicsOf(till).timeReply, reply, 0);
        });
      case 'signature':
        return read(SignatureUpload, json, (upload) => {
          const ack = this.signatures.take(till, upload);
          if (ack) this.#send(topicsOf(till).signatureAck, ack, 1);
        });
      case 'dev':
        return read(DeviceState, json, (state) => this.onDevice(state));
      case 'info':
        return true;
      case undefined:
      default:
        return false;
    }
  }

  #request(till: TillAddress, name: string | undefined, { retain }: Passing, json: unknown): boolean {
    const op = REQUEST_OPS.find((one) => one === name);
    if (!op) return false;
    this.#till(till).desk.take({ op, retained: retain, json }, (reply) =>
      this.#send(topicsOf(till).reply(reply.requestId), reply, 1),
    );
    return true;
  }

  #event(till: TillAddress, event: EventEnvelope): void {
    const { record } = this.#till(till);
    const isNew = record.keep(event);
    if (this.acknowledgesEvents) this.#send(topicsOf(till).eventAck, { v: 1, upto: record.upto }, 1);
    if (isNew) this.onEvent(event);
  }

  #send(topic: string, body: Json, qos: 0 | 1, retain = false): void {
    this.#broker.publish(topic, body, qos, retain);
  }

  #till(till: TillAddress): KnownTill {
    const key = topicRoot(till);
    const known = this.#tills.get(key);
    if (known) return known;
    const desk = new RequestDesk(this.#acquirer, this.#clock);
    desk.onRequest = (request) => {
      if (request.op === 'intent') this.#intentsOf.set(request.attemptId, till);
      this.onRequest(request);
    };
    const added = { desk, record: new TillRecord(0) };
    this.#tills.set(key, added);
    return added;
  }
}

function read<T>(schema: z.ZodType<T>, json: unknown, take: (value: T) => void): boolean {
  const parsed = schema.safeParse(json);
  if (parsed.success) take(parsed.data);
  return parsed.success;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
