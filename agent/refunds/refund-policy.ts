/** A request that the backend has not begun by then is refused there (`exp`). */
export const REFUND_REQUEST_LIFE_MS = 60_000;
export const REFUND_TIMEOUT_MS = 10_000;
export const REFUND_QUERY_TIMEOUT_MS = 5_000;
/** What a backend may need to pass on a request that it took in time: only behind this its absence at the channel counts. */
export const PASSED_ON_MS = 60_000;

/** Waits before query 1, 2, ...; then every {@link SLOW_QUERY_MS}, across restarts: banks take days. */
const REFUND_QUERY_DELAYS_MS: readonly number[] = [2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000];
const SLOW_QUERY_MS = 1_800_000;
/** Waits before the same request leaves again for the 2nd, 3rd, ... time. */
const RESEND_DELAYS_MS: readonly number[] = [2_000, 5_000, 15_000, 60_000, 300_000];

/** Nobody approved it for so long: it lapses, and its money is free for another one. */
export const APPROVAL_LIFE_MS = 86_400_000;
/** Open for so long behind its first request: a person asks the bank. */
export const REFUND_LIFE_MS = 7 * 86_400_000;

export function queryDelay(queries: number): number {
  return REFUND_QUERY_DELAYS_MS[queries] ?? SLOW_QUERY_MS;
}

export function resendDelay(sends: number): number {
  return RESEND_DELAYS_MS[sends - 1] ?? RESEND_DELAYS_MS.at(-1) ?? SLOW_QUERY_MS;
}
