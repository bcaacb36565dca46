import { useEffect, useState } from 'preact/hooks';
import { ask } from './agent.ts';
import { clockTime, dayOf, fenOf, yuan } from './amount.ts';
import { ToneIcon } from './icons.tsx';
import { say, t } from './language.ts';
import { STATE_WORDS, toneOf, wordOf } from './record-states.ts';
import { CHANNEL_NAMES } from './steps.ts';
import { backendNow, state as tillState } from './till.ts';
import { tellProblem, tellUnsent } from './told.ts';
import type { PaymentRecord, RecordPage } from './types.ts';

const PAGE = 50;
/** What one looks for; the short-lived states are not among them. */
const FILTERS = ['PAID', 'FAILED', 'REVERSED', 'UNKNOWN', 'REVERSING', 'NEEDS_MANUAL_CHECK', 'WAITING'] as const;

/** What is looked for, as it was typed. */
interface Wanted {
  readonly text: string;
  readonly day: string;
  readonly state: string;
}

/** The day's payments, newest first, and the way to each. */
export function RecordsScreen() {
  const [wanted, setWanted] = useState<Wanted>({ text: '', day: dayOf(backendNow()), state: '' });
  const [found, setFound] = useState<RecordPage | undefined>(undefined);
  const head = tillState.value?.journal.head;
  const look = async (cursor?: string) => {
    const page = await search(wanted, cursor);
    if (page)
      setFound((before) => (cursor && before ? { ...page, records: [...before.records, ...page.records] } : page));
  };
  // a new payment belongs into the list; whoever has leafed further is not thrown back
  useEffect(() => {
    if ((found?.records.length ?? 0) <= PAGE) void look();
  }, [wanted, head]);
  return (
    <section class="records" aria-labelledby="records-title">
      <h1 id="records-title">{t('recordsTitle')}</h1>
      <SearchForm wanted={wanted} onWanted={setWanted} />
      {found && <Summary records={found.records} />}
      {found && <RecordTable records={found.records} isToday={wanted.text === '' && wanted.state === ''} />}
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
            onInput={(event) => onWanted({ ...wanted, day: event.currentTarget.value })}
          />
        </label>
        <label>
          {t('state')}
          <select value={wanted.state} onChange={(event) => onWanted({ ...wanted, state: event.currentTarget.value })}>
            <option value="">{t('any')}</option>
            {FILTERS.map((name) => (
              <option value={name} key={name}>
                {t(name === 'REVERSED' ? 'filterReversed' : STATE_WORDS[name])}
              </option>
            ))}
          </select>
        </label>
        <button type="submit">{t('searchAct')}</button>
      </form>
    </search>
  );
}

function Summary({ records }: { readonly records: readonly PaymentRecord[] }) {
  const paid = records.filter(({ state }) => state === 'PAID');
  const sum = paid.reduce((total, { amountFen }) => total + amountFen, 0);
  return (
    <p class="note" role="status">
      {t('sum', paid.length, yuan(sum))}
    </p>
  );
}

function RecordTable({ records, isToday }: { readonly records: readonly PaymentRecord[]; readonly isToday: boolean }) {
  if (records.length === 0) return <p class="nothing">{t(isToday ? 'noneToday' : 'none')}</p>;
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
        {records.map((record) => (
          <tr key={record.attemptId} data-tone={toneOf(record.state)}>
            <td>{clockTime(record.startedAt)}</td>
            <td class="money">{yuan(record.amountFen)}</td>
            <td class="record-channel">{say(CHANNEL_NAMES[record.channel])}</td>
            <td class="record-state">
              <ToneIcon tone={toneOf(record.state)} />
              {t(wordOf(record))}
            </td>
            <td>
              <a href={`/records/${encodeURIComponent(record.orderId)}`}>{record.orderId}</a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A number with an optional point is an amount, anything else an order. */
async function search({ text, day, state }: Wanted, cursor: string | undefined): Promise<RecordPage | undefined> {
  const amountFen = fenOf(text);
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (day !== '') query.set('day', day);
  if (state !== '') query.set('state', state);
  if (amountFen !== undefined) query.set('amountFen', String(amountFen));
  else if (text !== '') query.set('orderId', text);
  if (cursor !== undefined) query.set('cursor', cursor);
  const answer = await ask<RecordPage>(`/v1/records?${query}`, { waitMs: SEARCH_MS });
  if (answer.kind === 'ok') return answer.body;
  if (answer.kind === 'no') tellProblem(answer.problem);
  else tellUnsent();
  return undefined;
}

/** The first search may find a journal of a year to take in. */
const SEARCH_MS = 60_000;
