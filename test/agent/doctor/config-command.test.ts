import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../../agent/config.ts';
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
