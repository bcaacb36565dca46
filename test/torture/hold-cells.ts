import { HOLD_CELLS, type HoldEvent, type HoldState, holdAfter } from '../../agent/payment/hold-states.ts';
import type { WrittenAttempt, WrittenRecord } from './witness.ts';

// Which cells of the table of holds were met: read off the records, as they become durable.

interface Known {
  readonly orderId: string;
  readonly state: HoldState;
  readonly runs: string | undefined;
}

const ENDS: Readonly<Record<string, HoldEvent>> = {
  PAID: 'yes',
  REVERSED: 'yes',
  FAILED: 'no',
  NEEDS_MANUAL_CHECK: 'nobody-knows',
};

const BEGINNINGS: Readonly<Record<string, HoldEvent>> = {
  completePreAuth: 'completion-begun',
  cancelPreAuth: 'cancellation-begun',
};

export class HoldCells {
  readonly #met: (cell: string) => void;
  readonly #holds = new Map<string, Known>();

  constructor(met: (cell: string) => void) {
    this.#met = met;
  }

  durable({ data }: WrittenRecord): void {
    const attempt = data.record?.attempt;
    if (attempt?.card) this.#attempt(attempt, attempt.card);
    if (data.resolution) this.#resolved(data.resolution);
  }

  #attempt(
    { attemptId, orderId, state }: WrittenAttempt,
    { command, holdId }: NonNullable<WrittenAttempt['card']>,
  ): void {
    const id = command.kind === 'preAuth' ? attemptId : holdId;
    if (id === undefined) return;
    const known = this.#holds.get(id) ?? { orderId, state: 'ASKED' as const, runs: attemptId };
    this.#holds.set(id, known);
    const event = state === 'CREATED' ? BEGINNINGS[command.kind] : known.runs === attemptId ? ENDS[state] : undefined;
    if (event) this.#step(id, known, event, attemptId);
  }

  #resolved({ orderId, outcome, hold, charge }: NonNullable<WrittenRecord['data']['resolution']>): void {
    for (const [id, known] of this.#holds) {
      if (known.orderId !== orderId || !IN_DOUBT.has(known.state)) continue;
      if (hold !== undefined) this.#step(id, known, `person-${hold}`);
      else if (outcome === 'paid' && charge?.attemptId === known.runs) this.#step(id, known, 'person-charged');
    }
  }

  #step(id: string, { orderId, state }: Known, event: HoldEvent, attemptId?: string): void {
    this.#met(holdCellOf(state, event));
    const next = holdAfter(state, event);
    const runs = next === 'COMPLETING' || next === 'RELEASING' || next === 'UNCLEAR' ? attemptId : undefined;
    this.#holds.set(id, { orderId, state: next, runs });
  }
}

const IN_DOUBT: ReadonlySet<HoldState> = new Set(['HELD', 'UNCLEAR']);

export function holdCellOf(state: HoldState, event: HoldEvent): string {
  return `hold ${state} / ${event}`;
}

/** What has to be met in a long run: a yes behind a no is a lie of the terminal, and has its stories elsewhere. */
export const DECIDED_HOLD_CELLS: readonly string[] = Object.entries(HOLD_CELLS).flatMap(([state, row]) =>
  Object.entries(row).flatMap(([event, cell]) =>
    'next' in cell && event !== 'yes-behind-no' ? [holdCellOf(state as HoldState, event as HoldEvent)] : [],
  ),
);
