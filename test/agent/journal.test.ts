import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../agent/clock.ts';
import { type Entry, GENESIS, hashOf } from '../../agent/journal/entry.ts';
import { folderFiles, type JournalFiles } from '../../agent/journal/files.ts';
import { Journal, JournalDamaged, JournalUnavailable } from '../../agent/journal/journal.ts';
import { DataDirBusy, lockFolder } from '../../agent/journal/lock.ts';

const clock: Clock = { ...systemClock, now: () => Date.UTC(2026, 10, 22, 8) };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwire-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function open(files?: JournalFiles): Promise<{ journal: Journal; entries: Entry[]; torn: number }> {
  const entries: Entry[] = [];
  const { journal, repairs } = await Journal.open(files ?? (await folderFiles(folder)), clock, 'T0000001', (entry) =>
    entries.push(entry),
  );
  return { journal, entries, torn: repairs.reduce((sum, { tornBytes }) => sum + tornBytes, 0) };
}

const file = () => join(folder, readdirSync(folder).filter((name) => name.endsWith('.log'))[0] ?? '');

describe('the journal', () => {
  it('gives back what it was given, in order, chained', async () => {
    const { journal } = await open();
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => journal.append({ type: 'NOTE', data: { n, text: '街角小店' } })),
    );
    await journal.close();
    const { entries, journal: again } = await open();
    expect(entries.map(({ data }) => data['n'])).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(entries[0]?.prev).toBe(GENESIS);
    expect(again.head).toEqual({ seq: 100, hash: entries.at(-1)?.hash });
    await again.close();
  });

  it('cut at any byte of its last entry: the others stay, and it goes on', async () => {
    const { journal } = await open();
    for (let n = 0; n < 3; n++) await journal.append({ type: 'NOTE', data: { n } });
    await journal.close();
    const whole = readFileSync(file());
    const lastLine = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
    for (let cut = lastLine; cut < whole.length; cut++) {
      writeFileSync(file(), whole.subarray(0, cut));
      const { journal: reopened, entries, torn } = await open();
      expect(entries.length).toBe(2);
      expect(torn).toBe(cut - lastLine);
      await reopened.append({ type: 'NOTE', data: { n: 'next' } });
      await reopened.close();
      const { entries: after, journal: last } = await open();
      expect(after.map(({ data }) => data['n'])).toEqual([0, 1, 'next']);
      await last.close();
    }
  });

  it('garbage behind the last entry is a torn write too', async () => {
    const { journal } = await open();
    await journal.append({ type: 'NOTE', data: { n: 1 } });
    await journal.close();
    appendFileSync(file(), Buffer.from([0, 0, 0, 0x0a, 0xff, 0x00]));
    const { entries, torn, journal: reopened } = await open();
    expect([entries.length, torn]).toEqual([1, 6]);
    await reopened.close();
  });

  it('a flipped bit in the middle is never written over', async () => {
    const { journal } = await open();
    for (let n = 0; n < 3; n++) await journal.append({ type: 'NOTE', data: { n } });
    await journal.close();
    const bytes = readFileSync(file());
    const at = bytes.indexOf('"n":1') + 4;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file(), bytes);
    await expect(open()).rejects.toBeInstanceOf(JournalDamaged);
    expect(readFileSync(file())).toEqual(bytes);
  });

  it('an entry counts as kept only after the sync came back', async () => {
    const real = await folderFiles(folder);
    const log: string[] = [];
    const slow: JournalFiles = {
      ...real,
      append: async (name, bytes) => {
        await real.append(name, bytes);
        log.push('appended');
      },
      sync: async (name) => {
        await real.sync(name);
        log.push('synced');
      },
    };
    const { journal } = await open(slow);
    await journal.append({ type: 'NOTE', data: {} }).then(() => log.push('acknowledged'));
    await Promise.all([1, 2, 3].map((n) => journal.append({ type: 'NOTE', data: { n } })));
    expect(log.slice(0, 3)).toEqual(['appended', 'synced', 'acknowledged']);
    expect(
      log.filter((word) => word === 'synced').length,
      'three appends at once share their syncs',
    ).toBeLessThanOrEqual(3);
    await journal.close();
  });

  it('a full disk refuses, loses nothing that was kept, and goes on when there is room', async () => {
    const real = await folderFiles(folder);
    let room = Number.POSITIVE_INFINITY;
    const disk: JournalFiles = {
      ...real,
      append: async (name, bytes) => {
        await real.append(name, bytes.subarray(0, room));
        if (bytes.length > room) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      },
    };
    const { journal } = await open(disk);
    await journal.append({ type: 'NOTE', data: { n: 1 } });
    room = 20;
    await expect(journal.append({ type: 'NOTE', data: { n: 2 } })).rejects.toBeInstanceOf(JournalUnavailable);
    room = Number.POSITIVE_INFINITY;
    await journal.append({ type: 'NOTE', data: { n: 3 } });
    await journal.close();
    const { entries, torn, journal: again } = await open();
    expect(entries.map(({ data }) => data['n'])).toEqual([1, 3]);
    expect(torn).toBe(0);
    await again.close();
  });

  it('a cut-off tail of whole entries is read as far as it goes', async () => {
    const { journal } = await open();
    for (let n = 0; n < 3; n++) await journal.append({ type: 'NOTE', data: { n } });
    await journal.close();
    truncateSync(file(), readFileSync(file()).lastIndexOf(0x0a, -2) + 1);
    const { entries, journal: again } = await open();
    expect(entries.length).toBe(2);
    await again.close();
  });
});

it('the published hash chain is ours', () => {
  const published = JSON.parse(
    readFileSync(new URL('../vectors/payment/hash-chain.json', import.meta.url), 'utf8'),
  ) as { entries: Entry[] };
  expect(published.entries.length).toBeGreaterThan(2);
  for (const entry of published.entries) expect(hashOf(entry)).toBe(entry.hash);
});

it('one agent per data folder', () => {
  const release = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(DataDirBusy);
  release();
  lockFolder(folder)();
  writeFileSync(join(folder, 'lock'), `${process.pid} 1\n`);
  lockFolder(folder)();
});
