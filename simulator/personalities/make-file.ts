import { readFileSync } from 'node:fs';
import { z } from 'zod';

// What the files of all makes have in common: each names a known make that it is like, says where it differs, and is refused
// with its reason when it says anything else.

/** A personality file that cannot be used: why, in one line. */
export class PersonalityError extends Error {}

export const MakeName = z.string().regex(/^[a-z][a-z0-9-]{1,39}$/);
export const MakeTitle = z.string().min(1).max(80);

/** The names of a table, for a schema. */
export function namesOf<T extends string>(table: Readonly<Record<T, unknown>>): [T, ...T[]] {
  return Object.keys(table) as [T, ...T[]];
}

/** What was left out of a file is not there; it does not hide what the known one has. */
export function defined<T extends object>(fields: { readonly [K in keyof T]?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** The one in a file `*.json`, or the known one of a name; `undefined`: nobody knows it. Throws {@link PersonalityError}. */
export function makeFrom<Read, Make>(
  nameOrFile: string,
  {
    schema,
    like,
    named,
  }: { schema: z.ZodType<Read>; like: (file: Read) => Make; named: (name: string) => Make | undefined },
): Make | undefined {
  if (!nameOrFile.endsWith('.json')) return named(nameOrFile);
  try {
    return like(schema.parse(JSON.parse(readFileSync(nameOrFile, 'utf8'))));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : String(error);
    throw new PersonalityError(`${nameOrFile}: ${why}`);
  }
}
