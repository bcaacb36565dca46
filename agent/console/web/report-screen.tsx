import { useEffect, useState } from 'preact/hooks';
import { ask } from './agent.ts';
import { yuan } from './amount.ts';
import { Dialog } from './dialog.tsx';
import { HourChart } from './hour-chart.tsx';
import { language, say, t } from './language.ts';
import { bothOf, r } from './report-words.ts';
import './report.css';
import { CHANNEL_NAMES } from './steps.ts';
import { state as tillState } from './till.ts';
import { tell, tellProblem, tellUnsent } from './told.ts';
import type { Report } from './types.ts';

// What the day and the shift came to. It is looked at a few times a day: it stands in a file of its own, fetched when somebody
// comes here.

interface Reports {
  readonly day: Report;
  readonly shift: Report | undefined;
}

export function ReportScreen() {
  const [reports, setReports] = useState<Reports | undefined>(undefined);
  const head = tillState.value?.journal.head;
  const look = async () => {
    const found = await read();
    if (found) setReports(found);
  };
  // a payment changes the sums
  useEffect(() => void look(), [head]);
  if (!reports) return null;
  const { day, shift } = reports;
  return (
    <section class="report" aria-labelledby="report-title">
      <header class="report-head">
        <h1 id="report-title">{r('title')}</h1>
        <a href="/statements">{r('statements')}</a>
      </header>
      <HourChart report={day} />
      <Takings title={r('day', day.number ?? 1)} report={day} />
      <Acts kind="day" report={day} isClosable={shift === undefined} onDone={look} />
      {shift ? (
        <>
          <Takings title={r('shift', shift.number ?? 1, shift.openedBy ?? '')} report={shift} />
          <Acts kind="shift" report={shift} isClosable onDone={look} />
        </>
      ) : (
        <OpenShift onDone={look} />
      )}
    </section>
  );
}

async function read(): Promise<Reports | undefined> {
  const [day, shift] = await Promise.all([ask<Report>('/v1/takings/day'), ask<Report>('/v1/takings/shift')]);
  if (day.kind === 'ok') return { day: day.body, shift: shift.kind === 'ok' ? shift.body : undefined };
  if (day.kind === 'no') tellProblem(day.problem);
  else tellUnsent();
  return undefined;
}

function Takings({ title, report }: { readonly title: string; readonly report: Report }) {
  const { from, until, timeZone, rows, total, reversed, open, needsCheck } = report;
  return (
    <>
      <h2>{title}</h2>
      <p class="note">
        {shopTime(from, timeZone)} – {shopTime(until, timeZone)}
      </p>
      <div class="report-scroll">
        <table class="record-table">
          <thead>
            <tr>
              <th scope="col">{t('channel')}</th>
              {(['count', 'sales', 'refunds', 'fees', 'net'] as const).map((name) => (
                <th scope="col" class="money" key={name}>
                  {r(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row name={say(CHANNEL_NAMES[row.channel])} row={row} key={row.channel} />
            ))}
          </tbody>
          <tfoot>
            <Row name={r('total')} row={total} />
          </tfoot>
        </table>
      </div>
      <p class="note">{r('rest', reversed, open, needsCheck)}</p>
    </>
  );
}

function Row({ name, row }: { readonly name: string; readonly row: Report['total'] }) {
  const { count, salesFen, refundFen, feeFen, netFen } = row;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="money">{count}</td>
      <td class="money">{yuan(salesFen)}</td>
      <td class="money">{yuan(refundFen)}</td>
      <td class="money">{feeFen === undefined ? '–' : yuan(feeFen)}</td>
      <td class="money">{yuan(netFen)}</td>
    </tr>
  );
}

interface ActsProps {
  readonly kind: 'day' | 'shift';
  readonly report: Report;
  readonly isClosable: boolean;
  readonly onDone: () => Promise<void>;
}

function Acts({ kind, report, isClosable, onDone }: ActsProps) {
  const [isAsking, setAsking] = useState(false);
  const close = r(kind === 'day' ? 'closeDay' : 'closeShift');
  return (
    <p class="report-acts">
      <button
        type="button"
        class="secondary outline"
        data-act={`print-${kind}`}
        onClick={() => void post(`/v1/takings/${kind}/print`, 'printed')}
      >
        {r('print')}
      </button>
      <button type="button" data-act={`close-${kind}`} disabled={!isClosable} onClick={() => setAsking(true)}>
        {close}
      </button>
      {!isClosable && <span class="note">{r('shiftFirst')}</span>}
      {isAsking && (
        <Dialog title={close} onClose={() => setAsking(false)}>
          <p>{r('closeSure', yuan(report.total.netFen))}</p>
          <button
            type="button"
            class="wide"
            data-act="sure"
            onClick={() => {
              setAsking(false);
              void post(`/v1/${kind}s/${report.number}/close`, 'closed').then(onDone);
            }}
          >
            {close}
          </button>
        </Dialog>
      )}
    </p>
  );
}

function OpenShift({ onDone }: { readonly onDone: () => Promise<void> }) {
  return (
    <p class="report-acts">
      <span class="note">{r('noShift')}</span>
      <button type="button" data-act="open-shift" onClick={() => void post('/v1/shifts', 'opened').then(onDone)}>
        {r('openShift')}
      </button>
    </p>
  );
}

async function post(path: string, done: 'printed' | 'closed' | 'opened'): Promise<void> {
  const answer = await ask(path, { body: {} });
  if (answer.kind === 'ok') tell('good', bothOf(done));
  else if (answer.kind === 'no') tellProblem(answer.problem);
  else tellUnsent();
}

function shopTime(at: number, timeZone: string): string {
  const locale = language.value === 'zh' ? 'zh-CN' : 'en-GB';
  return new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(at);
}
