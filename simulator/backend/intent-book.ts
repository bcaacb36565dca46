import { canonicalHash } from '../../protocols/backend/canonical.ts';
import type { IntentReply, RefusedReply } from '../../protocols/backend/replies.ts';
import type { IntentRequest } from '../../protocols/backend/requests.ts';
import type { IntentCounter, IntentWord } from '../acquirer/intents.ts';
import type { Clock } from '../world/clock.ts';

export type IntentAnswered = Pick<IntentReply, 'action' | 'state'> & Partial<IntentReply>;

/** What the backend remembers of an intent it made. */
interface Made {
  readonly hash: string;
  readonly codeText: string;
  readonly shareUrl?: string;
}

export interface IntentBookOptions {
  /** where the backend's own pages live */
  readonly pages?: string;
}

/** The backend's side of `req/intent`: makes the code, asks the provider, remembers what it answered. */
export class IntentBook {
  readonly #counter: IntentCounter;
  readonly #clock: Clock;
  readonly #made = new Map<string, Made>();
  readonly #asked = new Map<string, number>();
  pages: string;
  /** a code to hand out instead of the provider's */
  codeText: string | undefined;
  /** hexadecimal digits of a page's token; fewer than 32 can be guessed */
  tokenDigits = 32;

  constructor(counter: IntentCounter, clock: Clock, { pages = 'https://pay.shop.example' }: IntentBookOptions = {}) {
    this.#counter = counter;
    this.#clock = clock;
    this.pages = pages;
  }

  take(
    request: IntentRequest,
    answer: (answered: IntentAnswered) => void,
    refuse: (refusal: RefusedReply['refusal']) => void,
  ): void {
    const { attemptId: intentId, args } = request;
    const made = this.#made.get(intentId);
    if (args.action === 'create' && made && made.hash !== request.payloadHash) return refuse('DUPLICATE_ORDER');
    if (args.action === 'create' && !made && this.#clock.now() > request.exp) return refuse('EXPIRED');
    const answered: IntentAnswered = { action: args.action, ...this.#asks(request) };
    const key = `${intentId} ${args.action}`;
    const nth = this.#asked.get(key) ?? 0;
    this.#asked.set(key, nth + 1);
    const fate = this.#counter.fateOf(intentId, args.action, nth);
    if (fate.kind === 'deliver') answer(answered);
    if (fate.kind === 'delay') this.#clock.after(fate.ms, () => answer(answered));
  }

  #asks({ attemptId: intentId, orderId, payloadHash, args }: IntentRequest): Omit<IntentAnswered, 'action'> {
    switch (args.action) {
      case 'create': {
        const word = this.#counter.create(intentId, orderId, args.amountFen, args.ttlMs);
        if (word.state === 'WAITING') this.#made.set(intentId, this.#codeFor(intentId, payloadHash, args));
        return this.#withCode(intentId, word);
      }
      case 'query':
        return this.#withCode(intentId, this.#counter.query(intentId));
      case 'close':
        return this.#counter.close(intentId, orderId, args.amountFen);
      default:
        return args satisfies never;
    }
  }

  #withCode(intentId: string, word: IntentWord): Omit<IntentAnswered, 'action'> {
    const made = this.#made.get(intentId);
    if (word.state !== 'WAITING' || !made) return word;
    const { codeText, shareUrl } = made;
    return { ...word, codeText, ...(shareUrl === undefined ? {} : { shareUrl }) };
  }

  /** A wallet's code for a screen or a slip, an address of the backend for what lives longer or is shared. */
  #codeFor(
    intentId: string,
    hash: string,
    { forms, channel }: Extract<IntentRequest['args'], { action: 'create' }>,
  ): Made {
    // 128 bits; a real backend draws them, here every run is to be the same
    const token = canonicalHash({ intentId, hash }).slice(0, this.tokenDigits);
    const page = `${this.pages}/p/${token}`;
    const long = forms.some((form) => form === 'link' || form === 'delivery');
    const wallet = channel === 'WECHAT' ? `weixin://wxpay/bizpayurl?pr=${token.slice(0, 9)}` : `${CODES}${token}`;
    return { hash, codeText: this.codeText ?? (long ? page : wallet), ...(long ? { shareUrl: page } : {}) };
  }
}

const CODES = 'https://qr.95516.com/00010000/';
