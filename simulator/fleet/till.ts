import { type IClientOptions, MqttClient } from 'mqtt';
import { canonicalJson, type Json } from '../../protocols/backend/canonical.ts';
import { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { EventAck, type EventData } from '../../protocols/backend/events.ts';
import { CONTRACT_VERSION } from '../../protocols/backend/fields.ts';
import { Reply } from '../../protocols/backend/replies.ts';
import { DEVICES, type TillAddress, topicsOf } from '../../protocols/backend/topics.ts';
import { CollectArgs } from '../../protocols/backend/verbs.ts';
import { forgetfulStore } from '../backend/forgetful-store.ts';
import { showCode, WALLETS, type Wallet } from '../devices/phone.ts';
import type { Clock } from '../world/clock.ts';
import { type BrokerDoor, openDoor } from './broker-door.ts';
import type { Figures } from './figures.ts';
import { ANSWER_MS, afterReply, afterUnclear, type NextStep, type PaymentTerms, requestOf } from './payment.ts';

export interface FleetTillParts {
  readonly address: TillAddress;
  readonly door: BrokerDoor;
  readonly clock: Clock;
  /** 0 <= x < 1 */
  readonly random: () => number;
  /** ULIDs */
  readonly newId: () => string;
  readonly figures: Figures;
}

interface Open {
  readonly terms: PaymentTerms;
  requestId: string;
  op: 'pay' | 'query' | 'reverse';
  /** it is not known what became of it */
  unclear: boolean;
  callOff: () => void;
  readonly over: (end: string) => void;
}

/** The wallets whose channels answer a pay at once and name what was paid. */
const FLEET_WALLETS = ['wechat', 'alipay'] as const satisfies readonly Wallet[];
const KEEPALIVE_S = 60;
const CONNECT_TIMEOUT_MS = 30_000;
/** A broker that was away is not stormed by everybody in the same moment. */
const RECONNECT_MS = { least: 1_000, most: 5_000 };
/** Events kept until the backend has them; the oldest goes when a backend acknowledges none. */
const MOST_EVENTS = 200;
/** An event is sent again when nothing was acknowledged for so long. */
const RESEND_MS = 10_000;

/** One till as a broker and a backend see it: a real MQTT client that says what an agent says, without devices and disk. */
export class FleetTill {
  readonly #parts: FleetTillParts;
  readonly #topics: ReturnType<typeof topicsOf>;
  readonly #client: MqttClient;
  readonly #boot: string;
  #connections = 0;
  #open: Open | undefined;
  /** number of the next event; rising over restarts, because it begins with the time */
  #seq: number;
  readonly #outbox = new Map<number, string>();
  #resend: (() => void) | undefined;
  #isStopping = false;
  /** among the connected ones of the figures */
  #isCounted = false;

  constructor(parts: FleetTillParts) {
    this.#parts = parts;
    this.#topics = topicsOf(parts.address);
    this.#boot = parts.newId();
    this.#seq = parts.clock.now();
    this.#client = new MqttClient(() => openDoor(parts.door), this.#clientOptions());
    this.#client.on('connect', () => this.#connected());
    this.#client.on('close', () => this.#closed());
    this.#client.on('error', () => undefined); // each one ends in `close` and another attempt
    this.#client.on('message', (topic, payload) => this.#heard(topic, payload));
  }

  /** Connects, for good: afterwards it comes back by itself. */
  connect(): void {
    this.#client.connect();
  }

  get isOnline(): boolean {
    return this.#connections > 0 && this.#client.connected;
  }

  get isBusy(): boolean {
    return this.#open !== undefined;
  }

  /** A customer with a code stands at the counter; false while another one does, or while the till is offline. */
  sell(orderId: string, amountFen: number, over: (end: string) => void = () => undefined): boolean {
    if (this.#open || !this.isOnline || this.#isStopping) return false;
    const { clock, newId, random, figures } = this.#parts;
    const wallet = FLEET_WALLETS[Math.floor(random() * FLEET_WALLETS.length)] ?? 'wechat';
    const { channel } = WALLETS[wallet];
    const terms = { attemptId: `F${newId()}`, orderId, amountFen, channel, startedAt: clock.mono() };
    this.#open = { terms, requestId: '', op: 'pay', unclear: false, callOff: () => undefined, over };
    figures.begun += 1;
    this.#tell({ ...this.#attempt(terms), state: 'SUBMITTED', category: 'PAYING' });
    this.#ask(this.#open, 'pay', showCode(wallet, random));
    return true;
  }

  /** No more sales; what is open is seen to its end by the caller. */
  stopSelling(): void {
    this.#isStopping = true;
  }

  /** Says goodbye and closes the connection. */
  async leave(): Promise<void> {
    this.#open?.callOff();
    this.#resend?.();
    if (this.#client.connected) this.#say(this.#topics.state, this.#state('offline'), 1, true);
    await new Promise<void>((resolve) => {
      this.#client.end(!this.#client.connected, () => resolve());
    });
  }

  // --- the connection

  #clientOptions(): IClientOptions {
    const { address, door } = this.#parts;
    const { username, password } = door;
    return {
      clientId: `tillwire-${address.tenant}-${address.store}-${address.agent}`,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      clean: true,
      manualConnect: true,
      reconnectPeriod: RECONNECT_MS.least + this.#parts.random() * (RECONNECT_MS.most - RECONNECT_MS.least),
      reconnectOnConnackError: true,
      resubscribe: false,
      queueQoSZero: false,
      // no paycode waits in a client for the next connection
      outgoingStore: forgetfulStore(),
      incomingStore: forgetfulStore(),
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepalive: KEEPALIVE_S,
      will: {
        topic: this.#topics.state,
        payload: Buffer.from(canonicalJson(this.#state('lost'))),
        qos: 1,
        retain: true,
      },
    };
  }

  #connected(): void {
    const { replies, commands, eventAck, timeReply } = this.#topics;
    this.#client.subscribe([replies, commands, eventAck, timeReply], { qos: 1 }, (error) => {
      if (error) {
        this.#client.reconnect();
        return;
      }
      const { figures, newId, clock } = this.#parts;
      if (this.#connections > 0) figures.reconnects += 1;
      this.#connections += 1;
      figures.connected += 1;
      this.#say(this.#topics.state, this.#state('online'), 1, true);
      for (const dev of DEVICES)
        this.#say(this.#topics.device(dev), { v: 1, dev, avail: 'online', since: clock.now() }, 1, true);
      this.#say(this.#topics.timeRequest, { v: 1, id: newId(), sent: clock.now() }, 0);
      this.#sendOutbox();
      this.#isCounted = true;
    });
  }

  #closed(): void {
    if (this.#isCounted) this.#parts.figures.connected -= 1;
    this.#isCounted = false;
  }

  #state(s: 'online' | 'offline' | 'lost'): Json {
    return { v: CONTRACT_VERSION, s, boot: this.#boot, conn: this.#connections, ts: this.#parts.clock.now() };
  }

  #say(topic: string, body: Json, qos: 0 | 1, retain = false): void {
    if (this.#client.connected) this.#client.publish(topic, canonicalJson(body), { qos, retain }, () => undefined);
  }

  // --- what comes down

  #heard(topic: string, payload: Uint8Array): void {
    const json = jsonOf(payload);
    const [, , , , , kind] = topic.split('/');
    if (kind === 'rep') this.#replied(json);
    else if (kind === 'evt-ack') this.#acknowledged(json);
    else if (kind === 'cmd') this.#commanded(json);
    else if (kind !== 'time') this.#parts.figures.unreadable += 1;
  }

  #replied(json: unknown): void {
    const reply = Reply.safeParse(json).data;
    if (!reply) this.#parts.figures.unreadable += 1;
    const open = this.#open;
    // a late answer to an earlier question: the newest one will say the same
    if (!reply || !open || reply.requestId !== open.requestId) return;
    open.callOff();
    this.#go(open, afterReply(open.terms, reply, this.#parts.clock.mono()));
  }

  #acknowledged(json: unknown): void {
    const ack = EventAck.safeParse(json).data;
    if (!ack) return void (this.#parts.figures.unreadable += 1);
    for (const seq of this.#outbox.keys()) if (seq <= ack.upto) this.#outbox.delete(seq);
    this.#resend?.();
    this.#resend = undefined;
    if (this.#outbox.size > 0) this.#resendLater();
  }

  /** Orders are taken; everything else is answered as an agent without that room answers it. */
  #commanded(json: unknown): void {
    const command = CommandEnvelope.safeParse(json).data;
    if (!command) return void (this.#parts.figures.unreadable += 1);
    this.#parts.figures.commands += 1;
    const order = command.type === 'collect' ? CollectArgs.safeParse(command.args).data : undefined;
    if (!order) return this.#answer(command.id, 'final', 'failed', 'UNSUPPORTED');
    const begun = this.sell(order.orderId, order.amountFen, (end) =>
      this.#answer(command.id, 'final', end === 'paid' ? 'ok' : 'declined', end.toUpperCase()),
    );
    if (begun) this.#answer(command.id, 'accepted', 'ok', 'OK');
    else this.#answer(command.id, 'final', 'failed', 'DEVICE_BUSY');
  }

  #answer(id: string, phase: 'accepted' | 'final', status: 'ok' | 'declined' | 'failed', code: string): void {
    const result = { v: CONTRACT_VERSION, id, phase, status, code, boot: this.#boot, ts: this.#parts.clock.now() };
    this.#say(this.#topics.result(id), result, 1);
  }

  // --- the payment

  #ask(open: Open, op: Open['op'], paycode?: string): void {
    const { clock, newId } = this.#parts;
    open.op = op;
    open.requestId = newId();
    const { args, ...request } = requestOf(open.terms, op);
    const now = clock.now();
    const body = {
      v: CONTRACT_VERSION,
      ...request,
      requestId: open.requestId,
      ts: now,
      exp: now + ANSWER_MS,
      args: paycode === undefined ? args : { ...args, paycode },
    };
    this.#say(this.#topics.request(op), body, 1);
    open.callOff = clock.after(ANSWER_MS, () => this.#go(open, afterUnclear(open.terms, op, clock.mono())));
  }

  #go(open: Open, step: NextStep): void {
    if (step.kind === 'end') return this.#end(open, step);
    const { figures, clock } = this.#parts;
    if (!open.unclear) {
      open.unclear = true;
      figures.unclear += 1;
      figures.unknown += 1;
    }
    open.callOff = clock.after(step.afterMs, () => this.#ask(open, step.op));
  }

  #end(open: Open, { end, reply }: Extract<NextStep, { kind: 'end' }>): void {
    const { figures, clock } = this.#parts;
    this.#open = undefined;
    figures[end] += 1;
    if (open.unclear) figures.unknown -= 1;
    if (end === 'paid') figures.scanToPaid.add(clock.mono() - open.terms.startedAt);
    const { transactionId, code } = reply;
    const state = end === 'paid' ? 'PAID' : end === 'declined' ? 'FAILED' : 'REVERSED';
    const proof = transactionId === undefined ? {} : { transactionId };
    this.#tell({ ...this.#attempt(open.terms), state, category: state, code, ...proof });
    open.over(end);
  }

  #attempt({ attemptId, orderId, amountFen, channel }: PaymentTerms) {
    return { type: 'attempt', attemptId, orderId, amountFen, channel } as const;
  }

  // --- the outbox

  #tell(data: EventData): void {
    const { newId, clock } = this.#parts;
    const seq = (this.#seq += 1);
    const event = { v: CONTRACT_VERSION, seq, id: newId(), boot: this.#boot, ts: clock.now(), data };
    this.#outbox.set(seq, canonicalJson(event));
    const oldest = this.#outbox.size > MOST_EVENTS ? this.#outbox.keys().next().value : undefined;
    if (oldest !== undefined) this.#outbox.delete(oldest);
    this.#send(seq);
    this.#resendLater();
  }

  #send(seq: number): void {
    const text = this.#outbox.get(seq);
    if (text !== undefined && this.#client.connected)
      this.#client.publish(this.#topics.event('attempt'), text, { qos: 1 }, () => undefined);
  }

  #sendOutbox(): void {
    for (const seq of this.#outbox.keys()) this.#send(seq);
  }

  #resendLater(): void {
    this.#resend ??= this.#parts.clock.after(RESEND_MS, () => {
      this.#resend = undefined;
      this.#sendOutbox();
      if (this.#outbox.size > 0) this.#resendLater();
    });
  }
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return undefined;
  }
}
