import { z } from 'zod';
import { CONTRACT_VERSION } from '../../protocols/backend/fields.ts';
import type { AnsweredReply, REFUSALS, Reply } from '../../protocols/backend/replies.ts';
import { type ChannelRequest, type IntentRequest, payloadHash, Request } from '../../protocols/backend/requests.ts';
import { REQUEST_OPS, type RequestOp } from '../../protocols/backend/topics.ts';
import type { Acquirer } from '../acquirer/acquirer.ts';
import type { ChannelAnswer } from '../acquirer/manner.ts';
import type { Clock } from '../world/clock.ts';
import { IntentBook } from './intent-book.ts';
import { type RegisteredTerminal, terminalRefusal } from './registered-terminal.ts';

/** Something going wrong at the backend, once, with the next request of `op`. */
export type BackendFault =
  /** it never reached the acquirer, and nobody was told */
  | { readonly kind: 'swallow'; readonly op: RequestOp }
  /** the acquirer did its part, the reply is lost */
  | { readonly kind: 'drop-reply'; readonly op: RequestOp }
  | { readonly kind: 'delay-reply'; readonly op: RequestOp; readonly ms: number };

export interface RawRequest {
  /** the operation the topic names */
  readonly op: RequestOp;
  readonly retained: boolean;
  readonly json: unknown;
}

type Refusal = (typeof REFUSALS)[number];
type SendReply = (reply: Reply) => void;

/** Enough of a request to answer it, whatever else is wrong with it. */
const Head = z.looseObject({
  v: z.unknown(),
  requestId: z.string().regex(/^[0-9A-Za-z_-]{1,64}$/),
  attemptId: z.string().regex(/^[0-9A-Za-z_-]{1,32}$/),
  op: z.enum(REQUEST_OPS),
  payloadHash: z.string().regex(/^[0-9a-f]{64}$/),
});
type Head = Pick<z.infer<typeof Head>, 'requestId' | 'attemptId' | 'op' | 'payloadHash'>;

/** A request that was passed on: asked once, answered as often as it arrives. */
interface StoredRequest {
  readonly hash: string;
  /** of a pay; not covered by the hash, and a backend keeps it no longer than this process lives */
  readonly paycode: string | undefined;
  answer: ChannelAnswer | undefined;
  readonly waiting: ((answer: ChannelAnswer) => void)[];
}

/** The backend's side of `req/*`: refuses what must not reach a channel, and asks the acquirer for the rest. */
export class RequestDesk {
  onRequest: (request: Request) => void = () => undefined;
  /** the till's terminal as the acquirer knows it; absent: terminal_info is not looked at */
  terminal: RegisteredTerminal | undefined;
  readonly intents: IntentBook;
  readonly #acquirer: Acquirer;
  readonly #clock: Clock;
  readonly #passedOn = new Map<string, StoredRequest>();
  /** what the first message of each attempt said */
  readonly #terms = new Map<string, string>();
  #faults: BackendFault[] = [];

  constructor(acquirer: Acquirer, clock: Clock) {
    this.#acquirer = acquirer;
    this.#clock = clock;
    this.intents = new IntentBook(acquirer.intents, clock);
  }

  inject(fault: BackendFault): void {
    this.#faults.push(fault);
  }

  /** injected, and has not happened yet */
  get waiting(): readonly BackendFault[] {
    return this.#faults;
  }

  /** Nothing that was injected and has not happened yet happens any more. */
  calm(): void {
    this.#faults = [];
  }

