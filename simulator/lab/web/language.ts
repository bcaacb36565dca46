import { effect, signal } from '@preact/signals';
import type { Words } from './types.ts';
import { WORDS, type Word } from './words.ts';

const KEPT = 'tillwire.lab.language';

/** Chinese first; the choice stays on this PC. */
export const language = signal<keyof Words>(localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh');

effect(() => {
  localStorage.setItem(KEPT, language.value);
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
  document.title = `${t('title')} · Tillwire`;
});

export function say(words: Words): string {
  return words[language.value];
}

/** A word of the page's own; `{0}`, `{1}` in it are filled in. */
export function t(name: Word, ...values: readonly (string | number)[]): string {
  const [zh, en] = WORDS[name];
  const text = language.value === 'zh' ? zh : en;
  return text.replace(/\{(\d)\}/g, (_, n: string) => String(values[Number(n)] ?? ''));
}
