import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { type IClientOptions, MqttClient } from 'mqtt';
import type { z } from 'zod';
import { canonicalJson, type Json } from '../../protocols/backend/canonical.ts';
import { type CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import { EventEnvelope } from '../../protocols/backend/events.ts';
import { MAX_MESSAGE_BYTES } from '../../protocols/backend/fields.ts';
import { Alert, Health } from '../../protocols/backend/health.ts';
import { AgentState, DeviceState, type TimeReply, TimeRequest } from '../../protocols/backend/presence.ts';
import type { Request } from '../../protocols/backend/requests.ts';
import { SignatureUpload } from '../../protocols/backend/signatures.ts';
import { parseTopic, REQUEST_OPS, type TillAddress, topicRoot, topicsOf } from '../../protocols/backend/topics.ts';
import type { Acquirer } from '../acquirer/acquirer.ts';
import type { Clock } from '../world/clock.ts';
import { type CheckedClosing, checkedClosings } from './closing-book.ts';
import { type CollectOrder, CommandBook } from './command-book.ts';
import { CommandSigner } from './command-signer.ts';
import { forgetfulStore } from './forgetful-store.ts';
import { Notices } from './notices.ts';
import type { RegisteredTerminal } from './registered-terminal.ts';
import { type BackendFault, RequestDesk } from './request-desk.ts';
import { SignatureBook } from './signature-book.ts';
import { TillRecord } from './till-record.ts';

export interface BackendOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly protocolVersion?: 4 | 5;
  /** the merchant of people who practise: it hears no live till, and a live one hears no practice */
  readonly training?: boolean;
  /** present: TLS */
  readonly tls?: ConnectionOptions;
}

export interface BackendDeps {
  readonly acquirer: Acquirer;
  readonly clock: Clock;
  /** ULIDs */
  readonly newId: () => string;
  /** the key that the tills believe; none: nothing is signed */
  readonly signer?: CommandSigner;
}

/** Every till of every shop. */
const TAILS = ['req/+', 'state', 'dev/+/state', 'evt/+', 'res/+', 'signature', 'health', 'alert/+', 'time/req'];
const RECONNECT_MS = 250;
const CONNECT_TIMEOUT_MS = 4_000;
const ANSWER_DEADLINE_MS = 10_000;

interface Arrived {
  readonly till: TillAddress;
  readonly path: readonly string[];
  readonly retained: boolean;
  readonly json: unknown;
}

/** The merchant's backend, as the contract has it: answers requests, keeps events, gives orders, knows its tills. */
export class SimBackend {
  onEvent: (till: TillAddress, event: EventEnvelope) => void = () => undefined;
  onResult: (till: TillAddress, result: CommandResult) => void = () => undefined;
  onState: (till: TillAddress, state: AgentState) => void = () => undefined;
  onDevice: (till: TillAddress, state: DeviceState) => void = () => undefined;
  onHealth: (till: TillAddress, health: Health) => void = () => undefined;
  /** `undefined`: it is not so any more; `code` as it stands in the topic */
  onAlert: (till: TillAddress, code: string, alert: Alert | undefined) => void = () => undefined;
  /** a request that passed the form checks, before the acquirer is asked */
  onRequest: (till: TillAddress, request: Request) => void = () => undefined;
  /** the same moment, before anybody else hears of it: for whoever changes what comes of it */
  beforeRequest: (till: TillAddress, request: Request) => void = () => undefined;
  /** a message that could not be read, by topic */
  onMalformed: (topic: string) => void = () => undefined;
  /** false: events are kept but not acknowledged */
  acknowledgesEvents = true;
  /** tells tills of payments */
  readonly notices: Notices;
  readonly signatures: SignatureBook;
  readonly #intentsOf = new Map<string, TillAddress>();
  readonly #deps: BackendDeps;
  readonly #client: MqttClient;
  readonly #filters: string[];
  readonly #commands: CommandBook;
  readonly #tills = new Map<string, { readonly record: TillRecord; readonly desk: RequestDesk }>();

  constructor(options: BackendOptions, deps: BackendDeps) {
    this.#deps = deps;
    this.#filters = TAILS.map((tail) => `${options.training ? 'training' : 'pos'}/v1/+/+/+/${tail}`);
    this.#commands = new CommandBook(deps.clock);
    const { clock, newId, acquirer, signer } = deps;
    this.signatures = new SignatureBook(clock);
    const stranger = signer ?? new CommandSigner('nobody', new Uint8Array(32));
    const send = (till: TillAddress, command: CommandEnvelope) =>
      this.#publish(topicsOf(till).command(command.type), command, 1);
    this.notices = new Notices({ clock, newId, signer: stranger, stranger, send });
    // a till without the backend's key takes a notice for what it is: a reason to ask
    if (!signer) this.notices.plan = { ...this.notices.plan, manner: 'unsigned' };
    acquirer.intents.onCharge = (charge) => {
      const till = this.#intentsOf.get(charge.intentId);
      if (till) this.notices.paid(till, charge);
    };
    this.#client = new MqttClient(() => socketTo(options), clientOptions(options));
    this.#client.on('error', () => undefined); // each one ends in `close` and another attempt
    this.#client.on('message', (topic, payload, { retain }) => this.#message(topic, payload, retain));
  }

