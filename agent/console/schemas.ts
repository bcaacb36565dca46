import { z } from '@hono/zod-openapi';
import {
  attemptId,
  fen,
  id,
  millis,
  orderId,
  PAY_CHANNELS,
  payChannel,
  personId,
  refundId,
} from '../../protocols/backend/fields.ts';
import { IntentArgs, type IntentStateName, IntentView, RiskNotice } from '../../protocols/backend/intents.ts';
import { ATTEMPT_STATES, type AttemptStateName, Instalments, TerminalKey } from '../../protocols/backend/messages.ts';
import { REFUND_STATES } from '../../protocols/backend/refunds.ts';
import { DEVICES } from '../../protocols/backend/topics.ts';
import {
  CardSaleArgs,
  CollectArgs,
  NoticeArgs,
  PrintArgs,
  RefundArgs,
  ResolveArgs,
} from '../../protocols/backend/verbs.ts';
import { ORDER_STATES, type OrderState } from '../payment/order-states.ts';
import { TERMINAL_STATES, type TerminalState } from '../payment/terminal-state.ts';
import { APPROVALS, ROLE_NAMES } from '../people/roles.ts';
import { SCOPE_NAMES } from './scopes.ts';

// What the local API takes and gives, as zod schemas: the OpenAPI document is made from them. Money is integer fen; times
// are Unix milliseconds of the backend's clock unless a field says otherwise.

const words = z.strictObject({ zh: z.string(), en: z.string() });
const names = <T extends string>(table: Readonly<Record<T, unknown>>) => z.enum(Object.keys(table) as [T, ...T[]]);

/** A whole number in an address: text on the wire. */
const number = (least: number, most: number) =>
  z.coerce.number().int().min(least).max(most).openapi({ type: 'integer', minimum: least, maximum: most });

