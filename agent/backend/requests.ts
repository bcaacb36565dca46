import { hash } from 'node:crypto';
import { Reply } from '../../protocols/backend/replies.ts';
import { payloadHash, type Request } from '../../protocols/backend/requests.ts';
import { type TillAddress, topicsOf } from '../../protocols/backend/topics.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Incoming } from './broker-session.ts';
import type { MqttLink } from './link.ts';
import { MessageBorder } from './message-border.ts';
import type { OutgoingRequest, RequestOutcome, Requests } from './ports.ts';
import type { ClockSkew } from './skew.ts';

export interface RequestsDeps {
  readonly link: Pick<MqttLink, 'route' | 'publish' | 'online'>;
  readonly till: TillAddress;
  readonly skew: Pick<ClockSkew, 'backendNow'>;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
  /** Resolves when what was handed to the journal so far is on disk, or surely not. */
  readonly written: () => Promise<void>;
}

/** OpenSSL's, in a fifth of the pure one's time: it stands between the disk and the wire. */
const sha256 = (text: string) => hash('sha256', text);

/** A reply is acknowledged behind the slip that it may set off: the broker is in no hurry. */
const ACK_BEHIND_MS = 5;

interface Waiting {
  readonly request: Request;
  readonly resolve: (outcome: RequestOutcome) => void;
  readonly cancel: () => void;
}

/**
 * Asks the backend: one PUBLISH per request, never a second one, and one reply matched by `requestId`. When the link
 * drops meanwhile nobody knows what became of it, so the wait goes on: the reply may come after the reconnect.
 */
export class BackendRequests implements Requests {
  onLateReply: Requests['onLateReply'] = () => undefined;
  onLateIntentReply: Requests['onLateIntentReply'] = () => undefined;
  readonly #deps: RequestsDeps;
  readonly #topics: ReturnType<typeof topicsOf>;
  readonly #border: MessageBorder;
  /** bounded by the time-outs: who asks waits */
  readonly #waiting = new Map<string, Waiting>();

  constructor(deps: RequestsDeps) {
    this.#deps = deps;
    this.#topics = topicsOf(deps.till);
    this.#border = new MessageBorder(deps.clock, deps.log);
    deps.link.route({ filter: this.#topics.replies, qos: 1, handle: (message) => this.#replied(message) });
  }

  get online(): boolean {
    return this.#deps.link.online;
  }

  send(outgoing: OutgoingRequest, timeoutMs: number, onPublished?: () => void): Promise<RequestOutcome> {
    if (outgoing.validForMs <= 0) return Promise.resolve({ kind: 'not-sent', cause: 'EXPIRED' });
    if (!this.online) return Promise.resolve({ kind: 'not-sent', cause: 'OFFLINE' });
    const request = this.#complete(outgoing);
    if (!this.#publish(request, outgoing.validForMs)) return Promise.resolve({ kind: 'not-sent', cause: 'OFFLINE' });
    onPublished?.();
    return this.#wait(request, timeoutMs);
  }

  #complete({ op, args, attemptId, orderId, validForMs }: OutgoingRequest): Request {
    const ts = this.#deps.skew.backendNow();
    const hashed = payloadHash({ attemptId, orderId, op, args }, sha256);
    return {
      v: 1,
      requestId: this.#deps.newId(),
      attemptId,
      orderId,
      op,
      args,
      payloadHash: hashed,
      ts,
      exp: ts + Math.floor(validForMs),
    } as Request;
  }

  #publish(request: Request, validForMs: number): boolean {
    const { op, requestId } = request;
    const mqtt5 = { expiresInMs: validForMs, replyTo: this.#topics.reply(requestId), correlation: requestId };
    return this.#deps.link.publish({ topic: this.#topics.request(op), body: request, qos: 1, ...mqtt5 });
  }

  #wait(request: Request, timeoutMs: number): Promise<RequestOutcome> {
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.after(timeoutMs, () => this.#finish(request.requestId, { kind: 'no-reply' }));
      this.#waiting.set(request.requestId, { request, resolve, cancel });
    });
  }

  #finish(requestId: string, outcome: RequestOutcome): void {
    const waiting = this.#waiting.get(requestId);
    this.#waiting.delete(requestId);
    waiting?.cancel();
    waiting?.resolve(outcome);
  }

  #late(reply: Reply): void {
    if (reply.op === 'intent') this.onLateIntentReply(reply);
    else this.onLateReply(reply);
  }

  /** Acknowledged when what was made of it is on disk: whoever waits for the reply has long handed it to the journal. */
  async #replied(message: Incoming): Promise<undefined> {
    const { clock, written } = this.#deps;
    this.#take(message);
    await new Promise<void>((resolve) => clock.after(ACK_BEHIND_MS, resolve));
    await written();
  }

  #take(message: Incoming): void {
    if (message.retained) return this.#border.reject(message, 'retained');
    const reply = this.#border.read(message, Reply);
    if (!reply) return;
    if (message.topic !== this.#topics.reply(reply.requestId)) return this.#border.reject(message, 'requestId: topic');
    const request = this.#waiting.get(reply.requestId)?.request;
    if (!request) return this.#late(reply);
    const foreign = foreignMember(request, reply);
    if (foreign) return this.#border.reject(message, `${foreign}: not of this request`);
    this.#finish(reply.requestId, { kind: 'reply', reply });
  }
}

/** A reply counts only for the attempt, the operation and the very content it answers. */
function foreignMember(request: Request, reply: Reply): string | undefined {
  return (['attemptId', 'op', 'payloadHash'] as const).find((member) => request[member] !== reply[member]);
}
