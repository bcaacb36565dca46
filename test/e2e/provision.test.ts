import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { closeAll, WaitingShop } from './waiting-shop.ts';

// What `tillwire provision` refuses; the whole way is in provision.heavy.test.ts.

afterEach(closeAll);

describe('tillwire provision', () => {
  it.each([
    ['another serial number on the label', ['--serial', 'FORGED-1'], 'registered is 00000902KS8312000000000001'],
    ['no scanner', ['--scanner', ''], 'scanner'],
  ])('%s stops it before anything is written', { timeout: 40_000 }, async (_, more, words) => {
    const shop = await WaitingShop.open();
    const done = await shop.provision(...more);
    expect([done.code, done.stderr.includes(words)]).toEqual([2, true]);
    expect([existsSync(shop.config), existsSync(join(shop.folder, 'data'))]).toEqual([false, false]);
  });
});
