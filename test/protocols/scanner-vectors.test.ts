import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECKERS } from '../vectors-run/checkers.ts';
import { isObject } from '../vectors-run/json.ts';
import { runContent, runFile, vectorFiles } from '../vectors-run/run.ts';

const folder = join(import.meta.dirname, '../vectors/scanners');
const files = vectorFiles([folder]).filter((file) => basename(file) !== 'serial-line.json');

type Path = readonly (string | number)[];

function leaves(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown, at) => leaves(item, [...path, at]));
  if (isObject(value)) return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
  return [path];
}

function at(value: unknown, path: Path): unknown {
  return path.reduce((inner, step) => (inner as Record<string | number, unknown>)[step], value);
}

/** Another value of the same kind: a hex digit, a letter or digit, a number, a truth. */
function other(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (typeof value !== 'string') return 'something';
  const last = value.search(/[0-9A-Za-z][^0-9A-Za-z]*$/);
  if (last < 0) return `${value}7`;
  return `${value.slice(0, last)}${value.charAt(last) === '7' ? '8' : '7'}${value.slice(last + 1)}`;
}

function altered(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) return other(value);
  if (Array.isArray(value)) return value.map((item: unknown, n) => (n === step ? altered(item, rest) : item));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, item]) => [key, key === step ? altered(item, rest) : item]),
  );
}

/** Words for people: nothing in them can be computed. */
const PROSE = /^(about|.*source|sources|note|lost|name|real_device)$/;

/** What each file expects, by path; every such value is altered in turn. */
const EXPECTED: Readonly<Record<string, (path: Path, content: unknown) => boolean>> = {
  'ssi.json': ([section, , key]) => section === 'status_bits' || section === 'bar_code_types' || key === 'checksum_ok',
  'honeywell-menu.json': isBytes,
  'newland-ascii.json': isBytes,
  'grow-7e00.json': (path) => path[0] === 'zones' || isBytes(path),
  'm3y-5a.json': isBytes,
  'de2120.json': isBytes,
  'vguang-55aa.json': isBytes,
  'hid-descriptors.json': ([, key]) => String(key).endsWith('_report_bytes'),
  'hid-pos.json': ([section, , key, member]) =>
    section === 'vectors' ? key === 'expect' && member !== 'meaning' : section === 'host_out_samples' && key === 'hex',
  'hid-keyboard.json': ([section, , key]) =>
    section === 'keypad' || section === 'layouts' || /^(read|expect|expectHex|terminators)$/.test(String(key)),
  'usb-ids.json': ([section]) => section === 'vendors' || section === 'extra',
  'datalogic-rs232.json': ([section]) => section === 'commands',
  'cipherlab-rs232.json': ([section]) => section === 'commands',
};

function isBytes([section, , key]: Path): boolean {
  return section === 'vectors' && (key === 'hex' || key === 'reply');
}

describe('the vectors of scanner guns', () => {
  it.each(files.map((file) => [basename(file), file]))('%s: every case passes', async (_, file) => {
    const { failed, cases } = await runFile(file, CHECKERS);
    expect(failed).toEqual([]);
    expect(cases).toBeGreaterThan(0);
  });

  it.each(files.map((file) => [basename(file), file]))(
    '%s: one altered expected value fails exactly one case',
    async (name, file) => {
      const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
      const untouched = await runContent(file, content, CHECKERS);
      const paths = leaves(content).filter(
        (path) => !path.some((step) => PROSE.test(String(step))) && EXPECTED[name]?.(path, content),
      );
      expect(paths.length).toBeGreaterThan(0);
      for (const path of paths) {
        const { failed, cases } = await runContent(file, altered(content, path), CHECKERS);
        expect([failed.length, cases], `${path.join('.')}: ${String(at(content, path))}`).toEqual([1, untouched.cases]);
      }
    },
  );
});
