import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { GUN_PERSONALITIES, type GunPersonality } from '../../simulator/personalities/guns.ts';
import { PtyCable, ReportCable } from './cable.ts';
import { Judgement } from './judgement.ts';

/** of one personality of each protocol, through the agent's own gun */
const SCANS = 10_000;
const WHOLE: ReadonlySet<string> = new Set([
  'line-crlf',
  'ssi-packeted',
  'honeywell-xenon',
  'newland-em3095',
  'grow-gm65',
  'm3y-module',
  'de2120-module',
  'datalogic-powerscan',
  'cipherlab-1664',
  'hid-pos-honeywell',
  'keyboard-us',
  'vguang-tx400',
]);
/** what a scan may leave behind, on average: nothing; the collector is not exact to the byte */
const FLAT_BYTES = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
function heap(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

async function judged(personality: GunPersonality, scans: number, listener: 'decoder' | 'till') {
  const cable = 'usb' in personality ? await ReportCable.open(personality.usb) : new PtyCable();
  const verdict = await new Judgement(personality, cable, { scans, seed: 20_261_122, heap, listener }).run();
  await cable.close();
  expect(verdict.complaints).toEqual([]);
  expect(verdict.good).toBeGreaterThan(scans * 0.95);
  expect(verdict.heapGrowth).toBeLessThan(FLAT_BYTES);
}

const ALL = Object.entries<GunPersonality>(GUN_PERSONALITIES);

describe.runIf(process.platform === 'linux')('codes chunked and spoilt by chance, over a pty or a socket', () => {
  it.each(ALL.filter(([name]) => WHOLE.has(name)))(
    "%s: of 10,000 the till's gun tells each good one exactly once, none glued, none cut, memory flat",
    (_, personality) => judged(personality, SCANS, 'till'),
    300_000,
  );

  it.each(ALL)(
    '%s: the decoder alone does so too, and loses no byte',
    (_, personality) => judged(personality, SCANS / 10, 'decoder'),
    120_000,
  );
});