export const ProblemBody = z
  .strictObject({
    type: z.string().describe('urn:tillwire:problem:CODE'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('stable; the table stands below'),
    detail: z.string().optional(),
    cause: words,
    remedy: words.describe('what to do now'),
    retryable: z.boolean().describe('the same call may be repeated as it is'),
    triesLeft: z.int().optional().describe('PIN_WRONG: guesses before a lock'),
    until: millis.optional().describe('PIN_LOCKED: nobody may guess before that'),
  })
  .meta({ id: 'Problem', description: 'Every "no" has this form (RFC 9457).' });

export const OrderBody = z
  .strictObject({
    orderId,
    amountFen: fen,
    title: z.string().optional(),
    state: names<OrderState>(ORDER_STATES),
    attemptId: attemptId.optional().describe('the newest attempt to be paid'),
    intentId: attemptId.optional().describe('the newest code that was shown for it'),
  })
  .meta({ id: 'Order', description: 'What is to be paid for. At most one of its attempts is ever paid.' });

export const ClerkBody = z
  .strictObject({
    zh: z.string(),
    en: z.string(),
    action: z.string(),
    todo: words.optional().describe('what to do now, as a sentence'),
    sound: z.string().optional().describe('success, wait, fail, fail-short, alarm'),
  })
  .meta({ id: 'Clerk', description: 'What the person at the counter is told, and what to do now.' });

export const CardBody = z
  .strictObject({
    protocol: z.string(),
    outcome: z.enum(['approved', 'declined', 'cancelled', 'unknown']).optional(),
    by: z.string().optional().describe('how that is known, or why it is not'),
    text: z.string().optional().describe("the terminal's own words"),
    key: TerminalKey.optional(),
  })
  .meta({ id: 'CardTransaction', description: 'What the card terminal said of an attempt that was made on it.' });

export const AttemptBody = z
  .strictObject({
    attemptId,
    orderId,
    amountFen: fen,
    channel: payChannel,
    maskedPaycode: z.string().describe('first 2 and last 4; the code itself is kept nowhere'),
    state: z.enum(ATTEMPT_STATES),
    category: z.string(),
    clerk: ClerkBody,
    code: z.string().optional().describe("the channel's last code"),
    transactionId: z.string().optional(),
    paidAt: millis.optional(),
    instalments: Instalments.optional().describe('the customer pays so; the shop has the whole amount'),
    riskNotice: RiskNotice.optional().describe('what the wallet warns of, and what the clerk says to it'),
    startedAt: millis.describe('wall clock of the till'),
    source: z.enum(['manual', 'page-wedge']).optional().describe('typed by hand, or by a gun into the page'),
    card: CardBody.optional(),
  })
  .meta({ id: 'Attempt', description: 'One try to be paid.' });

export const SlipBody = z
  .strictObject({
    slipId: id,
    attemptId,
    state: z.enum(['queued', 'sending', 'sent', 'unknown', 'cleared']),
    duplicate: z.boolean(),
    proof: z.enum(['confirmed', 'processed', 'sent', 'clerk']).optional().describe('what the claim rests on'),
  })
  .meta({ id: 'Slip', description: 'A print job and how far its evidence goes.' });

export const PrintJobBody = z
  .strictObject({ jobId: id })
  .meta({ id: 'PrintJob', description: 'A paper that was asked for.' });

export const AttemptWithSlips = AttemptBody.extend({ slips: z.array(SlipBody) }).meta({ id: 'AttemptWithSlips' });

export const IntentBody = IntentView.meta({
  id: 'Intent',
  description: 'A code or a link for an exact amount, and everything needed to draw the screen.',
});

export const RefundBody = z
  .strictObject({
    refundId,
    orderId,
    attemptId,
    channel: payChannel,
    amountFen: fen.describe('what was paid'),
    refundFen: fen.describe('what goes back'),
    reason: z.string(),
    state: z.enum(REFUND_STATES),
    clerk: ClerkBody,
    requestedBy: personId,
    requestedAt: millis,
    approvedBy: personId.optional(),
    code: z.string().optional().describe("the channel's last code"),
    channelRefundId: z.string().optional(),
    settledAt: millis.optional(),
    resolvedBy: personId.optional(),
  })
  .meta({ id: 'Refund', description: 'Money of one payment that goes back to where it came from.' });

export const OrderWithAttempt = z
  .strictObject({
    order: OrderBody,
    attempt: AttemptWithSlips.optional(),
    intent: IntentBody.optional(),
    refunds: z.array(RefundBody).optional(),
    remainingFen: z.int().nonnegative().optional().describe('what of the payment can still be given back'),
  })
  .meta({ id: 'OrderWithAttempt' });

export const OperationBody = z
  .strictObject({
    commandId: id,
    phase: z.enum(['accepted', 'final']).describe('accepted: it is on disk and will be carried out'),
    status: z
      .enum(['ok', 'declined', 'cancelled', 'failed', 'unknown'])
      .describe('failed: certainly nothing was done; unknown: look again'),
    code: z.string(),
    message: z.string().optional(),
    clerk: ClerkBody.optional(),
    data: z.record(z.string(), z.unknown()).optional(),
    attemptId: attemptId.optional(),
    replayed: z.boolean().optional().describe('this call was answered before'),
    at: millis,
  })
  .meta({
    id: 'Operation',
    description: 'What became of a call that changes something. Repeat it with the same key to ask again.',
  });

export const CollectBody = CollectArgs.extend({ currency: CollectArgs.shape.currency.default('CNY') }).meta({
  id: 'Collect',
  description: 'Ask the counter to collect an order; the next scanned paycode pays it.',
});
export const CardSaleBody = CardSaleArgs.extend({ currency: CardSaleArgs.shape.currency.default('CNY') }).meta({
  id: 'CardSaleBody',
});

export const PaycodeBody = z
  .strictObject({ paycode: z.string().min(1).max(512).describe('a secret that dies in a minute; kept nowhere') })
  .meta({ id: 'TypedPaycode' });

export const BegunBody = z.strictObject({ attemptId }).meta({ id: 'AttemptBegun' });

export const SlipAnswerBody = z
  .strictObject({ seen: z.enum(['on-paper', 'missing']).describe('missing: a marked one is printed') })
  .meta({ id: 'SlipSeen' });

/** A payment's own state, or that of a code that customers scan: both stand among the records. */
const recordState = z.enum([...ATTEMPT_STATES, 'WAITING', 'EXPIRED', 'CLOSED', 'DISPUTED'] as const satisfies readonly (
  | AttemptStateName
  | IntentStateName
)[]);

export const RecordBody = z
  .strictObject({
    attemptId,
    orderId,
    day: z.string().describe('Chinese time, YYYY-MM-DD'),
    startedAt: millis.describe('wall clock of the till'),
    amountFen: fen,
    channel: z.enum([...PAY_CHANNELS, 'INTENT']).describe('INTENT: a code that customers scan, and nobody has paid'),
    state: recordState,
    category: z.string(),
    transactionId: z.string().optional(),
    personId: z.string().optional().describe('who asked for it to be collected'),
    seq: z.int(),
    hash: z.string().describe('of its newest journal entry'),
  })
  .meta({ id: 'Record' });

export const RecordPage = z
  .strictObject({
    records: z.array(RecordBody),
    next: z.string().optional().describe('give it as `cursor` for the next page'),
  })
  .meta({ id: 'RecordPage' });

export const RecordQuery = z.strictObject({
  day: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional()
    .describe('Chinese time'),
  orderId: orderId.optional(),
  amountFen: number(1, 10_000_000_000).optional(),
  channel: payChannel.optional(),
  state: recordState.optional(),
  limit: number(1, 500).default(100),
  cursor: z
    .string()
    .regex(/^\d{1,16}-\d{1,16}$/)
    .optional(),
});

export const HistoryBody = z
  .strictObject({
    entries: z.array(
      z.strictObject({
        seq: z.int(),
        ts: z.string(),
        type: z.string(),
        data: z.record(z.string(), z.unknown()),
        hash: z.string(),
      }),
    ),
  })
  .meta({ id: 'History', description: 'Everything the journal says of one order, oldest first.' });

export const DeviceBody = z
  .strictObject({
    device: z.enum(DEVICES),
    state: z.enum(['online', 'offline']),
    reason: z.string().optional().describe('an error code'),
    since: millis,
  })
  .meta({ id: 'Device' });

export const DeviceList = z.strictObject({ devices: z.array(DeviceBody) }).meta({ id: 'DeviceList' });

/** States of the strip: `warn` goes on, `bad` does not, `absent` is not there and not wanted. */
export const DEVICE_LIGHTS = ['ok', 'warn', 'bad', 'absent'] as const;

export const StripBody = z
  .strictObject({
    device: z.enum(['gun', 'printer', 'terminal', 'network', 'clock']),
    state: z.enum(DEVICE_LIGHTS),
    code: z.string().optional().describe('an error code'),
    problem: words.optional(),
    remedy: words.optional().describe('what to do now'),
    sinceMs: millis,
  })
  .meta({ id: 'DeviceLight', description: 'One light of the device strip.' });

export const TerminalVisit = z
  .strictObject({
    act: z
      .enum(['lock', 'unlock', 'place-checked'])
      .describe(
        '`place-checked` ends LOCATION_MISMATCH where the terminal measures itself to be at its registered place again',
      ),
  })
  .meta({ id: 'TerminalVisit' });

export const TerminalStateBody = z
  .strictObject({
    state: z.enum(['ready', 'suspended', 'maintenance', 'unregistered']),
    canCollect: z.boolean(),
    canRefund: z.boolean(),
    locked: z.boolean().optional().describe('by a person at the till, until a manager or a technician unlocks it'),
    unconfirmed: z
      .boolean()
      .optional()
      .describe('the backend was not heard for longer than its word is good; it collects all the same'),
    reasonCode: z.string().optional(),
    reason: words.optional(),
    sinceMs: millis.optional(),
    untilMs: millis.optional(),
    reference: z.string().optional(),
    phone: z.string().optional(),
    requiredAction: words.optional().describe('what to do now'),
  })
  .meta({
    id: 'TerminalState',
    description:
      'Whether this terminal may collect, and else everything that is needed to ask for help. `ready` with a reason is a banner.',
  });

export const OpenAttemptBody = z
  .strictObject({
    attemptId,
    orderId,
    amountFen: fen,
    state: z.enum(ATTEMPT_STATES),
    category: z.string(),
    clerk: ClerkBody,
    nowMs: millis.describe('the same clock, now: count from here'),
    startedMs: millis,
    deadlineMs: millis.describe('then the till gives up and reverses, or, while it reverses, frees the counter'),
    isCard: z.boolean().describe('on the card terminal'),
    terminalSays: z.string().optional().describe('what the terminal shows or wants'),
    warnAtMs: z.array(millis).describe('the person at the counter is told that it takes long'),
  })
  .meta({ id: 'OpenAttempt', description: 'The payment under way, for a countdown.' });

export const PersonBody = z
  .strictObject({ personId, name: z.string(), role: z.enum(ROLE_NAMES) })
  .meta({ id: 'Person' });

const Step = z.strictObject({
  title: words,
  text: words,
  command: z.string().optional().describe('to be typed by the technician'),
});

export const WelcomeBody = z
  .strictObject({
    till: z.strictObject({ name: z.string(), placeName: z.string().optional() }),
    training: z.boolean().optional().describe('practice: nothing here is real'),
    version: z.string(),
    mode: z.enum(['ready', 'first-run']),
    setup: z
      .strictObject({ steps: z.array(Step) })
      .optional()
      .describe('what is left to do before anybody can sell'),
    people: z.array(PersonBody).describe('who may sign in'),
    contact: z.strictObject({ phone: z.string() }).optional(),
    clock: z.strictObject({ nowMs: millis, trusted: z.boolean() }),
  })
  .meta({ id: 'Welcome', description: 'What the sign-in screen needs; nothing in it is secret.' });

const pin = z.string().min(1).max(32);

export const SignInBody = z
  .union([
    z.strictObject({ personId, pin }),
    z.strictObject({ code: z.string().min(1).max(64).describe('one-time code, used up by this') }),
  ])
  .meta({ id: 'SignIn' });

export const PinChangeBody = z
  .union([
    z.strictObject({ personId, pin, newPin: pin }),
    z.strictObject({ newPin: pin }).describe('in the session that a one-time code opened'),
  ])
  .meta({ id: 'PinChange' });

export const SessionBody = z
  .strictObject({
    token: z.string().describe('for `Authorization: Bearer`; a page keeps it in sessionStorage'),
    person: PersonBody,
    scopes: z.array(z.enum(SCOPE_NAMES)),
    mustChoosePin: z.boolean().describe('nothing else is allowed before'),
    idleMs: z.int().describe('without a call that changes something the session is over after this'),
    expiresAt: millis,
  })
  .meta({ id: 'Session' });

export const ApprovalWish = z
  .strictObject({
    personId: personId.describe('the second person'),
    pin,
    kind: z.enum(APPROVALS),
    subject: z.string().min(1).max(64).describe('refund: its refundId; resolve: the orderId'),
  })
  .meta({ id: 'ApprovalWish' });

export const ApprovalBody = z
  .strictObject({
    approval: z.string().describe('for the header `Approval` of one call'),
    approver: PersonBody,
    expiresAt: millis,
  })
  .meta({ id: 'Approval' });

export const ScanBody = z
  .strictObject({
    text: z.string().min(1).max(512).describe('what was typed, without the Enter; kept nowhere'),
    startedAtMs: z.number().nonnegative().optional().describe("the page's own clock"),
    durationMs: z.number().nonnegative().optional().describe('from the first key to the last'),
    keystrokes: z.int().nonnegative().optional(),
  })
  .meta({ id: 'PageScan' });

export const ScanAnswer = z
  .strictObject({
    outcome: z.enum(['begun', 'repeated']).describe('repeated: the same code again in the same moment, left out'),
    attemptId: attemptId.optional(),
  })
  .meta({ id: 'PageScanned' });

export const NoticeBody = NoticeArgs.extend({
  acknowledged: z.strictObject({ personId, at: millis }).optional().describe('who said that it was read, and when'),
}).meta({ id: 'Notice', description: 'Something the people at the counter must read.' });

export const StateBody = z
  .strictObject({
    till: z.strictObject({ tenant: z.string(), store: z.string(), agent: z.string() }),
    training: z.boolean().describe('practice: nothing here is real'),
    version: z.string(),
    boot: id,
    terminal: z.strictObject({
      state: names<TerminalState>(TERMINAL_STATES),
      canCollect: z.boolean(),
      canRefund: z.boolean(),
      why: words.optional(),
      reasonCode: z.string().optional(),
      referenceNo: z.string().optional(),
      servicePhone: z.string().optional(),
      since: millis.optional(),
      until: millis.optional(),
    }),
    terminalState: TerminalStateBody,
    strip: z.array(StripBody),
    open: OpenAttemptBody.optional(),
    counter: OrderWithAttempt.optional().describe('the order that the next code pays'),
    blocked: z
      .array(
        z.strictObject({
          orderId,
          amountFen: fen,
          why: z.enum(['REVERSE_PENDING', 'RESULT_UNKNOWN', 'NEEDS_MANUAL_CHECK', 'INTENT_OPEN']),
        }),
      )
      .describe('orders that take no payment until somebody knows what became of their last one'),
    questions: z.array(SlipBody).describe('slips of which nobody knows whether they are on paper: look, and answer'),
    clock: z.strictObject({ backendNow: millis, trusted: z.boolean(), errorMs: z.int().optional() }),
    network: z.strictObject({ online: z.boolean(), waitingEvents: z.int() }),
    journal: z.strictObject({
      head: z.int().describe('number of the newest entry: where events go on'),
      trouble: z.strictObject({ code: z.string(), detail: z.string() }).optional(),
    }),
    limits: z.strictObject({ maxFen: fen }),
    notices: z.array(NoticeBody).describe('what the people at the counter must read'),
    unreadNotices: z.int().describe('of these, how many somebody must still acknowledge'),
  })
  .meta({ id: 'State', description: 'What is to be seen at the till now.' });

const OPEN_TIME = z.string().describe('Beijing time, HH:MM');

export const RuleSheetBody = z
  .strictObject({
    limits: z
      .strictObject({ maxFen: fen, dayFen: fen, dayCount: z.int(), hourFen: fen, hourCount: z.int() })
      .describe('for payments: the strictest of the shop, the backend and the till itself'),
    uses: z
      .array(z.strictObject({ limit: z.string(), used: z.int(), of: z.int(), since: millis }))
      .describe('how far the limits of the day and of the hour are used; at four fifths the backend is told'),
    openHours: z.array(z.strictObject({ from: OPEN_TIME, to: OPEN_TIME })).describe('all must be open; none: always'),
    refund: z.strictObject({
      maxFen: fen,
      dayFen: fen,
      dayCount: z.int(),
      windowDays: z.int().describe('Chinese days after the payment'),
      approvedBy: z.literal('second-person'),
      way: z.literal('original-channel'),
      most: z.literal('what-is-left'),
    }),
    tables: z.record(z.string(), z.int()).describe('versions of the rule tables'),
    tightened: z
      .strictObject({ causes: z.array(z.string()), since: millis })
      .optional()
      .describe('the till has made its own limits stricter; only a signed command takes that away'),
    commandSeq: z.int().optional(),
  })
  .meta({ id: 'RuleSheet', description: 'What the till holds to now.' });

export const ReportWish = z
  .strictObject({ note: z.string().trim().min(1).max(200), orderId: orderId.optional() })
  .meta({ id: 'ReportWish', description: "Something unusual, in a few words; who says so is the token's person." });
export const ReportBody = z.strictObject({ reportId: id, at: millis }).meta({ id: 'Report' });

export const IntentWish = IntentArgs.meta({
  id: 'IntentWish',
  description: 'Ask for money with a code or a link. A paper that is handed out and a link carry their lines.',
});
export const IntentPaper = z.strictObject({ form: z.enum(['slip', 'delivery']) }).meta({ id: 'IntentPaper' });

export const RefundWish = RefundArgs.pick({ refundId: true, orderId: true, refundFen: true, reason: true }).meta({
  id: 'RefundWish',
  description: "Ask for a refund. `refundId` is your own number, used once; who asks is the token's person.",
});

export const ResolveWish = ResolveArgs.pick({ refundId: true, outcome: true, reason: true }).meta({
  id: 'Resolution',
  description: "A manager found out what became of the money. Who says so is the token's person.",
});

export const PrintWish = PrintArgs.pick({ refundId: true }).meta({
  id: 'PrintWish',
  description: 'The slip of the payment, or of one refund, once more: marked as a duplicate.',
});

/** Header of every call that changes something. */
export const KeyHeader = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,64}$/, 'one to 64 printable characters')
    .describe('your name for this wish: the same key is the same wish, for seven days, across restarts'),
});

