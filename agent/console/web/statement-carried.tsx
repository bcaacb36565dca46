import { useState } from 'preact/hooks';
import { ask } from './agent.ts';
import { yuan } from './amount.ts';
import { Dialog } from './dialog.tsx';
import { ToneIcon } from './icons.tsx';
import { say } from './language.ts';
import { me } from './people.ts';
import { bothS, endWords, s } from './statement-words.ts';
import { CHANNEL_NAMES } from './steps.ts';
import { tell, tellProblem, tellUnsent } from './told.ts';
import type { CarriedOver } from './types.ts';

interface ListProps {
  readonly carried: readonly CarriedOver[];
  readonly onCleared: () => Promise<void>;
}

/** What was ended lately, and still says how. */
const MOST_ENDED = 8;

/** What waits for the statement of another day, and what became of what has waited. */
export function CarriedList({ carried, onCleared }: ListProps) {
  const open = carried.filter(({ end }) => end === undefined);
  const ended = carried.filter(({ end, lookedIn }) => end !== undefined && lookedIn.length > 0);
  return (
    <section aria-labelledby="carried-title">
      <h2 id="carried-title">{s('carried')}</h2>
      <p class="note">{s('carriedNote')}</p>
      {open.length === 0 && <p>{s('noneCarried')}</p>}
      {open.length > 0 && (
        <ul class="findings">
          {open.map((one) => (
            <Waiting one={one} onCleared={onCleared} key={one.key} />
          ))}
        </ul>
      )}
      {ended.length > 0 && <Ended ended={ended} />}
    </section>
  );
}

function Waiting({ one, onCleared }: { readonly one: CarriedOver; readonly onCleared: ListProps['onCleared'] }) {
  const [isAsking, setAsking] = useState(false);
  const { of, amountFen, timeLocal, orderId, ageDays, lookedIn, overdue, wanted } = one;
  const mayClear = me.value?.scopes.includes('resolve') === true;
  return (
    <li data-tone={overdue ? 'bad' : 'calm'}>
      <p class="finding-head">
        <ToneIcon tone={overdue ? 'bad' : 'wait'} />
        <strong>
          {say(CHANNEL_NAMES[of])} ¥{yuan(amountFen)}
        </strong>
        <span>{timeLocal}</span>
        <span>{ageDays === 0 ? s('ageToday') : s('age', ageDays)}</span>
      </p>
      {overdue && <p>{s('overdue')}</p>}
      {wanted !== undefined && <p>{s('wanted', wanted)}</p>}
      <p class="note">
        {orderId !== undefined && (
          <>
            {s('order')} <a href={`/records/${encodeURIComponent(orderId)}`}>{orderId}</a> ·{' '}
          </>
        )}
        {s('lookedIn', lookedIn.join('、'))}
      </p>
      {mayClear && (
        <button type="button" class="secondary outline" onClick={() => setAsking(true)}>
          {s('clear')}
        </button>
      )}
      {isAsking && <ClearDialog one={one} onClose={() => setAsking(false)} onCleared={onCleared} />}
    </li>
  );
}

interface ClearProps {
  readonly one: CarriedOver;
  readonly onClose: () => void;
  readonly onCleared: ListProps['onCleared'];
}

function ClearDialog({ one, onClose, onCleared }: ClearProps) {
  const [note, setNote] = useState('');
  const send = async () => {
    const answer = await ask('/v1/reconciliations/cleared', { body: { key: one.key, note: note.trim() } });
    if (answer.kind === 'no') return tellProblem(answer.problem);
    if (answer.kind === 'lost') return tellUnsent();
    tell('good', bothS('cleared'));
    onClose();
    await onCleared();
  };
  return (
    <Dialog title={s('clearTitle')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (note.trim() !== '') void send();
        }}
      >
        <p>
          ¥{yuan(one.amountFen)} · {one.timeLocal} · {one.orderId ?? one.key}
        </p>
        <p class="note">{s('clearNote')}</p>
        <label>
          {s('clearLabel')}
          <textarea
            rows={3}
            maxLength={200}
            required
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
        </label>
        <footer>
          <button type="submit">{s('clear')}</button>
        </footer>
      </form>
    </Dialog>
  );
}

function Ended({ ended }: { readonly ended: readonly CarriedOver[] }) {
  const newest = [...ended].sort((a, b) => (b.end?.at ?? 0) - (a.end?.at ?? 0)).slice(0, MOST_ENDED);
  return (
    <>
      <h3>{s('ended')}</h3>
      <ul class="ended">
        {newest.map((one) => (
          <li key={one.key}>
            {say(CHANNEL_NAMES[one.of])} ¥{yuan(one.amountFen)} · {one.timeLocal} · {endWords(one)}
          </li>
        ))}
      </ul>
    </>
  );
}
