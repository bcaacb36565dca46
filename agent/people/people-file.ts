import { readFileSync, statSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { millis } from '../../protocols/backend/fields.ts';
import { DataDirBusy, lockFolder } from '../journal/lock.ts';
import { PinHash } from './pin-hash.ts';
import { ROLE_NAMES } from './roles.ts';

// The people of a till: one file of their own folder, readable by its owner alone, with hashes only. The agent and the
// technician's command both write it, one at a time.

const PERSON_ID = /^[a-z0-9][a-z0-9-]{0,23}$/;
/** A shop with three shifts, and everybody who ever worked there. */
const MOST_PEOPLE = 200;

const PersonRecord = z.strictObject({
  personId: z.string().regex(PERSON_ID, 'lower-case letters, digits and -, at most 24'),
  name: z.string().trim().min(1).max(20),
  role: z.enum(ROLE_NAMES),
  /** ISO 8601 */
  created: z.string().max(32),
  disabled: z.literal(true).optional(),
  pin: PinHash.optional(),
  /** backend time as well as it was known */
  pinSetAt: millis.optional(),
  /** one-time code: to choose a PIN, or to sign in once without it */
  code: z
    .strictObject({ hash: z.string().regex(/^[0-9a-f]{64}$/), until: millis, use: z.enum(['pin', 'sign-in']) })
    .optional(),
  lockout: z.strictObject({ failures: z.int().min(0), until: millis.optional(), lockMs: millis.optional() }).optional(),
});
export type PersonRecord = z.infer<typeof PersonRecord>;
const PeopleList = z.strictObject({ v: z.literal(1), people: z.array(PersonRecord).max(MOST_PEOPLE) });

/** Somebody who cannot be added, or a file that cannot be believed. */
export class PeopleTrouble extends Error {}

/** Where the people of a till stand. */
export function peopleFile(dataDir: string): string {
  return join(dataDir, 'people', 'people.json');
}

/** Throws {@link PeopleTrouble} when the file is there and cannot be believed. */
export function listPeople(file: string): readonly PersonRecord[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new PeopleTrouble(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (process.platform !== 'win32' && (statSync(file).mode & OTHERS) !== 0)
    throw new PeopleTrouble(`${file} can be read by others: chmod 600`);
  const parsed = PeopleList.safeParse(parseJson(text));
  if (!parsed.success) throw new PeopleTrouble(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data.people;
}

/** group and others: read, write, execute */
const OTHERS = 0o077;
/** How long a change waits for another one. */
const PATIENCE_MS = 2_000;
const PAUSE_MS = 20;

/** Changes the list; nobody else changes it meanwhile. `change` may throw {@link PeopleTrouble}: then nothing was done. */
export async function changePeople<T>(
  file: string,
  change: (people: readonly PersonRecord[]) => { readonly people: readonly PersonRecord[]; readonly answer: T },
): Promise<T> {
  const unlock = await claim(dirname(file));
  try {
    const { people, answer } = change(listPeople(file));
    const list = PeopleList.safeParse({ v: 1, people });
    if (!list.success) throw new PeopleTrouble(z.prettifyError(list.error));
    await write(file, list.data);
    return answer;
  } finally {
    unlock();
  }
}

/** One person's record changed. Throws {@link PeopleTrouble} when there is none. */
export function changePerson(
  file: string,
  personId: string,
  change: (person: PersonRecord) => PersonRecord,
): Promise<PersonRecord> {
  return changePeople(file, (people) => {
    const person = people.find((one) => one.personId === personId);
    if (!person) throw new PeopleTrouble(`nobody here is called ${personId}`);
    const changed = change(person);
    return { people: people.map((one) => (one === person ? changed : one)), answer: changed };
  });
}

async function claim(folder: string): Promise<() => void> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return lockFolder(folder);
    } catch (error) {
      if (!(error instanceof DataDirBusy) || waited >= PATIENCE_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The old list or the new one, never half of either, and never readable by anybody else. */
async function write(file: string, list: z.infer<typeof PeopleList>): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(list, undefined, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
