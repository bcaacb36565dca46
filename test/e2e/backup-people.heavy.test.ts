import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { TillBook } from '../../agent/journal/book.ts';
import { folderFiles } from '../../agent/journal/files.ts';
import { tillwire } from './run-tillwire.ts';

// The drill: the till's PC is gone, its people go on with their PINs on another one.

const PASSPHRASE = 'a long one for the stick';
let root: string;
const place = (name: string) => join(root, name, 'till.json');

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'tillwire-people-'));
  for (const name of ['old', 'new']) {
    mkdirSync(join(root, name));
    const config = {
      address: { tenant: 'demo', store: 'store-1', agent: 'till-1' },
      merchant: { name: '街角小店', merchantNo: '898', terminalNo: 'T1' },
      broker: { url: 'mqtt://127.0.0.1:1' },
      scanner: { path: 'gun' },
      dataDir: 'data',
    };
    writeFileSync(place(name), JSON.stringify(config));
  }
  const { book } = await TillBook.open(await folderFiles(join(root, 'old', 'data', 'journal')), systemClock, 'T1');
  await book.write({ type: 'BOOT', boot: 'B', version: '0' });
  await book.close();
  const person = ['--name', '小李', '--role', 'clerk', '--id', 'li'];
  expect((await tillwire(['person', 'add', '--config', place('old'), ...person])).code).toBe(0);
});
afterEach(() => rmSync(root, { recursive: true }));

const backUp = (passphrase: string) =>
  tillwire(['backup', '--config', place('old'), '--to', join(root, 'stick'), '--people', '--json'], `${passphrase}\n`);
const restore = (passphrase: string) =>
  tillwire(['restore', '--from', join(root, 'stick'), '--config', place('new'), '--people'], `${passphrase}\n`);
const peopleThere = async () =>
  JSON.parse((await tillwire(['person', 'list', '--config', place('new'), '--json'])).stdout) as { personId: string }[];

describe('a backup with the people of the till', () => {
  it('is sealed; on the new PC they are there, without their one-time codes', { timeout: 60_000 }, async () => {
    const copied = await backUp(PASSPHRASE);
    expect(JSON.parse(copied.stdout)).toMatchObject({ people: 1 });
    const sealed = readFileSync(join(root, 'stick', 'people.sealed'), 'utf8');
    for (const secret of ['小李', 'clerk', 'hash', PASSPHRASE]) expect(sealed).not.toContain(secret);
    expect((await restore(PASSPHRASE)).code).toBe(0);
    expect(await peopleThere()).toMatchObject([{ personId: 'li', hasPin: false }]);
    expect(readFileSync(join(root, 'new', 'data', 'people', 'people.json'), 'utf8')).not.toContain('"code"');
  });

  it('with another passphrase, or none worth the name, nothing is done', { timeout: 60_000 }, async () => {
    const short = await backUp('short');
    expect([short.code, short.stderr.includes('at least 12')]).toEqual([1, true]);
    await backUp(PASSPHRASE);
    const wrong = await restore('another long passphrase');
    expect([wrong.code, wrong.stderr.includes('not the one')]).toEqual([1, true]);
    expect(await peopleThere()).toEqual([]);
    // the journal is not put in place either: the right passphrase does it all
    expect((await restore(PASSPHRASE)).code).toBe(0);
  });
});
