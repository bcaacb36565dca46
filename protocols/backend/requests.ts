import { z } from 'zod';
import { canonicalHash, type Digest } from './canonical.ts';
import { attemptId, channel, fen, hash, id, millis, orderId, text, version } from './fields.ts';
import { IntentRequestArgs } from './intents.ts';
import { RefundQueryArgs, RefundRequestArgs } from './refunds.ts';

// Requests: agent -> backend, req/{op}. Commands stand in commands.ts.

const requestHead = { v: version, requestId: id, attemptId, orderId, payloadHash: hash, ts: millis, exp: millis };

/** terminal_info by the acquirers' names of the fields (payment.md 4.3), as far as it is not of one payment. */
export const DeclaredTerminal = z.strictObject({
  device_type: text(2).optional(),
  device_id: text(8).optional(),
  serial_num: text(50).optional(),
  network_license: text(5).optional(),
  app_version: text(8).optional(),
  location: text(32).optional(),
  country_no: text(2).optional(),
  area_no: text(6).optional(),
});

/** The same of one payment whose code the customer presented. */
export const PayingTerminal = DeclaredTerminal.extend({
  /** the last six digits of the code; of an EMVCo code, those of the number in tag 57 */
  encrypt_rand_num: text(10).optional(),
  /** base64 of the MAC over serial_num and encrypt_rand_num, made in the certified terminal */
  secret_text: text(16).optional(),
});
export type PayingTerminal = z.infer<typeof PayingTerminal>;

/** Why a payment has no secret_text. */
const SECRET_ABSENT = [
  /** this till has no certified terminal that could make one */
  'NO_CERTIFIED_TERMINAL',
  'TERMINAL_SILENT',
  /** its serial-number key was never downloaded, or it will not */
  'TERMINAL_REFUSED',
  /** it is another terminal than the registered one: its secret would prove that */
  'OTHER_TERMINAL',
  /** the code holds no number that a MAC could be made over */
  'CODE_WITHOUT_NUMBER',
] as const;

export const PayArgs = z.strictObject({
  amountFen: fen,
  currency: z.literal('CNY'),
  channel,
  /** the secret; this message is its only carrier */
  paycode: z.string().min(1).max(512),
  source: z.enum(['scanner', 'manual']),
  title: text(128).optional(),
  /** of a registered till */
  terminal: PayingTerminal.optional(),
  /** where the channel wants a secret_text of this terminal and there is none */
  secretAbsent: z.enum(SECRET_ABSENT).optional(),
});
export type PayArgs = z.infer<typeof PayArgs>;
export const PayRequest = z.strictObject({ ...requestHead, op: z.literal('pay'), args: PayArgs });

const QueryArgs = z.strictObject({ amountFen: fen, currency: z.literal('CNY'), channel });
const QueryRequest = z.strictObject({ ...requestHead, op: z.literal('query'), args: QueryArgs });

const ReverseArgs = z.strictObject({
  amountFen: fen,
  currency: z.literal('CNY'),
  channel,
  reason: z.enum(['DEADLINE', 'CLERK_CANCEL', 'PAYERROR', 'EXPIRED', 'RESTART']),
});
const ReverseRequest = z.strictObject({ ...requestHead, op: z.literal('reverse'), args: ReverseArgs });

/** `attemptId` is the intent's id. */
export const IntentRequest = z.strictObject({ ...requestHead, op: z.literal('intent'), args: IntentRequestArgs });

export const RefundRequest = z.strictObject({ ...requestHead, op: z.literal('refund'), args: RefundRequestArgs });
export const RefundQueryRequest = z.strictObject({
  ...requestHead,
  op: z.literal('refund-query'),
  args: RefundQueryArgs,
});

export const Request = z.discriminatedUnion('op', [
  PayRequest,
  QueryRequest,
  ReverseRequest,
  RefundRequest,
  RefundQueryRequest,
  IntentRequest,
]);
export type PayRequest = z.infer<typeof PayRequest>;
export type QueryRequest = z.infer<typeof QueryRequest>;
export type ReverseRequest = z.infer<typeof ReverseRequest>;
export type RefundRequest = z.infer<typeof RefundRequest>;
export type RefundQueryRequest = z.infer<typeof RefundQueryRequest>;
export type IntentRequest = z.infer<typeof IntentRequest>;
export type Request = z.infer<typeof Request>;
/** What a channel is asked, in its own words; intents are the backend's business. */
export type ChannelRequest = Exclude<Request, IntentRequest>;

/**
 * What `payloadHash` covers: everything that may not change between two messages of the same attempt and operation, but
 * the paycode and what is made of its digits (`terminal.encrypt_rand_num`, `terminal.secret_text`). A hash of a few digits can be
 * guessed back, and replies carry the hash; the secret stays in `req/pay`.
 */
export function payloadHash(request: Pick<Request, 'attemptId' | 'orderId' | 'op' | 'args'>, digest?: Digest): string {
  const { attemptId, orderId, op } = request;
  const args = 'paycode' in request.args ? withoutDigits(request.args) : request.args;
  return canonicalHash({ attemptId, orderId, op, args }, digest);
}

/** Canonical JSON leaves out what is `undefined`. */
function withoutDigits(args: PayArgs) {
  const { terminal } = args;
  if (!terminal) return { ...args, paycode: undefined };
  return {
    ...args,
    paycode: undefined,
    terminal: { ...terminal, encrypt_rand_num: undefined, secret_text: undefined },
  };
}
