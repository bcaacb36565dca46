import type { LineNoiseCause } from '../framing/line.ts';
import type { PacketNoiseCause } from '../framing/packet.ts';

// What the reader of any make tells. Bytes are still as the gun sent them: encoding, AIM id and no-read words are read from
// them by serial-line.ts, the same way for every gun.

/** One code, without framing. Times are monotonic ms of its first and last byte. */
export interface GunCode {
  readonly kind: 'code';
  readonly bytes: Uint8Array;
  /** AIM identifier `]cm`, where the framing carries it beside the code */
  readonly aim?: string;
  /** the maker's own id, where the framing carries it beside the code */
  readonly codeId?: string;
  /** name of the symbology, where the framing tells it */
  readonly symbology?: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The trigger was released and nothing was read. */
export interface GunNoRead {
  readonly kind: 'no-read';
  readonly at: number;
}

/** Bytes to be written to the gun now. */
export interface GunSend {
  readonly kind: 'send';
  readonly bytes: Uint8Array;
}

/** Bytes that are neither code nor answer. */
export interface GunNoise {
  readonly kind: 'noise';
  readonly cause: LineNoiseCause | PacketNoiseCause | 'continuation-aborted' | 'bad-length';
  readonly length: number;
  readonly at: number;
}

/** A command of ours came to its end. */
export interface GunAnswer {
  readonly kind: 'answer';
  /** the name it was sent under */
  readonly command: string;
  readonly outcome: 'ok' | 'unknown-command' | 'bad-data' | 'bad-check' | 'denied' | 'no-answer';
  /** what was answered, where the answer has a text or a value */
  readonly data?: Uint8Array;
}