export const ApprovalHeader = KeyHeader.extend({
  approval: z
    .string()
    .regex(/^twa_[\w-]{43}$/)
    .optional()
    .describe('of POST /v1/approvals; a person at the page needs one'),
});

export const WaitQuery = z.strictObject({
  wait: number(0, 100)
    .default(0)
    .describe('seconds to wait for the final result; 0 answers as soon as the call is on disk'),
});

export const OrderParams = z.object({ orderId });
export const AttemptParams = z.object({ attemptId });
export const IntentParams = z.object({ intentId: attemptId });
export const RefundParams = z.object({ refundId });
export const SlipParams = z.object({ slipId: id });
export const NoticeParams = z.object({ noticeId: id });

/** Number of a journal entry. */
const place = number(0, Number.MAX_SAFE_INTEGER);
export const LastEventHeader = z.object({ 'last-event-id': place.optional().describe('the last event that was seen') });
export const AfterQuery = z.strictObject({ after: place.optional().describe('the same, for who cannot set a header') });
export const EventText = z.string().meta({ description: 'id, event, data (JSON), an empty line' });

const sums = {
  count: z.int(),
  salesFen: z.int().describe('order amounts, whatever the payer had off by the channel'),
  refundCount: z.int(),
  refundFen: z.int(),
  discountFen: z.int().describe('off the price by the shop itself'),
  feeFen: z.int().optional().describe("by the contract's rate; the channel's statement has the last word"),
  netFen: z.int().describe('sales less refunds less fees'),
};

