import { ToneIcon } from './icons.tsx';
import { say } from './language.ts';
import { s } from './statement-words.ts';
import { CHANNEL_NAMES } from './steps.ts';
import type { Reconciliations } from './types.ts';

/** Two weeks of one channel, or a few days of all. */
const MOST_SHOWN = 15;

/** Which statements were held against the till, newest first; of each day and channel the last look counts. */
export function StatementDays({ days }: { readonly days: Reconciliations['days'] }) {
  const last = new Map(days.map((one) => [`${one.channel} ${one.day ?? one.sha256}`, one]));
  const shown = [...last.values()].sort((a, b) => ((a.day ?? '') < (b.day ?? '') ? 1 : -1)).slice(0, MOST_SHOWN);
  return (
    <section aria-labelledby="days-title">
      <h2 id="days-title">{s('days')}</h2>
      {shown.length === 0 ? (
        <p>{s('noDays')}</p>
      ) : (
        <table class="record-table">
          <thead>
            <tr>
              {(['day', 'channel', 'result', 'person'] as const).map((name) => (
                <th scope="col" key={name}>
                  {s(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ channel, day, sha256, ok, differences, personId }) => (
              <tr key={`${channel} ${day ?? sha256}`} data-tone={ok ? 'good' : 'wait'}>
                <td>{day ?? s('dayless')}</td>
                <td>{say(CHANNEL_NAMES[channel])}</td>
                <td class="record-state">
                  <ToneIcon tone={ok ? 'good' : 'wait'} />
                  {ok ? s('agrees') : s('differs', differences)}
                </td>
                <td>{personId}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
