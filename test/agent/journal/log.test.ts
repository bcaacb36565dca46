import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Entry, GENESIS, hashOf, sealLine } from '../../../agent/journal/entry.ts';
import { folderFiles, type JournalFiles } from '../../../agent/journal/files.ts';
import { Journal, JournalUnavailable } from '../../../agent/journal/journal.ts';
import { DataDirBusy, lockFolder } from '../../../agent/journal/lock.ts';
import { type LogRead, readLog } from '../../../agent/journal/recovery.ts';
import { Reserve } from '../../../agent/journal/reserve.ts';
import { BEGINNING } from '../../../agent/journal/segments.ts';
import { MemoryDisk } from './memory-disk.ts';
import { StillClock, TERMINAL } from './till-entries.ts';

interface Opened extends LogRead {
  readonly journal: Journal;
  readonly entries: Entry[];
}

async function open(files: JournalFiles): Promise<Opened> {
  const entries: Entry[] = [];
  const log = await readLog(
    files,
    BEGINNING,
    (entry) => entries.push(entry),
    (name, length) => files.cut(name, length),
  );
  const roll = log.gaps.length > 0;
  const parts = {
    files,
    clock: new StillClock(),
    terminal: TERMINAL,
    reserve: new Reserve(files, 100),
    kept: () => {},
  };
  return { ...log, journal: new Journal(parts, log.cursor, { roll, dirty: log.uncut }), entries };
}

/** A disk with `count` notes, each synced by itself. */
async function diskWith(count: number): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const { journal } = await open(disk);
  for (let n = 0; n < count; n++) await journal.append({ type: 'NOTE', data: { n } });
  return disk;
}

const SEGMENT = 'journal-000001.log';
const numbers = (entries: readonly Entry[]) => entries.map(({ data }) => data['n']);

