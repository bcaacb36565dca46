import { describe, expect, it } from 'vitest';
import { SerialShop } from './serial-shop.ts';

const CODE = '130012345678901234';

describe.runIf(process.platform === 'linux')('the gun goes mad and sends 4 MiB of garbage', () => {
  it.each(['auto', 'CR'] as const)(
    'few reports, every byte counted, and the next code is read (%s)',
    async (terminator) => {
      const shop = new SerialShop({ terminator });
      await expect.poll(() => shop.ups, { timeout: 10_000 }).toBe(1);
      const garbage = new Uint8Array(64 * 1024).fill(0x55);
      const started = performance.now();
      for (let round = 0; round < 64; round++) await shop.wire.send(garbage);
      await shop.device.scan(CODE); // swallowed: it is the rest of the overlong line
      await shop.device.scan(CODE);
      await expect.poll(() => shop.codes, { timeout: 15_000 }).toEqual([CODE]);
      const seconds = (performance.now() - started) / 1000;
      expect(shop.noise.length).toBeLessThanOrEqual(2 + seconds);
      await expect
        .poll(() => shop.gun.counts.noiseBytes, { timeout: 5000 })
        .toBe(64 * garbage.length + CODE.length + 1);
      await shop.close();
    },
  );
});
