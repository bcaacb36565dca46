import { ask } from './agent.ts';
import { yuan } from './amount.ts';
import { ToneIcon } from './icons.tsx';
import { say, type Words } from './language.ts';
import { bothS, KINDS, s } from './statement-words.ts';
import { CHANNEL_NAMES } from './steps.ts';
import { tell, tellProblem, tellUnsent } from './told.ts';
import type { Reconciliation, StatementFinding } from './types.ts';

/** A file, and what came of it. */
export interface Chosen {
  readonly name: string;
  readonly result?: Reconciliation;
  readonly refused?: { readonly cause: Words; readonly remedy: Words };
}

export function StatementResult({ chosen: { name, result, refused } }: { readonly chosen: Chosen }) {
  if (result) return <Compared result={result} />;
  if (!refused) return null;
  const { cause, remedy } = refused;
  return (
    <article class="statement" data-tone="doubt">
      <h2>{name}</h2>
      <Verdict tone="doubt" text={s('refused', say(cause))} />
      {remedy.zh !== cause.zh && <p>{say(remedy)}</p>}
    </article>
  );
}

function Compared({ result }: { readonly result: Reconciliation }) {
  const { channel, day, ok, matched, findings, more, otherTerminals } = result;
  const open = findings.filter(({ urgency }) => urgency !== 'none').length + more;
  return (
    <article class="statement" data-tone={ok ? 'good' : 'wait'}>
      <h2>{s('ofDay', say(CHANNEL_NAMES[channel]), day ?? s('dayless'))}</h2>
      <Verdict tone={ok ? 'good' : 'wait'} text={ok ? s('agrees') : s('differs', open)} />
      <Sums result={result} />
      <p class="note">
        {s('matched', matched)}
        {otherTerminals > 0 && ` · ${s('others', otherTerminals)}`}
      </p>
      {findings.length > 0 && (
        <ul class="findings">
          {findings.map((finding) => (
            <Finding finding={finding} key={finding.key} />
          ))}
        </ul>
      )}
      {more > 0 && <p>{s('more', more)}</p>}
      <p class="report-acts">
        <button type="button" class="secondary outline" onClick={() => void print(result)}>
          {s('print')}
        </button>
      </p>
    </article>
  );
}

function Verdict({ tone, text }: { readonly tone: 'good' | 'wait' | 'doubt'; readonly text: string }) {
  return (
    <p class="verdict">
      <ToneIcon tone={tone} />
      <strong>{text}</strong>
    </p>
  );
}

function Sums({ result: { localFen, channelFen, feeFen, netFen } }: { readonly result: Reconciliation }) {
  const sums = [
    ['here', localFen],
    ['there', channelFen],
    ['fees', feeFen],
    ['net', netFen],
  ] as const;
  return (
    <dl class="sums">
      {sums.map(([name, fen]) => (
        <div key={name}>
          <dt>{s(name)}</dt>
          <dd>¥{yuan(fen)}</dd>
        </div>
      ))}
    </dl>
  );
}

const TONES = { high: 'bad', medium: 'doubt', low: 'calm', none: 'calm' } as const;

function Finding({ finding }: { readonly finding: StatementFinding }) {
  const { type, urgency, what, kind, amountFen, timeLocal, orderId, transactionId } = finding;
  return (
    <li data-tone={TONES[urgency]}>
      <p class="finding-head">
        <strong>{say(KINDS[type])}</strong>
        <span class="money">
          {s(kind === 'REFUND' ? 'refund' : 'payment')} {amountFen === undefined ? '' : `¥${yuan(amountFen)}`}
        </span>
        <span>{timeLocal}</span>
      </p>
      <p>{say(what)}</p>
      <p class="note">
        <Sides finding={finding} />
        {orderId !== undefined && (
          <>
            {s('order')} <a href={`/records/${encodeURIComponent(orderId)}`}>{orderId}</a>{' '}
          </>
        )}
        {transactionId !== undefined && `${s('transaction')} ${transactionId}`}
      </p>
    </li>
  );
}

/** The two amounts, where they are not the same. */
function Sides({ finding: { localFen, expectedFen, channelFen } }: { readonly finding: StatementFinding }) {
  const here = localFen ?? expectedFen;
  if (here === undefined || channelFen === undefined) return null;
  return (
    <>
      {s('here')} ¥{yuan(here)}，{s('there')} ¥{yuan(channelFen)}。{' '}
    </>
  );
}

/** Paper has room for this many. */
const MOST_LINES = 30;

async function print({ ok, channel, day, localFen, channelFen, findings, more }: Reconciliation): Promise<void> {
  const name = `${CHANNEL_NAMES[channel].zh} ${day ?? ''}`.trim();
  const lines = findings
    .slice(0, MOST_LINES)
    .flatMap(({ type, key, amountFen = 0, what }) => [
      { text: `${KINDS[type].zh} ${yuan(amountFen)} ${key}`.slice(0, 160) },
      { text: what.zh },
    ]);
  const rest = Math.max(0, findings.length - MOST_LINES) + more;
  const body = {
    ok,
    rows: [{ name, here: yuan(localFen), there: yuan(channelFen) }],
    findings: rest > 0 ? [...lines, { text: `... ${rest}` }] : lines,
  };
  const answer = await ask('/v1/reconciliations/slips', { body });
  if (answer.kind === 'ok') tell('good', bothS('printed'));
  else if (answer.kind === 'no') tellProblem(answer.problem);
  else tellUnsent();
}
