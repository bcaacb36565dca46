import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readStatement } from '../../agent/statements/read-statement.ts';
import { netFen, StatementFault, type StatementRow } from '../../protocols/statements/row.ts';
import { UNIONPAY_LAYOUT, UNIONPAY_LENGTHS } from '../../protocols/statements/unionpay.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, listIn, objectIn, unknownSections, without } from './json.ts';

const SECTIONS = ['note', 'files', 'rejects', 'netFen', 'sha1', 'unionpayLayout', 'unionpayRecordLength'];

/** unified.json: bill files beside it, and the rows that they must give. */
export const statementsChecker: Checker = {
  title: 'statements',
  recognises: (_, content) =>
    Object.values(objectIn(content, 'files')).some(Array.isArray) &&
    Object.keys(objectIn(content, 'netFen')).length > 0,
  async check(content, file = '') {
    const folder = dirname(file);
    const cases: CaseResult[] = [];
    for (const name of Object.keys(objectIn(content, 'files'))) cases.push(...(await rowsOf(content, folder, name)));
    for (const [name, expected] of Object.entries(objectIn(content, 'rejects')))
      cases.push(await rejected(folder, name, expected));
    for (const [channel, expected] of Object.entries(objectIn(content, 'netFen')))
      cases.push({ name: `netFen ${channel}`, expected, actual: await netOf(content, folder, channel.toUpperCase()) });
    for (const [name, expected] of Object.entries(objectIn(content, 'sha1')))
      cases.push({ name: `sha1 ${name}`, expected, actual: sha1(join(folder, name)) });
    cases.push(...layout(content), ...unknownSections(content, SECTIONS));
    return { cases, stories: 0 };
  },
};

/** A case for every row, and one for each row too many. */
async function rowsOf(content: unknown, folder: string, name: string): Promise<CaseResult[]> {
  const expected = listIn(objectIn(content, 'files'), name);
  const { rows, code } = await read(join(folder, name));
  const actual: readonly unknown[] = code === undefined ? rows : expected.map(() => code);
  const count = Math.max(expected.length, actual.length);
  return Array.from({ length: count }, (_, at) => ({
    name: `${name} row ${at + 1}`,
    expected: expected[at],
    actual: actual[at],
  }));
}

/** `NO_BILL (not an empty bill: keep the day open)`: the code, then prose. */
async function rejected(folder: string, name: string, expected: unknown): Promise<CaseResult> {
  const { code = 'read without a fault' } = await read(join(folder, name));
  const prose = typeof expected === 'string' ? /^\w+(.*)$/s.exec(expected)?.[1] : '';
  return { name: `rejects ${name}`, expected, actual: `${code}${prose ?? ''}` };
}

/** Of the channel's newest day: older formats stand beside it. */
async function netOf(content: unknown, folder: string, channel: string): Promise<number | null> {
  let newest = { day: '', net: null as number | null };
  for (const name of Object.keys(objectIn(content, 'files'))) {
    const { rows } = await read(join(folder, name));
    const day = rows[0]?.timeLocal.slice(0, 10) ?? '';
    if (rows[0]?.channel === channel && day > newest.day)
      newest = { day, net: rows.reduce((sum, row) => sum + netFen(row), 0) };
  }
  return newest.net;
}

async function read(file: string): Promise<{ rows: readonly StatementRow[]; code?: string }> {
  const rows: StatementRow[] = [];
  try {
    await readStatement(file, (row) => rows.push(row));
    return { rows };
  } catch (error) {
    if (error instanceof StatementFault) return { rows: [], code: error.code };
    return { rows: [], code: String(error) };
  }
}

function sha1(file: string): string {
  return existsSync(file) ? createHash('sha1').update(readFileSync(file)).digest('hex') : `${file} is not there`;
}

function layout(content: unknown): CaseResult[] {
  const fields = listIn(content, 'unionpayLayout').map((expected, at) => ({
    name: `unionpayLayout ${at + 1}`,
    expected,
    actual: UNIONPAY_LAYOUT[at],
  }));
  const lengths: Record<string, number> = UNIONPAY_LENGTHS;
  const known = without(objectIn(content, 'unionpayRecordLength'), 'note');
  return [
    ...fields,
    ...Object.entries(known).map(([name, expected]) => ({
      name: `unionpayRecordLength ${name}`,
      expected,
      actual: lengths[name],
    })),
  ];
}

/** The bill files that a unified.json names as good ones, for whoever reconciles them. */
export function statementsBeside(file: string): readonly string[] {
  const index = join(dirname(file), 'unified.json');
  if (!existsSync(index)) return [];
  const content: unknown = JSON.parse(readFileSync(index, 'utf8'));
  const names = isObject(content) ? Object.keys(objectIn(content, 'files')) : [];
  return names.map((name) => join(dirname(file), name));
}
