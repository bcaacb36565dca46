import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { encodeUtf8 } from '../../protocols/bytes/utf8.ts';
import { endWords, KeyboardReader } from '../../protocols/scanner/hid-keyboard.ts';
import {
  KEYBOARD_LAYOUTS,
  KEYPAD,
  type KeyboardLayoutName,
  type KeyRow,
  misread,
} from '../../protocols/scanner/keyboard-layouts.ts';
import type { CaseResult, Checker } from './checker.ts';
import { hasEntriesWith, isObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';

const SECTIONS = ['about', 'keypad', 'layouts', 'layouts_source', 'misreads', 'vectors'];

/** hid-keyboard.json: layouts, what they do to each other, and reports of guns in keyboard mode. */
export const hidKeyboardChecker: Checker = {
  title: 'keyboard reports of scanner guns',
  recognises: (_, content) =>
    hasEntriesWith(content, 'misreads', ['scanner', 'host']) ||
    'us' in objectIn(content, 'layouts') ||
    listIn(content, 'vectors').some(isKeyboardVector),
  check: (content) => ({
    cases: [
      ...Object.entries(objectIn(content, 'keypad')).map(keypadCase),
      ...Object.entries(objectIn(content, 'layouts')).flatMap(layoutCases),
      ...listIn(content, 'misreads').map(misreadCase),
      ...listIn(content, 'vectors').map(vectorCase),
      ...unknownSections(content, SECTIONS),
    ],
    stories: 0,
  }),
};

/** Eight bytes a report, and what they spell. */
function isKeyboardVector(entry: unknown): boolean {
  if (!isObject(entry) || !('expect' in entry || 'expectHex' in entry)) return false;
  const reports = listIn(entry, 'reports');
  return reports.length > 0 && reports.every((report) => typeof report === 'string' && fromHex(report)?.length === 8);
}

function keypadCase([usage, expected]: [string, unknown]): CaseResult {
  return { name: `keypad ${usage}`, expected, actual: KEYPAD[Number.parseInt(usage, 16)] };
}

function layoutNamed(name: unknown): KeyboardLayoutName | undefined {
  return (Object.keys(KEYBOARD_LAYOUTS) as KeyboardLayoutName[]).find((known) => known === name);
}

function layoutCases([name, rows]: [string, unknown]): CaseResult[] {
  const known = layoutNamed(name);
  if (!known || !isObject(rows)) return [unknownCase(`layout ${name}`, 'us, de or fr', rows)];
  return Object.entries(rows).map(([usage, expected]) => ({
    name: `layout ${name} ${usage}`,
    expected,
    actual: written(KEYBOARD_LAYOUTS[known][Number.parseInt(usage, 16)]),
  }));
}

function written(row: KeyRow | undefined): unknown {
  if (!row) return undefined;
  const [plain, shift, altgr, ...dead] = row;
  return { plain, shift, altgr, ...(dead.length > 0 && { dead }) };
}

function misreadCase(entry: unknown, at: number): CaseResult {
  const { text, scanner, host, read } = isObject(entry) ? entry : {};
  const [gun, till] = [layoutNamed(scanner), layoutNamed(host)];
  const name = `misread ${at} ${String(scanner)} as ${String(host)}`;
  if (typeof text !== 'string' || !gun || !till) return unknownCase(name, 'text, scanner, host, read', entry);
  return { name, expected: read, actual: misread(text, gun, till) };
}

function vectorCase(entry: unknown, at: number): CaseResult {
  const name = isObject(entry) && typeof entry['name'] === 'string' ? entry['name'] : `vectors[${at}]`;
  const layout = isObject(entry) ? layoutNamed(entry['layout'] ?? 'us') : undefined;
  if (!isObject(entry) || !isKeyboardVector(entry) || !layout)
    return unknownCase(name, 'reports of 8 bytes, expect', entry);
  const members = ['expect', 'expectHex', 'terminators'].filter((member) => member in entry);
  const ours = typed(listIn(entry, 'reports').map(String), layout);
  return {
    name,
    expected: Object.fromEntries(members.map((member) => [member, entry[member]])),
    actual: Object.fromEntries(members.map((member) => [member, ours[member]])),
  };
}

function typed(reports: readonly string[], layout: KeyboardLayoutName): Readonly<Record<string, unknown>> {
  const reader = new KeyboardReader({ layout });
  const events = reports.flatMap((report, n) => reader.push(fromHex(report) ?? new Uint8Array(), n));
  events.push(...reader.silence(reports.length + 10_000));
  const text = events.flatMap((event) => (event.kind === 'code' ? [event.text.reveal()] : [])).join('\n');
  const ends = events.flatMap((event) =>
    (event.kind === 'code' || event.kind === 'line-end') && event.end ? [event.end] : [],
  );
  const expectHex = toHex(encodeUtf8(text)).replace(/(..)(?=.)/g, '$1 ');
  return { expect: text, expectHex, terminators: ends.map(endWords) };
}
