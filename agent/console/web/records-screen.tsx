import { useEffect, useState } from 'preact/hooks';
import { clockTime, dateTime, dayOf, yuan } from './amount.ts';
import { ToneIcon } from './icons.tsx';
import { say, t } from './language.ts';
import { type FoundRows, PAGE, type Row, STANDING, search, type Wanted } from './record-search.ts';
import { SOUGHT_WORDS } from './record-states.ts';
import { CHANNEL_NAMES } from './steps.ts';
import { backendNow, state as tillState } from './till.ts';

/** What one looks for; the short-lived states are not among them. */
const FILTERS = [
  'PAID',
  'FAILED',
  'REVERSED',
  'UNKNOWN',
  'REVERSING',
  'NEEDS_MANUAL_CHECK',
  'WAITING',
  STANDING,
  'HELD',
  'RELEASED',
] as const;

/** The day's payments, newest first, and the way to each. */
export function RecordsScreen() {
  const [wanted, setWanted] = useState<Wanted>({ text: '', day: dayOf(backendNow()), state: '' });
  const [found, setFound] = useState<FoundRows | undefined>(undefined);
  const head = tillState.value?.journal.head;
  const look = async (cursor?: string) => {
    const page = await search(wanted, cursor);
    if (page) setFound((before) => (cursor && before ? { ...page, rows: [...before.rows, ...page.rows] } : page));
  };
  // a new payment belongs into the list; whoever has leafed further is not thrown back
  useEffect(() => {
    if ((found?.rows.length ?? 0) <= PAGE) void look();
  }, [wanted, head]);
  return (
    <section class="records" aria-labelledby="records-title">
      <h1 id="records-title">{t('recordsTitle')}</h1>
      <SearchForm wanted={wanted} onWanted={setWanted} />
      {found && <Summary rows={found.rows} isHolds={wanted.state === STANDING} />}
      {found && <RecordTable rows={found.rows} wanted={wanted} />}
      {found?.next !== undefined && (
        <button type="button" class="secondary outline" onClick={() => void look(found.next)}>
          {t('more')}
        </button>
      )}
    </section>
  );
}

function SearchForm({ wanted, onWanted }: { readonly wanted: Wanted; readonly onWanted: (wanted: Wanted) => void }) {
  const [text, setText] = useState(wanted.text);
  return (
    <search>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          onWanted({ ...wanted, text: text.trim() });
        }}
      >
        <label>
          {t('search')}
          <input
            type="search"
            value={text}
            placeholder={t('searchHint')}
            autocomplete="off"
            maxLength={64}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <label>
          {t('day')}
          <input
            type="date"
            value={wanted.day}
            disabled={wanted.state === STANDING}
            onInput={(event) => onWanted({ ...wanted, day: event.currentTarget.value })}
          />
        </label>
        <label>
          {t('state')}
          <select value={wanted.state} onChange={(event) => onWanted({ ...wanted, state: event.currentTarget.value })}>
            <option value="">{t('any')}</option>
            {FILTERS.map((name) => (
              <option value={name} key={name}>
                {t(SOUGHT_WORDS[name])}
              </option>
            ))}
          </select>
        </label>
        <button type="submit">{t('searchAct')}</button>
      </form>
    </search>
  );
}

function Summary({ rows, isHolds }: { readonly rows: readonly Row[]; readonly isHolds: boolean }) {
  const counted = isHolds ? rows : rows.filter(({ isPaid }) => isPaid);
  const sum = counted.reduce((total, { amountFen }) => total + amountFen, 0);
  return (
    <p class="note" role="status">
      {t(isHolds ? 'sumHeld' : 'sum', counted.length, yuan(sum))}
    </p>
  );
}

function RecordTable({ rows, wanted }: { readonly rows: readonly Row[]; readonly wanted: Wanted }) {
  const isToday = wanted.text === '' && wanted.state === '' && wanted.day === dayOf(backendNow());
  if (rows.length === 0) return <p class="nothing">{t(isToday ? 'noneToday' : 'none')}</p>;
  // of one day the time says all
  const timeOf = wanted.day === '' || wanted.state === STANDING ? dateTime : clockTime;
  return (
    <table class="record-table">
      <thead>
        <tr>
          <th scope="col">{t('time')}</th>
          <th scope="col" class="money">
            {t('amount')}
          </th>
          <th scope="col">{t('channel')}</th>
          <th scope="col">{t('state')}</th>
          <th scope="col">{t('order')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, at, amountFen, channel, tone, word, orderId }) => (
          <tr key={id} data-tone={tone}>
            <td class="record-time">{timeOf(at)}</td>
            <td class="money">{yuan(amountFen)}</td>
            <td class="record-channel">{say(CHANNEL_NAMES[channel])}</td>
            <td class="record-state">
              <ToneIcon tone={tone} />
              {say(word)}
            </td>
            <td>
              <a href={`/records/${encodeURIComponent(orderId)}`}>{orderId}</a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