  take(raw: RawRequest, send: SendReply): void {
    const head = Head.safeParse(raw.json).data;
    if (!head || this.#fault('swallow', raw.op)) return;
    const unread = refuseUnread(raw, head.v);
    if (unread) return this.#refuse(head, unread, send);
    const request = Request.safeParse(raw.json).data;
    if (!request || request.op !== raw.op || request.payloadHash !== payloadHash(request)) {
      return this.#refuse(head, 'BAD_REQUEST', send);
    }
    this.onRequest(request);
    this.#decide(request, send);
  }

  #decide(request: Request, send: SendReply): void {
    if (request.op === 'intent') return this.#intent(request, send);
    if (!this.#sameTerms(request)) return this.#refuse(request, 'DUPLICATE_ORDER', send);
    const answered = (answer: ChannelAnswer) => this.#answer(request, answer, send);
    const key = onceKey(request);
    const stored = key === undefined ? undefined : this.#passedOn.get(key);
    if (stored && !isSame(stored, request)) return this.#refuse(request, 'DUPLICATE_ORDER', send);
    if (stored?.answer) return answered(stored.answer);
    if (stored) return void stored.waiting.push(answered);
    if (this.#clock.now() > request.exp) return this.#refuse(request, 'EXPIRED', send);
    if (!this.#acquirer.supports(request.args.channel)) return this.#refuse(request, 'UNSUPPORTED_CHANNEL', send);
    const refused = request.op === 'pay' && this.terminal ? terminalRefusal(request.args, this.terminal) : undefined;
    if (refused) return answered(refused);
    this.#terms.set(request.attemptId, termsKey(request));
    // queries are asked anew, reversals too: a channel reverses once however often it is told, and may be unclear at first
    this.#acquirer.ask(request, key === undefined ? answered : this.#store(key, request, answered));
  }

  #intent(request: IntentRequest, send: SendReply): void {
    this.intents.take(
      request,
      (answered) => this.#deliver({ ...this.#replyHead(request), op: 'intent', status: 'intent', ...answered }, send),
      (refusal) => this.#refuse(request, refusal, send),
    );
  }

  #sameTerms(request: ChannelRequest): boolean {
    const first = this.#terms.get(request.attemptId);
    return first === undefined || first === termsKey(request);
  }

  #store(
    key: string,
    request: ChannelRequest,
    answered: (answer: ChannelAnswer) => void,
  ): (answer: ChannelAnswer) => void {
    const { payloadHash: hash } = request;
    const stored: StoredRequest = { hash, paycode: paycodeOf(request), answer: undefined, waiting: [answered] };
    this.#passedOn.set(key, stored);
    return (answer) => {
      stored.answer = answer;
      for (const tell of stored.waiting.splice(0)) tell(answer);
    };
  }

  #answer(request: ChannelRequest, answer: ChannelAnswer, send: SendReply): void {
    const { op, args } = request;
    const head = this.#replyHead(request);
    const reply: AnsweredReply = { ...head, op, status: 'answered', channel: args.channel, ...answer };
    this.#deliver(reply, send);
  }

  #refuse(head: Head, refusal: Refusal, send: SendReply): void {
    this.#deliver({ ...this.#replyHead(head), status: 'refused', refusal }, send);
  }

  #replyHead({ requestId, attemptId, op, payloadHash }: Head) {
    return { v: CONTRACT_VERSION, requestId, attemptId, op, payloadHash, ts: this.#clock.now() } as const;
  }

  #deliver(reply: Reply, send: SendReply): void {
    if (this.#fault('drop-reply', reply.op)) return;
    const delay = this.#fault('delay-reply', reply.op);
    if (delay?.kind === 'delay-reply') this.#clock.after(delay.ms, () => send(reply));
    else send(reply);
  }

  #fault(kind: BackendFault['kind'], op: RequestOp): BackendFault | undefined {
    const fault = this.#faults.find((one) => one.kind === kind && one.op === op);
    if (fault) this.#faults = this.#faults.filter((one) => one !== fault);
    return fault;
  }
}

/**
 * What is passed on once, however often it arrives. A pay: once in its attempt. A refund: each message once, because MQTT may
 * deliver it again behind the channel's no, and the till has told that no. Sent anew under a new `requestId` it is asked anew.
 */
function onceKey(request: Request): string | undefined {
  if (request.op === 'pay') return `pay ${request.attemptId}`;
  return request.op === 'refund' ? `refund ${request.requestId}` : undefined;
}

function isSame(stored: StoredRequest, request: Request): boolean {
  return stored.hash === request.payloadHash && stored.paycode === paycodeOf(request);
}

function paycodeOf(request: Request): string | undefined {
  return request.op === 'pay' ? request.args.paycode : undefined;
}

function refuseUnread(raw: RawRequest, version: unknown): Refusal | undefined {
  if (raw.retained) return 'RETAINED_REJECTED';
  if (typeof version === 'number' && version !== CONTRACT_VERSION) return 'UNSUPPORTED_VERSION';
  return undefined;
}

/** What must be the same in every message of one attempt, whatever its operation. */
function termsKey({ orderId, args }: ChannelRequest): string {
  return JSON.stringify([orderId, args.channel, args.amountFen]);
}
