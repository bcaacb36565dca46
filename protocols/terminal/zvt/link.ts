/** What carries ZVT messages: a serial line with acknowledgements, or a TCP stream. Pure; times are monotonic ms. */
export interface ZvtLink {
  /** One message; the next one waits until this one is through. */
  say(message: Uint8Array, at: number): readonly LinkEvent[];
  push(bytes: Uint8Array, at: number): readonly LinkEvent[];
  time(at: number): readonly LinkEvent[];
  /** at every open and close */
  reset(): void;
  readonly nextDeadline: number | undefined;
}

export type LinkEvent =
  | { readonly kind: 'write'; readonly bytes: Uint8Array }
  | { readonly kind: 'heard'; readonly message: Uint8Array }
  /** the other side has it */
  | { readonly kind: 'delivered' }
  /** said as often as may be, never acknowledged: it may have been heard all the same */
  | { readonly kind: 'not-delivered' }
  /** the step is lost: only a new connection helps */
  | { readonly kind: 'broken' };
