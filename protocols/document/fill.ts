import { type DataValue, type DocumentData, LIMITS } from './document.ts';

/** A name, or names joined by dots. */
export const PATH = /^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*){0,7}$/;

export type DocumentErrorCode =
  /** `{{` without a path and `}}` */
  | 'bad-placeholder'
  /** the data has nothing at this path */
  | 'missing-value'
  /** the value is a group, a list, or a number that is not whole */
  | 'not-a-text'
  | 'not-a-list'
  | 'too-long'
  | 'no-image';

/** The document and its data do not go together: which block, and why. */
export class DocumentError extends Error {
  readonly code: DocumentErrorCode;

  constructor(code: DocumentErrorCode, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'DocumentError';
    this.code = code;
  }
}

/** A text cut at its placeholders: plain pieces and paths in turn. */
interface Cut {
  readonly plain: readonly string[];
  readonly paths: readonly (readonly string[])[];
}

/** Templates come by again and again; what was cut once is kept. */
const cuts = new Map<string, Cut>();
const MOST_CUTS = 2048;

function cutOf(text: string): Cut {
  const known = cuts.get(text);
  if (known) return known;
  const cut = cutAtPlaceholders(text);
  if (cuts.size >= MOST_CUTS) cuts.clear();
  cuts.set(text, cut);
  return cut;
}

function cutAtPlaceholders(text: string): Cut {
  const plain: string[] = [];
  const paths: string[][] = [];
  let at = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', at)) {
    const close = text.indexOf('}}', open);
    const path = close < 0 ? '' : text.slice(open + 2, close);
    if (!PATH.test(path)) throw new DocumentError('bad-placeholder', `"${text.slice(open, open + 40)}"`);
    plain.push(text.slice(at, open));
    paths.push(path.split('.'));
    at = close + 2;
  }
  plain.push(text.slice(at));
  return { plain, paths };
}

/**
 * The text with every `{{path}}` replaced by the value at that path of the data. What comes out of the data is never looked at
 * again, so a value that contains `{{` is printed as it is. No path means an error, never an empty place on a slip.
 */
export function fillText(text: string, data: DocumentData): string {
  const { plain, paths } = cutOf(text);
  let filled = plain[0] ?? '';
  for (let k = 0; k < paths.length; k++) {
    const names = paths[k] ?? [];
    filled += asText(valueOf(data, names), names) + (plain[k + 1] ?? '');
  }
  if (filled.length > LIMITS.text) throw new DocumentError('too-long', `${filled.length} characters`);
  return filled;
}

/** Own values only: `{{constructor}}` is missing like any other name nobody gave. */
function valueOf(data: DocumentData, names: readonly string[]): DataValue | undefined {
  let value: DataValue | undefined = data;
  for (const name of names) {
    if (!isGroup(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

const whole = new Map<string, readonly string[]>();

function valueAt(data: DocumentData, path: string): DataValue | undefined {
  let names = whole.get(path);
  if (!names) {
    names = path.split('.');
    if (whole.size >= MOST_CUTS) whole.clear();
    whole.set(path, names);
  }
  return valueOf(data, names);
}

/** Whether `when` lets its block be printed. */
export function holds(data: DocumentData, path: string): boolean {
  const value = valueAt(data, path);
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** The rows of a table. */
export function listAt(data: DocumentData, path: string): readonly DocumentData[] {
  const value = valueAt(data, path);
  if (value === undefined) throw new DocumentError('missing-value', path);
  if (!Array.isArray(value)) throw new DocumentError('not-a-list', path);
  if (value.length > LIMITS.rows) throw new DocumentError('too-long', `${path}: ${value.length} rows`);
  return value;
}

function asText(value: DataValue | undefined, names: readonly string[]): string {
  if (typeof value === 'string') return value;
  if (value === undefined) throw new DocumentError('missing-value', names.join('.'));
  // money and counts are whole numbers; a fraction would print as 0.30000000000000004
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw new DocumentError('not-a-text', names.join('.'));
}

function isGroup(value: DataValue | undefined): value is DocumentData {
  return typeof value === 'object' && !Array.isArray(value);
}
