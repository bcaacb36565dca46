import { CARD_CELLS } from '../../agent/payment/card-cells.ts';
import { CELLS, cellOf, type DoingKind, type FactKind } from '../../agent/payment/cells.ts';
import { INTENT_CELLS, type IntentFactKind, intentCellOf } from '../../agent/payment/intent-cells.ts';
import type { IntentPlace } from '../../agent/payment/intent-machine.ts';
import {
  REFUND_CELLS,
  type RefundDoingKind,
  type RefundFactKind,
  refundCellOf,
} from '../../agent/refunds/refund-cells.ts';
import { CARD_CRASH_POINTS, CRASH_POINTS } from './crash-points.ts';
import type { FaultName } from './faults.ts';
import { DECIDED_HOLD_CELLS } from './hold-cells.ts';
import { type Finding, INVARIANTS, type Invariant } from './judge.ts';
import { PAD_POINTS } from './pad-points.ts';
import { type StoryLine, storyTable } from './story.ts';
import type { Outcome } from './world.ts';

/** How often each thing was met. */
export type Hits = Record<string, number>;

/** What some seeds gave, added up. */
export interface Tally {
  seeds: number;
  attempts: number;
  virtualMs: number;
  readonly faults: Hits;
  readonly crashPoints: Hits;
  readonly cells: Hits;
  readonly findings: ({ readonly seed: number } & Finding)[];
}

export interface Violation {
  readonly seed: number;
  readonly invariant: Invariant;
  readonly detail: string;
  readonly story: readonly StoryLine[];
}

export interface Report {
  readonly seeds: number;
  readonly attempts: number;
  readonly faults: Hits;
  readonly virtualHours: number;
  readonly wallSeconds: number;
  readonly virtualHoursPerWallSecond: number;
  readonly violations: readonly Violation[];
  readonly hits: { readonly faults: Hits; readonly crashPoints: Hits; readonly cells: Hits };
  /** of what has to be met in a long run */
  readonly neverMet: readonly string[];
}

export function emptyTally(): Tally {
  return { seeds: 0, attempts: 0, virtualMs: 0, faults: {}, crashPoints: {}, cells: {}, findings: [] };
}

export function count(tally: Tally, outcome: Outcome): void {
  const { seed, attempts, virtualMs, findings } = outcome;
  addUp(tally, { ...outcome, seeds: 1, attempts, virtualMs, findings: findings.map((one) => ({ seed, ...one })) });
}

export function addUp(tally: Tally, other: Tally | (Omit<Tally, 'faults'> & Pick<Outcome, 'faults'>)): void {
  tally.seeds += other.seeds;
  tally.attempts += other.attempts;
  tally.virtualMs += other.virtualMs;
  for (const member of ['faults', 'crashPoints', 'cells'] as const)
    for (const [name, hits] of Object.entries(other[member])) tally[member][name] = (tally[member][name] ?? 0) + hits;
  tally.findings.push(...other.findings);
}

/**
 * Cells that something follows from; the ignored ones are ignored whether they occur or not. No dialogue of today brings a result
 * for a command while no question is out: that one is held by test/agent/card-cells.test.ts.
 */
export const DECIDED_CELLS: readonly string[] = [
  ...decided(CELLS, (doing, fact) => cellOf(doing as DoingKind, fact as FactKind)),
  ...decided(INTENT_CELLS, (place, fact) => intentCellOf(place as IntentPlace, fact as IntentFactKind)),
  ...decided(CARD_CELLS, cardCellOf).filter((cell) => cell !== cardCellOf('resting', 'result')),
];

/** As the other cells are called, with the device in front. */
export function cardCellOf(doing: string, fact: string): string {
  return `card ${doing} / ${fact}`;
}

function decided(
  cells: Readonly<Record<string, Readonly<Record<string, object>>>>,
  nameOf: (row: string, fact: string) => string,
): string[] {
  return Object.entries(cells).flatMap(([row, facts]) =>
    Object.entries(facts).flatMap(([fact, cell]) => ('next' in cell ? [nameOf(row, fact)] : [])),
  );
}

/** Nobody waits a day for a second person here: test/stories/refund has it. */
const OUT_OF_TIME: ReadonlySet<string> = new Set([refundCellOf('awaiting', 'woken')]);
export const DECIDED_REFUND_CELLS: readonly string[] = Object.entries(REFUND_CELLS)
  .flatMap(([doing, row]) =>
    Object.entries(row)
      .filter(([, cell]) => 'next' in cell)
      .map(([fact]) => refundCellOf(doing as RefundDoingKind, fact as RefundFactKind)),
  )
  .filter((cell) => !OUT_OF_TIME.has(cell));

export function reportOf(
  tally: Tally,
  faults: ReadonlySet<FaultName>,
  violations: readonly Violation[],
  wallSeconds: number,
): Report {
  const virtualHours = tally.virtualMs / 3_600_000;
  const hits = {
    faults: withZeros(tally.faults, [...faults]),
    crashPoints: withZeros(tally.crashPoints, [...CRASH_POINTS, ...CARD_CRASH_POINTS, ...PAD_POINTS]),
    cells: withZeros(tally.cells, [...DECIDED_CELLS, ...DECIDED_REFUND_CELLS, ...DECIDED_HOLD_CELLS]),
  };
  const neverMet = Object.values(hits).flatMap((some) =>
    Object.entries(some).flatMap(([name, n]) => (n === 0 ? name : [])),
  );
  return {
    seeds: tally.seeds,
    attempts: tally.attempts,
    faults: hits.faults,
    virtualHours: round(virtualHours),
    wallSeconds: round(wallSeconds),
    virtualHoursPerWallSecond: round(virtualHours / wallSeconds),
    violations,
    hits,
    neverMet,
  };
}

function withZeros(hits: Hits, names: readonly string[]): Hits {
  return { ...Object.fromEntries(names.map((name) => [name, 0])), ...hits };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The report as people read it. */
export function reportText(report: Report): string {
  const { seeds, attempts, virtualHours, wallSeconds, virtualHoursPerWallSecond, violations, hits, neverMet } = report;
  const head = [
    `${seeds} seeds, ${attempts} attempts, ${virtualHours} virtual hours in ${wallSeconds} s`,
    `(${virtualHoursPerWallSecond} virtual hours a second), ${violations.length} violations`,
  ].join(' ');
  const tables = [
    table('faults', hits.faults),
    table('crash points', hits.crashPoints),
    table('busy with / fact', hits.cells),
  ];
  const never = neverMet.length === 0 ? [] : [`never met: ${neverMet.join(', ')}`];
  return `${[...violations.map(violationText), ...tables, ...never, head].join('\n\n')}\n`;
}

export function violationText({ seed, invariant, detail, story }: Violation): string {
  return `seed ${seed}: ${invariant} (${INVARIANTS[invariant]})\n  ${detail}\n\n${storyTable(story)}`;
}

function table(title: string, hits: Hits): string {
  const rows = Object.entries(hits).map(([name, n]) => `${String(n).padStart(9)}  ${name}`);
  return [title, ...rows].join('\n');
}
