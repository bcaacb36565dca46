import { FleetProcess } from '../simulator/fleet/fleet-process.ts';
import type { Row } from './rows.ts';

const TILLS = 500;
const LIMIT = 1.25;

/** What a till of a fleet holds of memory, against a bare mqtt.js client with as many subscriptions, in the same run. */
export async function measureFleet(say: (text: string) => void): Promise<Row[]> {
  const fleet = new FleetProcess('--tills', String(TILLS), '--backend', '--seconds', '10', '--pace', '6', '--compare');
  const { code, result } = await fleet.end();
  if (code !== 0) throw new Error(`the fleet: ${fleet.stderr}`);
  const { bytesPerTill, bareClientBytes } = result.memory;
  if (bareClientBytes === null) throw new Error('the fleet measured no bare client');
  say(
    `${TILLS} tills: ${result.paid} paid, ${result.paidPerSecond}/s, resident ${result.memory.residentPerTill} bytes each`,
  );
  return [
    {
      name: "memory that a fleet's till holds",
      value: bytesPerTill / 1024,
      unit: 'KiB',
      baseline: 'a bare mqtt.js client with as many subscriptions',
      baselineValue: bareClientBytes / 1024,
      ratio: bytesPerTill / bareClientBytes,
      better: 'lower',
      limit: LIMIT,
    },
  ];
}
