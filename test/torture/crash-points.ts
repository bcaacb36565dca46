import type { PadPoint } from './pad-points.ts';
import type { WrittenAttempt, WrittenRecord } from './witness.ts';

// Where the agent is killed, in the spirit of field-lessons.md 4.1, along the way of a scan. The world meets each of them
// in the disk, the wire or the link it lends to the agent; the product knows nothing of them.

/** Records of the journal that are worth dying beside. */
const RECORDS = [
  'boot',
  'command',
  'order',
  'attempt',
  'submission',
  'reversal',
  'payment',
  'ending',
  'intent',
  'intent-code',
  'intent-close',
  'intent-payment',
  'intent-ending',
  'conclusion',
  'slip',
  'slip-evidence',
  'acknowledgement',
] as const;
type RecordKind = (typeof RECORDS)[number];

/** In the order of a sale. */
const MOMENTS = [
  'journal-read',
  'torn-end-cut',
  'command-arrived',
  'command-acknowledged',
  'code-read',
  'pay-published',
  'pay-answer-arrived',
  'query-published',
  'query-answer-arrived',
  'reverse-published',
  'reverse-answer-arrived',
  'intent-published',
  'intent-answer-arrived',
  'result-published',
  'slip-half-printed',
  'slip-bytes-out',
  'event-published',
  'event-ack-arrived',
] as const;

/** The same beside a card terminal: only worlds that have one get there. */
const CARD_RECORDS = [
  'card-attempt',
  'card-submission',
  'card-answer',
  'card-question',
  'card-payment',
  'card-ending',
  'card-evidence',
  'card-settlement',
] as const;
type CardRecordKind = (typeof CARD_RECORDS)[number];
export const CARD_MOMENTS = ['card-said', 'card-asked', 'card-answer-arrived', 'card-answer-taken'] as const;

type Beside<K extends string> = `${K}-written-not-synced` | `${K}-synced`;
export type CrashPoint =
  | (typeof MOMENTS)[number]
  | (typeof CARD_MOMENTS)[number]
  | PadPoint
  | Beside<RecordKind>
  | Beside<CardRecordKind>;

const beside = <K extends string>(kinds: readonly K[]): Beside<K>[] =>
  kinds.flatMap((kind) => [`${kind}-written-not-synced`, `${kind}-synced`] as const);

export const CRASH_POINTS: readonly [CrashPoint, ...CrashPoint[]] = [...MOMENTS, ...beside(RECORDS)];

export const CARD_CRASH_POINTS: readonly [CrashPoint, ...CrashPoint[]] = [...CARD_MOMENTS, ...beside(CARD_RECORDS)];

/** Met only when several things come together: the agent dies there the first time it gets there, and more often. */
export const RARE_POINTS: readonly [CrashPoint, ...CrashPoint[]] = [
  'slip-written-not-synced',
  'slip-synced',
  'slip-evidence-written-not-synced',
  'slip-evidence-synced',
  'slip-half-printed',
  'slip-bytes-out',
  'payment-written-not-synced',
  'payment-synced',
  'torn-end-cut',
  'intent-close-written-not-synced',
  'intent-close-synced',
  'intent-payment-written-not-synced',
  'intent-payment-synced',
];

/** The same of a card terminal. */
export const RARE_CARD_POINTS: readonly [CrashPoint, ...CrashPoint[]] = [
  'card-evidence-written-not-synced',
  'card-evidence-synced',
  'card-settlement-written-not-synced',
  'card-settlement-synced',
  'card-answer-arrived',
  'card-answer-written-not-synced',
  'card-answer-synced',
];

/** Which record it is, for the two points beside it. */
export function kindOf({ type, data }: WrittenRecord): RecordKind | CardRecordKind | undefined {
  switch (type) {
    case 'BOOT':
      return 'boot';
    case 'COMMAND':
      return 'command';
    case 'ORDER':
      return 'order';
    case 'COMMAND_RESULT':
      return 'conclusion';
    case 'OUTBOX_ACK':
      return 'acknowledgement';
    case 'SLIP':
      return data.slip?.state === 'sending' || data.slip?.state === 'queued' ? 'slip' : 'slip-evidence';
    case 'ATTEMPT':
      return data.record?.attempt.card ? cardKind(data.record.attempt) : attemptKind(data.record?.attempt);
    case 'TERMINAL_LATE':
      return 'card-evidence';
    case 'TERMINAL_SETTLED':
      return 'card-settlement';
    case 'INTENT':
      return intentKind(data.intent);
    default:
      return undefined;
  }
}

function intentKind(intent: WrittenRecord['data']['intent']) {
  if (!intent) return undefined;
  if (intent.state === 'PAID') return 'intent-payment';
  if (intent.state !== 'WAITING') return 'intent-ending';
  if (intent.doing.kind === 'created') return 'intent';
  return intent.closeReason === undefined ? 'intent-code' : 'intent-close';
}

function cardKind({ state, card, doing }: WrittenAttempt): CardRecordKind | undefined {
  switch (state) {
    case 'CREATED':
      return 'card-attempt';
    case 'SUBMITTED':
      return card?.result ? 'card-answer' : 'card-submission';
    case 'UNKNOWN':
      return doing.kind === 'querying' ? 'card-question' : undefined;
    case 'PAID':
      return 'card-payment';
    case 'FAILED':
    case 'REVERSED':
    case 'NEEDS_MANUAL_CHECK':
      return 'card-ending';
    case 'USER_PAYING':
    case 'REVERSING':
      return undefined;
  }
}

function attemptKind(attempt: NonNullable<WrittenRecord['data']['record']>['attempt'] | undefined) {
  switch (attempt?.state) {
    case 'CREATED':
      return 'attempt';
    case 'SUBMITTED':
      return 'submission';
    case 'PAID':
      return 'payment';
    case 'FAILED':
    case 'REVERSED':
    case 'NEEDS_MANUAL_CHECK':
      return 'ending';
    case 'REVERSING':
      return attempt.doing.kind === 'reversing' ? 'reversal' : undefined;
    case 'USER_PAYING':
    case 'UNKNOWN':
    case undefined:
      return undefined;
  }
}

export type CrashHow = 'kill' | 'power-cut';

export interface PlannedCrash {
  readonly point: CrashPoint;
  /** the how-many-th time it is reached */
  readonly nth: number;
  readonly how: CrashHow;
}

/** Watches the points and says when it is time to die. */
export class CrashPlan {
  readonly hits: Partial<Record<CrashPoint, number>> = {};
  readonly #planned: PlannedCrash[];
  readonly #reached = new Map<CrashPoint, number>();

  constructor(planned: readonly PlannedCrash[]) {
    this.#planned = [...planned];
  }

  /** The agent is at `point`. Returns how it dies here, if it does. */
  at(point: CrashPoint): CrashHow | undefined {
    const nth = (this.#reached.get(point) ?? 0) + 1;
    this.#reached.set(point, nth);
    const due = this.#planned.findIndex((crash) => crash.point === point && crash.nth <= nth);
    if (due < 0) return undefined;
    const [crash] = this.#planned.splice(due, 1);
    this.hits[point] = (this.hits[point] ?? 0) + 1;
    return crash?.how;
  }

  /** Nobody dies any more. */
  callOff(): void {
    this.#planned.length = 0;
  }
}
