import { happenings } from './lab.ts';
import { say, t } from './language.ts';
import { clockTime } from './times.ts';

/** What happened, the newest on top. */
export function TimeLine() {
  const shown = happenings.value.slice(-SHOWN).reverse();
  if (shown.length === 0) return <p class="note nothing">{t('storyEmpty')}</p>;
  return (
    <ol class="time-line">
      {shown.map(({ n, at, tone, who, words }) => (
        <li key={n} data-tone={tone} data-who={who}>
          <time>{clockTime(at)}</time>
          <span>{say(words)}</span>
        </li>
      ))}
    </ol>
  );
}

const SHOWN = 200;
