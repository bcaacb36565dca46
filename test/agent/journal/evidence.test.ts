import { createHash } from 'node:crypto';
import { strFromU8, unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import type { Entry } from '../../../agent/journal/entry.ts';
import { hashOf } from '../../../agent/journal/entry.ts';
import { evidenceEntries, evidenceZip } from '../../../agent/journal/evidence.ts';
import { verifyLog } from '../../../agent/journal/verify.ts';
import { MemoryShop } from '../../world/shop.ts';

interface Manifest {
  readonly orderId: string;
  readonly files: Readonly<Record<string, string>>;
  readonly entries: readonly { readonly seq: number; readonly hash: string }[];
  readonly journal: { readonly intact: boolean; readonly confirmedByBackend?: object };
}

async function bundleOf(shop: MemoryShop, orderId: string): Promise<Record<string, Uint8Array>> {
  const disk = shop.disk.open();
  const entries = await evidenceEntries(disk, orderId);
  const report = await verifyLog(disk, undefined);
  const merchant = {
    name: '街角小店',
    merchantNo: '898330158120001',
    terminalNo: 'T0000001',
    operatorNo: '01',
    timeZone: 'Asia/Shanghai',
  };
  return unzipSync(evidenceZip({ orderId, entries, report, merchant, madeAt: shop.clock.now() }));
}

it('[000-12] [002-6] of a disputed order: its entries, its slip, hashes to check them by, and nothing of any other order', async () => {
  const shop = await MemoryShop.open();
  await shop.sell('O1');
  shop.backend.acknowledgesEvents = false;
  const code = shop.showCode();
  await shop.collect('O2', 3_580);
  shop.scan(code);
  await shop.untilState('O2', 'PAID');
  await shop.pass(3_000);
  const { book } = shop.process.till;
  const seen = book.head;
  book.pending(0, 16);
  await book.acknowledge(book.outboxStats().lastSeq, seen);
  const bundle = await bundleOf(shop, 'O2');
  const manifest = JSON.parse(strFromU8(bundle['manifest.json'] ?? new Uint8Array())) as Manifest;
  expect(manifest.orderId).toBe('O2');
  for (const [name, sha256] of Object.entries(manifest.files))
    expect(
      createHash('sha256')
        .update(bundle[name] ?? '')
        .digest('hex'),
    ).toBe(sha256);
  const lines = strFromU8(bundle['journal.jsonl'] ?? new Uint8Array())
    .trimEnd()
    .split('\n');
  const entries = lines.map((line) => JSON.parse(line) as Entry);
  expect(entries.map(({ seq, hash }) => ({ seq, hash }))).toEqual(
    manifest.entries.map(({ seq, hash }) => ({ seq, hash })),
  );
  for (const entry of entries) expect(hashOf(entry)).toBe(entry.hash);
  expect(manifest.journal.intact).toBe(true);
  expect(manifest.journal.confirmedByBackend).toEqual(seen);
  const slip = strFromU8(bundle['slip.txt'] ?? new Uint8Array());
  expect(slip).toContain('35.80');
  expect(slip).toContain('重打印');
  const all = Object.values(bundle)
    .map((bytes) => Buffer.from(bytes).toString('latin1'))
    .join();
  expect(all).not.toContain(code);
  expect(lines.join()).not.toContain('"O1"');
});

it('[002-6] what a customer gave for a delivery stays at home: the paper is there by its hash', async () => {
  const shop = await MemoryShop.open();
  await shop.intent({
    orderId: 'O1',
    forms: ['delivery'],
    lines: [{ name: '大米', quantity: '1', priceFen: 3_580, amountFen: 3_580 }],
  });
  await shop.pass(3_000);
  const bundle = await bundleOf(shop, 'O1');
  const lines = strFromU8(bundle['journal.jsonl'] ?? new Uint8Array());
  expect(lines).toContain('"documentSha256":"');
  expect(lines).not.toContain('"document":{');
  expect(strFromU8(bundle['document-1.txt'] ?? new Uint8Array())).toContain('大米');
});
