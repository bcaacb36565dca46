import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A test that carries rows in its title. */
export interface Titled {
  readonly file: string;
  readonly title: string;
  readonly ids: readonly string[];
}

/** A title in quotes that names a row: the beginning of a test, or the line behind `it.each([...])(`. */
const TITLE = /(?:^\s*|\()(['"`])((?:(?!\1).)*\[\d{3}-\d{1,2}\](?:(?!\1).)*)\1,/gm;
const ID = /\[(\d{3}-\d{1,2})\]/g;

/** Every test of `root`/test that names rows, by file. */
export function titledTests(root: string): Titled[] {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name))
    .sort()
    .flatMap((file) => titlesOf(relative('.', file), readFileSync(join(root, file), 'utf8')));
}

function titlesOf(file: string, text: string): Titled[] {
  return [...text.matchAll(TITLE)].map(([, , title = '']) => ({
    file,
    title: title.replaceAll(ID, '').replaceAll(/\s+/g, ' ').trim(),
    ids: [...title.matchAll(ID)].map(([, id = '']) => id),
  }));
}
