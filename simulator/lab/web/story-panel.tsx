import { act, refusal, stories } from './lab.ts';
import { say, t } from './language.ts';
import type { Sections } from './types.ts';

type StorySection = Sections['story'];

/** What was done, to be kept and played again; and the stories that come with the simulator. */
export function StoryPanel({ story }: { readonly story: StorySection }) {
  const isBusy = story.playing !== null;
  return (
    <div class="stories">
      <p class="note">{t('storyHint')}</p>
      <p class="note">{t('storyDeeds', story.deeds)}</p>
      <div class="row">
        {story.deeds > 0 && (
          <a class="link-button" href="/v1/scenario/file" download>
            {t('storySave')}
          </a>
        )}
        <button type="button" class="quiet" disabled={isBusy || story.deeds === 0} onClick={() => void again()}>
          {t('storyAgain')}
        </button>
        <button type="button" class="quiet" onClick={() => void act('/v1/story/begin', {})}>
          {t('storyBegin')}
        </button>
      </div>
      <label class="story-file">
        <span>{t('storyOpen')}</span>
        <input
          type="file"
          accept="application/json,.json"
          disabled={isBusy}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) void playFile(file);
            event.currentTarget.value = '';
          }}
        />
      </label>
      <Outcome story={story} />
      <h3>{t('storyCatalogue')}</h3>
      <div class="fault-list">
        {stories.value.map(({ name, title }) => (
          <button
            key={name}
            type="button"
            class="quiet"
            disabled={isBusy}
            onClick={() => void act('/v1/story/play', { name })}
          >
            {say(title)}
          </button>
        ))}
      </div>
    </div>
  );
}

function Outcome({ story: { playing, last } }: { readonly story: StorySection }) {
  if (playing !== null)
    return (
      <p class="outcome" data-tone="wait" role="status">
        {t('storyPlaying', playing)}
      </p>
    );
  if (!last) return null;
  return (
    <div class="outcome" data-tone={last.ok ? 'good' : 'bad'} role="status">
      {t(last.ok ? 'storyOk' : 'storyWrong', last.name)}
      {last.wrong.map((line) => (
        <p key={line} class="note">
          {line}
        </p>
      ))}
    </div>
  );
}

async function again(): Promise<void> {
  const response = await fetch('/v1/scenario', { credentials: 'omit' });
  if (response.ok) await play((await response.json()) as { readonly scenario: unknown });
}

async function playFile(file: File): Promise<void> {
  try {
    await play({ scenario: JSON.parse(await file.text()) as unknown });
  } catch {
    refusal.value = { zh: '这个文件不是 JSON', en: 'this file is no JSON' };
  }
}

async function play({ scenario }: { readonly scenario: unknown }): Promise<void> {
  await act('/v1/story/play', { scenario });
}
