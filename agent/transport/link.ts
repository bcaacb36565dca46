/** How a write to a device ended. `unknown`: some bytes may have left before the link was lost or the deadline passed. */
export type WriteOutcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'not-written'; readonly cause: 'DOWN' | 'BUSY' }
  | { readonly kind: 'unknown'; readonly cause: 'DEADLINE' | 'LOST' };

/** Why a link is down, in the words of the error table. */
export interface LinkProblem {
  readonly code:
    | 'PORT_NOT_FOUND'
    | 'PORT_BUSY'
    | 'PORT_DENIED'
    | 'PORT_LOST'
    | 'TERMINAL_REFUSES'
    | 'PORT_NOT_SERIAL'
    | 'PORT_FAILED'
    | 'HID_UNAVAILABLE'
    | 'DEVICE_UNSUPPORTED'
    | 'DEVICE_WRONG_MODE';
  readonly path: string;
  readonly detail: string;
}

/** Who is at the other end, as far as the transport knows: a HID device says it, a serial line does not. */
export interface Peer {
  readonly vendorId: number;
  readonly productId: number;
  readonly serialNumber?: string;
  readonly product?: string;
  /** HID report descriptor, where it can be read */
  readonly descriptor?: Uint8Array;
  /** it comes as boot reports of a keyboard, whatever it is */
  readonly keys?: boolean;
}

/** What a supervised byte link tells its device. All calls come from the event loop, never inside `write`. */
export interface LinkListener {
  up(mono: number, peer?: Peer): void;
  /** A piece of a stream, of any length; of a HID device one whole report. */
  bytes(bytes: Uint8Array, mono: number): void;
  down(problem: LinkProblem, mono: number): void;
}

/** A byte link that opens, watches and reopens itself until closed. */
export interface ByteLink {
  readonly isUp: boolean;
  /**
   * Writes all bytes or says how far it can be known; never waits longer than `deadlineMs`. One write at a time. `written`
   * means that the driver has sent them all; with `until` taken, only that the driver has them: for a question, whose answer
   * tells more.
   */
  write(bytes: Uint8Array, deadlineMs: number, until?: 'sent' | 'taken'): Promise<WriteOutcome>;
  /** A HID feature report. Absent: this transport has none. */
  sendFeature?(report: Uint8Array, deadlineMs: number): Promise<WriteOutcome>;
  /** Ends the link for good; resolves when the port is released. Safe to call twice. */
  close(): Promise<void>;
}
