// A HID report descriptor: what bytes a device sends, bit by bit (HID 1.11, 6.2.2). A gun that follows the standard may put
// its fields in any order; only this tells.
//
//   05 8C      Usage Page (Bar Code Scanner)        prefix: tag, type and size of the data in four, two and two bits
//   09 02      Usage (Bar Code Scanner)
//   A1 01      Collection (Application)
//   85 02        Report ID (2)
//   75 08 95 38 09 FE 82 02 01    56 bytes of Decoded Data, Input (Data, Variable, Absolute, Buffered)

export type HidReportKind = 'input' | 'output' | 'feature';

export interface HidField {
  readonly kind: HidReportKind;
  /** 0: the device uses no ids */
  readonly reportId: number;
  /** first bit, the report id not counted; least significant bit first */
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly count: number;
  /** page << 16 | usage, one for each element; the last one goes on. Empty: filling */
  readonly usages: readonly number[];
  /** of an array: elements are usages from..to */
  readonly range?: readonly [from: number, to: number];
  readonly constant: boolean;
  readonly variable: boolean;
  /** usage of the outermost collection */
  readonly application: number;
}

export interface HidReport {
  readonly kind: HidReportKind;
  readonly id: number;
  /** as hidraw delivers it: the id counts, where ids are used */
  readonly bytes: number;
  readonly fields: readonly HidField[];
}

export interface HidDescriptor {
  readonly usesIds: boolean;
  /** usages of the outermost collections */
  readonly applications: readonly number[];
  readonly reports: readonly HidReport[];
}

export type HidParsing = { readonly descriptor: HidDescriptor } | { readonly problem: string };

/** Linux reads no more (HID_MAX_DESCRIPTOR_SIZE). */
const MAX_DESCRIPTOR_BYTES = 4096;
/** A report longer than this is nonsense: Linux stops at 16 KiB (HID_MAX_BUFFER_SIZE). */
const MAX_REPORT_BITS = 16_384 * 8;
/** usages that are listed one by one */
const MAX_USAGES = 1024;
const MAX_DEPTH = 32;

const MAIN = 0;
const GLOBAL = 1;
const LOCAL = 2;
const LONG_ITEM = 0xfe;
const SIZES = [0, 1, 2, 4] as const;

interface Globals {
  readonly usagePage: number;
  readonly reportSize: number;
  readonly reportCount: number;
  readonly reportId: number;
}

interface Item {
  readonly type: number;
  readonly tag: number;
  readonly size: number;
  readonly value: number;
}

/** Never throws: what a device says is data from outside. */
export function parseHidDescriptor(bytes: Uint8Array): HidParsing {
  if (bytes.length > MAX_DESCRIPTOR_BYTES) return { problem: `longer than ${MAX_DESCRIPTOR_BYTES} bytes` };
  const parser = new Parser();
  for (let at = 0; at < bytes.length; ) {
    const found = itemAt(bytes, at);
    if (!found) return { problem: `cut off at byte ${at}` };
    const problem = found.item && parser.take(found.item);
    if (problem !== undefined) return { problem: `${problem} at byte ${at}` };
    at = found.next;
  }
  return parser.finish();
}

/** `item` is absent for a long item, which nobody has ever defined. */
function itemAt(bytes: Uint8Array, at: number): { item?: Item; next: number } | undefined {
  const prefix = bytes[at] ?? 0;
  if (prefix === LONG_ITEM) {
    const next = at + 3 + (bytes[at + 1] ?? 0);
    return next <= bytes.length ? { next } : undefined;
  }
  const size = SIZES[prefix & 3] ?? 0;
  const next = at + 1 + size;
  if (next > bytes.length) return undefined;
  let value = 0;
  for (let n = 0; n < size; n++) value += (bytes[at + 1 + n] ?? 0) * 2 ** (8 * n);
  return { item: { type: (prefix >> 2) & 3, tag: prefix >> 4, size, value }, next };
}

class Parser {
  #globals: Globals = { usagePage: 0, reportSize: 0, reportCount: 0, reportId: 0 };
  readonly #stack: Globals[] = [];
  #usages: number[] = [];
  #minimum: number | undefined;
  #maximum: number | undefined;
  /** usages of the open collections */
  readonly #open: number[] = [];
  readonly #applications: number[] = [];
  readonly #fields: HidField[] = [];
  /** bits of each report so far */
  readonly #bits = new Map<string, number>();
  #usesIds = false;

  take(item: Item): string | undefined {
    if (item.type === MAIN) {
      const problem = this.#main(item);
      this.#usages = [];
      this.#minimum = undefined;
      this.#maximum = undefined;
      return problem;
    }
    if (item.type === GLOBAL) return this.#global(item);
    return item.type === LOCAL ? this.#local(item) : undefined;
  }

