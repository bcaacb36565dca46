import { randomBytes, scrypt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { open, SEAL_NONCE_BYTES, seal } from '../signatures/sealed.ts';
import { changePeople, listPeople, PeopleTrouble, type PersonRecord, peopleFile } from './people-file.ts';

// The people of a till in a backup, under a passphrase: what is kept of a PIN is slow to try, but a PIN has six digits, and a
// USB stick gets lost.

const FILE = 'people.sealed';
/** 128 MiB and about a second for each guess: nobody waits for it but who has the passphrase. */
const COST = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };
const KEY_BYTES = 32;
const SHORTEST_PASSPHRASE = 12;

const Sealed = z.strictObject({ v: z.literal(1), salt: z.base64().max(64), sealed: z.base64().max(1_000_000) });

export function checkPassphrase(passphrase: string): void {
  if (passphrase.length >= SHORTEST_PASSPHRASE) return;
  throw new PeopleTrouble(`the passphrase has at least ${SHORTEST_PASSPHRASE} characters`);
}

/** How many people the copy holds. */
export async function copyPeople(dataDir: string, folder: string, passphrase: string): Promise<number> {
  const people = listPeople(peopleFile(dataDir));
  const salt = randomBytes(16);
  const key = await keyOf(passphrase, salt);
  const sealed = seal(Buffer.from(JSON.stringify(people.map(withoutCode))), FILE, key, randomBytes(SEAL_NONCE_BYTES));
  const copy = { v: 1, salt: salt.toString('base64'), sealed: Buffer.from(sealed).toString('base64') };
  await writeFile(join(folder, FILE), `${JSON.stringify(copy)}\n`, { mode: 0o600, flush: true });
  return people.length;
}

/** The people of a copy, for a place where there are none. Throws {@link PeopleTrouble} before anything is changed. */
export async function openPeople(
  folder: string,
  dataDir: string,
  passphrase: string,
): Promise<readonly PersonRecord[]> {
  const file = join(folder, FILE);
  if (!existsSync(file)) throw new PeopleTrouble('the copy holds no people: it was taken without --people');
  if (listPeople(peopleFile(dataDir)).length > 0)
    throw new PeopleTrouble('there are people here already: a restore never overwrites them');
  const copy = Sealed.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!copy.success) throw new PeopleTrouble(`${file} is no copy of people`);
  const key = await keyOf(passphrase, Buffer.from(copy.data.salt, 'base64'));
  const content = open(Buffer.from(copy.data.sealed, 'base64'), FILE, key);
  if (!content) throw new PeopleTrouble('the passphrase is not the one it was sealed with, or the copy was changed');
  // what the seal lets through was written by copyPeople; the list is checked once more when it is written
  return JSON.parse(Buffer.from(content).toString('utf8')) as readonly PersonRecord[];
}

export function putPeople(dataDir: string, people: readonly PersonRecord[]): Promise<number> {
  return changePeople(peopleFile(dataDir), () => ({ people, answer: people.length }));
}

/** A one-time code lives for minutes: it is not for another PC. */
function withoutCode({ code: _code, ...person }: PersonRecord): PersonRecord {
  return person;
}

function keyOf(passphrase: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, KEY_BYTES, COST, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
