import { effect, signal } from '@preact/signals';
import { WORDS, type Word } from './words.ts';

/** A sentence in both languages of the counter, as the agent gives it. */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

export type Language = keyof Words;
const KEPT = 'tillwire.language';

/** Chinese first; the choice stays on this PC. */
export const language = signal<Language>(localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh');

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
  return filled(WORDS[name], values);
}

/** The same of words that came with a part of the page that is fetched later. */
export function filled([zh, en]: readonly [zh: string, en: string], values: readonly (string | number)[]): string {
  return fill(language.value === 'zh' ? zh : en, values);
}

/** Both languages of a word at once: for what is said by somebody who may read either. */
export function both(name: Word, ...values: readonly (string | number)[]): Words {
  const [zh, en] = WORDS[name];
  return { zh: fill(zh, values), en: fill(en, values) };
}

function fill(text: string, values: readonly (string | number)[]): string {
  return text.replace(/\{(\d)\}/g, (_, n: string) => String(values[Number(n)] ?? ''));
}