  finish(): HidParsing {
    if (this.#open.length > 0) return { problem: 'a collection that does not end' };
    const reports = [...this.#bits].map(([key, bits]) => this.#report(key, bits));
    return { descriptor: { usesIds: this.#usesIds, applications: this.#applications, reports } };
  }

  #report(key: string, bits: number): HidReport {
    const [kind, number] = key.split(' ') as [HidReportKind, string];
    const id = Number(number);
    const fields = this.#fields.filter((field) => field.kind === kind && field.reportId === id);
    return { kind, id, bytes: Math.ceil(bits / 8) + (this.#usesIds ? 1 : 0), fields };
  }

  #main({ tag, value }: Item): string | undefined {
    if (tag === 0x8) return this.#field('input', value);
    if (tag === 0x9) return this.#field('output', value);
    if (tag === 0xb) return this.#field('feature', value);
    if (tag === 0xa) return this.#collection();
    if (tag === 0xc) return this.#open.pop() === undefined ? 'an end without its collection' : undefined;
    return undefined;
  }

  #collection(): string | undefined {
    const usage = this.#usages[0] ?? 0;
    if (this.#open.length === 0) this.#applications.push(usage);
    this.#open.push(usage);
    return this.#open.length > MAX_DEPTH ? 'collections too deep' : undefined;
  }

  #field(kind: HidReportKind, flags: number): string | undefined {
    const { reportSize: bitSize, reportCount: count, reportId } = this.#globals;
    const key = `${kind} ${reportId}`;
    const bitOffset = this.#bits.get(key) ?? 0;
    if (bitOffset + bitSize * count > MAX_REPORT_BITS) return 'a report without end';
    this.#bits.set(key, bitOffset + bitSize * count);
    const [constant, variable] = [(flags & 1) !== 0, (flags & 2) !== 0];
    const range = this.#range();
    const usages = variable && range ? [...this.#usages, ...listed(range, count)] : this.#usages;
    const application = this.#open[0] ?? 0;
    const place = { kind, reportId, bitOffset, bitSize, count, application };
    this.#fields.push({ ...place, usages, ...(range && { range }), constant, variable });
    return undefined;
  }

  #range(): readonly [number, number] | undefined {
    const [from, to] = [this.#minimum, this.#maximum];
    return from === undefined || to === undefined || to < from ? undefined : [from, to];
  }

  #global({ tag, size, value }: Item): string | undefined {
    if (tag === 0x0) this.#globals = { ...this.#globals, usagePage: value };
    else if (tag === 0x7) this.#globals = { ...this.#globals, reportSize: value };
    else if (tag === 0x8) return this.#setReportId(value);
    else if (tag === 0x9) this.#globals = { ...this.#globals, reportCount: value };
    else if (tag === 0xa && size === 0) return this.#push();
    else if (tag === 0xb && size === 0) return this.#pop();
    return undefined;
  }

  #setReportId(reportId: number): string | undefined {
    if (reportId === 0 || reportId > 0xff) return `report id ${reportId}`;
    this.#usesIds = true;
    this.#globals = { ...this.#globals, reportId };
    return undefined;
  }

  #push(): string | undefined {
    this.#stack.push(this.#globals);
    return this.#stack.length > MAX_DEPTH ? 'pushed too often' : undefined;
  }

  #pop(): string | undefined {
    const globals = this.#stack.pop();
    if (globals) this.#globals = globals;
    return globals ? undefined : 'popped more than pushed';
  }

  /** Four bytes carry the page with them. */
  #local({ tag, size, value }: Item): string | undefined {
    const usage = size === 4 ? value : this.#globals.usagePage * 0x10000 + value;
    if (tag === 0x0) this.#usages.push(usage);
    else if (tag === 0x1) this.#minimum = usage;
    else if (tag === 0x2) this.#maximum = usage;
    return this.#usages.length > MAX_USAGES ? 'too many usages' : undefined;
  }
}

function listed([from, to]: readonly [number, number], count: number): number[] {
  return Array.from({ length: Math.min(to - from + 1, count, MAX_USAGES) }, (_, n) => from + n);
}

/** Where the element with this usage stands in an input report: bit offset without the id, and its field. */
export function findUsage(
  report: HidReport,
  usage: number,
): { readonly bit: number; readonly field: HidField } | undefined {
  for (const field of report.fields) {
    const at = field.variable && !field.constant ? field.usages.indexOf(usage) : -1;
    if (at >= 0 && at < field.count) return { bit: field.bitOffset + at * field.bitSize, field };
  }
  return undefined;
}
