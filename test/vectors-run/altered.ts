import { isObject } from './json.ts';

export type Path = readonly (string | number)[];

/** Where in this JSON something stands that is no list and no object. */
export function leaves(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown, at) => leaves(item, [...path, at]));
  if (isObject(value)) return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
  return [path];
}

/** The same with another value there: the last letter or digit is another one, a number is one more. */
export function altered(value: unknown, [step, ...rest]: Path): unknown {
  if (Array.isArray(value)) return value.map((item: unknown, at) => (at === step ? altered(item, rest) : item));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, key === step ? altered(item, rest) : item]),
    );
  if (typeof value === 'string') return value === '' ? '~' : `${value.slice(0, -1)}${value.endsWith('7') ? '8' : '7'}`;
  if (typeof value === 'number') return value + 1;
  return value === null ? 1 : !value;
}
