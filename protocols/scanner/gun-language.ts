import type { GunAnswer } from './gun-event.ts';

// What the command languages of serial guns have in common: a command, and an answer that comes on the line of the codes.

/** The end of one command, as the gun told it. */
export interface GunReply {
  readonly outcome: Exclude<GunAnswer['outcome'], 'no-answer'>;
  /** a value or text that was asked for */
  readonly data?: Uint8Array;
}

/**
 * Are these bytes an answer? `more`: they may become one. `no`: they are not. Otherwise how long it is, without a `reply`
 * when its check failed.
 */
export type Heard = 'more' | 'no' | { readonly length: number; readonly reply?: GunReply };

/** Reads the answer to one command. */
export interface ReplyReader {
  /** first bytes of an answer */
  readonly starts: readonly number[];
  /** an answer may begin as a code does: only where a line begins */
  readonly isText?: boolean;
  /** What stands at `from`; most bytes that are asked about are nothing, so no is said cheaply. */
  hear(bytes: Uint8Array, from: number): Heard;
}

export interface GunCommand {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** absent: the gun never answers this */
  readonly reply?: ReplyReader;
  /** default {@link REPLY_MS} */
  readonly timeoutMs?: number;
}

/** scanners.md 3.6: 500 ms, three tries */
export const REPLY_MS = 500;
export const TRIES = 3;

/** Does `bytes` go on at `from` as `head` does, as far as it goes? */
export function startsLike(bytes: Uint8Array, head: readonly number[], from = 0): boolean {
  for (let n = 0; n < head.length && from + n < bytes.length; n++) if (bytes[from + n] !== head[n]) return false;
  return true;
}
