import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { decodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { decodeUtf8 } from '../../protocols/bytes/utf8.ts';
import { GROW_STATUS, parseGrow, parseGrowReply } from '../../protocols/scanner/grow.ts';
import type { GunNoise } from '../../protocols/scanner/gun-event.ts';
import {
  commandOf,
  type HidPosEvent,
  HidPosReader,
  HONEYWELL_HID_POS_ON,
  HONEYWELL_OUT,
  honeywellOut,
  NEWLAND_OUT,
} from '../../protocols/scanner/hid-pos.ts';
import { HID_POS_LAYOUTS, type HidPosLayout } from '../../protocols/scanner/hid-pos-layout.ts';
import { encodeHoneywellMenu, honeywellKey } from '../../protocols/scanner/honeywell.ts';
import type { CaseResult, Checker } from './checker.ts';
import { hasEntriesWith, isObject, type JsonObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';
import { type Claim, rewritten } from './prose.ts';

const SECTIONS = ['about', 'layouts', 'host_out_samples', 'out_source', 'vectors'];

/** hid-pos.json: input and output reports of HID POS guns. */
export const hidPosChecker: Checker = {
  title: 'HID POS reports',
  recognises: (_, content) =>
    hasEntriesWith(content, 'vectors', ['reports', 'layout']) &&
    listIn(content, 'vectors').some((entry) => isObject(entry) && layoutNamed(entry['layout']) !== undefined),
  check: (content) => {
    const entries = listIn(content, 'vectors');
    const told = entries.filter((entry) => listIn(entry, 'reports').length === 0 && isObject(entry));
    return {
      cases: [
        ...Object.entries(objectIn(content, 'layouts')).map(layoutCase),
        ...listIn(content, 'host_out_samples').map(sampleCase),
        ...entries.filter((entry) => !told.includes(entry)).map(vectorCase),
        ...unknownSections(content, SECTIONS),
      ],
      stories: told.length,
    };
  },
};

function layoutNamed(name: unknown): HidPosLayout | undefined {
  return HID_POS_LAYOUTS.find((layout) => layout.name === name);
}

const OUT_LAYOUTS: Readonly<Record<string, number>> = {
  'newland64-out': NEWLAND_OUT,
  'honeywell-out': HONEYWELL_OUT,
  'honeywell-feature': HONEYWELL_HID_POS_ON[0] ?? 0,
};

const hex2 = (byte: number | undefined) => (byte ?? 0).toString(16).toUpperCase().padStart(2, '0');

/** The places and numbers that the words of a layout name; the words themselves are prose. */
function layoutCase([name, told]: [string, unknown]): CaseResult {
  const layout = layoutNamed(name);
  const id = layout?.reportId ?? OUT_LAYOUTS[name];
  if (!isObject(told) || id === undefined) return unknownCase(`layout ${name}`, 'a known layout', told);
  const entries = Object.entries(told).map(([place, words]) => {
    const text = String(words);
    const says = rewritten(text, LAYOUT_CLAIMS, { id, layout });
    return [placeOf(place, text, layout), says];
  });
  return { name: `layout ${name}`, expected: told, actual: Object.fromEntries(entries) };
}

const LAYOUT_CLAIMS: readonly Claim<{ id: number; layout: HidPosLayout | undefined }>[] = [
  [/(?<=report id 0x)[0-9A-F]{2}/, (_, { id }) => hex2(id)],
  [/(?<=\(\d+(?:\.\.|-))\d+(?=\))/, (_, { layout }) => layout && String(layout.data.length)],
  [/(?<=\bbit)\d/, (_, { layout }) => layout?.continued && String(Math.log2(layout.continued.mask))],
];

function placeOf(place: string, words: string, layout: HidPosLayout | undefined): string {
  if (words.startsWith('report id')) return '0';
  if (!layout) return place;
  const { count, aim, data, codeId, symbology, continued } = layout;
  if (/^(number of data bytes|length)/.test(words)) return String(count);
  if (words.startsWith('AIM id')) return `${aim?.[0]}-${aim?.[2]}`;
  if (words.startsWith('data')) return `${data.at}-${data.at + data.length - 1}`;
  if (/Code ID char/.test(words)) return String(codeId);
  if (/symbology number/.test(words)) return String(symbology);
  return /^bit\d/.test(words) ? String(continued?.at) : place;
}

const SAMPLES: Readonly<Record<string, Uint8Array>> = {
  honeywell_beep: honeywellKey('beep'),
  honeywell_trigger: honeywellKey('trigger'),
  honeywell_untrigger: honeywellKey('release'),
  honeywell_revinf: encodeHoneywellMenu('REVINF.'),
};

function sampleCase(entry: unknown, at: number): CaseResult {
  const name = isObject(entry) && typeof entry['name'] === 'string' ? entry['name'] : `host_out_samples[${at}]`;
  const bytes = isObject(entry) && typeof entry['hex'] === 'string' ? fromHex(entry['hex']) : undefined;
  const command = bytes && (SAMPLES[name] ?? commandOf(bytes));
  if (!bytes || !command) return unknownCase(name, 'hex of an output report', entry);
  return { name, expected: toHex(bytes), actual: toHex(honeywellOut(command)) };
}

function vectorCase(entry: unknown, at: number): CaseResult {
  const name = isObject(entry) && typeof entry['name'] === 'string' ? entry['name'] : `vectors[${at}]`;
  const reports = listIn(entry, 'reports').map((report) => (typeof report === 'string' ? fromHex(report) : undefined));
  const layout = isObject(entry) ? entry['layout'] : undefined;
  const expect = objectIn(entry, 'expect');
  const whole = reports.every((report) => report !== undefined);
  if (whole && typeof layout === 'string' && layout in OUT_LAYOUTS) return outCase(name, reports, expect);
  const known = layoutNamed(layout);
  if (!whole || !known) return unknownCase(name, 'reports of a known layout', entry);
  return inCase(name, known, reports, expect);
}

const COMPARED = ['text', 'textHex', 'aim', 'codeId', 'events', 'meaning'];

function inCase(name: string, layout: HidPosLayout, reports: readonly Uint8Array[], expect: JsonObject): CaseResult {
  const keys = Object.keys(expect).filter((key) => COMPARED.includes(key));
  if (keys.length === 0) return unknownCase(name, COMPARED.join(', '), expect);
  const reader = new HidPosReader(layout);
  const events = reports.flatMap((report, n) => reader.push(report, n));
  const only = events.find(isTold);
  const bytes = only?.bytes ?? new Uint8Array();
  const ours: JsonObject = {
    text: textOf(bytes),
    textHex: toHex(bytes).replace(/(..)(?=.)/g, '$1 '),
    aim: only?.aim,
    codeId: only?.codeId,
    events: events.map(eventOf),
    meaning: rewritten(String(expect['meaning']), MEANINGS, { reports, bytes, layout }),
  };
  return {
    name,
    expected: Object.fromEntries(keys.map((key) => [key, expect[key]])),
    actual: Object.fromEntries(keys.map((key) => [key, ours[key]])),
  };
}

function isTold(event: HidPosEvent): event is Exclude<HidPosEvent, GunNoise> {
  return event.kind !== 'noise';
}

function textOf(bytes: Uint8Array): string {
  return decodeUtf8(bytes) ?? decodeLatin1(bytes);
}

function eventOf(event: HidPosEvent): unknown {
  return event.kind === 'noise' ? { error: event.cause } : { text: textOf(event.bytes) };
}

interface Given {
  readonly reports: readonly Uint8Array[];
  readonly bytes: Uint8Array;
  readonly layout: HidPosLayout;
}

const CONTROLS: Readonly<Record<number, string>> = {
  1: '<SOH>',
  3: '<ETX>',
  5: '<ENQ>',
  6: '<ACK>',
  13: '<CR>',
  21: '<NAK>',
};
const spelled = (bytes: Uint8Array) => [...bytes].map((byte) => CONTROLS[byte] ?? String.fromCharCode(byte)).join('');

const MEANINGS: readonly Claim<Given>[] = [
  [/(?<=^menu response ).*/, (_, { bytes }) => spelled(bytes)],
  [/(?<=\bbyte61 = )[0-9A-F]{2}/, (_, { reports }) => hex2(reports[0]?.[61])],
  [/(?<=\bbyte62 = )[0-9A-F]{2}/, (_, { reports }) => hex2(reports[0]?.[62])],
  [/(?<=\bbyte63 = )[0-9A-F]{2}/, (_, { reports }) => hex2(reports[0]?.[63])],
  [/^success(?= reply)/, (_, { bytes }) => replyWord(bytes)],
];

function replyWord(bytes: Uint8Array): string {
  const reply = parseGrowReply(bytes);
  if (reply?.crc !== 'ok') return 'bad CRC in';
  return GROW_STATUS[reply.status] === 'ok' ? 'success' : (GROW_STATUS[reply.status] ?? 'unknown');
}

function outCase(name: string, reports: readonly Uint8Array[], expect: JsonObject): CaseResult {
  const command = commandOf(reports[0] ?? new Uint8Array());
  if (!command || typeof expect['meaning'] !== 'string')
    return unknownCase(name, 'an output report and its meaning', expect);
  const meaning = expect['meaning'];
  return { name, expected: meaning, actual: rewritten(meaning, OUT_MEANINGS, command) };
}

const OUT_MEANINGS: readonly Claim<Uint8Array>[] = [
  [/^(?:write|read|save) zone 0x[0-9A-F]{4}(?: = [0-9A-F]{2})?/, (_, command) => growWords(command)],
  [/\bCRC OK\b/, (_, command) => (parseGrow(command)?.crc === 'ok' ? 'CRC OK' : 'CRC bad')],
  [/^~<SOH>\S+/, (_, command) => spelled(command)],
];

function growWords(command: Uint8Array): string {
  const frame = parseGrow(command);
  if (!frame) return 'no command';
  const zone = frame.address.toString(16).toUpperCase().padStart(4, '0');
  return `${frame.type} zone 0x${zone} = ${hex2(frame.data[0])}`;
}
