import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { AgentProcess } from '../e2e/agent-process.ts';
import { UsbShop } from './guest/usb-shop.ts';

// A whole sale by the two real programs, over the kernel's own drivers: the gun on cdc_acm or hidraw, the slip on usblp.

const SLOW_MS = 40_000;

describe.runIf(process.env['TILLWIRE_VM'] === '1')('a sale with USB devices', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  async function till(...options: readonly string[]) {
    const shop = new UsbShop(...options);
    closers.push(() => shop.close());
    const open = await shop.opened();
    const folder = mkdtempSync(join(tmpdir(), 'tillwire-vm-'));
    closers.push(() => rmSync(folder, { recursive: true, force: true }));
    const configFile = join(folder, 'till.json');
    writeFileSync(configFile, JSON.stringify(configFor(open)));
    const agent = new AgentProcess(configFile);
    closers.push(() => agent.kill('SIGTERM'));
    await agent.said('gun connected', SLOW_MS);
    await agent.said('printer connected', SLOW_MS);
    await shop.agentOnline();
    return { shop, agent };
  }

  function configFor({ brokerUrl, gunPath, printerPath }: Awaited<ReturnType<UsbShop['opened']>>) {
    return {
      address: { tenant: 'demo', store: 'store-1', agent: 'till-1' },
      merchant: { name: '街角小店', merchantNo: '898310054110001', terminalNo: 'T0000001' },
      broker: { url: brokerUrl },
      scanner: { path: gunPath },
      printer: { path: printerPath },
      dataDir: 'data',
    };
  }

  it.each([
    ['in COM port mode', []],
    ['that sends HID POS reports, and a USB printer', ['--gun', 'hid-pos-honeywell', '--printer-wire', 'usb']],
    ['that is a keyboard', ['--gun', 'keyboard-us']],
  ] as const)('is paid and printed, with a gun %s that is pulled between two sales', async (_, options) => {
    const { shop, agent } = await till(...options);
    const first = await shop.sell();
    expect(first.wrong).toEqual([]);
    expect(first.slip).not.toBeNull();
    await shop.pull('gun');
    await agent.line('the gun is lost', ({ device, level }) => device === 'gun' && level === 'warn', SLOW_MS);
    await shop.plug('gun');
    const connected = () => agent.lines.filter(({ msg }) => msg === 'gun connected').length;
    await expect.poll(connected, { timeout: SLOW_MS }).toBe(2);
    const second = await shop.sell();
    expect(second.wrong).toEqual([]);
    expect(second.slip).not.toBeNull();
    expect(second.report.ledger).toMatchObject({ charges: 1, reversals: 0 });
  });
});
