/** `restart`: a new process took over; when its `asked` is smaller than the one before, the axis began anew */
export type AttemptOp = 'pay' | 'query' | 'reverse' | 'restart';

/** One question to the backend and what came of it. Times are milliseconds on the attempt's (the intent's) own axis. */
export interface Exchange<Op extends string = AttemptOp> {
  readonly op: Op;
  readonly n: number;
  readonly asked: number;
  readonly answered?: number;
  /** the channel's code, or one of ours below */
  readonly code?: string;
}

/** Waited for in vain; an answer that comes later still takes its place. */
export const NO_ANSWER = 'NO_ANSWER';
/** Proof that not one byte left. */
export const NOT_SENT = 'NOT_SENT';

/** A reversal may be asked for every five minutes for days: the beginning and the end are what a person needs. */
const FIRST_KEPT = 4;
const LAST_KEPT = 12;

/** What was asked and answered, and how much of its middle was left out. */
export interface Exchanges<Op extends string = AttemptOp> {
  readonly kept: readonly Exchange<Op>[];
  readonly leftOut: number;
}

export const NO_EXCHANGES: Exchanges<never> = { kept: [], leftOut: 0 };

/** A question leaves. */
export function asked<Op extends string>({ kept, leftOut }: Exchanges<Op>, exchange: Exchange<Op>): Exchanges<Op> {
  if (kept.length < FIRST_KEPT + LAST_KEPT) return { kept: [...kept, exchange], leftOut };
  return {
    kept: [...kept.slice(0, FIRST_KEPT), ...kept.slice(FIRST_KEPT + 1), exchange],
    leftOut: leftOut + 1,
  };
}

/** An answer to the newest question of its kind that has none. */
export function answered<Op extends string>(
  exchanges: Exchanges<Op>,
  op: NoInfer<Op>,
  t: number,
  code: string,
): Exchanges<Op> {
  const at = exchanges.kept.findLastIndex(
    (one) => one.op === op && (one.answered === undefined || one.code === NO_ANSWER),
  );
  const exchange = exchanges.kept[at];
  if (!exchange) return exchanges;
  const { n, asked } = exchange;
  const answered = { op: exchange.op, n, asked, answered: t, code };
  return { kept: exchanges.kept.with(at, answered), leftOut: exchanges.leftOut };
}
