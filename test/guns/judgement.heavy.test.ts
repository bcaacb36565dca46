import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { GUN_PERSONALITIES, type GunPersonality } from '../../simulator/personalities/guns.ts';
import { PtyCable, ReportCable } from './cable.ts';
import { Judgement } from './judgement.ts';

/** of one personality of each protocol; the others, whose framing is the same, get a tenth */
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

describe.runIf(process.platform === 'linux')('thousands of codes, chunked and spoilt by chance', () => {
  it.each(Object.entries<GunPersonality>(GUN_PERSONALITIES))(
    '%s: each good one exactly once, none glued, none cut, no byte lost, memory flat',
    async (name, personality) => {
      const scans = WHOLE.has(name) ? SCANS : SCANS / 10;
      const cable = 'usb' in personality ? await ReportCable.open(personality.usb) : new PtyCable();
      const verdict = await new Judgement(personality, cable, { scans, seed: 20_261_122, heap }).run();
      await cable.close();
      expect(verdict.complaints).toEqual([]);
      expect(verdict.good).toBeGreaterThan(scans * 0.95);
      expect(verdict.heapGrowth).toBeLessThan(FLAT_BYTES);
    },
    300_000,
  );
});
