import type { Advice } from '../errors.ts';
import type { DiagnosisSlip } from '../slips/till-slips.ts';
import type { CheckStatus } from './check.ts';
import { type Examined, isGood } from './examination.ts';

/** What `tillwire doctor --json` prints: commands.md. */
export interface Report {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly code: string;
    readonly title: string;
    readonly status: CheckStatus;
    readonly cause: string;
    readonly remedy: string;
  }[];
}

export function reportOf(all: readonly Examined[], language: keyof Advice, warningsAreErrors: boolean): Report {
  return {
    ok: isGood(all, warningsAreErrors),
    checks: all.map(({ code, title, status, cause, remedy }) => ({
      code,
      title: title[language],
      status,
      cause: cause[language],
      remedy: remedy[language],
    })),
  };
}

/** What colours say beside the words; plain where nobody sits. */
export interface Paint {
  green(text: string): string;
  yellow(text: string): string;
  red(text: string): string;
  dim(text: string): string;
}

export const PLAIN: Paint = { green: same, yellow: same, red: same, dim: same };

function same(text: string): string {
  return text;
}

const MARKS = { ok: '✓', warn: '!', fail: '✗', 'not-run': '-' } as const satisfies Record<CheckStatus, string>;
const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red', 'not-run': 'dim' } as const satisfies Record<
  CheckStatus,
  keyof Paint
>;

/** One line for what is well; three for what a person must see to. */
export function checkLines(
  { code, title, status, cause, remedy }: Report['checks'][number],
  paint: Paint,
  language: keyof Advice,
): string[] {
  const head = `${paint[COLOURS[status]](MARKS[status])} ${title}: ${cause}`;
  if (status === 'ok' || status === 'not-run') return [status === 'ok' ? head : paint.dim(head)];
  const [why, what] = language === 'zh' ? ['处理', '代码'] : ['do', 'code'];
  return [
    head,
    `    ${why}: ${remedy}`,
    paint.dim(`    ${what}: ${code} (docs/field-guide${language === 'zh' ? '.zh-CN' : ''}.md#${code.toLowerCase()})`),
  ];
}

export function verdictLine({ ok, checks }: Report, paint: Paint, language: keyof Advice): string {
  const of = (status: CheckStatus) => checks.filter((one) => one.status === status).length;
  const words =
    language === 'zh'
      ? `${ok ? '可以营业' : '有故障，请处理'}：${of('ok')} 正常，${of('warn')} 注意，${of('fail')} 故障，${of('not-run')} 未检查`
      : `${ok ? 'ready to sell' : 'faults found'}: ${of('ok')} ok, ${of('warn')} to look at, ${of('fail')} at fault, ${of('not-run')} not run`;
  return paint[ok ? 'green' : 'red'](words);
}

/** The same for the receipt printer. */
export function diagnosisOf(
  { checks }: Report,
  till: Pick<DiagnosisSlip, 'merchantName' | 'till' | 'version' | 'time'>,
  language: keyof Advice,
): DiagnosisSlip {
  return {
    ...till,
    checks: checks.map(({ title, status, remedy }) => ({ title, status, remedy })),
    locale: language === 'zh' ? 'zh-CN' : 'en',
  };
}
