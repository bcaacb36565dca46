import { type Bitmap, dotAt, newBitmap } from '../../protocols/escpos/image.ts';

/** Paper that grows downwards, one bit a dot, 1 = black. */
export class Canvas {
  readonly width: number;
  readonly stride: number;
  #bits = new Uint8Array(4096);
  #height = 0;

  constructor(width: number) {
    this.width = width;
    this.stride = Math.ceil(width / 8);
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
    for (let row = Math.max(0, y); row < y + height; row++)
      for (let column = Math.max(0, x); column < Math.min(x + width, this.width); column++)
        this.#set(column, row, true);
  }

  /** Turns black and white in a rectangle. */
  invert(x: number, y: number, width: number, height: number): void {
    for (let row = Math.max(0, y); row < y + height; row++)
      for (let column = Math.max(0, x); column < Math.min(x + width, this.width); column++)
        this.#set(column, row, !this.#get(column, row));
  }

  /** Adds the black dots of a picture, each `across` x `down` dots. */
  draw(picture: Bitmap, x: number, y: number, across = 1, down = 1): void {
    for (let row = 0; row < picture.height; row++)
      for (let column = 0; column < picture.width; column++)
        if (dotAt(picture, column, row)) this.fill(x + column * across, y + row * down, across, down);
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

  picture(): Bitmap {
    const bitmap = newBitmap(this.width, this.#height);
    bitmap.bits.set(this.#bits.subarray(0, bitmap.bits.length));
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
