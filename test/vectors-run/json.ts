import type { CaseResult } from './checker.ts';

// Vector files come from outside: nothing about their shape is believed before it was looked at.

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectIn(value: unknown, key: string): JsonObject {
  const member = isObject(value) ? value[key] : undefined;
  return isObject(member) ? member : {};
}

export function listIn(value: unknown, key: string): readonly unknown[] {
  const member = isObject(value) ? value[key] : undefined;
  return Array.isArray(member) ? member : [];
}

/** The members that are compared; the others are prose. */
export function without(section: JsonObject, prose: string): JsonObject {
  return Object.fromEntries(Object.entries(section).filter(([key]) => key !== prose));
}

/** Whether any entry of the list `key` has all of `members`. */
export function hasEntriesWith(content: unknown, key: string, members: readonly string[]): boolean {
  return listIn(content, key).some((entry) => isObject(entry) && members.every((member) => member in entry));
}

/** A case that cannot be run is a failed case: `expected` says what the format asks for. */
export function unknownCase(name: string, expected: string, entry: unknown): CaseResult {
  return {
    name,
    expected,
    actual: isObject(entry) ? `members ${Object.keys(entry).join(', ')}` : JSON.stringify(entry),
  };
}

/** One failed case for each section of the file that the checker has never heard of. */
export function unknownSections(content: unknown, known: readonly string[]): CaseResult[] {
  if (!isObject(content)) return [];
  return Object.keys(content)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      name: key,
      expected: `one of the sections ${known.join(', ')}`,
      actual: `an unknown section ${key}`,
    }));
}

/** `id` where the case has one, else section and position. */
export function caseName(entry: unknown, section: string, at: number): string {
  const id = isObject(entry) ? entry['id'] : undefined;
  return typeof id === 'string' ? id : `${section}[${at}]`;
}
