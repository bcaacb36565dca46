import { InvalidArgumentError } from 'commander';
import type { Advice } from '../errors.ts';

export type Language = keyof Advice;

/** `--lang zh|en`; without it the language of the terminal. */
export function languageOption(given: string): Language {
  if (given !== 'zh' && given !== 'en') throw new InvalidArgumentError('zh or en');
  return given;
}

export function languageOf(env: NodeJS.ProcessEnv): Language {
  const wish = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return /^zh/i.test(wish) ? 'zh' : 'en';
}
