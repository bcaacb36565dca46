import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiClient } from '../../../agent/commands/api-client.ts';
import { eventually } from '../../e2e/agent-process.ts';
import { tillwire } from '../../e2e/run-tillwire.ts';
import { TillWithApi } from '../console/till-with-api.ts';
import { CODE, longestPart } from './longest-part.ts';

describe('tillwire trace', () => {
  let till: TillWithApi;
  beforeEach(async () => {
    till = await TillWithApi.open();
  });
  afterEach(() => till.close());

  it('shows what the gun sends and what the printer is told and answers, live and masked', async () => {
    await till.shop.backend.collect(till.shop.till, { orderId: 'D-1', amountFen: 1250 });
    const gun = await watching('scanner');
    const printer = await watching('printer');
    await till.shop.gun.scan(CODE);
    await eventually('a slip', () => till.shop.slips.length > 0);
    await eventually('the code, masked', () => gun.text.includes('13************6789'));
    await eventually('the slip', () => printer.text.includes('签购单'));
    expect(longestPart(gun.text + printer.text)).toBeLessThanOrEqual(4);
    expect(printer.text).toMatch(/"dir":"in".*"kind":"escpos"/);
    expect(printer.text).toMatch(/"dir":"out".*"kind":"escpos"/);
    await Promise.all([gun.ended, printer.ended]);
  });

  it('ends when its time is over', async () => {
    const { code, stdout } = await tillwire(['trace', 'printer', '--seconds', '1', '--config', till.configFile]);
    expect(code).toBe(0);
    expect(stdout).toContain('-- connected');
  });

  /** What a trace says, from the moment on when it stands. */
  async function watching(dev: string): Promise<{ text: string; ended: Promise<void> }> {
    const api = await ApiClient.find({ config: till.configFile }, () => Promise.reject(new Error('no token')));
    const told = { text: '', ended: Promise.resolve() };
    told.ended = api.events(`/v1/devices/${dev}/trace?seconds=6`, 20_000, (_event, data) => {
      told.text += `${JSON.stringify(data)}\n`;
    });
    await eventually(`${dev} connected`, () => told.text.includes('connected'));
    return told;
  }
});
