import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderFiles } from '../../../agent/journal/files.ts';
import { signatureKey } from '../../../agent/signatures/key.ts';
import { open, seal } from '../../../agent/signatures/sealed.ts';
import { type KeptSignature, MAX_KEPT, SignatureStore } from '../../../agent/signatures/store.ts';
import { MemoryDisk } from '../../world/memory-disk.ts';

const KEY = randomBytes(32);

function signature(trace: string, more: Partial<KeptSignature> = {}): KeptSignature {
  const fields = {
    '4': '000000001250',
    '11': trace,
    '37': '013123456789',
    '41': 'T0000001',
    '42': '104152253311021',
    '55': '',
    '60': '07000012800',
    '62': 'AAAB',
  };
  const upload = {
    attemptId: 'A-1',
    orderId: 'D-1001',
    amountFen: 1250,
    batch: '000012',
    trace,
    featureCode: '0B3F2A71',
    record: { mti: '0820' as const, fields },
  };
  return { upload, signedAt: Number(trace), tries: 0, state: 'waiting', ...more };
}

const opened = (disk: MemoryDisk, key = KEY) => SignatureStore.open({ files: disk.open(), key, random: randomBytes });

describe('signatures on disk', () => {
  it('are there after a power cut, oldest first, and gone when they were removed', async () => {
    const disk = new MemoryDisk();
    const store = await opened(disk);
    for (const trace of ['000002', '000001', '000003']) await store.put(signature(trace));
    await store.remove({ batch: '000012', trace: '000003' });
    disk.powerCut();
    const again = await opened(disk);
    expect(again.all.map(({ upload }) => upload.trace)).toEqual(['000001', '000002']);
  });

  it('a power cut at any moment of a change leaves the old one or the new one', async () => {
    for (let bytes = 0; bytes < 1200; bytes += 100) {
      const disk = new MemoryDisk();
      const store = await opened(disk);
      await store.put(signature('000001'));
      const files = disk.open();
      // the half that a killed process leaves behind
      await files.append('signature-000012-000001.new', randomBytes(bytes));
      disk.powerCut(bytes);
      const again = await opened(disk);
      expect([again.all.length, again.unreadable]).toEqual([1, []]);
      expect((await disk.open().list()).filter((name) => name.endsWith('.new'))).toEqual([]);
    }
  });

  it('are there although a read-only disk keeps the half of a write', async () => {
    const disk = new MemoryDisk();
    const store = await opened(disk);
    await store.put(signature('000001'));
    await disk.open().append('signature-000012-000001.new', randomBytes(100));
    disk.trouble = 'EROFS';
    const again = await opened(disk);
    expect(again.all).toHaveLength(1);
    disk.trouble = undefined;
    await again.put(signature('000002'));
    expect((await opened(disk)).all).toHaveLength(2);
  });

  it('are never written over: another payment with the same batch and trace is refused, that of the same one is not', async () => {
    const disk = new MemoryDisk();
    const store = await opened(disk);
    const first = signature('000001');
    const other = { ...first, upload: { ...first.upload, attemptId: 'A-2' } };
    const [kept, refused] = await Promise.allSettled([store.put(first), store.put(other)]);
    expect([kept.status, refused.status]).toEqual(['fulfilled', 'rejected']);
    await store.put({ ...first, tries: 1 });
    expect((await opened(disk)).all).toEqual([{ ...first, tries: 1 }]);
    await store.remove(first.upload);
    await store.put(other);
    expect((await opened(disk)).all).toEqual([other]);
  });

  it('are not written over by one that would have the file of one that does not open', async () => {
    const disk = new MemoryDisk();
    await (await opened(disk)).put(signature('000001'));
    const stranger = await opened(disk, randomBytes(32));
    await expect(stranger.put(signature('000001'))).rejects.toThrow(/another payment/);
    expect((await opened(disk)).all).toEqual([signature('000001')]);
  });

  it('a disk that is full is told to whoever wanted it kept', async () => {
    const disk = new MemoryDisk();
    const store = await opened(disk);
    disk.trouble = 'ENOSPC';
    await expect(store.put(signature('000001'))).rejects.toThrow('ENOSPC');
    expect(store.all).toEqual([]);
    disk.trouble = undefined;
    await store.put(signature('000001'));
    expect(store.all).toHaveLength(1);
  });

  it('have a limit', async () => {
    const store = await opened(new MemoryDisk());
    for (let n = 0; n < MAX_KEPT; n++) await store.put(signature(String(n).padStart(6, '0')));
    await expect(store.put(signature('900000'))).rejects.toThrow(/wait for their upload/);
    await store.put(signature('000000', { tries: 2 }));
  });

  it('under another key, another name or with a byte turned they do not open, and are not deleted', async () => {
    const disk = new MemoryDisk();
    await (await opened(disk)).put(signature('000001'));
    const other = await opened(disk, randomBytes(32));
    expect([other.all, other.unreadable]).toEqual([[], ['signature-000012-000001']]);
    const files = disk.open();
    await files.rename('signature-000012-000001', 'signature-000012-000002');
    expect((await opened(disk)).unreadable).toEqual(['signature-000012-000002']);
    const sealed = seal(Buffer.from('ink'), 'name', KEY, randomBytes(12));
    for (let at = 0; at < sealed.length; at++)
      expect(open(sealed.with(at, (sealed[at] ?? 0) ^ 1), 'name', KEY)).toBeUndefined();
    expect(open(sealed.subarray(0, 20), 'name', KEY)).toBeUndefined();
    expect(Buffer.from(open(sealed, 'name', KEY) ?? []).toString()).toBe('ink');
  });
});

describe('in a real folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tillwire-signatures-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('the key is made once, for this account only', () => {
    const key = signatureKey(folder, randomBytes);
    expect(key).toHaveLength(32);
    expect(statSync(join(folder, 'signatures.key')).mode & 0o777).toBe(0o600);
    expect(Buffer.from(signatureKey(folder, randomBytes)).equals(key)).toBe(true);
    chmodSync(join(folder, 'signatures.key'), 0o600);
    writeFileSync(join(folder, 'signatures.key'), 'short');
    expect(() => signatureKey(folder, randomBytes)).toThrow(/a key has 32/);
  });

  it('nothing of the order, the code or the picture can be read in the files', async () => {
    const files = await folderFiles(folder);
    const store = await SignatureStore.open({ files, key: KEY, random: randomBytes });
    await store.put(signature('000001'));
    await files.close();
    const bytes = readFileSync(join(folder, 'signature-000012-000001'));
    expect(statSync(join(folder, 'signature-000012-000001')).mode & 0o777).toBe(0o600);
    for (const word of ['D-1001', '0B3F2A71', '104152253311021', 'AAAB']) expect(bytes.includes(word)).toBe(false);
  });
});
