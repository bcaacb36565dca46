import { decodeGb18030, gbkCharacter } from '../bytes/gb18030.ts';
import { isShiftJisLead, shiftJisCharacter } from '../bytes/shift-jis.ts';
import { codePageCharacter, knowsCodePage } from './code-pages.ts';
import { internationalCharacter } from './international.ts';
import type { Paper } from './paper.ts';

const UNPRINTED = '\ufffd';
/** of ESC t */
const KATAKANA = 1;
const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;

/** Turns text bytes into characters on the paper: one byte outside of Chinese mode, one or two (or four) inside. */
export class TextReader {
  readonly #paper: Paper;
  /** bytes of a hanzi code that is not complete */
  #held: number[] = [];
  #heldAt = 0;
  /** offset after the first half of a four-byte code that was reported, so that its second half is not reported again */
  #reportedUntil = -1;

  constructor(paper: Paper) {
    this.#paper = paper;
  }

  read(bytes: Uint8Array, offset: number): void {
    if (this.#paper.isFull) return this.#paper.skipText();
    for (let i = 0; i < bytes.length; i++) this.#byte(bytes[i] ?? 0, offset + i);
  }

  /** A command or the end of the stream comes: half a character is lost. */
  flush(): void {
    if (this.#held.length === 0) return;
    this.#paper.report('broken-hanzi', this.#heldAt);
    for (const _ of this.#held) this.#paper.char(UNPRINTED, false, this.#heldAt);
    this.#held = [];
  }

  /** Half a character is forgotten. */
  clear(): void {
    this.#held = [];
  }

  #byte(byte: number, offset: number): void {
    if (this.#held.length > 0) return this.#inside(byte, offset);
    const own = this.#paper.modes.userCharacters ? this.#paper.stores.characters.get(byte) : undefined;
    if (own) return this.#paper.char(UNPRINTED, false, offset, own);
    const { shiftJis, international } = this.#paper.modes;
    if (byte < 0x80) return this.#paper.char(internationalCharacter(international, byte), false, offset);
    if (shiftJis) return this.#japanese(byte, offset);
    if (!this.#paper.modes.chinese) return this.#codePage(byte, offset);
    if (byte === 0x80 || byte === 0xff) return this.#noGlyph(offset, byte);
    this.#held = [byte];
    this.#heldAt = offset;
  }

  /** Half-width katakana have one byte, everything else two. */
  #japanese(byte: number, offset: number): void {
    if (byte >= 0xa1 && byte <= 0xdf) return this.#paper.char(codePageCharacter(KATAKANA, byte), false, offset);
    if (!isShiftJisLead(byte)) return this.#noGlyph(offset, byte);
    this.#held = [byte];
    this.#heldAt = offset;
  }

  #codePage(byte: number, offset: number): void {
    const { codePage } = this.#paper.modes;
    const char = codePageCharacter(codePage, byte);
    if (char === UNPRINTED && knowsCodePage(codePage))
      this.#paper.report('no-glyph', offset, `byte ${byte.toString(16)} of code page ${codePage}`);
    this.#paper.char(char, false, offset);
  }

  #noGlyph(offset: number, byte: number): void {
    this.#paper.report('no-glyph', offset, byte.toString(16));
    this.#paper.char(UNPRINTED, false, offset);
  }

  #inside(byte: number, offset: number): void {
    const [lead = 0] = this.#held;
    if (this.#paper.modes.shiftJis) return this.#kanji(lead, byte, offset);
    if (this.#held.length === 1 && !isDigit(byte)) return this.#twoBytes(lead, byte, offset);
    if (this.#paper.profile.charset !== 'gb18030-4') return this.#strayDigit(byte, offset);
    this.#held.push(byte);
    if (this.#held.length < 4) return;
    const char = decodeGb18030(Uint8Array.from(this.#held));
    this.#held = [];
    if (char === undefined) return this.#noGlyph(this.#heldAt, lead);
    this.#paper.char(char, true, this.#heldAt);
  }

  #kanji(lead: number, trail: number, offset: number): void {
    this.#held = [];
    const char = shiftJisCharacter(lead, trail);
    if (char !== undefined) return this.#paper.char(char, true, this.#heldAt);
    this.#paper.report('broken-hanzi', this.#heldAt);
    this.#paper.char(UNPRINTED, false, this.#heldAt);
    this.#byte(trail, offset);
  }

  #twoBytes(lead: number, trail: number, offset: number): void {
    this.#held = [];
    const own = this.#paper.stores.hanzi.get((lead << 8) | trail);
    if (own) return this.#paper.char(UNPRINTED, true, this.#heldAt, own);
    const char = gbkCharacter(lead, trail);
    if (char !== undefined && isPrivate(char)) return this.#undefinedHanzi(lead, trail);
    if (char !== undefined && this.#hasGlyph(lead, trail)) return this.#paper.char(char, true, this.#heldAt);
    if (trail >= 0x40 && trail !== 0x7f && trail !== 0xff) {
      this.#paper.report('no-glyph', this.#heldAt, `code ${((lead << 8) | trail).toString(16)}`);
      return this.#paper.char(UNPRINTED, true, this.#heldAt);
    }
    this.#paper.report('broken-hanzi', this.#heldAt);
    this.#paper.char(UNPRINTED, false, this.#heldAt);
    this.#byte(trail, offset);
  }

  /** A place for the host's own characters (FS 2) that the host left empty: nothing is printed, as wide as a hanzi. */
  #undefinedHanzi(lead: number, trail: number): void {
    this.#paper.report('no-glyph', this.#heldAt, `code ${((lead << 8) | trail).toString(16)}, which nobody defined`);
    this.#paper.char('\u3000', true, this.#heldAt);
  }

  #hasGlyph(lead: number, trail: number): boolean {
    return this.#paper.profile.charset !== 'gb2312' || (lead >= 0xa1 && lead <= 0xf7 && trail >= 0xa1);
  }

  /** 81 30 84 36 on a two-byte printer: the leads print nothing, the digits print as digits ("¥192" becomes "0 6192"). */
  #strayDigit(byte: number, offset: number): void {
    this.#held = [];
    if (this.#heldAt !== this.#reportedUntil) {
      this.#paper.report('four-byte-code', this.#heldAt);
      this.#reportedUntil = offset + 1;
    }
    this.#paper.char(' ', false, this.#heldAt);
    this.#paper.char(String.fromCharCode(byte), false, offset);
  }
}

const isPrivate = (char: string) => char >= '\ue000' && char <= '\uf8ff';
