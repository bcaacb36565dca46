import { findUsage, type HidDescriptor, type HidReport } from './hid-descriptor.ts';

// Where a HID POS report has its fields (scanners.md 4.2). Three layouts of 64 bytes stand behind the same report id 02;
// the standard allows any other. Places are bytes of the report as hidraw delivers it, its id being byte 0.
//
//   honeywell64   02 12 5D 51 31  31 33 30 30 ... 34  00 ...  73 00 00      "]Q1", count 12, code id s
//   newland64     02 12           31 33 30 30 ... 34  00 ...     00 00      no AIM id
//   offset1-64    02 12 00 5D 51 31  31 33 ...                              seen in one driver only, vendor unknown

export interface HidPosLayout {
  readonly name: string;
  readonly reportId: number;
  /** with the id */
  readonly reportBytes: number;
  /** absent: the data ends at its last byte that is not 00 */
  readonly count?: number;
  /** the three characters of the AIM id, each with its place */
  readonly aim?: readonly [number, number, number];
  readonly data: { readonly at: number; readonly length: number };
  /** the maker's code id character */
  readonly codeId?: number;
  /** the maker's number of the symbology */
  readonly symbology?: number;
  readonly continued?: { readonly at: number; readonly mask: number };
  /** codes run on from report to report and end with CR or LF */
  readonly streaming?: true;
  /** what else comes in the same report: `aim` ]Z6 and ]X0, `newland` 02 00 and 02 01 */
  readonly answers?: 'aim' | 'newland';
}

export const HONEYWELL64: HidPosLayout = {
  name: 'honeywell64',
  reportId: 0x02,
  reportBytes: 64,
  count: 1,
  aim: [2, 3, 4],
  data: { at: 5, length: 56 },
  codeId: 61,
  continued: { at: 63, mask: 0x01 },
  answers: 'aim',
};

export const NEWLAND64: HidPosLayout = {
  name: 'newland64',
  reportId: 0x02,
  reportBytes: 64,
  count: 1,
  data: { at: 2, length: 56 },
  symbology: 62,
  continued: { at: 63, mask: 0x01 },
  answers: 'newland',
};

/** From one driver's code (WebHidBarcodeScanner, "getUint8(2) == 0x5d"): unverified. */
export const OFFSET1_64: HidPosLayout = {
  name: 'offset1-64',
  reportId: 0x02,
  reportBytes: 64,
  count: 1,
  aim: [3, 4, 5],
  data: { at: 6, length: 56 },
  continued: { at: 63, mask: 0x01 },
};

/** Byte 62 of an Intermec SG20 was seen as 28 and 01; the rest is Honeywell's. */
const INTERMEC: HidPosLayout = { ...HONEYWELL64, name: 'intermec' };

/** Microscan MS4: no continued flag, the terminator ends the code. */
export const MICROSCAN: HidPosLayout = {
  name: 'microscan',
  reportId: 0x01,
  reportBytes: 64,
  count: 1,
  data: { at: 2, length: 62 },
  streaming: true,
};

export const HID_POS_LAYOUTS: readonly HidPosLayout[] = [HONEYWELL64, NEWLAND64, OFFSET1_64, INTERMEC, MICROSCAN];

/** Which layout a maker's guns have, where their descriptor cannot be read. */
const HID_POS_PROFILES: Readonly<Record<string, HidPosLayout>> = {
  '0c2e': HONEYWELL64,
  '0536': HONEYWELL64,
  '23d0': HONEYWELL64,
  '0db5': HONEYWELL64,
  '067e': INTERMEC,
  '1eab': NEWLAND64,
  '0acd': NEWLAND64, // IDTECH 2DScan; the vendor id from memory
};

const PAGE = 0x8c0000;
const HID_POS_USAGE = PAGE + 0x02;
const BYTE_COUNT = 0x01003b;
const SYMBOLOGY = [PAGE + 0xfb, PAGE + 0xfc, PAGE + 0xfd] as const;
const DATA = PAGE + 0xfe;
const CONTINUED = PAGE + 0xff;

/** The layout that a device's own descriptor gives, or `undefined` when it has no decoded data. */
export function layoutOf(descriptor: HidDescriptor): HidPosLayout | undefined {
  for (const report of descriptor.reports) {
    const layout = report.kind === 'input' ? layoutOfReport(report, descriptor.usesIds) : undefined;
    if (layout) return layout;
  }
  return undefined;
}

function layoutOfReport(report: HidReport, usesIds: boolean): HidPosLayout | undefined {
  const front = usesIds ? 1 : 0;
  const byteOf = (usage: number) => {
    const found = findUsage(report, usage);
    return found && found.bit % 8 === 0 && found.field.bitSize === 8 ? front + found.bit / 8 : undefined;
  };
  const at = byteOf(DATA);
  const length = findUsage(report, DATA)?.field.count ?? 0;
  if (at === undefined || findUsage(report, DATA)?.field.application !== HID_POS_USAGE) return undefined;
  const count = byteOf(BYTE_COUNT);
  const aim = SYMBOLOGY.map(byteOf);
  const continued = findUsage(report, CONTINUED);
  const layout: HidPosLayout = {
    name: 'descriptor',
    reportId: report.id,
    reportBytes: report.bytes,
    ...(count !== undefined && { count }),
    ...(isWhole(aim) && { aim }),
    data: { at, length },
    ...(continued && { continued: { at: front + Math.floor(continued.bit / 8), mask: 1 << (continued.bit % 8) } }),
  };
  return named(layout);
}

function isWhole(places: readonly (number | undefined)[]): places is [number, number, number] {
  return places.length === 3 && places.every((place) => place !== undefined);
}

/** A known layout says more than its descriptor: vendor usages have no meaning of their own. */
function named(layout: HidPosLayout): HidPosLayout {
  const same = HID_POS_LAYOUTS.find(
    ({ reportBytes, data, count, aim }) =>
      reportBytes === layout.reportBytes &&
      data.at === layout.data.at &&
      data.length === layout.data.length &&
      count === layout.count &&
      aim?.join() === layout.aim?.join(),
  );
  return { ...same, ...layout, name: same?.name ?? layout.name };
}

/** By the device's own word, else by its maker, else `undefined`: guessing would cut codes in the wrong place. */
export function hidPosLayout(vendorId: number, descriptor: HidDescriptor | undefined): HidPosLayout | undefined {
  return (descriptor && layoutOf(descriptor)) ?? HID_POS_PROFILES[vendorId.toString(16).padStart(4, '0')];
}
