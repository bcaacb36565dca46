import { type Answer, ask, freshName } from './agent.ts';
import { failureIn } from './failed-wishes.ts';
import { both } from './language.ts';
import { backendNow, refresh, show } from './till.ts';
import { tell, tellProblem, tellUnsent, untell } from './told.ts';
import type { Operation, OrderWithAttempt, Slip } from './types.ts';
import { resume, type Wish, wish } from './wishes.ts';

// What the clerk can do. Each is a wish to the agent; what became of it is seen in the agent's state, not guessed here.

/** A number for a new order: when, in Beijing, and four letters that make it the only one. */
export function newOrderId(): string {
  const beijing = new Date(backendNow() + 8 * 3_600_000).toISOString();
  const [day, time] = [beijing.slice(2, 10), beijing.slice(11, 19)].map((text) => text.replaceAll(/[-:]/g, ''));
  return `P${day}-${time}-${freshName().slice(0, 4).toUpperCase()}`;
}

const orderPath = (orderId: string, act: string) => `/v1/orders/${encodeURIComponent(orderId)}/${act}`;

/** Says what the agent said no to; true when it said yes. */
export function isYes(answer: Answer<unknown>): boolean {
  if (answer.kind === 'lost') tellUnsent();
  if (answer.kind === 'no') tellProblem(answer.problem);
  const failure = answer.kind === 'ok' ? failureIn(answer.body) : undefined;
  if (failure) tellProblem(failure);
  void refresh();
  return answer.kind === 'ok' && !failure;
}

/** Yes, and the order is what the clerk sees. */
export function isBegun(answer: Answer<unknown>, orderId: string): boolean {
  const yes = isYes(answer);
  if (yes) show(orderId);
  return yes;
}

/** Wishes that begin something with an order, which is what the clerk sees then. */
const OPENING: ReadonlySet<string> = new Set(['collect', 'showCode', 'card', 'hold']);
export const isOpening = ({ what }: Wish): boolean => OPENING.has(what);

/** Collect an amount: the next scanned code pays it. */
export async function collect(amountFen: number): Promise<boolean> {
  untell();
  const orderId = newOrderId();
  const answer = await wish<Operation>('collect', '/v1/orders', { orderId, amountFen });
  return isBegun(answer, orderId);
}

/** Shows a QR for exactly this amount: of a new order, or of the one that is on the screen. */
export async function showCode(amountFen: number, orderId: string = newOrderId()): Promise<boolean> {
  untell();
  const body = { orderId, amountFen, currency: 'CNY', forms: ['screen'], ttlMs: CODE_LIFE_MS };
  const answer = await wish<Operation>('showCode', '/v1/intents', body);
  return isBegun(answer, orderId);
}

/** Takes exactly this amount on the card terminal: of a new order, or of the one that is on the screen. */
export async function takeCard(amountFen: number, orderId: string = newOrderId()): Promise<boolean> {
  untell();
  const answer = await wish<Operation>('card', '/v1/card-sales', { orderId, amountFen });
  return isBegun(answer, orderId);
}

/** A customer who stands at the counter pays within minutes or not at all. */
const CODE_LIFE_MS = 300_000;

export async function cancel({ order }: OrderWithAttempt): Promise<void> {
  untell();
  isYes(await wish<Operation>('cancel', orderPath(order.orderId, 'cancel')));
}

export async function cancelIntent({ intent }: OrderWithAttempt): Promise<void> {
  untell();
  if (intent) isYes(await wish<Operation>('cancelIntent', `/v1/intents/${intent.intentId}/cancel`));
}

/** Asks now; the till asks by itself too. */
export async function query({ order }: OrderWithAttempt): Promise<void> {
  if (isYes(await wish<Operation>('query', orderPath(order.orderId, 'query')))) tell('good', both('asked'));
}

export async function queryIntent({ intent }: OrderWithAttempt): Promise<void> {
  if (!intent) return;
  const yes = isYes(await wish<Operation>('queryIntent', `/v1/intents/${intent.intentId}/query`));
  if (yes) tell('good', both('asked'));
}

export async function print(orderId: string, refundId?: string): Promise<void> {
  untell();
  const body = refundId === undefined ? {} : { refundId };
  if (isYes(await wish<Operation>('print', orderPath(orderId, 'print'), body))) tell('good', both('printed'));
}

/** Somebody read a notice of the backend. The first one counts: said twice it is the same. */
export async function acknowledge(noticeId: string): Promise<void> {
  isYes(await ask(`/v1/notices/${encodeURIComponent(noticeId)}/acknowledge`, { method: 'POST' }));
}

/** Something unusual, in the clerk's own words. */
export async function report(note: string, orderId: string | undefined): Promise<void> {
  untell();
  const body = { note, ...(orderId === undefined ? {} : { orderId }) };
  if (isYes(await ask('/v1/reports', { body }))) tell('good', both('reported'));
}

/** Typed by hand. A paycode is no wish: it is kept nowhere, and dies in a minute. */
export async function typeCode(orderId: string, paycode: string): Promise<boolean> {
  untell();
  return isYes(await ask(orderPath(orderId, 'paycode'), { body: { paycode } }));
}

export async function slipSeen(slipId: string, seen: 'on-paper' | 'missing'): Promise<void> {
  isYes(await ask<Slip>(`/v1/slips/${slipId}/seen`, { body: { seen } }));
}

/** Asks for a refund; resolves with its number when it waits for the second person. */
export async function askRefund(orderId: string, refundFen: number, reason: string): Promise<string | undefined> {
  untell();
  const refundId = `R${newOrderId().slice(1)}`;
  const yes = isYes(await wish<Operation>('refund', '/v1/refunds', { refundId, orderId, refundFen, reason }));
  return yes ? refundId : undefined;
}

/** After a reload: wishes that had no answer are answered now. */
export function resumeWishes(): void {
  resume((known: Wish, answer) => {
    const body = known.body as { readonly orderId?: string } | undefined;
    if (isOpening(known) && body?.orderId !== undefined) isBegun(answer, body.orderId);
    else isYes(answer);
  });
}
