import { fromHex } from '../../protocols/bytes/hex.ts';
import { type HidReport, parseHidDescriptor } from '../../protocols/scanner/hid-descriptor.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, unknownCase } from './json.ts';

const LENGTH = /^(input|output|feature)_report_bytes$/;

/** hid-descriptors.json: report descriptors and how long their reports are. */
export const hidDescriptorsChecker: Checker = {
  title: 'HID report descriptors',
  recognises: (_, content) =>
    entriesOf(content).some((entry) => isObject(entry) && 'hex' in entry && lengthsOf(entry).length > 0),
  check: (content) => ({ cases: entriesOf(content).map(descriptorCase), stories: 0 }),
};

function entriesOf(content: unknown): readonly unknown[] {
  if (Array.isArray(content)) return content;
  return isObject(content) && Array.isArray(content['vectors']) ? content['vectors'] : [];
}

function lengthsOf(entry: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(entry).filter((key) => LENGTH.test(key));
}

function descriptorCase(entry: unknown, at: number): CaseResult {
  const name = isObject(entry) && typeof entry['name'] === 'string' ? entry['name'] : `[${at}]`;
  const bytes = isObject(entry) && typeof entry['hex'] === 'string' ? fromHex(entry['hex']) : undefined;
  if (!isObject(entry) || !bytes || lengthsOf(entry).length === 0)
    return unknownCase(name, 'hex, *_report_bytes', entry);
  const expected = Object.fromEntries(lengthsOf(entry).map((key) => [key, entry[key]]));
  const parsed = parseHidDescriptor(bytes);
  if ('problem' in parsed) return { name, expected, actual: parsed };
  const { reports } = parsed.descriptor;
  const actual = Object.fromEntries(lengthsOf(entry).map((key) => [key, longest(reports, key.split('_', 1)[0])]));
  return { name, expected, actual };
}

function longest(reports: readonly HidReport[], kind: string | undefined): number {
  return Math.max(0, ...reports.filter((report) => report.kind === kind).map(({ bytes }) => bytes));
}
