import type { Advice } from '../errors.ts';
import type { Site } from './site.ts';

export type CheckStatus = 'ok' | 'warn' | 'fail' | 'not-run';

/** What one check says. Cause and remedy are always there: of what is well, the fact, and that nothing is to be done. */
export interface Finding {
  readonly status: CheckStatus;
  readonly cause: Advice;
  readonly remedy: Advice;
}

/** One thing that is looked at. `code` is stable: scripts, the field guide and the support desk know it. */
export interface Check {
  readonly code: string;
  readonly title: Advice;
  examine(site: Site): Promise<Finding>;
}

/** Nothing could be found out, and that is nobody's fault. */
export class NotRun {
  readonly cause: Advice;
  readonly remedy: Advice;

  constructor(cause: Advice, remedy: Advice) {
    this.cause = cause;
    this.remedy = remedy;
  }
}

interface Row<Facts> {
  readonly code: string;
  readonly title: Advice;
  /** looks at the world; opens nothing that somebody else holds */
  readonly probe: (site: Site) => Facts | NotRun | Promise<Facts | NotRun>;
  /** pure: what the facts mean, and what to do now */
  readonly judge: (facts: Facts) => Finding;
}

/** A check whose judgement knows nothing of the world, and whose probe judges nothing. */
export function check<Facts>({ code, title, probe, judge }: Row<Facts>): Check {
  return {
    code,
    title,
    async examine(site) {
      const facts = await probe(site);
      return facts instanceof NotRun ? { status: 'not-run', cause: facts.cause, remedy: facts.remedy } : judge(facts);
    },
  };
}

const NOTHING: Advice = { zh: '无需处理', en: 'nothing to do' };

export function well(zh: string, en: string): Finding {
  return { status: 'ok', cause: { zh, en }, remedy: NOTHING };
}

export function warn(cause: Advice, remedy: Advice): Finding {
  return { status: 'warn', cause, remedy };
}

export function fail(cause: Advice, remedy: Advice): Finding {
  return { status: 'fail', cause, remedy };
}

export const NO_CONFIGURATION = new NotRun(
  { zh: '没有配置文件', en: 'there is no configuration' },
  {
    zh: '用 --config 指定配置文件后再运行一次',
    en: 'run it again with --config FILE',
  },
);

export const NOT_LINUX = new NotRun(
  { zh: '只在 Linux 上检查', en: 'this is looked at on Linux only' },
  { zh: '无需处理', en: 'nothing to do' },
);
