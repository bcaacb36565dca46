import { z } from 'zod';
import { attemptId, channel, fen, id, millis, orderId, text } from './fields.ts';

// Merchant-presented payments (payment.md 3): one intent, one order, one exact amount, one payment. The backend makes what
// the customer scans or opens; the agent shows it and never builds one. On the wire an intent's id stands where an attempt's
// does: both are the channel's out_trade_no, and an open intent counts as its order's attempt.

const INTENT_STATES = ['WAITING', 'PAID', 'EXPIRED', 'CLOSED', 'NEEDS_MANUAL_CHECK', 'DISPUTED'] as const;
export type IntentStateName = (typeof INTENT_STATES)[number];

/** Where the customer meets it: the till's screen, a slip, a delivery note, or a page of the backend that is shared. */
const INTENT_FORMS = ['screen', 'slip', 'delivery', 'link'] as const;
export type IntentForm = (typeof INTENT_FORMS)[number];

const INTENT_LIMITS = {
  lines: 50,
  minTtlMs: 60_000,
  maxTtlMs: 30 * 86_400_000,
  codeText: 512,
  url: 512,
} as const;

/** What the goods are: shown to the customer before the payment. A gift costs nothing. */
export const IntentLine = z.strictObject({
  name: text(64).min(1),
  /** as it is to be printed: "3", "2.5kg" */
  quantity: text(16).min(1),
  priceFen: z.int().nonnegative().max(10_000_000_000),
  amountFen: z.int().nonnegative().max(10_000_000_000),
});
export type IntentLine = z.infer<typeof IntentLine>;

const lines = z.array(IntentLine).min(1).max(INTENT_LIMITS.lines);
const forms = z
  .array(z.enum(INTENT_FORMS))
  .min(1)
  .max(INTENT_FORMS.length)
  .refine((some) => new Set(some).size === some.length, { error: 'a form named twice' });
const words = z.strictObject({ zh: text(200), en: text(200) });

/** What may worry a customer and does not stop the payment, and what the clerk says to it. */
export const RiskNotice = z.strictObject({ customer: words, clerk: words });
export type RiskNotice = z.infer<typeof RiskNotice>;

/** The terms of an intent: what is paid for, and how the customer is asked. Never changed. */
const terms = {
  amountFen: fen,
  currency: z.literal('CNY'),
  title: text(128).optional(),
  lines: lines.optional(),
  /** what is taken off the sum of the lines */
  discountFen: fen.optional(),
  /** the delivery it is for */
  deliveryId: id.optional(),
  /** the customer's choice of wallet; a hint, the backend decides */
  channel: channel.optional(),
  forms,
  /** how long it may be paid; the backend may make it shorter */
  ttlMs: z.int().min(INTENT_LIMITS.minTtlMs).max(INTENT_LIMITS.maxTtlMs),
};

// --- requests and replies: req/intent, rep/{requestId} ---------------------------------------------------------------

const IntentCreate = z.strictObject({ action: z.literal('create'), ...terms });
const IntentQuery = z.strictObject({ action: z.literal('query'), amountFen: fen, currency: z.literal('CNY') });
const INTENT_CLOSE_REASONS = ['EXPIRED', 'CANCELLED', 'NOT_CREATED'] as const;
const IntentClose = z.strictObject({
  action: z.literal('close'),
  amountFen: fen,
  currency: z.literal('CNY'),
  reason: z.enum(INTENT_CLOSE_REASONS),
});
export const IntentRequestArgs = z.discriminatedUnion('action', [IntentCreate, IntentQuery, IntentClose]);
export type IntentRequestArgs = z.infer<typeof IntentRequestArgs>;

/**
 * The backend's word on an intent. WAITING: it can be paid. CLOSED: no payment can come any more. NOT_FOUND: the backend
 * never heard of it, and a close makes sure that it stays so. UNKNOWN: the provider gave no clear answer.
 */
const INTENT_ANSWERS = ['WAITING', 'PAID', 'CLOSED', 'NOT_FOUND', 'UNKNOWN'] as const;

const payment = {
  paidFen: fen,
  paidAt: millis,
  /** the wallet that paid: a refund goes back the same way */
  channel,
  transactionId: text(64).optional(),
};

