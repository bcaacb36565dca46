import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runTillwire } from '../../../agent/cli.ts';
import { TillBook } from '../../../agent/journal/book.ts';
import type { Entry } from '../../../agent/journal/entry.ts';
import { folderFiles, readOnlyFiles } from '../../../agent/journal/files.ts';
import { type AttemptRow, Projection } from '../../../agent/journal/projection.ts';
import type { LogReport } from '../../../agent/journal/verify.ts';
import { attempt, order, record, START, StillClock, sale, TERMINAL } from './till-entries.ts';

const DAY_MS = 86_400_000;
let data: string;
let out: string;
let err: string;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'tillwire-data-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(data, { recursive: true });
});

/** A till of three days, four sales a day, stopped by a kill: no checkpoint at the end. */
async function tillOfThreeDays(): Promise<TillBook> {
  const clock = new StillClock();
  const { book } = await TillBook.open(await folderFiles(join(data, 'journal')), clock, TERMINAL);
  for (let n = 0; n < 12; n++) {
    clock.wall = START + Math.floor(n / 4) * DAY_MS;
    await sale(book, n, clock);
  }
  return book;
}

async function tillwire(...args: string[]): Promise<number> {
  out = '';
  err = '';
  vi.spyOn(console, 'log').mockImplementation((line: string) => void (out += `${line}\n`));
  vi.spyOn(console, 'error').mockImplementation((line: string) => void (err += `${line}\n`));
  vi.spyOn(process.stdout, 'write').mockImplementation(((text: string, done?: () => void) => {
    out += text;
    done?.();
    return true;
  }) as typeof process.stdout.write);
  const code = await runTillwire(['journal', ...args]);
  vi.restoreAllMocks();
  return code;
}

const segment = () => join(data, 'journal', 'journal-000001.log');

describe('tillwire journal verify', () => {
  it('beside a running agent: intact, with the anchor that the backend holds', async () => {
    const book = await tillOfThreeDays();
    book.pending(0, 16);
    await book.acknowledge(12, book.head);
    expect(await tillwire('verify', '--data', data, '--json')).toBe(0);
    const report = JSON.parse(out) as LogReport;
    expect(report).toMatchObject({
      ok: true,
      entries: 73,
      firstSeq: 1,
      head: book.head,
      anchor: { seq: 72 },
      problems: [],
    });
    expect(await tillwire('verify', '--data', data, '--anchor', `${book.head.seq}:${book.head.hash}`)).toBe(0);
    expect(out).toContain('intact: 73 entries');
    await book.close();
  });

  it('an unfinished last line is being written just now: intact', async () => {
    await tillOfThreeDays();
    writeFileSync(segment(), readFileSync(segment()).subarray(0, -40));
    expect(await tillwire('verify', '--data', data, '--json')).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, entries: 71 });
    expect((JSON.parse(out) as LogReport).unfinishedBytes).toBeGreaterThan(0);
  });

  it('[004-12] a changed amount is found, and stays found until a person has looked', async () => {
    const book = await tillOfThreeDays();
    await book.close();
    const text = readFileSync(segment(), 'utf8').replace('"amountFen":1003', '"amountFen":9003');
    writeFileSync(segment(), text);
    expect(await tillwire('verify', '--data', data)).toBe(1);
    expect(out).toMatch(/NOT INTACT[^]*damage: journal-000001.log byte \d+[^]*not yet seen by the agent/);

    // The checkpoint is gone: the agent reads the log from its first entry and meets the damage.
    for (const name of readdirSync(join(data, 'journal')))
      if (name.startsWith('checkpoint')) rmSync(join(data, 'journal', name));
    const { book: again } = await TillBook.open(await folderFiles(join(data, 'journal')), new StillClock(), TERMINAL);
    expect(again.trouble?.code).toBe('JOURNAL_DAMAGED');
    await again.close();
    expect(await tillwire('verify', '--data', data)).toBe(1);
    expect(out).toContain('told by the agent, nobody has looked');

    expect(await tillwire('review', '--data', data, '--by', '王丽')).toBe(0);
    expect(await tillwire('verify', '--data', data)).toBe(0);
    expect(out).toContain('looked at by 王丽');
  });

  it('a tail cut off, or a chain written anew, shows against the backend’s anchor', async () => {
    const book = await tillOfThreeDays();
    const { seq, hash } = book.head;
    const lines = readFileSync(segment(), 'utf8').split('\n');
    writeFileSync(segment(), `${lines.slice(0, 60).join('\n')}\n`);
    expect(await tillwire('verify', '--data', data)).toBe(0);
    expect(await tillwire('verify', '--data', data, '--anchor', `${seq}:${hash}`)).toBe(1);
    expect(out).toContain('not the one that the backend saw');
    expect(await tillwire('verify', '--data', data, '--anchor', `12:${'0'.repeat(64)}`)).toBe(1);
  });

  it('a tail cut off behind a checkpoint is missed without the backend, also by the start and until a person has looked', async () => {
    const book = await tillOfThreeDays();
    const { seq } = book.head;
    await book.close();
    const lines = readFileSync(segment(), 'utf8').split('\n');
    writeFileSync(segment(), `${lines.slice(0, 6).join('\n')}\n`);
    expect(await tillwire('verify', '--data', data)).toBe(1);
    expect(out).toContain(`missing: the log went on behind entry 6, up to entry ${seq}; not yet seen by the agent`);

    const { book: again } = await TillBook.open(await folderFiles(join(data, 'journal')), new StillClock(), TERMINAL);
    expect(again.trouble?.code).toBe('JOURNAL_DAMAGED');
    await again.close();
    expect(await tillwire('verify', '--data', data)).toBe(1);
    expect(out).toContain(`behind entry 6, up to entry ${seq}; told by the agent, nobody has looked`);
    expect(out.match(/missing/g)).toHaveLength(1);

    expect(await tillwire('review', '--data', data, '--by', '王丽')).toBe(0);
    expect(await tillwire('verify', '--data', data)).toBe(0);
    expect(out).toContain('looked at by 王丽');
  });

  it('wrong usage is 2 and says what is wanted', async () => {
    await tillOfThreeDays();
    for (const args of [['--data', join(data, 'nowhere')], [], ['--data', data, '--anchor', '12']]) {
      expect(await tillwire('verify', ...args)).toBe(2);
      expect(err).toContain('tillwire journal: ');
    }
  });
});

