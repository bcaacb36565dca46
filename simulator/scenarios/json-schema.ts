import { z } from 'zod';
import { Scenario } from './scenario.ts';

/** What editors complete and check scenario files with: made from the schema that reads them. */
export function scenarioJsonSchema(): object {
  return z.toJSONSchema(Scenario, { io: 'input', reused: 'ref' });
}
