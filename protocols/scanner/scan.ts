import type { SecretText } from '../paycode/secret.ts';

/**
 * Why a scan deserves doubt. `just-after-open`: its head may be lost, it starts no payment. The others are whole: what was
 * taken away stood before the code, and the classifier is strict.
 */
export type SuspectMark =
  | 'just-after-open'
  | 'nul-stripped'
  | 'bom-stripped'
  | 'latin1-fallback'
  /** another code was read in the same moment: which one the customer meant is not known */
  | 'several-in-view'
  /** typed with another keyboard layout than it was read with, or with CapsLock */
  | 'wrong-layout';

/** One code as a gun delivered it, whatever the gun. Times are monotonic milliseconds. */
export interface Scan {
  readonly text: SecretText;
  /** AIM identifier `]cm` when the gun sends one (ISO/IEC 15424) */
  readonly aim?: string;
  /** the maker's own code id character, when the gun is set to send it */
  readonly codeId?: string;
  /** name of the symbology, where the gun tells it */
  readonly symbology?: string;
  readonly source: 'serial' | 'hid-pos' | 'hid-keyboard' | 'page-wedge' | 'manual';
  readonly startedAt: number;
  readonly endedAt: number;
  readonly suspect: readonly SuspectMark[];
}
