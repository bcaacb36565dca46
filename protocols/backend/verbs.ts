import { z } from 'zod';
import { attemptId, fen, id, millis, orderId, personId, refundId, text } from './fields.ts';
import { CancelPreAuthArgs, CompletePreAuthArgs, PreAuthArgs } from './holds.ts';
import { IntentArgs, IntentNameArgs, IntentNotifyArgs, IntentPrintArgs } from './intents.ts';
import { RESOLUTIONS } from './refunds.ts';

// What each command carries in `args`. A verb whose room does not stand in an agent is answered with UNSUPPORTED.

/** Ask the counter to collect an order; the next scanned paycode pays it. */
export const CollectArgs = z.strictObject({
  orderId,
  amountFen: fen,
  currency: z.literal('CNY'),
  title: text(128).optional(),
});
export type CollectArgs = z.infer<typeof CollectArgs>;

/**
 * Take an order on the card terminal beside the till, now: the customer stands there with the card. Its order comes to the
 * counter, and a scanned code pays it only after this has certainly failed.
 */
export const CardSaleArgs = CollectArgs;
export type CardSaleArgs = z.infer<typeof CardSaleArgs>;

/** The end of day of the card terminal: its batch goes to the host. */
const CardSettleArgs = z.strictObject({});

/** The card terminal's own receipt of its last transaction, once more. */
const CardReprintArgs = z.strictObject({});

/**
 * Give money back. `approvedBy` is the second person; without one the refund waits for an approval: the same command under
 * a new id, with the same `refundId` and `approvedBy`.
 */
export const RefundArgs = z.strictObject({
  refundId,
  orderId,
  refundFen: fen,
  currency: z.literal('CNY'),
  reason: text(80).min(1),
  requestedBy: personId,
  approvedBy: personId.optional(),
});
export type RefundArgs = z.infer<typeof RefundArgs>;

/** The shop gives up on an order that is not paid: as if the clerk had pressed cancel. */
export const CancelArgs = z.strictObject({ orderId });
export type CancelArgs = z.infer<typeof CancelArgs>;

/** What the till knows of an order. */
export const QueryOrderArgs = z.strictObject({ orderId });
export type QueryOrderArgs = z.infer<typeof QueryOrderArgs>;

/** Print the slip of an order's payment, or of one refund, again: marked as a duplicate. */
export const PrintArgs = z.strictObject({ orderId, refundId: refundId.optional() });
export type PrintArgs = z.infer<typeof PrintArgs>;

/** Rises with every command that changes what the till holds to; an older one is refused, however late it comes. */
const commandSeq = z.int().positive();
/** A limit, or null: this limit of the backend's no longer holds, the configuration's alone does. */
const limit = fen.nullable().optional();

const RefundLimitArgs = z.strictObject({
  /** the most one refund may give back, fen */
  maxFen: limit,
  /** the most all refunds of a Chinese day may give back, fen */
  dayFen: limit,
  dayCount: z.int().nonnegative().max(10_000).nullable().optional(),
  /** days after the payment in which the till gives money back */
  windowDays: z.int().min(0).max(365).nullable().optional(),
});

const count = z.int().nonnegative().max(10_000).nullable().optional();
const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/);

/** Beijing time; `to` is no longer within, and one that is not later than `from` is on the next day. */
export const OpenHours = z.strictObject({ from: timeOfDay, to: timeOfDay });
export type OpenHours = z.infer<typeof OpenHours>;
/** Why an agent that is too old may not collect: the reasons that an update clears. */
const UPDATE_REASONS = ['SOFTWARE_FAULT', 'SECURITY_VULNERABILITY', 'REGULATION_CHANGE'] as const;

/** Agents older than this do not collect; those that are new enough do so again by themselves. */
const MinimumVersion = z.strictObject({
  version: z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/),
  reasonCode: z.enum(UPDATE_REASONS).default('SOFTWARE_FAULT'),
});

/** The backend's limits; the stricter of these and the configuration's holds. A limit that is not named stays. */
export const LimitsArgs = z.strictObject({
  commandSeq,
  /** the most one payment may be, fen */
  maxFen: limit,
  /** the most all payments of a Chinese day may come to, fen, and how many they may be */
  dayFen: limit,
  dayCount: count,
  /** the same for an hour of the clock */
  hourFen: limit,
  hourCount: count,
  openHours: OpenHours.nullable().optional(),
  refund: RefundLimitArgs.optional(),
  /** takes away what the till has tightened by itself */
  automatic: z.null().optional(),
  /** null: any version will do */
  minVersion: MinimumVersion.nullable().optional(),
  /** models of terminals, as the registration writes them, that may not be used any more; null: none */
  bannedModels: z.array(text(64).min(1)).max(64).nullable().optional(),
});
export type LimitsArgs = z.infer<typeof LimitsArgs>;

/** The block that clerk and slip show, word for word (order-states.json, `terminal.fields`). */
const terminalFields = {
  commandSeq,
  reasonCode: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{1,47}$/)
    .optional(),
  reasonTextZh: text(100).optional(),
  reasonTextEn: text(100).optional(),
  referenceNo: text(40).optional(),
  servicePhone: text(20).optional(),
  /** what the shop is to do now, in words for the clerk */
  requiredAction: text(100).optional(),
  /** backend time, Unix ms */
  since: millis.optional(),
  /** in the past it changes nothing by itself */
  until: millis.optional(),
  canCollect: z.boolean().optional(),
  canRefund: z.boolean().optional(),
};

