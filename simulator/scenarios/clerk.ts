import { z } from 'zod';
import type { ShopRecord } from './shop-record.ts';
import type { Stage } from './stage.ts';
import type { StepOf } from './steps.ts';
import { FIRST_ORDER, fenOf, msOf } from './terms.ts';

// The clerk's hands: each thing a clerk does at the page is a call of the till's local API, and so it is here.

const Answer = z.looseObject({
  code: z.string().optional(),
  status: z.union([z.string(), z.number()]).optional(),
  data: z.looseObject({ intentId: z.string().optional() }).optional(),
  clerk: z.looseObject({ zh: z.string(), en: z.string() }).optional(),
  cause: z.looseObject({ zh: z.string(), en: z.string() }).optional(),
});
type Answer = z.infer<typeof Answer>;

const Shown = z.looseObject({
  intentId: z.string(),
  codeText: z.string().optional(),
  shareUrl: z.string().optional(),
});

/** What the clerk has in hand. */
export interface InHand {
  readonly fen: number;
  readonly paycode: string;
  /** a slip of which the till asks whether it came out */
  readonly question: string | undefined;
}

interface Call {
  readonly path: string;
  readonly body?: object;
}

const CALL_MS = 15_000;

export class ClerkAtTheTill {
  readonly #stage: Stage;
  readonly #record: ShopRecord;
  #keys = 0;
  /** another story at the same till wishes something else under another key */
  readonly #began: number;

  constructor(stage: Stage, record: ShopRecord) {
    this.#stage = stage;
    this.#record = record;
    this.#began = stage.clock.now();
  }

  /** Does it; returns the code of a no, `undefined` when the till agrees. */
  async does(step: StepOf<'clerk'>, hand: InHand): Promise<string | undefined> {
    const order = ('order' in step ? step.order : undefined) ?? FIRST_ORDER;
    const { path, body } = this.#callOf(step, order, hand);
    const response = await this.#post(path, body);
    const answer = Answer.parse(await response.json());
    const isNo = !response.ok || answer.status === 'failed' || answer.status === 'declined';
    if (isNo) this.#hearNo(answer);
    else if (step.clerk === 'shows a code') this.#keep(order, answer);
    return isNo ? (answer.code ?? String(response.status)) : undefined;
  }

  #callOf(step: StepOf<'clerk'>, order: string, hand: InHand): Call {
    const at = `/v1/orders/${order}`;
    switch (step.clerk) {
      case 'keys in':
        return { path: '/v1/orders', body: { orderId: order, amountFen: hand.fen } };
      case 'takes a card':
        return { path: '/v1/card-sales', body: { orderId: order, amountFen: hand.fen, currency: 'CNY' } };
      case 'settles the terminal':
        return { path: '/v1/card-terminal/settle' };
      case 'cancels':
        return { path: `${at}/cancel` };
      case 'asks again':
        return { path: `${at}/query` };
      case 'prints again':
        return { path: `${at}/print`, body: {} };
      case 'types the code':
        return { path: `${at}/paycode`, body: { paycode: hand.paycode } };
      case 'looks at the slip':
        if (hand.question === undefined) throw new Error('the till asks about no slip');
        return {
          path: `/v1/slips/${hand.question}/seen`,
          body: { seen: step.sees === 'whole' ? 'on-paper' : 'missing' },
        };
      case 'shows a code':
        return { path: '/v1/intents?wait=10', body: intentOf(step, order, hand.fen) };
      case 'takes the code back':
        return { path: `/v1/intents/${this.#intentOf(order)}/cancel` };
      case 'prints the code again':
        return { path: `/v1/intents/${this.#intentOf(order)}/print`, body: { form: step.form } };
      default:
        return step satisfies never;
    }
  }

  async #post(path: string, body: object | undefined): Promise<Response> {
    this.#keys += 1;
    const asking = this.#stage.call(path, {
      method: 'POST',
      key: `clerk-${this.#began}-${this.#keys}`,
      ...(body && { body }),
    });
    return this.#stage.settle(asking, `an answer to ${path}`, CALL_MS);
  }

  #hearNo({ code = 'no', clerk, cause }: Answer): void {
    const words = clerk ?? cause;
    this.#record.saw(words ? [code, words.zh, words.en] : [code]);
  }

  #keep(order: string, { data }: Answer): void {
    const { intentId, codeText, shareUrl } = Shown.parse(data);
    this.#record.intents.set(order, {
      intentId,
      ...(codeText === undefined ? {} : { codeText }),
      ...(shareUrl === undefined ? {} : { shareUrl }),
    });
  }

  #intentOf(order: string): string {
    const intent = this.#record.intents.get(order);
    if (!intent) throw new Error(`no code was shown for ${order}`);
    return intent.intentId;
  }
}

function intentOf(
  step: Extract<StepOf<'clerk'>, { clerk: 'shows a code' }>,
  orderId: string,
  amountFen: number,
): object {
  const { channel, forms, deliveryId, lines, validFor } = step;
  return {
    orderId,
    amountFen,
    currency: 'CNY',
    ...(channel === undefined ? {} : { channel }),
    ...(forms === undefined ? {} : { forms }),
    ...(deliveryId === undefined ? {} : { deliveryId }),
    ...(validFor === undefined ? {} : { ttlMs: msOf(validFor) }),
    ...(lines === undefined
      ? {}
      : {
          lines: lines.map(({ name, quantity, price, amount }) => ({
            name,
            quantity,
            priceFen: fenOf(price),
            amountFen: fenOf(amount),
          })),
        }),
  };
}
