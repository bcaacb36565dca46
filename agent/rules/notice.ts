import type { NoticeArgs } from '../../protocols/backend/verbs.ts';

/** Who said at this till that a notice was read. */
export interface NoticeReader {
  readonly personId: string;
  /** backend time, Unix ms */
  readonly at: number;
}

/** A notice as the till keeps it. */
export type Notice = NoticeArgs & { readonly acknowledged?: NoticeReader };

/** Somebody must say that it was read, and nobody has. */
export function isUnread({ ackRequired, acknowledged }: Notice): boolean {
  return ackRequired && acknowledged === undefined;
}
