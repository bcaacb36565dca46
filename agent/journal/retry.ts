/** What could not be written down is tried again after this: somebody may have made room on the disk. */
export const JOURNAL_RETRY_MS = 1_000;
