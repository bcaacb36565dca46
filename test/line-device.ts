import { encodeGb18030 } from '../protocols/bytes/gb18030.ts';
import { encodeUtf8 } from '../protocols/bytes/utf8.ts';
import { encodeNoRead } from '../protocols/scanner/serial-line-encode.ts';
import { codeLine, type LineSettings, lineForm } from '../simulator/guns/line-gun.ts';
import { LineMouth, type LinePace, type Pause } from '../simulator/guns/mouth.ts';
import type { Wire } from '../simulator/wires/wire.ts';

export type LineDeviceSettings = Partial<LineSettings> & LinePace & { readonly encoding?: 'utf8' | 'gbk' };

/** What a simulated gun in raw line mode says, word for word: also the half of a code, for whoever pulls the cable now. */
export class LineDevice {
  readonly #settings: LineSettings;
  readonly #encoding: 'utf8' | 'gbk';
  readonly #mouth: LineMouth;
  #speaking: Promise<unknown> = Promise.resolve();

  constructor(wire: Wire, settings: LineDeviceSettings, pause: Pause) {
    const { encoding = 'utf8', ...given } = settings;
    this.#settings = { suffix: Uint8Array.of(0x0d), codeId: 'none', tellsNoRead: true, trigger: 'hand', ...given };
    this.#encoding = encoding;
    this.#mouth = new LineMouth(wire, settings, pause);
  }

  /** false: the cable was gone before its end. One after another, as a gun does. */
  scan(code: string | Uint8Array): Promise<boolean> {
    return this.#say(this.#line(code));
  }

  scanPart(code: string, bytes: number): Promise<boolean> {
    return this.#say(this.#line(code).subarray(0, bytes));
  }

  noRead(): Promise<boolean> {
    return this.#say(encodeNoRead(lineForm(this.#settings)));
  }

  /** The line swings while the gun gets power: NULs, as a UART reads a break. */
  powerUp(nuls: number): Promise<boolean> {
    return this.#say(new Uint8Array(nuls));
  }

  #line(code: string | Uint8Array): Uint8Array {
    const encode = this.#encoding === 'gbk' ? encodeGb18030 : encodeUtf8;
    const data = typeof code === 'string' ? encode(code) : code;
    return codeLine({ id: 0, data, symbology: 'QR' }, this.#settings);
  }

  #say(bytes: Uint8Array): Promise<boolean> {
    const said = this.#speaking.then(() => this.#mouth.speak(bytes));
    this.#speaking = said;
    return said;
  }
}
