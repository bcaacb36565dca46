import type { SecretText } from '../../../protocols/paycode/secret.ts';
import type { GunAnswer, GunCode, GunNoise, GunNoRead, GunSend } from '../../../protocols/scanner/gun-event.ts';
import type { Scan } from '../../../protocols/scanner/scan.ts';
import type { GunOrder } from './orders.ts';

// What stands between a link and the gun: bytes or reports and time in, news out. One reader for each language; all of them
// pure, so the gun owns the clock and the wire.

/** A code that came as keys: it is text already. */
export interface GunTyped {
  readonly kind: 'typed';
  readonly text: SecretText;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The gun sent something again that was accepted before; it is left out. */
export interface GunRepeated {
  readonly kind: 'repeated';
  readonly at: number;
}

/** A HID feature report to be sent now. */
export interface GunFeature {
  readonly kind: 'feature';
  readonly bytes: Uint8Array;
}

export type GunNews = GunCode | GunTyped | GunNoRead | GunSend | GunFeature | GunNoise | GunAnswer | GunRepeated;

export interface GunReader {
  /** what a scan of this reader is said to come from */
  readonly source: Scan['source'];
  readonly orders: ReadonlySet<GunOrder>;
  /** A piece of a stream, or one whole report. */
  push(bytes: Uint8Array, at: number): readonly GunNews[];
  /** To be called at {@link nextDeadline}; a call too early does no harm. */
  wake(at: number): readonly GunNews[];
  /** At every open and close. */
  reset(at: number): readonly GunNews[];
  /** What a fresh connection begins with. */
  greet(at: number): readonly GunNews[];
  /** An order that is in {@link orders}; others do nothing. */
  give(order: GunOrder, at: number): readonly GunNews[];
  readonly nextDeadline: number | undefined;
  /** orders that were given and have not come to their end */
  readonly unanswered: number;
}
