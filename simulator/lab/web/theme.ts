import { computed, effect, signal } from '@preact/signals';

const KEPT = 'tillwire.lab.theme';
const wish = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(wish.matches);
wish.addEventListener('change', ({ matches }) => {
  systemIsDark.value = matches;
});

/** What somebody chose on this PC; otherwise what the system wants. */
const chosen = signal(localStorage.getItem(KEPT));

export const isDark = computed(() => (chosen.value === null ? systemIsDark.value : chosen.value === 'dark'));

export function setDark(dark: boolean): void {
  chosen.value = dark ? 'dark' : 'light';
  localStorage.setItem(KEPT, chosen.value);
}

effect(() => {
  document.documentElement.dataset['theme'] = isDark.value ? 'dark' : 'light';
});
