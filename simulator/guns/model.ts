import type { Symbology } from '../../protocols/scanner/symbology.ts';
import type { GunFault } from '../faults/gun-faults.ts';

// A gun in two halves. The model knows states and rules of its make and no bytes: what it says and hears are words. The
// tongue turns words into bytes or reports and back, with the codecs of protocols/scanner. Time is an argument of both.

/** What stood before the gun's window. */
export interface Reading {
  readonly id: number;
  readonly data: Uint8Array;
  readonly symbology: Symbology;
}

/** What a person beside the gun sees and hears. */
export type Sign =
  | { readonly kind: 'beep'; readonly tone: string }
  | { readonly kind: 'led' | 'aim' | 'light' | 'session'; readonly on: boolean }
  | { readonly kind: 'asleep' | 'flash-written' | 'restarted' };

/** How a reading ended, as far as the gun can know. */
export type Ending =
  /** all of it was said; nobody acknowledges in this protocol */
  | 'said'
  | 'acknowledged'
  /** the host said no */
  | 'cancelled'
  /** said three times, never acknowledged */
  | 'given-up'
  | 'disabled'
  /** another code came before the window in the meantime */
  | 'passed-by'
  | 'unplugged'
  /** this gun cannot say it: no key for a character */
  | 'unsayable';

export type Deed<Said> =
  /** `reading`: the words are (part of) this reading; `afterMs`: the gun takes so long to find them */
  | { readonly kind: 'say'; readonly said: Said; readonly reading?: number; readonly afterMs?: number }
  | { readonly kind: 'sign'; readonly sign: Sign }
  | { readonly kind: 'end'; readonly reading: number; readonly how: Ending }
  /** from the next word on the line has this speed */
  | { readonly kind: 'baud'; readonly baudRate: number }
  /** it leaves the bus and comes back, as guns do after some settings */
  | { readonly kind: 'restart' };

export interface GunModel<Said, Heard> {
  read(reading: Reading, at: number): Deed<Said>[];
  /** the trigger was pulled and released over nothing */
  noRead(at: number): Deed<Said>[];
  hear(heard: Heard, at: number): Deed<Said>[];
  /** what it said has left; not `delivered`: nobody was there to the end */
  said(said: Said, at: number, delivered: boolean): Deed<Said>[];
  readonly nextDeadline: number | undefined;
  wake(at: number): Deed<Said>[];
  /** power comes back: what was not stored is forgotten */
  powerUp(at: number): Deed<Said>[];
}

export interface Tongue<Said, Heard> {
  /** one run of bytes, or one report each; `undefined`: there is no way to say it */
  say(said: Said, fault?: GunFault): readonly Uint8Array[] | undefined;
  hear(bytes: Uint8Array, at: number): Heard[];
  readonly nextDeadline: number | undefined;
  silence(at: number): Heard[];
  /** at every plug and unplug */
  reset(): void;
}

export function sign(sign: Sign): Deed<never> {
  return { kind: 'sign', sign };
}
