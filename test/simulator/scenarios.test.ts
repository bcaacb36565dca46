import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../simulator/scenarios/catalogue.ts';
import { scenarioJsonSchema } from '../../simulator/scenarios/json-schema.ts';
import { parseScenario } from '../../simulator/scenarios/scenario.ts';

const ROOM = fileURLToPath(new URL('../../simulator/scenarios/', import.meta.url));

describe('scenario files', () => {
  it('the JSON Schema for editors is that of the reader (node scripts/make-scenario-schema.mjs)', () => {
    expect(JSON.parse(readFileSync(`${ROOM}scenario.schema.json`, 'utf8'))).toEqual(scenarioJsonSchema());
  });

  it('each is named as its file, and no two are named alike', () => {
    const files = readdirSync(`${ROOM}catalogue`).map((file) => basename(file, '.json'));
    expect(
      catalogue()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(files.sort());
  });

  it.each([
    [{ gun: 'barks' }, /step 1 \(gun\)/],
    [{ wait: 'a while' }, /step 1 \(wait\).*duration/],
    [{ clerk: 'keys in', yuan: '1.005' }, /step 1 \(clerk\).*yuan/],
    [{ dragon: 'lands' }, /step 1 has nobody/],
    [{ clerk: 'keys in', amont: '1' }, /step 1 \(clerk\).*amont/],
  ])('says which step is wrong and why: %j', (step, words) => {
    const [paid] = catalogue();
    expect(() => parseScenario({ ...paid, steps: [step] }, 'x.json')).toThrow(words);
  });
});
