import { z } from 'zod';
import { canonicalHash, type Digest } from './canonical.ts';
import { ClosingEvent } from './closings.ts';
import {
  attemptId,
  channel,
  fen,
  hash,
  id,
  millis,
  orderId,
  payChannel,
  personId,
  refundId,
  text,
  version,
} from './fields.ts';
import { HOLD_STATE_NAMES } from './holds.ts';
import { IntentEvent, IntentRequestArgs, intentAnswer, RiskNotice } from './intents.ts';
import { RefundEvent, RefundQueryArgs, RefundRequestArgs, ResolutionEvent } from './refunds.ts';
import { CHANNEL_OPS, DEVICES, REQUEST_OPS } from './topics.ts';

// What the agent asks, is answered and tells, as zod schemas: the one source for types, checks and the generated documents.
// Commands stand in commands.ts.

// --- requests: agent -> backend, req/{op} -------------------------------------------------------------------------

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
export const SECRET_ABSENT = [
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

export const QueryArgs = z.strictObject({ amountFen: fen, currency: z.literal('CNY'), channel });
export const QueryRequest = z.strictObject({ ...requestHead, op: z.literal('query'), args: QueryArgs });

export const ReverseArgs = z.strictObject({
  amountFen: fen,
  currency: z.literal('CNY'),
  channel,
  reason: z.enum(['DEADLINE', 'CLERK_CANCEL', 'PAYERROR', 'EXPIRED', 'RESTART']),
});
export const ReverseRequest = z.strictObject({ ...requestHead, op: z.literal('reverse'), args: ReverseArgs });

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

function withoutDigits({ paycode: _digits, terminal, ...args }: PayArgs): Omit<PayArgs, 'paycode'> {
  if (!terminal) return args;
  const { encrypt_rand_num: _last, secret_text: _made, ...declared } = terminal;
  return { ...args, terminal: declared };
}

// --- replies: backend -> agent, rep/{requestId} -------------------------------------------------------------------

const replyHead = { v: version, requestId: id, attemptId, payloadHash: hash, ts: millis };

/** The customer pays by instalments (分期): the shop has the whole amount all the same. */
export const Instalments = z.strictObject({
  count: z.int().min(2).max(60),
  /** what the customer pays each time, and for paying so; in fen, as far as the channel says it */
  eachFen: fen.optional(),
  feeFen: z.int().nonnegative().optional(),
});
export type Instalments = z.infer<typeof Instalments>;

/** The channel answered: its own code, untranslated. What the code means is the agent's table, not the backend's. */
export const AnsweredReply = z.strictObject({
  ...replyHead,
  op: z.enum(CHANNEL_OPS),
  status: z.literal('answered'),
  channel,
  code: text(64).min(1),
  /** the channel's own words (err_code_des, sub_msg); shown masked */
  message: text(256).optional(),
  transactionId: text(64).optional(),
  paidFen: fen.optional(),
  paidAt: millis.optional(),
  /** reverse: the money had been taken and went back (Alipay action=refund) */
  refunded: z.boolean().optional(),
  /** who paid, as a fingerprint under a key that no till has: the same payer again can be seen, who it is cannot */
  payer: z
    .string()
    .regex(/^[0-9a-f]{16,64}$/)
    .optional(),
  /** what the customer has chosen in the wallet */
  instalments: Instalments.optional(),
  /** what may worry the customer while the wallet asks, and does not stop the payment */
  riskNotice: RiskNotice.optional(),
  /** reverse: call again (Alipay retry_flag=Y) */
  retry: z.boolean().optional(),
  /** refund, refund-query: the refund that this speaks of */
  refundId: refundId.optional(),
  refundFen: fen.optional(),
  /** the channel's own number of the refund */
  channelRefundId: text(64).optional(),
  /** refund: false when this very call moved nothing (Alipay fund_change=N) */
  fundChange: z.boolean().optional(),
});

/** What the backend knows of an intent; who says PAID says how much and when. */
export const IntentReply = z
  .strictObject({ ...replyHead, op: z.literal('intent'), status: z.literal('intent'), ...intentAnswer })
  .refine(({ state, ...paid }) => state !== 'PAID' || (paid.paidFen && paid.paidAt && paid.channel), {
    error: 'PAID needs paidFen, paidAt and channel',
  });

export const REFUSALS = [
  'BAD_REQUEST',
  'UNSUPPORTED_VERSION',
  'RETAINED_REJECTED',
  'EXPIRED',
  'DUPLICATE_ORDER',
  'ATTEMPT_CLOSED',
  'UNSUPPORTED_CHANNEL',
] as const;

/** The backend itself refused and asked nobody: proof that this message moved no money. */
export const RefusedReply = z.strictObject({
  ...replyHead,
  op: z.enum(REQUEST_OPS),
  status: z.literal('refused'),
  refusal: z.enum(REFUSALS),
  message: text(256).optional(),
});

export const Reply = z.discriminatedUnion('status', [AnsweredReply, IntentReply, RefusedReply]);
export type AnsweredReply = z.infer<typeof AnsweredReply>;
export type IntentReply = z.infer<typeof IntentReply>;
export type RefusedReply = z.infer<typeof RefusedReply>;
export type Reply = z.infer<typeof Reply>;

// --- state and time -----------------------------------------------------------------------------------------------

/** `state`, retained. The last will carries the same boot and conn with s = lost. */
export const AgentState = z.strictObject({
  v: version,
  s: z.enum(['online', 'offline', 'lost']),
  /** ULID of this process's start */
  boot: id,
  /** counts the connections of this boot, so that an old connection's will cannot overwrite a new one unnoticed */
  conn: z.int().nonnegative(),
  ts: millis,
});
export type AgentState = z.infer<typeof AgentState>;

/** `info`, retained: what runs there; secrets removed. */
export const AgentInfo = z.strictObject({
  v: version,
  version: text(32),
  node: text(32),
  os: text(64),
  boot: id,
  channels: z.array(payChannel).max(16),
  /**
   * terminal_info by the acquirers' names of the fields (payment.md 4.3), as far as it is not of one payment: what this till
   * says of itself, for the backend to hold against the registration. `encrypt_rand_num` and `secret_text` are never here: the
   * key for them stays in the certified terminal
   */
  terminal: DeclaredTerminal.optional(),
});
export type AgentInfo = z.infer<typeof AgentInfo>;

/** `dev/{dev}/state`, retained: can the device be used, since when, and if not why. */
export const DeviceState = z.strictObject({
  v: version,
  dev: z.enum(DEVICES),
  avail: z.enum(['online', 'offline']),
  /** an error code of the agent */
  reason: text(32).optional(),
  since: millis,
});
export type DeviceState = z.infer<typeof DeviceState>;

export const TimeRequest = z.strictObject({ v: version, id, sent: millis });
export const TimeReply = z.strictObject({ v: version, id, sent: millis, ts: millis });
export type TimeRequest = z.infer<typeof TimeRequest>;
export type TimeReply = z.infer<typeof TimeReply>;

// --- events: agent -> backend, evt/{type}, from the outbox --------------------------------------------------------

export const ATTEMPT_STATES = [
  'CREATED',
  'SUBMITTED',
  'USER_PAYING',
  'UNKNOWN',
  'REVERSING',
  'PAID',
  'FAILED',
  'REVERSED',
  'NEEDS_MANUAL_CHECK',
] as const;
export type AttemptStateName = (typeof ATTEMPT_STATES)[number];

/** One question to the backend and what came of it; milliseconds since the pay request left. */
export const AttemptExchange = z.strictObject({
  /** `restart`: a new process took over; times may begin anew there */
  op: z.enum(['pay', 'query', 'reverse', 'restart']),
  n: z.int().nonnegative(),
  asked: z.int(),
  answered: z.int().optional(),
  /** the channel's code, NO_ANSWER or NOT_SENT */
  code: text(64).optional(),
});

export const AttemptEvidence = z.strictObject({
  /** wall clock of the till when the pay request left, Unix ms */
  startedAt: millis,
  exchanges: z.array(AttemptExchange).max(16),
  /** exchanges left out of the middle */
  leftOut: z.int().nonnegative(),
  /** the channel took no reverse any more when one was due */
  windowClosed: z.boolean().optional(),
  /** what the channel says was paid */
  paidFen: fen.optional(),
});

const TERMINAL_OUTCOMES = ['approved', 'declined', 'cancelled', 'unknown'] as const;
/** What names a transaction at the card terminal, in its own words. */
export const TerminalKey = z.strictObject({
  receipt: text(32).optional(),
  trace: text(32).optional(),
  terminalId: text(32).optional(),
  /** the terminal's own clock */
  date: text(32).optional(),
  time: text(32).optional(),
  authorisation: text(32).optional(),
  rrn: text(32).optional(),
  batch: text(32).optional(),
});

/** An attempt that was made on the card terminal beside the till. */
export const CardEvidence = z.strictObject({
  protocol: text(32),
  /** the till's own name of the command, on disk before its first byte */
  reference: text(64),
  outcome: z.enum(TERMINAL_OUTCOMES).optional(),
  /** how that is known: its own answer, its answer to the question what happened last, or why nobody knows */
  by: text(32).optional(),
  key: TerminalKey.optional(),
  /** what the terminal says; anything but the amount asked for needs a person */
  amountFen: z.int().nonnegative().optional(),
  maskedPan: text(32).optional(),
  /** of a charge of a hold: with PAID it is charged, with FAILED it stands as before */
  holdId: attemptId.optional(),
});

/** The card terminal spoke of a transaction that no command waited for. Kept as evidence, never applied. */
export const TerminalLateEvent = z.strictObject({
  type: z.literal('terminal-late'),
  protocol: text(32),
  outcome: z.enum(TERMINAL_OUTCOMES),
  by: text(32),
  key: TerminalKey,
  code: text(64).optional(),
  amountFen: z.int().nonnegative().optional(),
  /** the attempt that was under way, or that the answer is about: whose it is nobody knows */
  attemptId: attemptId.optional(),
});

/** An attempt reached a new state. Final states are results: never dropped. */
export const AttemptEvent = z.strictObject({
  type: z.literal('attempt'),
  attemptId,
  orderId,
  amountFen: fen,
  channel: payChannel,
  state: z.enum(ATTEMPT_STATES),
  category: text(32),
  code: text(64).optional(),
  transactionId: text(64).optional(),
  refunded: z.boolean().optional(),
  /** the channel said SUCCESS after a reverse was sent: that money must be back */
  successAfterReverse: z.boolean().optional(),
  /** the channel said SUCCESS although the attempt had ended without money: a person must look */
  lateSuccess: z.boolean().optional(),
  /** what a person needs who has to find out: with NEEDS_MANUAL_CHECK and with `lateSuccess` */
  evidence: AttemptEvidence.optional(),
  card: CardEvidence.optional(),
  /** durations of the scan path in milliseconds, on the monotonic clock */
  timings: z.strictObject({ scanToPublishMs: z.number().optional(), scanToPaidMs: z.number().optional() }).optional(),
});

/**
 * A hold was asked for or given up at the card terminal, and where it stands now. Its charge comes as an `attempt` that names it.
 * HELD is no money of the shop's.
 */
export const HoldEvent = z.strictObject({
  type: z.literal('hold'),
  holdId: attemptId,
  orderId,
  amountFen: fen,
  state: z.enum(HOLD_STATE_NAMES),
  /** the command at the terminal that it is about, and how that ended; the hold's own attempt first */
  attemptId,
  outcome: z.enum(['asked', 'carried-out', 'refused', 'unknown', 'needs-a-person']),
  code: text(64).optional(),
  card: CardEvidence.optional(),
  evidence: AttemptEvidence.optional(),
});

/**
 * A slip's claim and its evidence: `sent` all bytes left, `unknown` the link was lost before that could be known, `cleared`
 * the printer forgot it on demand: it did not come out whole.
 */
export const SlipEvent = z.strictObject({
  type: z.literal('slip'),
  slipId: id,
  attemptId,
  state: z.enum(['sent', 'unknown', 'cleared']),
  /** a reprint, marked as such on the paper */
  duplicate: z.boolean().optional(),
  /** what the claim rests on; see the journal's Slip */
  proof: z.enum(['confirmed', 'processed', 'sent', 'clerk']).optional(),
  paidToPrintedMs: z.number().optional(),
});

/** Something was scanned that is not a paycode, or at the wrong moment. Carries no text of it. */
export const ScanRefusedEvent = z.strictObject({
  type: z.literal('scan-refused'),
  reason: text(32),
  channel: channel.optional(),
  length: z.int().nonnegative(),
});

/** The till's wall clock can no longer be believed, or can again (more than 120 s off, or never compared). */
export const ClockEvent = z.strictObject({
  type: z.literal('clock'),
  trusted: z.boolean(),
  /** ahead (+) or behind (-) of the backend */
  errorMs: z.int().optional(),
});

/** What the till holds to has changed, by a command or by itself. */
export const SettingsEvent = z.strictObject({
  type: z.literal('settings'),
  /** canonicalHash of all settings */
  hash,
  /** the command that changed them */
  commandId: id.optional(),
  commandSeq: z.int().nonnegative().optional(),
  /** why the till has tightened them by itself */
  cause: text(48).optional(),
});

/** A limit is nearly used up (four fifths), or a payment was refused by it. Told once per limit and period. */
export const LimitEvent = z.strictObject({
  type: z.literal('limit'),
  limit: text(16),
  level: z.enum(['warn', 'reached']),
  /** fen or payments, as the limit counts */
  used: z.int().nonnegative(),
  of: z.int().nonnegative(),
  /** backend time, beginning of the day or hour that is counted */
  since: millis,
});

export const SIGNALS = [
  'MANY_INVALID_CODES',
  'SAME_PAYER',
  'ROUND_AMOUNTS',
  'NIGHT_HOURS',
  'OVER_LIMIT_TRIES',
  'MANY_REFUNDS',
] as const;
export type SignalName = (typeof SIGNALS)[number];

/** Something that a risk desk may want to look at. Never a verdict: nobody is refused because of it. */
export const SignalEvent = z.strictObject({
  type: z.literal('signal'),
  signal: z.enum(SIGNALS),
  count: z.int().positive(),
  /** in which so many happened, ms */
  windowMs: millis,
  attemptIds: z.array(attemptId).max(16).optional(),
});

/** For whoever watches many tills: something is wrong that no single payment shows. */
export const AlertEvent = z.strictObject({
  type: z.literal('alert'),
  alert: z.enum(['REVERSALS_AFTER_USER_PAYING']),
  windowMs: millis,
  /** customers asked for a password, and how many of these payments were reversed */
  asked: z.int().positive(),
  reversed: z.int().nonnegative(),
});

/** A person at the till reports something unusual, in words of his own (masked). */
export const ReportEvent = z.strictObject({
  type: z.literal('report'),
  note: text(200).min(1),
  personId,
  orderId: orderId.optional(),
  /** backend time */
  at: millis,
});

/**
 * What this till found out about its own terminal, or what it wants to know of it. `asks`: the time for which the backend's
 * word was given is over; the word stands until another command comes.
 */
export const TerminalEvent = z.strictObject({
  type: z.literal('terminal'),
  /** as the clerk sees it */
  state: text(32),
  reasonCode: text(48).optional(),
  /** as the clerk reads it: what the till found itself has a number of its own */
  referenceNo: text(40).optional(),
  /** reasons found at the till itself */
  found: z.array(text(48)).max(8),
  /** who has locked or unlocked it, or checked its place */
  personId: personId.optional(),
  asks: z.enum(['UNTIL_PASSED', 'LEASE_ENDED']).optional(),
  /** of the command that is asked about */
  commandSeq: z.int().nonnegative().optional(),
});

/** A person at the till says that a notice was read. The first one counts. */
export const NoticeAckEvent = z.strictObject({
  type: z.literal('notice-ack'),
  noticeId: id,
  personId,
  /** backend time */
  at: millis,
});

export const EventData = z.discriminatedUnion('type', [
  AttemptEvent,
  IntentEvent,
  HoldEvent,
  SlipEvent,
  ScanRefusedEvent,
  ClockEvent,
  RefundEvent,
  ResolutionEvent,
  SettingsEvent,
  TerminalEvent,
  NoticeAckEvent,
  LimitEvent,
  SignalEvent,
  AlertEvent,
  ReportEvent,
  TerminalLateEvent,
  ClosingEvent,
]);
export type EventData = z.infer<typeof EventData>;

/** An entry of the till's hash-chained journal. */
export const JournalEntryRef = z.strictObject({ seq: z.int().nonnegative(), hash });

export const EventEnvelope = z.strictObject({
  v: version,
  /** strictly rising per agent, across restarts */
  seq: z.int().positive(),
  id,
  boot: id,
  ts: millis,
  data: EventData,
  /** no event has a number between `after` and this one (dropped by the till's limits, or lost): do not wait for them */
  after: z.int().nonnegative().optional(),
  /** the journal's newest entry when this was sent: the backend is its witness */
  head: JournalEntryRef.optional(),
});
export type EventEnvelope = z.infer<typeof EventEnvelope>;

/** `evt-ack`: every event up to and including `upto` is kept by the backend. */
export const EventAck = z.strictObject({
  v: version,
  upto: z.int().nonnegative(),
  /** the newest journal entry (highest seq) that any event of this till ever named */
  anchor: JournalEntryRef.optional(),
});
export type EventAck = z.infer<typeof EventAck>;
