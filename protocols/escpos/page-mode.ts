import type { Item, PageField } from './slip.ts';

// Page mode: everything goes to a place on a page, which is printed when it is full (FF, ESC FF). Each print area (ESC W) has a
// direction (ESC T); what is placed in it counts from that direction's own upper left corner.

/** 0 left to right, 1 bottom to top, 2 upside down, 3 top to bottom */
export type Direction = PageField['direction'];

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Placed = PageField['placed'][number];

/** Fields of one page; each has its items. */
const MOST_FIELDS = 200;
/** Pieces of one line are put one soon after the other. */
const MOST_LOOKED_AT = 64;

/** A page while it is made. */
export class PageInProgress {
  #area: Area;
  #direction: Direction = 0;
  #fields: { area: Area; direction: Direction; placed: Placed[] }[] = [];
  /** the pen: top of the next line, or its base line after GS $ */
  #y = 0;
  #isBaseline = false;

  constructor(area: Area) {
    this.#area = area;
  }

  /** dots along the lines */
  get width(): number {
    return this.#direction % 2 === 0 ? this.#area.width : this.#area.height;
  }

  setArea(area: Area): void {
    this.#area = area;
    this.#toStart();
  }

  setDirection(direction: Direction): void {
    this.#direction = direction;
    this.#toStart();
  }

  #toStart(): void {
    this.#y = 0;
    this.#isBaseline = false;
  }

  moveTo(y: number): void {
    this.#y = Math.max(0, y);
    this.#isBaseline = true;
  }

  moveBy(dots: number): void {
    this.#y = Math.max(0, this.#y + dots);
  }

  /** Puts an item at the pen; `ascent` dots of it are above the base line. The pen stays. */
  put(item: Item, ascent: number): void {
    const top = this.#isBaseline ? this.#y - ascent : this.#y;
    const field = this.#field();
    if (!field) return;
    const from = Math.max(0, field.placed.length - MOST_LOOKED_AT);
    const recent = field.placed.slice(from).findLastIndex((other) => sitsBeside(other, item, top));
    const at = recent < 0 ? -1 : from + recent;
    const beside = field.placed[at]?.item;
    if (beside?.kind === 'line' && item.kind === 'line')
      field.placed[at] = { top, item: { ...item, cells: [...beside.cells, ...item.cells] } };
    else field.placed.push({ top, item });
  }

  #field() {
    const last = this.#fields.at(-1);
    if (last && last.area === this.#area && last.direction === this.#direction) return last;
    if (this.#fields.length >= MOST_FIELDS) return undefined;
    const field = { area: this.#area, direction: this.#direction, placed: [] };
    this.#fields.push(field);
    return field;
  }

  /** What was placed so far, or `undefined` when the page is blank. */
  page(): Extract<Item, { kind: 'page' }> | undefined {
    const fields = this.#fields.filter(({ placed }) => placed.length > 0);
    if (fields.length === 0) return undefined;
    return {
      kind: 'page',
      height: Math.max(...fields.map(({ area }) => area.y + area.height)),
      fields: fields.map(({ area, direction, placed }) => ({
        ...area,
        direction,
        placed: placed.toSorted((a, b) => a.top - b.top),
      })),
    };
  }

  /** CAN: what stands in the print area is gone. */
  clearArea(): void {
    this.#fields = this.#fields.filter(({ area }) => area !== this.#area);
    this.#toStart();
  }
}

/** Two pieces of text on one line, put there one after the other. */
function sitsBeside(other: Placed, item: Item, top: number): boolean {
  return other.top === top && other.item.kind === 'line' && item.kind === 'line' && other.item.ascent === item.ascent;
}
