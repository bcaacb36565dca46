import { CATEGORIES } from '../../agent/payment/categories.ts';
import type { CodeOp } from '../../agent/payment/channel-codes.ts';
import { meaningOf } from '../../agent/payment/outcome.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, unknownCase, unknownSections } from './json.ts';

interface CodeEntry {
  readonly channel: string;
  readonly op: CodeOp;
  readonly code: string;
}

interface File {
  readonly categories?: Record<string, unknown>;
  readonly nextSteps?: Record<string, unknown>;
  readonly codes?: readonly (CodeEntry & { category: string; effect: string })[];
  readonly cases?: readonly (CodeEntry & { des?: string; expect: string })[];
}

const SECTIONS = ['note', 'nextSteps', 'categories', 'codes', 'cases'];
const CODE_WORDS = ['channel', 'op', 'code', 'category', 'effect', 'evidence', 'note'];
const CASE_WORDS = ['channel', 'op', 'code', 'des', 'expect', 'note'];
const OPS: readonly unknown[] = ['pay', 'query', 'reverse', 'refund'] satisfies CodeOp[];

const ours: Readonly<Record<string, unknown>> = CATEGORIES;

/** What the clerk's categories ask for next. */
const NEXT_STEPS = new Map<string, string>(Object.values(CATEGORIES).map(({ next }) => [next, next]));

/** Every word of the entry is one that is compared or known as prose, and it asks about an operation there is. */
function isSaid(entry: unknown, words: readonly string[]): boolean {
  return isObject(entry) && OPS.includes(entry['op']) && Object.keys(entry).every((word) => words.includes(word));
}

/** error-codes.json: the clerk's categories word for word, every channel code's meaning, and the odd cases. */
export const errorCodes: Checker = {
  title: 'channel codes and clerk categories',
  recognises: (_name, content) =>
    typeof content === 'object' &&
    content !== null &&
    (('categories' in content && 'codes' in content) || isCaseList(content)),
  check(content) {
    const file = content as File;
    const categories = Object.entries(file.categories ?? {}).map(
      ([name, expected]): CaseResult => ({ name: `category ${name}`, expected, actual: ours[name] }),
    );
    const steps = Object.keys(file.nextSteps ?? {}).map(
      (step): CaseResult => ({ name: `next step ${step}`, expected: step, actual: NEXT_STEPS.get(step) ?? 'unknown' }),
    );
    const codes = (file.codes ?? []).map((entry, at): CaseResult => {
      const { channel, op, code, category, effect } = entry;
      if (!isSaid(entry, CODE_WORDS)) return unknownCase(`codes[${at}]`, CODE_WORDS.join(', '), entry);
      const meaning = meaningOf(channel, op, code);
      return {
        name: `${channel} ${op} ${code}`,
        expected: { category, effect },
        actual: { category: meaning.category, effect: meaning.effect },
      };
    });
    const cases = (file.cases ?? []).map((entry, at): CaseResult => {
      const { channel, op, code, des, expect } = entry;
      if (!isSaid(entry, CASE_WORDS)) return unknownCase(`cases[${at}]`, CASE_WORDS.join(', '), entry);
      const name = `case ${channel} ${op} ${code}${des ? ` ${des}` : ''}`;
      return { name, expected: expect, actual: meaningOf(channel, op, code, des).category };
    });
    return { cases: [...steps, ...categories, ...codes, ...cases, ...unknownSections(content, SECTIONS)], stories: 0 };
  },
};

function isCaseList(content: object): boolean {
  if (!('cases' in content) || !Array.isArray(content.cases)) return false;
  const [first] = content.cases as readonly unknown[];
  return typeof first === 'object' && first !== null && 'op' in first && 'expect' in first;
}