  /** Resolves when the broker granted the subscriptions; after that it reconnects by itself. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.on('connect', () => {
        this.#client.subscribe(this.#filters, { qos: 1 }, (error) => (error ? reject(error) : resolve()));
      });
      this.#client.connect();
    });
  }

  /** The process is away for a while; what it knows is on its disk. */
  async leave(): Promise<void> {
    await new Promise<void>((resolve) => this.#client.end(true, () => resolve()));
  }

  /** It is back; resolves when it is with the broker. */
  async comeBack(): Promise<void> {
    const back = new Promise<void>((resolve) => this.#client.once('connect', () => resolve()));
    this.#client.reconnect();
    await back;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#client.end(true, () => resolve()));
  }

  /** Asks the counter to collect an order; resolves with the till's first answer: `accepted`, or why not. */
  async collect(till: TillAddress, order: CollectOrder): Promise<CommandResult> {
    return this.command(till, this.#commands.collect(this.#deps.newId(), order));
  }

  /** Publishes a command as it stands, again if need be, and resolves with the next answer to it. */
  command(till: TillAddress, command: CommandEnvelope, retain = false): Promise<CommandResult> {
    const answer = this.#commands.next(command.id, ANSWER_DEADLINE_MS);
    this.#publish(topicsOf(till).command(command.type), command, 1, retain);
    return answer;
  }

  /** Any other command; resolves with the till's first answer. */
  order(till: TillAddress, verb: string, args: CommandEnvelope['args']): Promise<CommandResult> {
    return this.command(till, this.#commands.draft(this.#deps.newId(), verb, args));
  }

  /** A command of any verb, not yet published; signed when the backend has a key and is told to. */
  compose(
    till: TillAddress,
    verb: string,
    args: CommandEnvelope['args'],
    signed: boolean,
    validForMs?: number,
  ): CommandEnvelope {
    const { signer, newId } = this.#deps;
    const command = this.#commands.draft(newId(), verb, args, validForMs);
    return signed && signer ? signer.sign(till, command) : command;
  }

  /** A command for `command`, not yet published. */
  draft(order: CollectOrder): CommandEnvelope {
    return this.#commands.collect(this.#deps.newId(), order);
  }

  /** The final result of a command, once it is there. */
  async finalOf(id: string, deadlineMs: number): Promise<CommandResult> {
    const isFinal = ({ phase }: CommandResult) => phase === 'final';
    return this.#commands.of(id).find(isFinal) ?? this.#commands.next(id, deadlineMs, isFinal);
  }

  resultsOf(id: string): readonly CommandResult[] {
    return this.#commands.of(id);
  }

  eventsOf(till: TillAddress): readonly EventEnvelope[] {
    return this.#till(till).record.events;
  }

  /** The shifts and business days that this till has closed, held against its events. */
  closingsOf(till: TillAddress): readonly CheckedClosing[] {
    return checkedClosings(this.eventsOf(till));
  }

  stateOf(till: TillAddress): AgentState | undefined {
    return this.#till(till).record.state;
  }

  get isConnected(): boolean {
    return this.#client.connected;
  }

  /** Breaks the next request of this till. */
  inject(till: TillAddress, fault: BackendFault): void {
    this.#till(till).desk.inject(fault);
  }

  /** What is injected for this till and waits. */
  faultsOf(till: TillAddress): readonly BackendFault[] {
    return this.#till(till).desk.waiting;
  }

  /** The acquirer has registered this till's terminal: payments must name it, and no other one. */
  register(till: TillAddress, terminal: RegisteredTerminal): void {
    this.#till(till).desk.terminal = terminal;
  }

  /** Nothing that waits happens any more. */
  calm(till: TillAddress): void {
    this.#till(till).desk.calm();
  }

  #till(till: TillAddress) {
    const key = topicRoot(till);
    const known = this.#tills.get(key);
    if (known) return known;
    const desk = new RequestDesk(this.#deps.acquirer, this.#deps.clock);
    desk.onRequest = (request) => {
      if (request.op === 'intent') this.#intentsOf.set(request.attemptId, till);
      this.beforeRequest(till, request);
      this.onRequest(till, request);
    };
    const added = { record: new TillRecord(), desk };
    this.#tills.set(key, added);
    return added;
  }

  #message(topic: string, payload: Uint8Array, retained: boolean): void {
    const at = parseTopic(topic);
    if (at?.path[0] === 'alert' && payload.length === 0) return this.onAlert(at.till, at.path[1] ?? '', undefined);
    const json = payload.length > MAX_MESSAGE_BYTES ? undefined : jsonOf(payload);
    if (!at || json === undefined) return this.onMalformed(topic);
    const arrived: Arrived = { ...at, retained, json };
    if (!this.#route(arrived)) this.onMalformed(topic);
  }

  /** false: not of the contract */
  #route(arrived: Arrived): boolean {
    switch (arrived.path[0]) {
      case 'req':
        return this.#request(arrived);
      case 'evt':
        return this.#read(arrived, EventEnvelope, (event) => this.#event(arrived.till, event));
      case 'res':
        return this.#read(arrived, CommandResult, (result) => this.#result(arrived.till, result));
      case 'state':
        return this.#read(arrived, AgentState, (state) => this.#state(arrived.till, state));
      case 'dev':
        return this.#read(arrived, DeviceState, (state) => this.onDevice(arrived.till, state));
      case 'health':
        return this.#read(arrived, Health, (health) => this.onHealth(arrived.till, health));
      case 'alert':
        return this.#read(arrived, Alert, (alert) => this.onAlert(arrived.till, arrived.path[1] ?? '', alert));
      case 'signature':
        return this.#read(arrived, SignatureUpload, (upload) => this.#signature(arrived, upload));
      case 'time':
        return this.#read(arrived, TimeRequest, (request) => this.#time(arrived.till, request));
      case undefined:
      default:
        return false;
    }
  }

  #read<T>({ json }: Arrived, schema: z.ZodType<T>, take: (value: T) => void): boolean {
    const parsed = schema.safeParse(json);
    if (parsed.success) take(parsed.data);
    return parsed.success;
  }

  #request({ till, path, retained, json }: Arrived): boolean {
    const op = REQUEST_OPS.find((one) => one === path[1]);
    if (!op) return false;
    this.#till(till).desk.take({ op, retained, json }, (reply) => {
      this.#publish(topicsOf(till).reply(reply.requestId), reply, 1);
    });
    return true;
  }

  #event(till: TillAddress, event: EventEnvelope): void {
    const { record } = this.#till(till);
    const isNew = record.keep(event);
    const { upto, anchor } = record;
    const ack = { v: 1, upto, ...(anchor === undefined ? {} : { anchor }) };
    if (this.acknowledgesEvents) this.#publish(topicsOf(till).eventAck, ack, 1);
    if (isNew) this.onEvent(till, event);
  }

  #result(till: TillAddress, result: CommandResult): void {
    this.#commands.add(result);
    this.onResult(till, result);
  }

  #state(till: TillAddress, state: AgentState): void {
    if (this.#till(till).record.update(state)) this.onState(till, state);
  }

  #signature({ till, retained }: Arrived, upload: SignatureUpload): void {
    const ack = retained ? undefined : this.signatures.take(till, upload);
    if (ack) this.#publish(topicsOf(till).signatureAck, ack, 1);
  }

  #time(till: TillAddress, { id, sent }: TimeRequest): void {
    const reply: TimeReply = { v: 1, id, sent, ts: this.#deps.clock.now() };
    this.#publish(topicsOf(till).timeReply, reply, 0);
  }

  /** What cannot be sent now is lost, as with any backend; the till asks again. */
  #publish(topic: string, body: Json, qos: 0 | 1, retain = false): void {
    if (this.#client.connected) this.#client.publish(topic, canonicalJson(body), { qos, retain }, () => undefined);
  }
}

/** mqtt.js leaves Nagle's algorithm on: 40 ms per answer (stack.md 1.1). */
function socketTo({ host, port, tls }: BackendOptions): Socket {
  return tls ? connectTls({ ...tls, host, port }).setNoDelay(true) : connect({ host, port, noDelay: true });
}

function clientOptions({ clientId, username, password, protocolVersion = 4 }: BackendOptions): IClientOptions {
  return {
    clientId,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    protocolVersion,
    // a clean session: no broker keeps a paycode for a backend that is away (field-lessons.md 5.1)
    clean: true,
    manualConnect: true,
    reconnectPeriod: RECONNECT_MS,
    reconnectOnConnackError: true,
    resubscribe: false,
    queueQoSZero: false,
    outgoingStore: forgetfulStore(),
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepalive: 15,
  };
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return undefined;
  }
}