describe('the log', () => {
  it('gives back what it was given, in order, chained', async () => {
    const disk = new MemoryDisk();
    const { journal } = await open(disk);
    const all = Array.from({ length: 100 }, (_, n) => n);
    await Promise.all(all.map((n) => journal.append({ type: 'NOTE', data: { n, text: '街角小店' } })));
    const { entries, journal: again } = await open(disk);
    expect(numbers(entries)).toEqual(all);
    expect(entries[0]?.prev).toBe(GENESIS);
    expect(again.head).toEqual({ seq: 100, hash: entries.at(-1)?.hash });
    expect(disk.syncs, 'what is appended in one breath shares a sync').toBe(1);
  });

  it('is one canonical JSON text a line: grep reads it', async () => {
    const disk = await diskWith(3);
    const line = disk.bytes(SEGMENT).toString('utf8').split('\n')[1] ?? '';
    expect(line).toMatch(/^[0-9a-f]{8} \{"data":\{"n":1\},"hash":"/);
    const { hash, ...body } = JSON.parse(line.slice(9)) as Entry;
    expect(hash).toBe(hashOf(body));
  });

  it('cut at any byte: whole entries stay, the torn one goes, and it goes on', async () => {
    const whole = (await diskWith(4)).bytes(SEGMENT);
    for (let cut = 0; cut < whole.length; cut++) {
      const disk = new MemoryDisk();
      disk.overwrite(SEGMENT, whole.subarray(0, cut));
      const complete = whole.subarray(0, cut).toString('latin1').split('\n').length - 1;
      const { entries, gaps, journal } = await open(disk);
      expect([entries.length, gaps], `cut at ${cut}`).toEqual([complete, []]);
      await journal.append({ type: 'NOTE', data: { n: 'next' } });
      expect(numbers((await open(disk)).entries)).toEqual([...[0, 1, 2, 3].slice(0, complete), 'next']);
    }
  });

  it('any bit flipped in any byte: the entry is told of, all others are read, nothing is written over', async () => {
    const whole = (await diskWith(3)).bytes(SEGMENT);
    for (let at = 0; at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      const disk = new MemoryDisk();
      disk.overwrite(SEGMENT, bytes);
      const { entries, gaps, repairs, journal } = await open(disk);
      // A flipped mark between CRC and JSON changes neither.
      if (entries.length === 3) continue;
      expect([gaps.length, repairs.length], `flipped at ${at}`).toEqual([1, 0]);
      // A flipped line feed joins two lines.
      expect(entries.length).toBeGreaterThanOrEqual(whole[at] === 0x0a ? 1 : 2);
      await journal.append({ type: 'NOTE', data: { n: 'next' } });
      expect(disk.bytes(SEGMENT).subarray(0, bytes.length)).toEqual(bytes);
      expect((await open(disk)).entries.at(-1)?.data).toEqual({ n: 'next' });
    }
  });

  it('a hole of zeros before lines of the same write is a torn write; before a later write it is damage', async () => {
    const disk = new MemoryDisk();
    const { journal } = await open(disk);
    await journal.append({ type: 'NOTE', data: { n: 0 } });
    const kept = disk.bytes(SEGMENT).length;
    await Promise.all([1, 2, 3].map((n) => journal.append({ type: 'NOTE', data: { n, filler: 'x'.repeat(200) } })));
    const torn = Buffer.from(disk.bytes(SEGMENT));
    torn.fill(0, kept + 20, kept + 120);
    disk.overwrite(SEGMENT, torn);
    const { entries, gaps, repairs } = await open(disk.copy());
    expect([numbers(entries), gaps]).toEqual([[0], []]);
    expect(repairs).toEqual([{ kind: 'torn', segment: SEGMENT, tornBytes: torn.length - kept }]);

    await journal.append({ type: 'NOTE', data: { n: 4 } });
    const later = await open(disk);
    expect(numbers(later.entries)).toEqual([0, 2, 3, 4]);
    expect(later.gaps).toMatchObject([{ offset: kept, afterSeq: 1, nextSeq: 3 }]);
  });

  it('an entry taken out whole is missed', async () => {
    const disk = await diskWith(4);
    const lines = disk.bytes(SEGMENT).toString('utf8').split('\n');
    disk.overwrite(SEGMENT, Buffer.from([lines[0], lines[2], lines[3], ''].join('\n')));
    const { entries, gaps } = await open(disk);
    expect(numbers(entries)).toEqual([0, 2, 3]);
    expect(gaps).toMatchObject([{ bytes: 0, afterSeq: 1, nextSeq: 3 }]);
  });

  it('[004-12] an entry changed by somebody who mended its CRC is not believed', async () => {
    const disk = await diskWith(3);
    const lines = disk.bytes(SEGMENT).toString('utf8').split('\n');
    const { hash, ...body } = JSON.parse((lines[1] ?? '').slice(9)) as Entry;
    const forged = sealLine({ ...body, data: { n: 100 } });
    const wrong = Buffer.from(forged.line).toString('utf8').replace(forged.entry.hash, hash);
    const { crc32 } = await import('node:zlib');
    const mended = `${crc32(wrong.slice(9, -1)).toString(16).padStart(8, '0')}${wrong.slice(8, -1)}`;
    disk.overwrite(SEGMENT, Buffer.from([lines[0], mended, lines[2], ''].join('\n')));
    const { entries, gaps } = await open(disk);
    expect(numbers(entries)).toEqual([0, 2]);
    expect(gaps).toHaveLength(1);
  });

  it.each([
    ['a member slipped in beside ours', (json: string) => json.replace('"prev"', '"note":"paid","prev"')],
    [
      'data written twice, the first for whoever greps',
      (json: string) => json.replace('{"data"', '{"data":{"n":9},"data"'),
    ],
    ['white space', (json: string) => json.replace('{"data":', '{"data": ')],
  ])('%s, with its CRC mended: the entry is not believed', async (_, change) => {
    const { crc32 } = await import('node:zlib');
    const disk = await diskWith(3);
    const lines = disk.bytes(SEGMENT).toString('utf8').split('\n');
    const json = change((lines[1] ?? '').slice(9));
    const forged = `${crc32(json).toString(16).padStart(8, '0')} ${json}`;
    disk.overwrite(SEGMENT, Buffer.from([lines[0], forged, lines[2], ''].join('\n')));
    const { entries, gaps } = await open(disk);
    expect([numbers(entries), gaps.length]).toEqual([[0, 2], 1]);
  });

  it('an entry changed and hashed anew breaks the link to the next', async () => {
    const disk = await diskWith(3);
    const lines = disk.bytes(SEGMENT).toString('utf8').split('\n');
    const { hash: _, ...body } = JSON.parse((lines[1] ?? '').slice(9)) as Entry;
    const forged = Buffer.from(sealLine({ ...body, data: { n: 100 } }).line).toString('utf8');
    disk.overwrite(SEGMENT, Buffer.from(`${lines[0]}\n${forged}${lines[2]}\n`));
    expect((await open(disk)).gaps).toMatchObject([{ bytes: 0, afterSeq: 2, nextSeq: 3 }]);
  });

  it('an entry counts as kept only after the sync came back', async () => {
    const disk = new MemoryDisk();
    const said: string[] = [];
    const append = disk.append.bind(disk);
    const sync = disk.sync.bind(disk);
    disk.append = (name, bytes) => append(name, bytes).then(() => void said.push('appended'));
    disk.sync = (name) => sync(name).then(() => void said.push('synced'));
    const { journal } = await open(disk);
    await journal.append({ type: 'NOTE', data: {} }).then(() => said.push('acknowledged'));
    expect(said).toEqual(['appended', 'synced', 'acknowledged']);
  });

  it('what was acknowledged survives a power cut, whatever the cut leaves of the rest', async () => {
    const disk = await diskWith(2);
    const { journal } = await open(disk);
    disk.sync = () => new Promise(() => {});
    void journal.append({ type: 'NOTE', data: { n: 2 } });
    await new Promise((resolve) => setImmediate(resolve));
    const written = disk.bytes(SEGMENT).length;
    for (let keep = 0; keep <= written; keep++) {
      const { entries, gaps } = await open(disk.powerCut(keep));
      expect(entries.length).toBeGreaterThanOrEqual(2);
      expect(gaps).toEqual([]);
    }
  });

  it('a full disk refuses, loses nothing that was kept, and goes on when there is room', async () => {
    const disk = await diskWith(1);
    const { journal } = await open(disk);
    disk.capacity = disk.bytes(SEGMENT).length + 20;
    await expect(journal.append({ type: 'NOTE', data: { n: 1 } })).rejects.toBeInstanceOf(JournalUnavailable);
    disk.capacity = Number.POSITIVE_INFINITY;
    await journal.append({ type: 'NOTE', data: { n: 2 } });
    const { entries, gaps, repairs } = await open(disk);
    expect([numbers(entries), gaps, repairs]).toEqual([[0, 2], [], []]);
  });

  it('a first segment that cannot even be made is no reason to fail for ever', async () => {
    const disk = new MemoryDisk();
    disk.capacity = 0;
    const { journal } = await open(disk);
    await expect(journal.append({ type: 'NOTE', data: { n: 0 } })).rejects.toBeInstanceOf(JournalUnavailable);
    disk.capacity = Number.POSITIVE_INFINITY;
    await journal.append({ type: 'NOTE', data: { n: 1 } });
    expect(numbers((await open(disk)).entries)).toEqual([1]);
  });

  it('a disk that never comes back is given no endless queue', async () => {
    const disk = new MemoryDisk();
    disk.sync = () => new Promise(() => {});
    const { journal } = await open(disk);
    const refused: unknown[] = [];
    for (let n = 0; n < 10_100; n++)
      journal.append({ type: 'NOTE', data: { n } }).catch((error: unknown) => refused.push(error));
    await expect(journal.append({ type: 'NOTE', data: {} })).rejects.toThrow('wait for the disk');
    expect(refused.length).toBeGreaterThan(0);
  });

  it('segments follow one another and the chain runs through them', async () => {
    const disk = new MemoryDisk();
    const { journal } = await open(disk);
    const filler = 'x'.repeat(200_000);
    for (let n = 0; n < 90; n++) await journal.append({ type: 'NOTE', data: { n, filler } });
    expect([...disk.files.keys()].sort()).toEqual([SEGMENT, 'journal-000002.log', 'journal-000003.log']);
    const { entries, gaps } = await open(disk);
    expect([entries.length, gaps]).toEqual([90, []]);
  });
});

describe('on a real folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tillwire-journal-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps, cuts, renames and removes', async () => {
    const files = await folderFiles(folder);
    const { journal } = await open(files);
    for (let n = 0; n < 3; n++) await journal.append({ type: 'NOTE', data: { n } });
    writeFileSync(join(folder, SEGMENT), readFileSync(join(folder, SEGMENT)).subarray(0, -5));
    const { entries, repairs, journal: next } = await open(await folderFiles(folder));
    expect([entries.length, repairs.length]).toEqual([2, 1]);
    await next.append({ type: 'NOTE', data: { n: 3 } });
    await files.append('other.new', new Uint8Array(200_000));
    await files.sync('other.new');
    await files.rename('other.new', 'other');
    expect(await files.list()).toEqual([SEGMENT, 'other']);
    expect((await files.read('other', 199_990, 100)).length).toBe(10);
    await files.remove('other');
    await files.remove('other');
    await Promise.all([journal.close(), next.close()]);
  });

  it('/dev/full in the place of a segment: refused with a reason', async () => {
    const real = await folderFiles(folder);
    const full = await folderFiles('/dev');
    const files: JournalFiles = { ...real, append: (_name, bytes) => full.append('full', bytes) };
    const { journal } = await open(files);
    await expect(journal.append({ type: 'NOTE', data: {} })).rejects.toThrow(/ENOSPC/);
    await Promise.all([real.close(), full.close()]);
  });

  it('one agent per data folder', () => {
    const release = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(DataDirBusy);
    release();
    lockFolder(folder)();
    writeFileSync(join(folder, 'lock'), `${process.pid} 1\n`);
    lockFolder(folder)();
  });

  it('a full disk keeps no till from its reversals: the lock needs no room', () => {
    const lock = join(folder, 'lock');
    // the write of this process's own file meets /dev/full
    const fill = () => symlinkSync('/dev/full', join(folder, `lock.${process.pid}`));
    fill();
    const release = lockFolder(folder);
    expect(lstatSync(lock).isSymbolicLink()).toBe(true);
    expect(() => lockFolder(folder)).toThrow(DataDirBusy);
    release();
    expect(existsSync(lock)).toBe(false);
    // left behind by a kill -9 on that disk
    symlinkSync(`${process.pid} 1`, lock);
    fill();
    lockFolder(folder)();
    symlinkSync(`${process.pid} 1`, lock);
    lockFolder(folder)();
  });

  it.each([
    ['nothing', ''],
    ['zeros', '\0'.repeat(16)],
    ['garbage', 'no pid'],
  ])('a power cut leaves a lock of %s: it holds nobody up', (_, left) => {
    writeFileSync(join(folder, 'lock'), left);
    const release = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(DataDirBusy);
    release();
  });
});

it('the published hash chain is ours', () => {
  const file = new URL('../../vectors/payment/hash-chain.json', import.meta.url);
  const published = JSON.parse(readFileSync(file, 'utf8')) as { entries: (Entry & { canonical: string })[] };
  expect(published.entries.length).toBeGreaterThan(2);
  for (const { hash, canonical: _, ...body } of published.entries) {
    expect(hashOf(body)).toBe(hash);
    expect(sealLine(body).entry.hash).toBe(hash);
  }
});
