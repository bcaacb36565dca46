import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COMING, LACKING } from '../mission/coming.ts';
import { missionDocument } from '../mission/document.ts';
import { ROWS } from '../mission/rows.ts';
import { TEETH } from '../mission/teeth.ts';
import { titledTests } from '../mission/titles.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (name: string) => readFileSync(`${root}/${name}`, 'utf8');
const tests = titledTests(root);
const kept = ROWS.filter(({ verdict }) => verdict !== 'NO').map(({ id }) => id);
const proved = new Set(tests.flatMap(({ ids }) => ids));

describe('every capability of the five seed documents', () => {
  it('is there, 79 of them, each with a verdict', () => {
    expect(new Set(ROWS.map(({ id }) => id)).size).toBe(79);
  });

  it('that is in or reinterpreted has a test with its id in the title, or is named as still to come', () => {
    const bare = kept.filter((id) => !proved.has(id) && !Object.hasOwn(COMING, id));
    expect(bare).toEqual([]);
  });

  it('that has a test is no longer called to come, and nothing else is', () => {
    expect(Object.keys(COMING).filter((id) => proved.has(id) || !kept.includes(id))).toEqual([]);
    expect(Object.keys(LACKING).filter((id) => !proved.has(id))).toEqual([]);
  });

  it('stands in docs/mission.md as it is', () => {
    expect(read('docs/mission.md')).toBe(missionDocument(tests));
  });

  it('is known by its number: no title names one that there is not', () => {
    const known = new Set(ROWS.map(({ id }) => id));
    expect([...proved].filter((id) => !known.has(id))).toEqual([]);
  });
});

describe('the register of risks', () => {
  it('[003-16] names for each risk a test that there is', () => {
    const rows = read('docs/risks.md')
      .split('\n')
      .filter((line) => /^\| [A-Z]/.test(line));
    expect(rows.length).toBeGreaterThanOrEqual(20);
    for (const row of rows) expect(existsSync(`${root}/${/`(test\/[^`]+)` \|$/.exec(row)?.[1]}`), row).toBe(true);
  });
});

describe('a way to switch it off', () => {
  it('is known for every row that has a test', () => {
    expect(kept.filter((id) => proved.has(id) && !Object.hasOwn(TEETH, id))).toEqual([]);
  });

  it.each(Object.entries(TEETH))(
    'of %s changes one place, and its test is where it says',
    (id, { file, find, test }) => {
      expect(read(file).split(find)).toHaveLength(2);
      expect(tests.filter((one) => one.file === test && one.ids.includes(id))).not.toEqual([]);
    },
  );
});
