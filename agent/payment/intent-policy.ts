/** How an open intent is asked after and given up. Times in ms. */
export interface IntentPolicy {
  readonly createTimeoutMs: number;
  readonly queryTimeoutMs: number;
  readonly closeTimeoutMs: number;
  /** every `everyMs` while it has been waiting for less than `forMs`; the last row goes on */
  readonly polls: readonly { readonly forMs: number; readonly everyMs: number }[];
  /** waits before query and close number 2, 3, ...; afterwards every `backgroundMs`, across restarts, until certain */
  readonly closeDelaysMs: readonly number[];
  readonly backgroundMs: number;
}

export const INTENT_POLICY: IntentPolicy = {
  createTimeoutMs: 10_000,
  queryTimeoutMs: 5_000,
  closeTimeoutMs: 10_000,
  polls: [
    // V: WoSai/shouqianba-doc, precreate: 2 s for 30 s, then 5 s (payment.md 3.1)
    { forMs: 30_000, everyMs: 2_000 },
    { forMs: 600_000, everyMs: 5_000 },
    // a decision of this project: a paper that lives for days is asked after once a minute, the push comes first
    { forMs: 0, everyMs: 60_000 },
  ],
  // as a reversal (payment.md 2.2)
  closeDelaysMs: [2_000, 4_000, 8_000, 16_000, 30_000, 60_000],
  backgroundMs: 300_000,
};

/** The wait before the next poll of an intent that has been waiting for `waitedMs`. */
export function pollDelay({ polls }: IntentPolicy, waitedMs: number): number {
  const row = polls.find(({ forMs }) => waitedMs < forMs) ?? polls.at(-1);
  return row?.everyMs ?? 60_000;
}
