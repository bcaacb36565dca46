import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { readAddress } from '../../../agent/console/address-file.ts';
import { openConsole } from '../../../agent/console/server.ts';
import { MemoryShop } from '../../world/shop.ts';

it('where the file with the address cannot be written, the till says so, goes on, and writes it once it can', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-address-'));
  const addressFile = join(folder, 'console', 'address.json');
  const shop = await MemoryShop.open();
  const parts = shop.consoleParts;
  if (!parts) throw new Error('the agent is not running');
  const logged = (words: string) => shop.log.filter(({ msg }) => msg.includes(words)).length;
  // nothing can be written below a file
  writeFileSync(join(folder, 'console'), '');
  const server = openConsole({ ...parts, port: 0, addressFile });
  try {
    await vi.waitFor(() => expect(logged('local API open')).toBe(1));
    expect(logged('DATA_DIR_UNUSABLE')).toBe(1);
    await shop.pass(60_000);
    expect([logged('DATA_DIR_UNUSABLE'), readAddress(addressFile)]).toEqual([1, undefined]);
    rmSync(join(folder, 'console'));
    await shop.pass(30_000);
    expect(readAddress(addressFile)?.pid).toBe(process.pid);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
