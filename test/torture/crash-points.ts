import type { WrittenRecord } from './witness.ts';

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

export type CrashPoint = (typeof MOMENTS)[number] | `${RecordKind}-written-not-synced` | `${RecordKind}-synced`;

export const CRASH_POINTS: readonly [CrashPoint, ...CrashPoint[]] = [
  ...MOMENTS,
  ...RECORDS.flatMap((kind) => [`${kind}-written-not-synced`, `${kind}-synced`] as const),
];

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

/** Which record it is, for the two points beside it. */
export function kindOf({ type, data }: WrittenRecord): RecordKind | undefined {
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
      return attemptKind(data.record?.attempt);
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
