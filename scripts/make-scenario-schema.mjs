// Writes simulator/scenarios/scenario.schema.json from the schema that reads scenario files, after `npm run build`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './dist.mjs';
import { readArgs } from './usage.mjs';

readArgs(
  'usage: node scripts/make-scenario-schema.mjs\n\nWrites simulator/scenarios/scenario.schema.json, after `npm run build`.\n',
);

const { scenarioJsonSchema } = await import(
  pathToFileURL(join(root, 'dist', 'simulator', 'scenarios', 'json-schema.js')).href
);
const file = join(root, 'simulator', 'scenarios', 'scenario.schema.json');
writeFileSync(file, `${JSON.stringify(scenarioJsonSchema(), undefined, 2)}\n`);
