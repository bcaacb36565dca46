import type { PlugName } from '../wires/wire.ts';
import { heardAt } from './wrong-baud.ts';

// What goes wrong between a gun's firmware and the host's driver, on the words of one code. A serial gun's words are one
// run of bytes, a HID gun's one report each.

export const GUN_FAULTS = {
  split: 'the bytes come one by one, with pauses',
  glued: 'the bytes wait in an adapter and leave together with what follows',
  garbled: 'one bit of a byte turns over',
  'byte-lost': 'a byte with a bad parity bit is dropped without a word',
  truncated: 'it stops in the middle',
  duplicated: 'it leaves twice',
  retransmitted: "the host's acknowledgement does not reach the gun, which sends again",
  noise: 'bytes that are nothing come before it',
  stalled: 'it says XOFF before it, takes nothing for two seconds, then says XON',
  'report-lost': 'one report is lost',
  'reports-swapped': 'two reports change places',
  'key-up-lost': 'a report that says that all keys are up is lost',
  'wrong-layout': 'the gun is set to the keyboard of another country',
  'wrong-baud': 'the gun is set to another speed than the port',
  unplugged: 'the cable is pulled in the middle of it and put back',
  renamed: 'the same, and the port comes back under another name',
} as const satisfies Record<string, string>;

export type GunFault = keyof typeof GUN_FAULTS;

export function isGunFault(name: string): name is GunFault {
  return Object.hasOwn(GUN_FAULTS, name);
}

/** A run of bytes or a report on its way out. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** ms of silence before it */
  readonly afterMs?: number;
  /** the cable is pulled behind this piece */
  readonly pull?: PlugName;
  /** it waits for what follows */
  readonly held?: true;
}

/** 0 <= x < 1 */
export type Random = () => number;

/** What may be turned: where a line cannot tell a garbled byte from another, a story wants to say which byte it was. */
export interface FaultTerms {
  readonly random: Random;
  readonly baudRate: number;
}

/** The longest pause inside words that are still one: framers give up after 200 ms (SSI) to 500 ms (lines). */
const SPLIT_MS = 40;
const XON = 0x11;
const XOFF = 0x13;
const STALLED_MS = 2000;

/** The pieces of one code as the fault leaves them. Faults of the model (retransmitted, wrong-layout) change nothing here. */
export function spoilt(pieces: readonly Piece[], fault: GunFault, { random, baudRate }: FaultTerms): readonly Piece[] {
  const below = (n: number) => Math.min(n - 1, Math.floor(random() * n));
  const which = below(pieces.length);
  const piece = pieces[which];
  if (!piece) return pieces;
  const instead = (...others: readonly Piece[]) => pieces.toSpliced(which, 1, ...others);
  const { bytes } = piece;
  const cut = 1 + below(Math.max(1, bytes.length - 1));
  switch (fault) {
    case 'split':
      return instead(
        ...Array.from(bytes, (byte) => ({ bytes: Uint8Array.of(byte), afterMs: random() ** 4 * SPLIT_MS })),
      );
    case 'glued':
      return [...pieces.slice(0, -1), ...pieces.slice(-1).map((last) => ({ ...last, held: true as const }))];
    case 'garbled':
      return instead({ ...piece, bytes: withBitTurned(bytes, below(bytes.length), below(8)) });
    case 'byte-lost':
      return instead({ ...piece, bytes: without(bytes, below(bytes.length)) });
    case 'truncated':
      return pieces.length > 1 ? pieces.slice(0, Math.max(1, which)) : [{ ...piece, bytes: bytes.subarray(0, cut) }];
    case 'duplicated':
      return [...pieces, ...pieces];
    case 'noise':
      return [{ bytes: Uint8Array.from({ length: 1 + below(40) }, () => below(256)) }, ...pieces];
    case 'stalled':
      return [{ bytes: Uint8Array.of(XOFF) }, ...pieces, { bytes: Uint8Array.of(XON), afterMs: STALLED_MS }];
    case 'report-lost':
      return instead();
    case 'reports-swapped':
      return swapped(pieces, below(Math.max(1, pieces.length - 1)));
    case 'key-up-lost':
      return withoutKeyUp(pieces, below);
    case 'wrong-baud':
      return pieces.map((one) => ({ ...one, bytes: heardAt(one.bytes, baudRate === 9600 ? 19_200 : 9600, baudRate) }));
    case 'unplugged':
    case 'renamed': {
      const pull = fault === 'renamed' ? 'new-name' : 'same-name';
      if (pieces.length > 1) return [...pieces.slice(0, which), { ...piece, pull }];
      return [{ ...piece, bytes: bytes.subarray(0, cut), pull }];
    }
    case 'retransmitted':
    case 'wrong-layout':
      return pieces;
  }
}

function withBitTurned(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  return bytes.with(at, (bytes[at] ?? 0) ^ (1 << bit));
}

function without(bytes: Uint8Array, at: number): Uint8Array {
  return Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + 1));
}

function swapped(pieces: readonly Piece[], at: number): readonly Piece[] {
  const [one, other] = pieces.slice(at, at + 2);
  return one && other ? pieces.toSpliced(at, 2, other, one) : pieces;
}

function withoutKeyUp(pieces: readonly Piece[], below: (n: number) => number): readonly Piece[] {
  const ups = pieces.flatMap(({ bytes }, at) => (bytes.every((byte) => byte === 0) ? [at] : []));
  const lost = ups[below(Math.max(1, ups.length))];
  return lost === undefined ? pieces : pieces.toSpliced(lost, 1);
}
