import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../simulator/scenarios/catalogue.ts';
import type { Played } from '../../simulator/scenarios/play.ts';
import { storyOf } from '../../simulator/scenarios/report.ts';

const SIM = fileURLToPath(new URL('../../dist/bin/tillwire-sim.js', import.meta.url));
/** Most of a story is waiting for a channel's own deadline: that many wait side by side. */
const JOBS = 16;

interface Report {
  readonly passed: number;
  readonly scenarios: readonly Played[];
}

describe('every story of the catalogue, with real processes, ptys and MQTT', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-junit-'));
  const junit = join(folder, 'report.xml');
  let report: Report;
  beforeAll(async () => {
    const args = [SIM, 'run', '--all', '--json', '--jobs', String(JOBS), '--junit', junit];
    report = await new Promise<Report>((resolve) =>
      execFile(process.execPath, args, { maxBuffer: 64_000_000 }, (_, stdout) => resolve(JSON.parse(stdout) as Report)),
    );
  }, 400_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(catalogue().map(({ name }) => name))('%s', (name) => {
    const played = report.scenarios.find((one) => one.name === name);
    if (!played) throw new Error('it was not played');
    expect(played.wrong, storyOf(played)).toEqual([]);
  });

  it('and CI reads it as JUnit', () => {
    const xml = readFileSync(junit, 'utf8');
    expect(xml.match(/<testcase /g)).toHaveLength(catalogue().length);
  });
});
