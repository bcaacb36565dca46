import { toHex } from '../../protocols/bytes/hex.ts';
import { Tokenizer } from '../../protocols/escpos/tokenize.ts';
import { AUTO_ENDS } from '../../protocols/framing/line.ts';
import { LineFramer } from '../../protocols/framing/line-framer.ts';
import { PacketFramer } from '../../protocols/framing/packet.ts';
import { ssiShape } from '../../protocols/scanner/ssi.ts';
import { gunFrom } from '../personalities/gun-file.ts';
import type { ShopDevice, ShopNews, ShopTerms } from './conversation.ts';

// What crossed the wires, cut into frames: lines, packets or reports of a gun, commands and text of a printer. What a device
// hears or answers without a form of its own is shown in the pieces in which it came.

/** One frame on a wire. */
export interface Frame {
  readonly device: ShopDevice;
  readonly from: 'device' | 'till';
  /** of a printer's stream: the name of the command, or `text` */
  readonly name?: string;
  readonly bytes: Uint8Array;
  /** ms since the first frame of the shop */
  readonly at: number;
}

/** What a test may ask of a frame; everything that is named must be so. */
export interface FrameWish {
  readonly device?: ShopDevice;
  readonly from?: 'device' | 'till';
  readonly name?: string;
  /** in its bytes as hex, two digits each, without spaces */
  readonly hex?: string | RegExp;
  /** in its bytes as Latin-1 text */
  readonly text?: string | RegExp;
}

type Bytes = Extract<ShopNews, { kind: 'bytes' }>;
type Cut = Pick<Frame, 'bytes' | 'name'>;
type Splitter = (bytes: Uint8Array, at: number) => readonly Cut[];

/** Frames kept; a busy printer says hundreds of thousands of commands a day. */
const MOST_FRAMES = 20_000;

export class FrameBook {
  readonly frames: Frame[] = [];
  readonly #terms: ShopTerms;
  readonly #splitters = new Map<string, Splitter>();
  #began: number | undefined;

  constructor(terms: ShopTerms) {
    this.#terms = terms;
  }

  take({ device, from, bytes, at }: Bytes): void {
    this.#began ??= at;
    const since = Math.round(at - this.#began);
    for (const cut of this.#splitter(device, from)(bytes, at)) this.frames.push({ device, from, ...cut, at: since });
    if (this.frames.length > MOST_FRAMES) this.frames.splice(0, this.frames.length - MOST_FRAMES);
  }

  #splitter(device: ShopDevice, from: 'device' | 'till'): Splitter {
    const key = `${device} ${from}`;
    const known = this.#splitters.get(key);
    if (known) return known;
    const made = this.#make(device, from);
    this.#splitters.set(key, made);
    return made;
  }

  #make(device: ShopDevice, from: 'device' | 'till'): Splitter {
    if (device === 'printer') return from === 'till' ? escposCommands() : inPieces;
    if (this.#terms.gunWire === 'report-stream') return inPieces;
    const protocol = gunFrom(this.#terms.gun)?.protocol;
    if (protocol === 'ssi') return packets(from);
    return from === 'device' ? lines() : inPieces;
  }
}

/** One report, or what was written at once. */
const inPieces: Splitter = (bytes) => [{ bytes }];

function packets(from: 'device' | 'till'): Splitter {
  const framer = new PacketFramer(ssiShape(from === 'device' ? 'decoder' : 'host'));
  return (bytes, at) => framer.push(bytes, at).flatMap((event) => (event.kind === 'packet' ? [event] : []));
}

function lines(): Splitter {
  const framer = new LineFramer({ ends: AUTO_ENDS });
  return (bytes, at) => framer.push(bytes, at).flatMap((event) => (event.kind === 'frame' ? [event] : []));
}

/** A printer's stream; the bytes of a command are its operands and data. */
function escposCommands(): Splitter {
  let cuts: Cut[] = [];
  const tokenizer = new Tokenizer((token) => {
    if (token.kind === 'command')
      cuts.push({ name: token.name, bytes: Uint8Array.of(...token.operands, ...token.data) });
    else if (token.kind === 'text') cuts.push({ name: 'text', bytes: token.bytes });
    else if (token.kind !== 'too-long') cuts.push({ name: token.kind, bytes: token.bytes });
  });
  return (bytes) => {
    cuts = [];
    tokenizer.push(bytes);
    return cuts;
  };
}

export function isFrame(frame: Frame, { device, from, name, hex, text }: FrameWish): boolean {
  if (device !== undefined && device !== frame.device) return false;
  if (from !== undefined && from !== frame.from) return false;
  if (name !== undefined && name !== frame.name) return false;
  if (hex !== undefined && !matches(toHex(frame.bytes), typeof hex === 'string' ? hex.toLowerCase() : hex))
    return false;
  return text === undefined || matches(Buffer.from(frame.bytes).toString('latin1'), text);
}

/** One frame as a line of a message. A code is a secret also of a simulated shop: of what a gun says the length is told. */
export function frameLine({ device, from, name, bytes, at }: Frame): string {
  const what = device === 'gun' && from === 'device' ? `${bytes.length} bytes` : toHex(bytes.subarray(0, 24));
  return `${String(at).padStart(7)} ms  ${device} ${from === 'device' ? '->' : '<-'} ${name ?? ''} ${what}`;
}

function matches(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
}
