import { useEffect, useState } from 'preact/hooks';
import { ask } from './agent.ts';
import { Icon } from './icons.tsx';
import { CarriedList } from './statement-carried.tsx';
import { StatementDays } from './statement-days.tsx';
import { type Chosen, StatementResult } from './statement-result.tsx';
import { uploaded } from './statement-upload.ts';
import { s } from './statement-words.ts';
import type { Reconciliations } from './types.ts';
import './statement.css';
import { tellProblem, tellUnsent } from './told.ts';

// The channels' statements against the till, for whoever owns the shop: choose a file, see what agrees, what does not, and what to
// do. Fetched when somebody comes here.

/** More than a shop has channels and missed days. */
const MOST_FILES = 12;

export function StatementScreen() {
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const [reading, setReading] = useState<string | undefined>(undefined);
  /** chosen, and not read: more at once than a screen has room for */
  const [unread, setUnread] = useState(0);
  const [known, setKnown] = useState<Reconciliations | undefined>(undefined);
  const look = async () => {
    const answer = await ask<Reconciliations>('/v1/reconciliations');
    if (answer.kind === 'ok') setKnown(answer.body);
    else if (answer.kind === 'no') tellProblem(answer.problem);
    else tellUnsent();
  };
  useEffect(() => void look(), []);
  const choose = async (files: readonly File[]) => {
    setUnread(Math.max(0, files.length - MOST_FILES));
    for (const file of files.slice(0, MOST_FILES)) {
      setReading(file.name);
      const one = await uploaded(file);
      setChosen((before) => [one, ...before.filter(({ name }) => name !== one.name)]);
    }
    setReading(undefined);
    await look();
  };
  return (
    <section class="statements" aria-labelledby="statements-title">
      <nav>
        <a class="back" href="/report">
          <Icon name="back" />
          {s('toReport')}
        </a>
      </nav>
      <h1 id="statements-title">{s('title')}</h1>
      <p class="note">{s('intro')}</p>
      <FileChoice isBusy={reading !== undefined} onChoose={choose} />
      <p role="status" class="note">
        {reading !== undefined && s('reading', reading)}
      </p>
      {unread > 0 && <p role="alert">{s('unread', MOST_FILES, unread)}</p>}
      {chosen.map((one) => (
        <StatementResult chosen={one} key={one.name} />
      ))}
      {known && <CarriedList carried={known.carried} onCleared={look} />}
      {known && <StatementDays days={known.days} />}
    </section>
  );
}

interface ChoiceProps {
  readonly isBusy: boolean;
  readonly onChoose: (files: readonly File[]) => Promise<void>;
}

/** The browser's own button speaks the browser's language: the label is the button, and files may be dropped on it. */
function FileChoice({ isBusy, onChoose }: ChoiceProps) {
  return (
    <label class="file-choice">
      <span class="file-button" aria-busy={isBusy}>
        {s('choose')}
      </span>
      <small>{s('chooseNote')}</small>
      <input
        type="file"
        multiple
        disabled={isBusy}
        onChange={(event) => {
          const input = event.currentTarget;
          // the same file may be chosen again
          void onChoose([...(input.files ?? [])]).finally(() => {
            input.value = '';
          });
        }}
      />
    </label>
  );
}
