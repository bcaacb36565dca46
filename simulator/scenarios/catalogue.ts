import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseScenario, type Scenario, ScenarioError } from './scenario.ts';

// The stories that come with the simulator: one file each, named as the story.

let loaded: readonly Scenario[] | undefined;

/** All of them, by name. */
export function catalogue(): readonly Scenario[] {
  loaded ??= readdirSync(folder())
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => readScenario(join(folder(), file)));
  return loaded;
}

export function scenarioNamed(name: string): Scenario | undefined {
  return catalogue().find((scenario) => scenario.name === name);
}

/** The story in a file. Throws {@link ScenarioError}. */
export function readScenario(file: string): Scenario {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ScenarioError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return parseScenario(json, file);
}

/** simulator/scenarios/catalogue beside the sources, also when this file runs from dist/simulator/scenarios. */
function folder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const fromBuild = join(here, '..', '..', '..', 'simulator', 'scenarios', 'catalogue');
  return here.includes(join('dist', 'simulator')) ? fromBuild : join(here, 'catalogue');
}
