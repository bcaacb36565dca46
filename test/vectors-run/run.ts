import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { CaseResult, Checker } from './checker.ts';

/** What `npm run vectors` prints for one file. */
export interface FileReport {
  /** absolute path */
  readonly file: string;
  readonly cases: number;
  readonly passed: number;
  readonly stories: number;
  readonly failed: readonly CaseResult[];
}

/** Vector files are written by people; the largest known one has 45 kB. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** Every *.json below the folders, each once, in a steady order. Pictures, bills and other bytes stand beside them. */
export function vectorFiles(folders: readonly string[]): string[] {
  const files = folders.flatMap((folder) => {
    if (statSync(folder).isFile()) return [resolve(folder)];
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => resolve(join(folder, name)));
    return names.filter((file) => file.toLowerCase().endsWith('.json') && statSync(file).isFile());
  });
  return [...new Set(files)].sort();
}

export async function runFile(file: string, checkers: readonly Checker[]): Promise<FileReport> {
  let content: unknown;
  try {
    content = readJson(file);
  } catch (error) {
    return failedFile(file, 'a JSON file', String(error));
  }
  return runContent(file, content, checkers);
}

function readJson(file: string): unknown {
  if (statSync(file).size > MAX_FILE_BYTES) throw new RangeError(`larger than ${MAX_FILE_BYTES} bytes`);
  return JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
}

export async function runContent(file: string, content: unknown, checkers: readonly Checker[]): Promise<FileReport> {
  const checker = checkers.find((candidate) => candidate.recognises(basename(file), content));
  if (!checker)
    return failedFile(file, `one of: ${checkers.map(({ title }) => title).join(', ')}`, 'a format nobody knows');
  try {
    const { cases, stories } = await checker.check(content, file);
    const failed = cases.filter(({ expected, actual }) => !isDeepStrictEqual(expected, actual));
    return { file, cases: cases.length, passed: cases.length - failed.length, stories, failed: failed.map(printable) };
  } catch (error) {
    return failedFile(file, `a file of the format "${checker.title}"`, String(error));
  }
}

function failedFile(file: string, expected: string, actual: string): FileReport {
  return { file, cases: 1, passed: 0, stories: 0, failed: [{ name: basename(file), expected, actual }] };
}

/** `undefined` would vanish from the JSON. */
function printable({ name, expected, actual }: CaseResult): CaseResult {
  return { name, expected: expected ?? null, actual: actual ?? null };
}
