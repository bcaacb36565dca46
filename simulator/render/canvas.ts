import { type Bitmap, dotAt, newBitmap } from '../../protocols/escpos/image.ts';

/** Paper that grows downwards, one bit a dot, 1 = black. */
export class Canvas {
  readonly width: number;
  readonly stride: number;
  #bits: Uint8Array;
  #height = 0;

  /** `rows`: as many as there will probably be; more make it grow */
  constructor(width: number, rows = 0) {
    this.width = width;
    this.stride = Math.ceil(width / 8);
    this.#bits = new Uint8Array(Math.max(4096, rows * this.stride));
  }

  get height(): number {
    return this.#height;
  }

  /** The paper is at least so long. */
  extend(height: number): void {
    if (height <= this.#height) return;
    this.#height = height;
    if (height * this.stride <= this.#bits.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bits.length, height * this.stride));
    grown.set(this.#bits);
    this.#bits = grown;
  }

  fill(x: number, y: number, width: number, height: number): void {
    const [from, to] = [Math.max(0, x), Math.min(x + width, this.width)];
    if (from >= to || height <= 0) return;
    this.extend(y + height);
    for (let row = Math.max(0, y); row < y + height; row++) this.#run(row, from, to);
  }

  /** Turns black and white in a rectangle. */
  invert(x: number, y: number, width: number, height: number): void {
    for (let row = Math.max(0, y); row < y + height; row++)
      for (let column = Math.max(0, x); column < Math.min(x + width, this.width); column++)
        this.#set(column, row, !this.#get(column, row));
  }

  /** Adds the black dots of a picture, each `across` x `down` dots. */
  draw(picture: Bitmap, x: number, y: number, across = 1, down = 1): void {
    if (across === 1 && down === 1 && x >= 0 && y >= 0) return this.#stamp(picture, x, y);
    for (let row = 0; row < picture.height; row++)
      for (let column = 0; column < picture.width; ) {
        const from = column;
        while (column < picture.width && dotAt(picture, column, row)) column++;
        if (column > from) this.fill(x + from * across, y + row * down, (column - from) * across, down);
        else column++;
      }
  }

  /** Byte by byte: most of a slip is glyphs in their own size. */
  #stamp(picture: Bitmap, x: number, y: number): void {
    this.extend(y + picture.height);
    const shift = x & 7;
    const first = x >> 3;
    for (let row = 0; row < picture.height; row++) {
      const line = (y + row) * this.stride;
      for (let k = 0; k < picture.stride; k++) {
        const byte = picture.bits[row * picture.stride + k] ?? 0;
        if (byte === 0) continue;
        this.#add(line, first + k, byte >> shift);
        if (shift > 0) this.#add(line, first + k + 1, (byte << (8 - shift)) & 0xff);
      }
    }
  }

  /** Adds eight dots; right of the paper nothing happens. */
  #add(line: number, column: number, byte: number): void {
    if (column >= this.stride) return;
    this.#bits[line + column] = (this.#bits[line + column] ?? 0) | byte;
  }

  /** Blackens the dots [from, to) of a row. */
  #run(row: number, from: number, to: number): void {
    const line = row * this.stride;
    for (let column = from >> 3; column <= (to - 1) >> 3; column++) {
      const left = column === from >> 3 ? 0xff >> (from & 7) : 0xff;
      const right = column === (to - 1) >> 3 ? (0xff << (7 - ((to - 1) & 7))) & 0xff : 0xff;
      this.#add(line, column, left & right);
    }
  }

  /** Turns a rectangle by 180 degrees. */
  turn(x: number, y: number, width: number, height: number): void {
    const last = width * height - 1;
    for (let k = 0; 2 * k < last; k++) {
      const [ax, ay] = [x + (k % width), y + Math.floor(k / width)];
      const [bx, by] = [x + ((last - k) % width), y + Math.floor((last - k) / width)];
      const kept = this.#get(ax, ay);
      this.#set(ax, ay, this.#get(bx, by));
      this.#set(bx, by, kept);
    }
  }

  /** The paper as it is, or so high. */
  picture(height = this.#height): Bitmap {
    const bitmap = newBitmap(this.width, height);
    bitmap.bits.set(this.#bits.subarray(0, Math.min(bitmap.bits.length, this.#height * this.stride)));
    return bitmap;
  }

  #get(x: number, y: number): boolean {
    return ((this.#bits[y * this.stride + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0;
  }

  #set(x: number, y: number, black: boolean): void {
    if (y >= this.#height) this.extend(y + 1);
    const at = y * this.stride + (x >> 3);
    const mask = 0x80 >> (x & 7);
    const byte = this.#bits[at] ?? 0;
    this.#bits[at] = black ? byte | mask : byte & ~mask;
  }
}