describe('tillwire journal list and show', () => {
  it('[003-5] finds payments by day, order, amount and channel', async () => {
    await tillOfThreeDays();
    const find = async (...args: string[]) => {
      expect(await tillwire('list', '--data', data, '--json', ...args)).toBe(0);
      return (JSON.parse(out) as AttemptRow[]).map(({ orderId }) => orderId);
    };
    expect(await find()).toHaveLength(12);
    expect(await find('--day', '2026-11-23')).toEqual(['ORDER-7', 'ORDER-6', 'ORDER-5', 'ORDER-4']);
    expect(await find('--order', 'ORDER-3')).toEqual(['ORDER-3']);
    expect(await find('--amount', '10.05')).toEqual(['ORDER-5']);
    expect(await find('--channel', 'alipay', '--limit', '2')).toEqual(['ORDER-10', 'ORDER-7']);
    expect(await find('--state', 'FAILED')).toEqual([]);
    expect(await tillwire('list', '--data', data, '--amount', '10,05')).toBe(2);
    expect(await tillwire('list', '--data', data, '--order', 'ORDER-3')).toBe(0);
    expect(out).toMatch(/^2026-11-22 16:00:00 {2} +10\.03 {2}WECHAT {4}PAID {2}ORDER-3 {2}ATT-3 {2}[0-9a-f]{8}\n$/);
  });

  it.each([
    ['list', '--day', '2026-02-30'],
    ['list', '--day', '2027-02-29'],
    ['list', '--channel', 'mars'],
    ['list', '--state', 'LOST'],
    ['list', '--limit', '1001'],
    ['export', '--from', '2026-13-01'],
    ['export', '--from', '2026-11-23', '--to', '2026-11-22'],
  ])('%s %s %s is wrong usage, not an empty answer', async (...args) => {
    await tillOfThreeDays();
    expect(await tillwire(...args, '--data', data)).toBe(2);
    expect([out, err]).toEqual(['', expect.stringContaining('tillwire journal: ')]);
  });

  it('a leap day is a day', async () => {
    await tillOfThreeDays();
    expect(await tillwire('list', '--day', '2028-02-29', '--channel', 'card', '--data', data)).toBe(0);
    expect(out).toBe('no payment found\n');
  });

  it.each([
    ['--state', 'held'],
    ['--state', 'RELEASED'],
    ['--state', 'waiting'],
    ['--state', 'disputed'],
    ['--channel', 'intent'],
  ])('%s %s: holds and codes that customers scan can be asked for too', async (...args) => {
    await tillOfThreeDays();
    expect(await tillwire('list', ...args, '--data', data)).toBe(0);
  });

  it('shows one order from its command to its slip', async () => {
    await tillOfThreeDays();
    expect(await tillwire('show', 'ORDER-4', '--data', data)).toBe(0);
    expect(out.split('\n').map((line) => line.split(/ +/)[4])).toEqual([
      'COMMAND',
      'ORDER',
      'ATTEMPT',
      'ATTEMPT',
      'SLIP',
      undefined,
    ]);
    expect(await tillwire('show', 'ORDER-4', '--data', data, '--json')).toBe(0);
    expect((JSON.parse(out) as Entry[]).map(({ seq }) => seq)).toEqual([25, 26, 27, 28, 29]);
    expect(await tillwire('show', 'ORDER-99', '--data', data)).toBe(1);
  });

  it('[000-12] writes the evidence of one order as a ZIP, once', async () => {
    await tillOfThreeDays();
    const config = join(data, 'till.json');
    const merchant = { name: '街角小店', merchantNo: '1', terminalNo: TERMINAL };
    const rest = { broker: { url: 'mqtt://broker' }, scanner: { path: 'gun' }, dataDir: data };
    writeFileSync(config, JSON.stringify({ address: { tenant: 'a', store: 'b', agent: 'c' }, merchant, ...rest }));
    const zip = join(data, 'dispute.zip');
    expect(await tillwire('evidence', 'ORDER-3', '--config', config, '--out', zip, '--json')).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ file: zip, intact: true });
    expect(Object.keys(unzipSync(readFileSync(zip))).sort()).toEqual([
      'journal.jsonl',
      'manifest.json',
      'slip.bin',
      'slip.txt',
    ]);
    expect(await tillwire('evidence', 'ORDER-3', '--config', config, '--out', zip)).toBe(2);
    expect(await tillwire('evidence', 'NOBODYS', '--config', config, '--out', join(data, 'other.zip'))).toBe(2);
  });

  it('exports a period as JSON lines', async () => {
    await tillOfThreeDays();
    expect(await tillwire('export', '--data', data, '--from', '2026-11-23', '--to', '2026-11-23')).toBe(0);
    const entries = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Entry);
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 24 }, (_, n) => 25 + n));
    expect(await tillwire('export', '--data', data, '--json')).toBe(0);
    expect(JSON.parse(out)).toHaveLength(72);
    expect(await tillwire('export', '--data', data, '--from', '2030-01-01', '--json')).toBe(0);
    expect(JSON.parse(out)).toEqual([]);
  });

  it('works on a copy of the bare folder that may not be written', async () => {
    await tillOfThreeDays();
    const copy = join(data, 'copy');
    cpSync(join(data, 'journal'), copy, { recursive: true });
    chmodSync(copy, 0o555);
    expect(await tillwire('list', '--data', copy, '--json')).toBe(0);
    expect(JSON.parse(out)).toHaveLength(12);
  });
});

