import { CATEGORIES } from '../../agent/payment/categories.ts';
import type { CodeOp } from '../../agent/payment/channel-codes.ts';
import { meaningOf } from '../../agent/payment/outcome.ts';
import type { CaseResult, Checker } from './checker.ts';

interface File {
  readonly categories?: Record<string, unknown>;
  readonly codes?: readonly { channel: string; op: CodeOp; code: string; category: string; effect: string }[];
  readonly cases?: readonly { channel: string; op: CodeOp; code: string; des?: string; expect: string }[];
}

const ours: Readonly<Record<string, unknown>> = CATEGORIES;

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
    const codes = (file.codes ?? []).map(({ channel, op, code, category, effect }): CaseResult => {
      const meaning = meaningOf(channel, op, code);
      return {
        name: `${channel} ${op} ${code}`,
        expected: { category, effect },
        actual: { category: meaning.category, effect: meaning.effect },
      };
    });
    const cases = (file.cases ?? []).map(
      ({ channel, op, code, des, expect }): CaseResult => ({
        name: `case ${channel} ${op} ${code}${des ? ` ${des}` : ''}`,
        expected: expect,
        actual: meaningOf(channel, op, code, des).category,
      }),
    );
    return { cases: [...categories, ...codes, ...cases], stories: 0 };
  },
};

function isCaseList(content: object): boolean {
  if (!('cases' in content) || !Array.isArray(content.cases)) return false;
  const [first] = content.cases as readonly unknown[];
  return typeof first === 'object' && first !== null && 'op' in first && 'expect' in first;
}
