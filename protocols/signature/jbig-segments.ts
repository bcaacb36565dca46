import { longAt } from './jbig-header.ts';

// Behind the header an entity is a chain of segments (T.82 6.2.4-6.2.6):
//
//   FF 07 <4 length> <bytes>         COMMENT
//   FF 06 <4 line> <tX> <tY>         ATMOVE: from this line of the next stripe on the adaptive pixel stands there
//   FF 05 <4 height>                 NEWLEN: the picture is not as high as the header said
//   52 63 FF 00 70 ... FF 02         a stripe, every FF in it followed by 00; SDNORM (02) or SDRST (03) ends it
//   FF 04                            ABORT

export const MARKERS = {
  STUFF: 0x00,
  SDNORM: 0x02,
  SDRST: 0x03,
  ABORT: 0x04,
  NEWLEN: 0x05,
  ATMOVE: 0x06,
  COMMENT: 0x07,
} as const;

/** Where the adaptive pixel goes. */
export interface AdaptiveMove {
  /** line within the stripe */
  readonly line: number;
  readonly tx: number;
  readonly ty: number;
}

export interface Stripe {
  /** without stuffing */
  readonly bytes: Uint8Array;
  readonly moves: readonly AdaptiveMove[];
  /** SDRST: the next stripe begins as the first one did */
  readonly resets: boolean;
}

export type SegmentRefusal = 'truncated' | 'aborted' | 'unknown-marker' | 'too-many-moves' | 'second-newlen';

/** What stands at an offset; `next` is where the following segment begins. */
type Segment =
  | { readonly kind: 'stripe'; readonly bytes: Uint8Array; readonly resets: boolean; readonly next: number }
  | { readonly kind: 'move'; readonly move: AdaptiveMove; readonly next: number }
  | { readonly kind: 'newlen'; readonly height: number; readonly next: number }
  | { readonly kind: 'comment'; readonly next: number }
  | { readonly kind: 'refused'; readonly refusal: SegmentRefusal };

/** T.82 6.2.6.1: no more than so many moves in one stripe. */
const MAX_MOVES = 64;

export interface Segments {
  readonly stripes: readonly Stripe[];
  /** of NEWLEN */
  readonly height?: number;
  /** offset behind the last segment that belongs to the picture */
  readonly end: number;
}

/**
 * Reads stripes until `stripesOf(height)` of them are there. Where the header allows it NEWLEN may change the height on the
 * way, or behind the last stripe. What follows belongs to somebody else.
 */
export function readSegments(
  bytes: Uint8Array,
  from: number,
  variable: boolean,
  stripesOf: (newLength: number | undefined) => number,
): Segments | { readonly refusal: SegmentRefusal } {
  const stripes: Stripe[] = [];
  let moves: AdaptiveMove[] = [];
  let height: number | undefined;
  let at = from;
  while (stripes.length < stripesOf(height)) {
    const segment = readSegment(bytes, at);
    if (segment.kind === 'refused') return { refusal: segment.refusal };
    if (segment.kind === 'move') moves.push(segment.move);
    if (moves.length > MAX_MOVES) return { refusal: 'too-many-moves' };
    if (segment.kind === 'newlen') {
      if (height !== undefined || !variable) return { refusal: 'second-newlen' };
      height = segment.height;
    }
    if (segment.kind === 'stripe') {
      stripes.push({ bytes: segment.bytes, resets: segment.resets, moves });
      moves = [];
    }
    at = segment.next;
  }
  const late = variable && height === undefined ? newLengthBehind(bytes, at) : undefined;
  const corrected = late?.height ?? height;
  return { stripes, end: late?.next ?? at, ...(corrected !== undefined && { height: corrected }) };
}

/** The height in front of a stripe without rows, whose marker ends the picture (6.2.6.2); moves and comments are passed over. */
function newLengthBehind(
  bytes: Uint8Array,
  from: number,
): { readonly height: number; readonly next: number } | undefined {
  for (let at = from; at < bytes.length; ) {
    const segment = readSegment(bytes, at);
    if (segment.kind === 'newlen') {
      const last = readSegment(bytes, segment.next);
      return { height: segment.height, next: last.kind === 'stripe' ? last.next : segment.next };
    }
    if (segment.kind !== 'move' && segment.kind !== 'comment') return undefined;
    at = segment.next;
  }
  return undefined;
}

function readSegment(bytes: Uint8Array, at: number): Segment {
  if (bytes[at] !== 0xff) return readStripe(bytes, at);
  switch (bytes[at + 1]) {
    case MARKERS.ATMOVE:
      return at + 8 > bytes.length ? truncated : { kind: 'move', move: moveAt(bytes, at + 2), next: at + 8 };
    case MARKERS.NEWLEN:
      return at + 6 > bytes.length ? truncated : { kind: 'newlen', height: longAt(bytes, at + 2), next: at + 6 };
    case MARKERS.COMMENT:
      return commentAt(bytes, at);
    case MARKERS.ABORT:
      return { kind: 'refused', refusal: 'aborted' };
    default:
      return readStripe(bytes, at);
  }
}

const truncated = { kind: 'refused', refusal: 'truncated' } as const;

function moveAt(bytes: Uint8Array, at: number): AdaptiveMove {
  return { line: longAt(bytes, at), tx: bytes[at + 4] ?? 0, ty: bytes[at + 5] ?? 0 };
}

function commentAt(bytes: Uint8Array, at: number): Segment {
  const end = at + 6 > bytes.length ? Number.POSITIVE_INFINITY : at + 6 + longAt(bytes, at + 2);
  return end > bytes.length ? truncated : { kind: 'comment', next: end };
}

/** Up to the marker that ends it. */
function readStripe(bytes: Uint8Array, from: number): Segment {
  let stuffed = 0;
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 2)) {
    const marker = bytes[at + 1];
    if (marker === MARKERS.STUFF) {
      stuffed += 1;
      continue;
    }
    if (marker === MARKERS.ABORT) return { kind: 'refused', refusal: 'aborted' };
    if (marker === undefined) return truncated;
    if (marker !== MARKERS.SDNORM && marker !== MARKERS.SDRST) return { kind: 'refused', refusal: 'unknown-marker' };
    const coded = unstuffed(bytes.subarray(from, at), stuffed);
    return { kind: 'stripe', bytes: coded, resets: marker === MARKERS.SDRST, next: at + 2 };
  }
  return truncated;
}

function unstuffed(bytes: Uint8Array, stuffed: number): Uint8Array {
  const plain = new Uint8Array(bytes.length - stuffed);
  let to = 0;
  for (let at = 0; at < bytes.length; at++) {
    plain[to++] = bytes[at] ?? 0;
    if (bytes[at] === 0xff) at += 1;
  }
  return plain;
}
