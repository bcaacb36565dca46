import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashOfCode, newCode } from '../../../agent/people/one-time-code.ts';
import { PeopleDesk } from '../../../agent/people/people-desk.ts';
import {
  changePeople,
  changePerson,
  listPeople,
  PeopleTrouble,
  peopleFile,
} from '../../../agent/people/people-file.ts';

const DAY = 86_400_000;
const NOON = 1_795_300_000_000;

describe('who is who', () => {
  let folder: string;
  let file: string;
  let now: number;
  let lines: string[];
  let lockedOut: string[];
  let desk: PeopleDesk;

  const open = () => {
    const tell = (_fields: object, phrase: string) => void lines.push(phrase);
    return new PeopleDesk({
      file,
      clock: { now: () => now, mono: () => now, after: () => () => undefined },
      log: { debug: tell, info: tell, warn: tell, error: tell },
      pinLifeMs: 180 * DAY,
      onLockedOut: (personId) => lockedOut.push(personId),
    });
  };
  /** Adds somebody; the code with which they choose a PIN. */
  const add = async (personId: string) => {
    const code = newCode();
    const record = { personId, name: personId, role: 'clerk' as const, created: 'today' };
    const chance = { hash: hashOfCode(code), until: now + 60_000, use: 'pin' as const };
    await changePeople(file, (people) => ({ people: [...people, { ...record, code: chance }], answer: undefined }));
    return code;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tillwire-people-'));
    file = peopleFile(folder);
    now = NOON;
    lines = [];
    lockedOut = [];
    desk = open();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('a code lets somebody choose a PIN, once, and the PIN is theirs', async () => {
    const code = await add('li');
    expect(await desk.prove('li', '')).toMatchObject({ kind: 'wrong' });
    expect(await desk.redeem(code.toLowerCase().replaceAll('-', ' '))).toMatchObject({ kind: 'must-choose' });
    expect(await desk.redeem(code)).toMatchObject({ kind: 'wrong' });
    expect(await desk.choose('li', '123456')).toEqual({ kind: 'too-easy' });
    expect(await desk.choose('li', '802746')).toEqual({ kind: 'chosen' });
    expect(await desk.choose('li', '802746')).toEqual({ kind: 'same' });
    expect(await desk.prove('li', '802746')).toMatchObject({ kind: 'known', person: { personId: 'li' } });
  });

  it('a code dies of age', async () => {
    const code = await add('li');
    now += 60_001;
    expect(await desk.redeem(code)).toMatchObject({ kind: 'wrong' });
  });

  it('the file is its owner’s alone and holds no PIN and no code', async () => {
    const code = await add('li');
    await desk.choose('li', '802746');
    const text = readFileSync(file, 'utf8');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(text).not.toContain('802746');
    expect(text).not.toContain(code);
    expect(JSON.parse(text)).toMatchObject({ people: [{ pin: { v: 1, n: 32_768, r: 8 } }] });
  });

  it('[003-3] five wrong guesses lock, also behind a restart of the agent, and the right PIN waits like the others', async () => {
    await add('li');
    await desk.choose('li', '802746');
    for (const left of [4, 3, 2, 1]) expect(await desk.prove('li', '111')).toEqual({ kind: 'wrong', triesLeft: left });
    desk = open();
    expect(await desk.prove('li', '111')).toEqual({ kind: 'locked', waitMs: 60_000 });
    expect(lockedOut).toEqual(['li']);
    desk = open();
    expect(await desk.prove('li', '802746')).toMatchObject({ kind: 'locked' });
    now += 60_001;
    expect(await desk.prove('li', '802746')).toMatchObject({ kind: 'known' });
    expect(await desk.prove('li', '111')).toEqual({ kind: 'wrong', triesLeft: 4 });
  });

  it('guesses in one breath are counted one by one', async () => {
    await add('li');
    await desk.choose('li', '802746');
    const guesses = await Promise.all(Array.from({ length: 8 }, (_, at) => desk.prove('li', `00000${at}`)));
    expect(guesses.map(({ kind }) => kind)).toEqual([...Array(4).fill('wrong'), ...Array(4).fill('locked')]);
    expect((await Promise.all(Array.from({ length: 10 }, () => desk.prove('li', '1')))).at(-1)).toEqual({
      kind: 'busy',
    });
  });

  it('a name that nobody has is treated as one that somebody has', async () => {
    await add('li');
    await desk.choose('li', '802746');
    const answers = async (name: string) => {
      const said: unknown[] = [];
      for (let at = 0; at < 6; at += 1) said.push(await desk.prove(name, '111'));
      return said;
    };
    expect(await answers('nobody')).toEqual(await answers('li'));
    expect(lockedOut).toEqual(['li']);
  });

  it('takes as long to refuse a name that nobody has', async () => {
    await add('li');
    await desk.choose('li', '802746');
    const took = async (name: string) => {
      const began = performance.now();
      await desk.prove(name, '111');
      return performance.now() - began;
    };
    await took('li');
    const [known, unknown] = [await took('li'), await took('nobody')];
    expect(unknown).toBeGreaterThan(known / 4);
    expect(known).toBeGreaterThan(unknown / 4);
  });

  it('[003-10] a PIN of half a year is good for a new one only', async () => {
    await add('li');
    await desk.choose('li', '802746');
    now += 181 * DAY;
    expect(await desk.prove('li', '802746')).toMatchObject({ kind: 'must-choose' });
    await desk.choose('li', '914053');
    expect(await desk.prove('li', '914053')).toMatchObject({ kind: 'known' });
  });

  it('somebody who was disabled is nobody', async () => {
    const code = await add('li');
    await desk.choose('li', '802746');
    await changePerson(file, 'li', (record) => ({ ...record, disabled: true }));
    expect(desk.people()).toEqual([]);
    expect(await desk.prove('li', '802746')).toMatchObject({ kind: 'wrong' });
    expect(await desk.redeem(code)).toMatchObject({ kind: 'wrong' });
  });

  it('a list that others may read, or that somebody spoilt, names nobody', async () => {
    await add('li');
    await desk.choose('li', '802746');
    chmodSync(file, 0o644);
    expect(desk.people()).toEqual([]);
    expect(() => listPeople(file)).toThrow(PeopleTrouble);
    expect(lines).toContain('the list of people cannot be believed: nobody can sign in');
    chmodSync(file, 0o600);
    expect(desk.people()).toHaveLength(1);
  });

  it('two programs that change the list at once both get their way', async () => {
    await Promise.all(['a', 'b', 'c', 'd'].map((id) => add(id)));
    expect(
      listPeople(file)
        .map(({ personId }) => personId)
        .sort(),
    ).toEqual(['a', 'b', 'c', 'd']);
  });
});