export const TakingsParams = z.object({ kind: z.enum(['shift', 'day']) });
export const PeriodParams = z.object({ number: number(1, 1_000_000) });

export const TakingsBody = z
  .strictObject({
    kind: z.enum(['shift', 'day', 'date']),
    number: z.int().optional().describe('rises with every shift and every business day'),
    from: millis,
    until: millis,
    timeZone: z.string(),
    openedBy: z.string().optional(),
    closedBy: z.string().optional(),
    rows: z.array(z.strictObject({ channel: payChannel, ...sums })),
    total: z.strictObject(sums),
    byHour: z.array(z.strictObject({ hour: z.int().min(0).max(23), count: z.int(), salesFen: z.int() })),
    reversed: z.int(),
    open: z.int().describe('payments and refunds that are not over'),
    needsCheck: z.int().describe('money that a person must look at'),
    journal: z.strictObject({ seq: z.int(), hash: z.string() }).describe('the newest entry that is counted'),
    events: z
      .strictObject({ from: z.int(), to: z.int() })
      .optional()
      .describe('the first and last event for the backend that is counted'),
  })
  .meta({ id: 'Takings', description: 'What a shift (X) or business day (Z) came to, by channel.' });

const line = (most: number) => z.string().max(most);
export const ReconcileSlipWish = z
  .strictObject({
    ok: z.boolean(),
    rows: z.array(z.strictObject({ name: line(40), here: line(20), there: line(20) })).max(32),
    findings: z.array(z.strictObject({ text: line(160) })).max(64),
  })
  .meta({ id: 'ReconcileSlip', description: 'What `tillwire reconcile` found, as it is to stand on paper.' });
