import { Icon } from './icons.tsx';
import { say, t } from './language.ts';
import type { Welcome } from './types.ts';

/** The program runs and nobody has set it up: what to do, step by step, and whom to call. */
export function FirstRun({ welcome: { setup, contact, version } }: { readonly welcome: Welcome }) {
  return (
    <section class="first-run" aria-labelledby="first-title">
      <header>
        <Icon name="terminal" />
        <h1 id="first-title">{t('firstTitle')}</h1>
        <p class="sentence">{t('firstLead')}</p>
      </header>
      <h2>{t('firstNext')}</h2>
      <ol>
        {(setup?.steps ?? []).map(({ title, text, command }) => (
          <li key={title.en}>
            <strong>{say(title)}</strong>
            <p>{say(text)}</p>
            {command !== undefined && <code>{command}</code>}
          </li>
        ))}
      </ol>
      <p class="note">
        {contact && `${t('blockPhone')} ${contact.phone} · `}Tillwire {version}
      </p>
    </section>
  );
}
