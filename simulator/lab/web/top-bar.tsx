import icon from './icon.svg';
import { Icon } from './icons.tsx';
import { language, t } from './language.ts';
import { isDark, setDark } from './theme.ts';
import type { Sections } from './types.ts';
import type { Word } from './words.ts';

const STATES: Readonly<Record<Sections['till']['state'], readonly [word: Word, light: string]>> = {
  never: ['tillNever', 'wait'],
  online: ['tillOnline', 'good'],
  offline: ['tillOffline', 'bad'],
  lost: ['tillLost', 'bad'],
};

export function TopBar({ till }: { readonly till: Sections['till'] | undefined }) {
  return (
    <header class="top-bar">
      <a class="skip" href="#counter">
        {t('skip')}
      </a>
      <h1 class="brand">
        <img src={icon} alt="" width={28} height={28} />
        <span>{t('title')}</span>
      </h1>
      {till && (
        <p class="light" data-light={STATES[till.state][1]} role="status">
          {t(STATES[till.state][0])}
        </p>
      )}
      <div class="top-end">
        {till?.page && (
          <a class="plain" href={till.page} target="_blank" rel="noreferrer">
            {t('clerkPage')} <Icon name="out" />
          </a>
        )}
        <button
          type="button"
          class="plain round"
          aria-label={t(isDark.value ? 'themeLight' : 'themeDark')}
          onClick={() => setDark(!isDark.value)}
        >
          <Icon name={isDark.value ? 'sun' : 'moon'} />
        </button>
        <button
          type="button"
          class="plain"
          lang={language.value === 'zh' ? 'en' : 'zh-CN'}
          onClick={() => {
            language.value = language.value === 'zh' ? 'en' : 'zh';
          }}
        >
          {t('language')}
        </button>
      </div>
    </header>
  );
}
