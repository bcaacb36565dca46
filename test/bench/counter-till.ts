import { performance } from 'node:perf_hooks';
import { canonicalHash } from '../../protocols/backend/canonical.ts';
import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import type { EventEnvelope } from '../../protocols/backend/events.ts';
import type { DeviceState, TimeRequest } from '../../protocols/backend/presence.ts';
import type { Reply } from '../../protocols/backend/replies.ts';
import type { PayRequest } from '../../protocols/backend/requests.ts';
import { topicsOf } from '../../protocols/backend/topics.ts';
import { READY, realtimeStatus } from '../../protocols/escpos/status.ts';
import { DevicePort } from './device-port.ts';
import { RealtimeQuestions } from './realtime-questions.ts';

/** One sale as the outside of a till saw it, milliseconds since the gun's first byte. */
export interface SaleTimes {
  /** until the pay request was at the broker */
  readonly request: number;
  /** until the last byte of the slip was read from the printer's wire */
  readonly slip: number;
}

/** Far beyond any healthy sale: the bench says what hangs instead of hanging. */
const DEADLINE_MS = 20_000;
const AMOUNT_FEN = 1250;

/** One program's seat at the counter: its gun, its printer, its part of the backend. */
export class CounterTill {
  readonly topics: ReturnType<typeof topicsOf>;
  readonly gun = new DevicePort();
  readonly printer = new DevicePort();
  /** what the last sale was made of: the floor says the same */
  request = '';
  reply = '';
  accepted = '';
  command = '';
  questions: readonly number[] = [];
  slip: Uint8Array[] = [];
  /** bytes of one slip, once known: then a sale ends with the last of them */
  slipBytes = Number.POSITIVE_INFINITY;
  onRequest: () => void = () => undefined;
  readonly #publish: (topic: string, body: object) => void;
  #orders = 0;
  #scannedAt = 0;
  #requestedAt = 0;
  #slipAt = 0;
  #received = 0;
  readonly #realtime = new RealtimeQuestions();
  /** what has been seen since it was last asked for */
  readonly #seen = new Set<string>();
  #waiting: { readonly what: readonly string[]; readonly done: () => void } | undefined;

  constructor(agent: string, publish: (topic: string, body: object) => void) {
    this.topics = topicsOf({ tenant: 'bench', store: 'counter', agent });
    this.#publish = publish;
    this.printer.onBytes = (bytes) => this.#printed(bytes);
  }

  /** Asks for an order to be collected; resolves when the program said that it will. */
  async order(): Promise<void> {
    this.#orders += 1;
    const args = { orderId: `ORDER-${String(this.#orders).padStart(8, '0')}`, amountFen: AMOUNT_FEN, currency: 'CNY' };
    const now = Date.now();
    const id = `COLLECT-${String(this.#orders).padStart(8, '0')}`;
    const head = { v: 1 as const, id, type: 'collect', issued: now, exp: now + 60_000, by: 'bench' };
    const command: CommandEnvelope = { ...head, hash: canonicalHash(args), args };
    this.command = JSON.stringify(command);
    this.#seen.clear();
    this.#publish(this.topics.command('collect'), command);
    await this.see('accepted');
  }

  /** Scans `code`; resolves when the slip's last byte was read. */
  async sell(code: string): Promise<SaleTimes> {
    const line = Buffer.from(`${code}\r\n`, 'latin1');
    this.slip = [];
    this.#received = 0;
    this.#scannedAt = performance.now();
    this.gun.send(line);
    await this.see('slip-bytes');
    return { request: this.#requestedAt - this.#scannedAt, slip: this.#slipAt - this.#scannedAt };
  }

  /** Resolves when all of `what` have been seen since the last order; each is seen once. */
  see(...what: string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const missing = what.filter((one) => !this.#seen.has(one)).join(', ');
        reject(new Error(`${this.topics.state}: not within ${DEADLINE_MS / 1000} s: ${missing}`));
      }, DEADLINE_MS);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiting = { what, done };
      this.#look();
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.gun.close(), this.printer.close()]);
  }

  // --- the backend

  requested(at: number): void {
    this.#requestedAt = at;
    this.onRequest();
  }

  message([kind, what]: readonly string[], payload: string): void {
    if (kind === 'req') this.#answer(payload);
    else if (kind === 'time') this.#tellTime(JSON.parse(payload) as TimeRequest);
    else if (kind === 'evt') this.#event(JSON.parse(payload) as EventEnvelope);
    else if (kind === 'res') this.#result(payload);
    else if (kind === 'dev') this.#mark(`${what}-${(JSON.parse(payload) as DeviceState).avail}`);
  }

  #answer(payload: string): void {
    const { requestId, attemptId, op, payloadHash, args } = JSON.parse(payload) as PayRequest;
    const ts = Date.now();
    const reply: Reply = {
      v: 1,
      requestId,
      attemptId,
      op,
      payloadHash,
      ts,
      status: 'answered',
      channel: args.channel,
      code: 'SUCCESS',
      transactionId: '4200002611202611221234567890',
      paidFen: args.amountFen,
      paidAt: ts,
    };
    this.#publish(this.topics.reply(requestId), reply);
    this.request = payload;
    this.reply = JSON.stringify(reply);
  }

  #tellTime({ id, sent }: TimeRequest): void {
    this.#publish(this.topics.timeReply, { v: 1, id, sent, ts: Date.now() });
  }

  #event({ seq, data }: EventEnvelope): void {
    this.#publish(this.topics.eventAck, { v: 1, upto: seq });
    if (data.type === 'slip') this.#mark(`slip-${data.state}`);
  }

  #result(payload: string): void {
    const { phase, status } = JSON.parse(payload) as { phase: string; status: string };
    if (phase === 'accepted') this.accepted = payload;
    this.#mark(phase === 'final' ? `final-${status}` : phase);
  }

  // --- the printer

  /**
   * Real-time commands are answered at once, wherever they stand: on a busy machine one read holds the end of a slip and
   * the question behind it. Everything else is paper.
   */
  #printed(bytes: Uint8Array): void {
    const at = performance.now();
    const { paper, questions } = this.#realtime.take(bytes);
    for (const n of questions) {
      const status = realtimeStatus(n, READY);
      if (status !== undefined) this.printer.send(Uint8Array.of(status));
    }
    if (questions.length > 0) this.questions = questions;
    if (paper.length === 0) return;
    this.slip.push(paper);
    this.#received += paper.length;
    if (this.#received < this.slipBytes) return;
    this.#slipAt = at;
    this.#mark('slip-bytes');
  }

  #mark(what: string): void {
    this.#seen.add(what);
    this.#look();
  }

  #look(): void {
    const waiting = this.#waiting;
    if (!waiting || !waiting.what.every((one) => this.#seen.has(one))) return;
    this.#waiting = undefined;
    waiting.done();
  }
}