/** What {@link IntentReply} adds to the head of a reply. */
export const intentAnswer = {
  action: z.enum(['create', 'query', 'close']),
  state: z.enum(INTENT_ANSWERS),
  /** what the QR holds: a wallet's code, or the https address of the backend's page */
  codeText: text(INTENT_LIMITS.codeText).min(1).optional(),
  /** the backend's page with lines and total, its token at least 128 bits */
  shareUrl: z
    .url({ protocol: /^https$/ })
    .max(INTENT_LIMITS.url)
    .optional(),
  expiresAt: millis.optional(),
  riskNotice: RiskNotice.optional(),
  paidFen: payment.paidFen.optional(),
  paidAt: payment.paidAt.optional(),
  channel: payment.channel.optional(),
  transactionId: payment.transactionId,
  /** the provider's own code, untranslated */
  code: text(64).optional(),
} as const;

// --- events: evt/intent -----------------------------------------------------------------------------------------------

/** One question about an intent and what came of it; milliseconds since this process looks after it. */
const IntentExchange = z.strictObject({
  op: z.enum(['create', 'query', 'close', 'notify', 'restart']),
  n: z.int().nonnegative(),
  asked: z.int(),
  answered: z.int().optional(),
  code: text(64).optional(),
});

/** A payment that an intent met after it was closed, or after it was paid: somebody has to give it back or accept it. */
const IntentPayment = z.strictObject({ ...payment, paidAt: millis.optional() });

/** An intent reached a new state, or a payment turned up that nobody may take for granted. */
export const IntentEvent = z.strictObject({
  type: z.literal('intent'),
  intentId: attemptId,
  orderId,
  amountFen: fen,
  state: z.enum(INTENT_STATES),
  reason: text(32).optional(),
  paidFen: fen.optional(),
  /** backend time of the payment, also when the till was offline then */
  paidAt: millis.optional(),
  channel: channel.optional(),
  transactionId: text(64).optional(),
  /** money that the shop may not keep without a person's word: refund it, or accept it as the order's payment */
  task: z.literal('REFUND_OR_ACCEPT').optional(),
  /** paid again after it was paid */
  secondPayment: IntentPayment.optional(),
  /** what a person needs who has to find out */
  evidence: z.strictObject({ exchanges: z.array(IntentExchange).max(16), leftOut: z.int().nonnegative() }).optional(),
});
export type IntentEvent = z.infer<typeof IntentEvent>;

// --- commands: cmd/intent, cmd/intent-*, and what they answer ---------------------------------------------------------

/** A quarter of an hour: an order is paid or it is not. */
const DEFAULT_TTL_MS = 900_000;

/** Ask for money with a QR or a link. A paper that is handed out and a link carry their lines. */
export const IntentArgs = z
  .strictObject({ orderId, ...terms, ttlMs: terms.ttlMs.default(DEFAULT_TTL_MS), forms: forms.default(['screen']) })
  .refine((args) => args.lines !== undefined || !args.forms.some((form) => form === 'link' || form === 'delivery'), {
    path: ['lines'],
    error: 'a link or a delivery document needs its lines',
  })
  .refine((args) => args.lines === undefined || sumOf(args.lines) - (args.discountFen ?? 0) === args.amountFen, {
    path: ['lines'],
    error: 'the lines do not come to the amount',
  });
export type IntentArgs = z.infer<typeof IntentArgs>;

function sumOf(some: readonly IntentLine[]): number {
  return some.reduce((sum, { amountFen }) => sum + amountFen, 0);
}

/** `intent-cancel`: it is asked after once more and closed; it may still turn out to be paid. `intent-query`: asked now. */
export const IntentNameArgs = z.strictObject({ intentId: attemptId });
/** `intent-print`: the code on paper; a second print is marked and makes no second intent. */
export const IntentPrintArgs = z.strictObject({ intentId: attemptId, form: z.enum(['slip', 'delivery']) });
/** `intent-notify`: the backend heard of a payment. Believed at once when it is signed, otherwise a reason to ask. */
export const IntentNotifyArgs = z.strictObject({ intentId: attemptId, orderId, ...payment });
export type IntentNotifyArgs = z.infer<typeof IntentNotifyArgs>;

/** An intent as results and the local API show it: everything needed to draw the screen. */
export const IntentView = z.strictObject({
  intentId: attemptId,
  orderId,
  ...terms,
  state: z.enum(INTENT_STATES),
  /** being closed: nobody should pay it any more, and nobody knows yet whether somebody has */
  closing: z.boolean(),
  createdAt: millis,
  expiresAt: millis.optional(),
  codeText: intentAnswer.codeText,
  shareUrl: intentAnswer.shareUrl,
  riskNotice: RiskNotice.optional(),
  reason: text(32).optional(),
  paidFen: fen.optional(),
  paidAt: millis.optional(),
  paidBy: channel.optional(),
  transactionId: text(64).optional(),
  task: z.literal('REFUND_OR_ACCEPT').optional(),
});
export type IntentView = z.infer<typeof IntentView>;