describe('the search tables', () => {
  it('follow the log, are made again when deleted, damaged or of another log, and never speak for it', async () => {
    const book = await tillOfThreeDays();
    const file = join(data, 'projection.db');
    const files = readOnlyFiles(join(data, 'journal'));
    const count = async () => {
      const projection = Projection.open(file);
      const taken = await projection.catchUp(files);
      const found = projection.find({}).length;
      projection.close();
      return [taken, found];
    };
    expect(await count()).toEqual([72, 12]);
    expect(await count()).toEqual([0, 12]);
    await book.write({ type: 'ATTEMPT', record: record(attempt(50)), order: order(50, 'IN_PAYMENT') });
    expect(await count()).toEqual([1, 13]);
    rmSync(file);
    expect(await count()).toEqual([73, 13]);
    rmSync(`${file}-wal`, { force: true });
    writeFileSync(file, 'not a database at all, but long enough to be taken for one'.repeat(100));
    expect(await count()).toEqual([73, 13]);

    const other = mkdtempSync(join(tmpdir(), 'tillwire-other-'));
    const { book: stranger } = await TillBook.open(await folderFiles(other), new StillClock(), 'T9');
    await sale(stranger, 1);
    const projection = Projection.open(file);
    expect(await projection.catchUp(readOnlyFiles(other))).toBe(6);
    expect(projection.find({})).toHaveLength(1);
    projection.close();
    rmSync(other, { recursive: true });
  });
});
