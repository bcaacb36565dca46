/** Why there is no signature. The sale stands all the same: the customer signs on paper. */
export type Unsigned =
  | 'cancelled'
  /** the customer did not sign in time */
  | 'timeout'
  /** heartbeats went on beyond every patience */
  | 'too-long'
  /** nothing was drawn, and that is not taken */
  | 'blank'
  /** the pad's memory or file system */
  | 'pad-failed'
  /** the pad did not take a setting */
  | 'refused'
  /** the pad did not answer */
  | 'silent'
  /** the picture came spoilt, or as nothing that can be read */
  | 'unreadable'
  /** larger than the picture that was asked for */
  | 'oversize'
  /** the signature of an earlier sale */
  | 'old-signature'
  | 'link-lost';

/** How one make of pad is spoken to. What was not seen on a line is marked and may be configured. */
export interface PadDialect {
  readonly name: string;
  /** dots */
  readonly zone: { readonly width: number; readonly height: number };
  readonly picture: { readonly width: number; readonly height: number };
  /** how often the customer may begin anew on the pad itself */
  readonly resignTimes: number;
  readonly acceptBlank: boolean;
  readonly penWidth?: number;
  /** how long the pad waits for the customer; absent: its own time */
  readonly timeoutS?: number;
  /** what the byte of C2 means; assumed: the four results of the driver in its order */
  readonly errors: Readonly<Record<number, Unsigned>>;
  /** the pad draws the feature code with these glyphs, so the till can see whose signature it is */
  readonly ground: 'ours' | 'unknown';
  /** ms for an answer to a setting; assumed */
  readonly replyMs: number;
  /** ms without heartbeat, picture or error */
  readonly signMs: number;
  /** ms, whatever the heartbeats say */
  readonly limitMs: number;
  /** how often the same message leaves when nothing answers: settings and the end change nothing twice */
  readonly sends: number;
  /** how often the customer is asked by the till, counting the first */
  readonly asks: number;
}

/** terminals.md 3.5; pads of 240 x 80 and 240 x 120 are the usual ones (3.3). */
export const OBSERVED_PAD: PadDialect = {
  name: 'vx820 external pad (observed)',
  zone: { width: 240, height: 80 },
  picture: { width: 240, height: 80 },
  resignTimes: 3,
  acceptBlank: false,
  errors: { 1: 'cancelled', 2: 'timeout', 3: 'pad-failed', 4: 'pad-failed' },
  ground: 'unknown',
  replyMs: 3000,
  signMs: 60_000,
  limitMs: 180_000,
  sends: 3,
  asks: 3,
};
