import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../../agent/config.ts';
import type { Manifest } from '../../../agent/doctor/support-bundle.ts';
import { maskedConfig } from '../../../agent/masked-config.ts';
import { tillwire } from '../../e2e/run-tillwire.ts';
import { ExaminedTill } from './examined-till.ts';

// whole processes, beside others that test: a busy machine starts them slowly
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let till: ExaminedTill;
beforeEach(async () => {
  till = await ExaminedTill.open();
});
afterEach(() => till.close());

describe('tillwire config', () => {
  it('schema: what an editor needs, made from the schema that the agent reads with', async () => {
    const { code, stdout } = await tillwire(['config', 'schema']);
    const schema = JSON.parse(stdout) as { properties: Record<string, { properties: object }>; required: string[] };
    expect(code).toBe(0);
    expect(schema.required).toEqual(expect.arrayContaining(['address', 'merchant', 'broker', 'scanner', 'dataDir']));
    expect(schema.required).not.toContain('printer');
    expect(schema.properties['scanner']?.properties).toMatchObject({
      baudRate: { default: 9600 },
      language: { enum: expect.any(Array) },
    });
  });

  it('show: defaults filled in, secrets masked, wherever they stand', async () => {
    till.configure({ broker: { username: 'till-1', password: 'hush-7731', url: 'mqtt://127.0.0.1:1883' } });
    const { code, stdout } = await tillwire(['config', 'show', '--config', till.configFile]);
    expect(code).toBe(0);
    expect(stdout).not.toContain('hush-7731');
    expect(JSON.parse(stdout)).toMatchObject({
      broker: { password: '[REDACTED]', username: 'till-1' },
      scanner: { baudRate: 9600 },
    });
    const deep = maskedConfig({ ...readConfig(till.configFile), later: [{ apiKey: 'hush' }] } as never);
    expect(JSON.stringify(deep)).not.toContain('hush');
  });

  it('show: a wrong one is one line and exit code 2', async () => {
    till.configure({ scanner: { baudRate: 'fast' } });
    const { code, stdout, stderr } = await tillwire(['config', 'show', '--config', till.configFile]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('CONFIG_INVALID');
  });
});

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