/** Collecting stops, or soon will. Payments under way are finished. */
export const SuspendArgs = z.strictObject({
  ...terminalFields,
  state: z.enum(['MAINTENANCE_SCHEDULED', 'MAINTENANCE', 'UNDER_REVIEW', 'SUSPENDED', 'DISABLED', 'UNREGISTERED']),
});
export type SuspendArgs = z.infer<typeof SuspendArgs>;

/** Collecting goes on. */
export const ResumeArgs = z.strictObject({
  ...terminalFields,
  state: z.enum(['ACTIVE', 'MAINTENANCE_SCHEDULED', 'UNDER_REVIEW']).default('ACTIVE'),
});
export type ResumeArgs = z.infer<typeof ResumeArgs>;

/** A manager found out what became of the money: of an order in dispute or, with `refundId`, of one refund. */
export const ResolveArgs = z.strictObject({
  orderId,
  refundId: refundId.optional(),
  /** of a refund: `refunded`, or `unpaid` when nothing went back */
  outcome: z.enum(RESOLUTIONS),
  /** of an order with a hold: whether it stands; `gone` also of one that the issuer gave up, with `unpaid` */
  hold: z.enum(['stands', 'gone']).optional(),
  personId,
  reason: text(200).min(1),
});
export type ResolveArgs = z.infer<typeof ResolveArgs>;

/** Something the people at the counter must read. */
export const NoticeArgs = z.strictObject({
  noticeId: id,
  level: z.enum(['info', 'warn', 'urgent']),
  titleZh: text(60).min(1),
  titleEn: text(60).optional(),
  textZh: text(500).min(1),
  textEn: text(500).optional(),
  /** backend time behind which it need not be shown */
  until: millis.optional(),
  /** somebody must say that it was read */
  ackRequired: z.boolean().default(false),
});
export type NoticeArgs = z.infer<typeof NoticeArgs>;

/** Settings without a rule about money in them. */
export const ConfigArgs = z.strictObject({
  commandSeq,
  set: z.strictObject({
    logLevel: z.enum(['debug', 'info', 'warn', 'error']).optional(),
    servicePhone: text(20).optional(),
  }),
});
export type ConfigArgs = z.infer<typeof ConfigArgs>;

/** A named table as a document of its own: rules by which codes are told apart, words and layout of slips. */
const document = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,64}$/),
  version: z.int().positive(),
  /** canonicalHash(content) */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  content: z.json(),
});
export const RuleTableArgs = z.strictObject({ commandSeq, table: document });
export type RuleTableArgs = z.infer<typeof RuleTableArgs>;
const TemplatesArgs = z.strictObject({ commandSeq, templates: z.array(document).min(1).max(16) });

export const DiagnoseArgs = z.strictObject({
  /** check codes of `tillwire doctor`; none: all */
  checks: z
    .array(z.string().regex(/^[A-Z0-9_]{1,48}$/))
    .max(64)
    .optional(),
  /** how the till sees this attempt, beside the findings */
  attemptId: attemptId.optional(),
  /** language of causes and remedies */
  lang: z.enum(['zh', 'en']).default('zh'),
});
export type DiagnoseArgs = z.infer<typeof DiagnoseArgs>;

/**
 * Whether a command must be signed (signature.ts). `loosening`: when it gives more room than there is now; tightening
 * needs none.
 */
export type SignatureRule = 'never' | 'loosening' | 'always';

/** verb -> its arguments, and what must be signed */
export const COMMAND_VERBS = {
  collect: { args: CollectArgs, signature: 'never' },
  refund: { args: RefundArgs, signature: 'always' },
  'card-sale': { args: CardSaleArgs, signature: 'never' },
  'card-preauth': { args: PreAuthArgs, signature: 'never' },
  'card-preauth-complete': { args: CompletePreAuthArgs, signature: 'never' },
  'card-preauth-cancel': { args: CancelPreAuthArgs, signature: 'never' },
  'card-settle': { args: CardSettleArgs, signature: 'never' },
  'card-reprint': { args: CardReprintArgs, signature: 'never' },
  cancel: { args: CancelArgs, signature: 'never' },
  query: { args: QueryOrderArgs, signature: 'never' },
  print: { args: PrintArgs, signature: 'never' },
  config: { args: ConfigArgs, signature: 'always' },
  limits: { args: LimitsArgs, signature: 'loosening' },
  'rule-table': { args: RuleTableArgs, signature: 'always' },
  templates: { args: TemplatesArgs, signature: 'always' },
  notice: { args: NoticeArgs, signature: 'never' },
  suspend: { args: SuspendArgs, signature: 'loosening' },
  resume: { args: ResumeArgs, signature: 'always' },
  diagnose: { args: DiagnoseArgs, signature: 'never' },
  resolve: { args: ResolveArgs, signature: 'always' },
  intent: { args: IntentArgs, signature: 'never' },
  'intent-cancel': { args: IntentNameArgs, signature: 'never' },
  'intent-query': { args: IntentNameArgs, signature: 'never' },
  'intent-print': { args: IntentPrintArgs, signature: 'never' },
  // unsigned it proves nothing, and is only a reason to ask
  'intent-notify': { args: IntentNotifyArgs, signature: 'never' },
} as const satisfies Record<string, { readonly args: z.ZodType; readonly signature: SignatureRule }>;
export type CommandVerb = keyof typeof COMMAND_VERBS;

/** The schema of a verb's arguments; `undefined`: no such verb in the contract. */
export function argsOf(verb: string): z.ZodType | undefined {
  const verbs: Readonly<Record<string, { readonly args: z.ZodType }>> = COMMAND_VERBS;
  return Object.hasOwn(verbs, verb) ? verbs[verb]?.args : undefined;
}
