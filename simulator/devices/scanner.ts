import { gbkCode } from '../../protocols/bytes/gb18030.ts';
import { encodeUtf8 } from '../../protocols/bytes/utf8.ts';
import { characterMs } from '../../protocols/framing/line.ts';
import type { Wire } from '../wires/wire.ts';

export interface SerialGunSettings {
  /** e.g. 02 of the cash-register presets */
  readonly prefix?: Uint8Array;
  /** default CR; an empty one is a gun without a terminator */
  readonly suffix?: Uint8Array;
  /** AIM id (`]Q1`) or the maker's own (`s`), put before every code */
  readonly codeId?: string;
  /** how text beyond ASCII goes over the wire; DE2120 guns come set to GBK */
  readonly encoding?: 'utf8' | 'gbk';
  /** line timing, 10 bit times a character; absent: as fast as the wire takes it */
  readonly baudRate?: number;
  /** the code leaves in pieces of this many bytes, as from a UART's FIFO or a USB packet (64) */
  readonly chunkBytes?: number;
}

/** What the gun has sent, so that a story can prove: once each, none merged, none lost without a word. */
export interface SentScan {
  readonly bytes: Uint8Array;
  /** false: the wire was gone before all of it was out */
  readonly delivered: boolean;
}

const CR = Uint8Array.of(0x0d);
const NOTHING = new Uint8Array();

/** A scanner gun in raw line mode. `pause` is the world's clock: it resolves after so many milliseconds. */
export class SerialGun {
  readonly sent: SentScan[] = [];
  readonly #wire: Wire;
  readonly #settings: SerialGunSettings;
  readonly #pause: (ms: number) => Promise<void>;
  #busy: Promise<unknown> = Promise.resolve();

  constructor(wire: Wire, settings: SerialGunSettings, pause: (ms: number) => Promise<void>) {
    this.#wire = wire;
    this.#settings = settings;
    this.#pause = pause;
  }

  /** Reads a code and sends it; false when the cable was gone before its end. One after another, as a gun does. */
  scan(code: string | Uint8Array): Promise<boolean> {
    return this.#send(this.#line(typeof code === 'string' ? encode(code, this.#settings.encoding) : code));
  }

  /** The beginning of a code only: for whoever pulls the cable now. */
  scanPart(code: string, bytes: number): Promise<boolean> {
    return this.#send(this.#line(encode(code, this.#settings.encoding)).subarray(0, bytes));
  }

  /** The trigger was pulled and released over nothing; a gun that says so sends `NR` without a code id. */
  noRead(): Promise<boolean> {
    return this.#send(Uint8Array.of(0x4e, 0x52, ...(this.#settings.suffix ?? CR)));
  }

  /** The line swings while the gun gets power: NULs, as a UART reads a break. */
  powerUp(nuls = 2): Promise<boolean> {
    return this.#send(new Uint8Array(nuls));
  }

  /** The exact bytes of one code on the wire. */
  #line(data: Uint8Array): Uint8Array {
    const { prefix = NOTHING, suffix = CR, codeId = '' } = this.#settings;
    return Uint8Array.from([...prefix, ...encodeUtf8(codeId), ...data, ...suffix]);
  }

  #send(bytes: Uint8Array): Promise<boolean> {
    const done = this.#busy.then(async () => {
      const delivered = await this.#pieces(bytes);
      this.sent.push({ bytes, delivered });
      return delivered;
    });
    this.#busy = done;
    return done;
  }

  async #pieces(bytes: Uint8Array): Promise<boolean> {
    const { chunkBytes = bytes.length, baudRate } = this.#settings;
    for (let from = 0; from < bytes.length; from += chunkBytes) {
      const piece = bytes.subarray(from, from + chunkBytes);
      if (baudRate !== undefined) await this.#pause(piece.length * characterMs(baudRate));
      if (!(await this.#wire.send(piece))) return false;
    }
    return true;
  }
}

function encode(text: string, encoding: SerialGunSettings['encoding']): Uint8Array {
  if (encoding !== 'gbk') return encodeUtf8(text);
  return Uint8Array.from([...text].flatMap(gbkBytes));
}

function gbkBytes(char: string): number[] {
  const code = gbkCode(char.codePointAt(0) ?? 0);
  if (code === undefined) throw new RangeError('a character that GBK has no code for');
  return code < 0x80 ? [code] : [code >> 8, code & 0xff];
}
