import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../agent/doctor/support-bundle.ts';
import { tillwire } from '../../e2e/run-tillwire.ts';
import { ExaminedTill } from './examined-till.ts';

let till: ExaminedTill;
beforeEach(async () => {
  till = await ExaminedTill.open();
});
afterEach(() => till.close());

describe('tillwire support-bundle', () => {
  it('is one file for its owner alone; the manifest lists what is in it, and what could not be had', async () => {
    const out = join(till.folder, 'bundle.zip');
    const { code, stdout } = await tillwire(['support-bundle', '--config', till.configFile, '--out', out, '--json']);
    const told = JSON.parse(stdout) as Manifest & { file: string };
    expect([code, told.file, statSync(out).mode & 0o777]).toEqual([0, out, 0o600]);
    const files = unzipSync(readFileSync(out));
    expect(Object.keys(files).toSorted()).toEqual(['manifest.json', ...told.files.map(({ name }) => name)].toSorted());
    for (const { name, bytes } of told.files) expect(files[name]?.length, name).toBe(bytes);
    expect(told.missing.map(({ name }) => name)).toEqual(expect.arrayContaining(['journal.jsonl', 'metrics.txt']));
  });

  it('takes a log along and masks what it should never have held', async () => {
    const log = till.file(
      'agent.log',
      '{"msg":"a driver said","detail":"read 134567890123456789 from /dev/ttyACM0"}\n',
    );
    const out = join(till.folder, 'bundle.zip');
    await tillwire(['support-bundle', '--config', till.configFile, '--out', out, '--log', log]);
    const text = Buffer.from(unzipSync(readFileSync(out))['given.log'] ?? []).toString('utf8');
    expect(text).toContain('13************6789');
    expect(text).not.toContain('4567890');
  });

  it('without a configuration holds what there is', async () => {
    const out = join(till.folder, 'bundle.zip');
    chmodSync(till.folder, 0o755);
    const { code, stdout } = await tillwire(['support-bundle', '--out', out, '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Manifest).files.map(({ name }) => name)).toContain('doctor.json');
  });
});

describe.runIf(process.platform === 'linux')('on paper', () => {
  it('stands the result, with what is to be done', async () => {
    till.configure({ broker: { url: 'mqtt://backend.invalid:1883' } });
    const slip = new Promise<Uint8Array>((resolve) => {
      till.shop.onSlip = resolve;
    });
    const { code, stderr } = await tillwire(['doctor', '--config', till.configFile, '--print', '--lang', 'en']);
    expect([code, stderr]).toEqual([1, '']);
    const text = Buffer.from(await slip).toString('latin1');
    expect(text).toContain('Diagnosis');
    expect(text).toContain('Faults found');
  });
});
