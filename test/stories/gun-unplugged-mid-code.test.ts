import { describe, expect, it } from 'vitest';
import { SerialShop } from './serial-shop.ts';

const CODE = '130012345678901234';

describe.runIf(process.platform === 'linux')('the gun is pulled out in the middle of a code', () => {
  it.each(['auto', 'CR', 'LF'] as const)('and plugged in again: the next code is whole (%s)', async (terminator) => {
    const shop = new SerialShop({ terminator }, { suffix: Uint8Array.from(terminator === 'LF' ? [13, 10] : [13]) });
    const poll = { timeout: 10_000 };
    await expect.poll(() => shop.ups, poll).toBe(1);
    await shop.device.scanPart('6212345678901234', 7);
    await expect.poll(() => shop.gun.counts.bytes, poll).toBe(7);
    await shop.wire.hangup();
    await expect.poll(() => shop.downs[0], poll).toBe('PORT_LOST');
    expect(shop.noise).toEqual([{ bytes: 7, causes: { 'partial-dropped': 1 } }]);
    expect(await shop.device.scan(CODE), 'nobody there').toBe(false);
    shop.wire.replug();
    await expect.poll(() => shop.ups, poll).toBe(2);
    await shop.device.scan(CODE);
    await expect.poll(() => shop.codes, poll).toEqual([CODE]);
    await shop.close();
  });

  it('a code cut by silence is told, and the next one is whole', async () => {
    const shop = new SerialShop();
    await expect.poll(() => shop.ups, { timeout: 10_000 }).toBe(1);
    await shop.device.scanPart('6212345678901234', 7);
    await expect.poll(() => shop.noise, { timeout: 10_000 }).toEqual([{ bytes: 7, causes: { 'partial-dropped': 1 } }]);
    await shop.device.scan(CODE);
    await expect.poll(() => shop.codes, { timeout: 10_000 }).toEqual([CODE]);
    await shop.close();
  });
});
