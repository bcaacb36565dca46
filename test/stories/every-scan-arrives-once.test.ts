import { describe, expect, it } from 'vitest';
import { SerialShop } from './serial-shop.ts';

describe.runIf(process.platform === 'linux')('a busy hour at the till', () => {
  const guns = [
    { terminator: 'CR', suffix: [13], chunkBytes: 1 },
    { terminator: 'LF', suffix: [13, 10], chunkBytes: 7 },
    { terminator: 'auto', suffix: [13, 10], chunkBytes: 1 },
    { terminator: 'auto', suffix: [9], chunkBytes: 64 },
    { terminator: 'ETX', suffix: [3], chunkBytes: 5 },
  ] as const;

  it.each(guns)('200 scans, each once, in order: $terminator in pieces of $chunkBytes', async (gun) => {
    const { terminator, suffix, chunkBytes } = gun;
    const shop = new SerialShop({ terminator }, { suffix: Uint8Array.from(suffix), chunkBytes });
    await expect.poll(() => shop.ups, { timeout: 10_000 }).toBe(1);
    const codes = Array.from({ length: 200 }, (_, i) => `13${String(i * 7919).padStart(16, '0')}`);
    for (const code of codes) expect(await shop.device.scan(code)).toBe(true);
    await expect.poll(() => shop.codes.length, { timeout: 10_000 }).toBe(200);
    expect(shop.codes).toEqual(codes);
    expect(shop.noise).toEqual([]);
    await shop.close();
  });

  it('a gun without a terminator: silence ends each code', async () => {
    const shop = new SerialShop({ terminator: 'none', idleMs: 300 }, { suffix: new Uint8Array(), chunkBytes: 6 });
    await expect.poll(() => shop.ups, { timeout: 10_000 }).toBe(1);
    for (const code of ['130012345678901234', '281234567890123456']) {
      await shop.device.scan(code);
      await expect.poll(() => shop.codes.at(-1), { timeout: 10_000 }).toBe(code);
    }
    expect(shop.codes).toHaveLength(2);
    await shop.close();
  });
});
