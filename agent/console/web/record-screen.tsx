import { useEffect, useState } from 'preact/hooks';
import { useRoute } from 'preact-iso/router';
import { type Answer, ask } from './agent.ts';
import { clockTime, yuan } from './amount.ts';
import { Icon } from './icons.tsx';
import { say, t } from './language.ts';
import { PaymentScreen } from './payment-screen.tsx';
import { state } from './till.ts';
import { stepsOf } from './time-line.ts';
import type { HistoryEntry, OrderWithAttempt, Refund } from './types.ts';

/** One order: as it stands, what can still be done, and everything that happened, in order. */
export function RecordScreen() {
  const orderId = useRoute().params['orderId'] ?? '';
  const [order, setOrder] = useState<OrderWithAttempt | undefined>(undefined);
  const [history, setHistory] = useState<readonly HistoryEntry[] | undefined>(undefined);
  const head = state.value?.journal.head;
  useEffect(() => {
    void look(orderId).then(([now, before]) => {
      if (now.kind === 'ok') setOrder(now.body);
      if (before.kind === 'ok') setHistory(before.body.entries);
      if (before.kind === 'no') setHistory([]);
    });
  }, [orderId, head]);
  return (
    <div class="record">
      <nav>
        <a class="back" href="/records">
          <Icon name="back" />
          {t('recordsTitle')}
        </a>
      </nav>
      {order && <PaymentScreen shown={order} isRecord />}
      {order?.refunds && <Refunds refunds={order.refunds} />}
      {history && <TimeLine history={history} />}
    </div>
  );
}

type Looked = readonly [Answer<OrderWithAttempt>, Answer<{ entries: HistoryEntry[] }>];

function look(orderId: string): Promise<Looked> {
  const path = `/v1/orders/${encodeURIComponent(orderId)}`;
  return Promise.all([
    ask<OrderWithAttempt>(path),
    ask<{ entries: HistoryEntry[] }>(`${path}/history`, { waitMs: SEARCH_MS }),
  ]);
}

const SEARCH_MS = 60_000;

function Refunds({ refunds }: { readonly refunds: readonly Refund[] }) {
  return (
    <section class="refunds" aria-label={t('refunds')}>
      <h2>{t('refunds')}</h2>
      <ul>
        {refunds.map(({ refundId, refundFen, clerk, reason, requestedBy, approvedBy }) => (
          <li key={refundId}>
            <strong class="money">¥{yuan(refundFen)}</strong> {say(clerk)} · {reason} ·{' '}
            {t('refundRequestedBy', requestedBy)}
            {approvedBy !== undefined && ` · ${t('refundApprovedBy', approvedBy)}`}
          </li>
        ))}
      </ul>
    </section>
  );
}

function TimeLine({ history }: { readonly history: readonly HistoryEntry[] }) {
  if (history.length === 0) return <p class="nothing">{t('notFound')}</p>;
  return (
    <section class="time-line" aria-label={t('timeline')}>
      <h2>{t('timeline')}</h2>
      <ol>
        {stepsOf(history).map(({ at, words, seq }) => (
          <li key={seq}>
            <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time>
            <span>{say(words)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
