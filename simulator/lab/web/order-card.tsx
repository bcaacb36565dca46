import { useState } from 'preact/hooks';
import { act } from './lab.ts';
import { t } from './language.ts';
import { fenOf, yuan } from './money.ts';
import type { Sections } from './types.ts';
import type { Word } from './words.ts';

type Order = Sections['backend']['orders'][number];

interface Shown {
  readonly word: Word;
  readonly tone: 'calm' | 'ready' | 'wait' | 'good' | 'bad';
}

const ATTEMPTS: Readonly<Record<string, Shown>> = {
  CREATED: { word: 'statePaying', tone: 'wait' },
  SUBMITTED: { word: 'statePaying', tone: 'wait' },
  USER_PAYING: { word: 'stateUserPaying', tone: 'wait' },
  UNKNOWN: { word: 'stateUnknown', tone: 'wait' },
  REVERSING: { word: 'stateReversing', tone: 'wait' },
  PAID: { word: 'statePaid', tone: 'good' },
  FAILED: { word: 'stateFailed', tone: 'bad' },
  REVERSED: { word: 'stateReversed', tone: 'bad' },
  NEEDS_MANUAL_CHECK: { word: 'stateManual', tone: 'bad' },
};

/** What the backend knows of the newest order, in the order of events. */
function shownOf({ answer, attempts }: Order): Shown {
  const last = attempts.at(-1);
  if (last) return ATTEMPTS[last.state] ?? { word: 'statePaying', tone: 'wait' };
  if (answer === null) return { word: 'stateAsked', tone: 'calm' };
  return answer === 'accepted' ? { word: 'stateReady', tone: 'ready' } : { word: 'stateRefused', tone: 'bad' };
}

/** The backend's side: one order after the other, and how the newest one is. */
export function OrderCard({ now }: { readonly now: Sections }) {
  const order = now.backend.orders.at(-1);
  const shown = order && shownOf(order);
  return (
    <article class="card order" data-tone={shown?.tone ?? 'calm'}>
      <div class="order-state" role="status" aria-live="polite">
        {order && shown ? (
          <>
            <p class="order-word">{t(shown.word)}</p>
            <p class="order-amount">
              <small>¥</small>
              {yuan(order.amountFen)}
            </p>
            {shown.word === 'stateReady' && <p class="note">{t('nextScan')}</p>}
            {now.terminal.screen === 'card' && <p class="note">{t('nextCard')}</p>}
            {shown.word === 'stateRefused' && <p class="note">{order.answer}</p>}
          </>
        ) : (
          <FirstWords now={now} />
        )}
      </div>
      <NewOrder />
    </article>
  );
}

function FirstWords({ now: { till, backend, gun, printer } }: { readonly now: Sections }) {
  if (till.state !== 'never') return <p class="order-word">{t('noOrder')}</p>;
  return (
    <>
      <p class="order-word">{t('noTill')}</p>
      <p class="note addresses">
        <code>{backend.brokerUrl}</code> <code>{gun.path}</code> <code>{printer.path}</code>
      </p>
    </>
  );
}

function NewOrder() {
  const [text, setText] = useState('12.50');
  const fen = fenOf(text);
  return (
    <form
      class="new-order"
      onSubmit={(event) => {
        event.preventDefault();
        if (fen !== undefined) void act('/v1/orders', { amountFen: fen });
      }}
    >
      <label>
        <span>{t('amount')}</span>
        <input
          inputMode="decimal"
          autoComplete="off"
          value={text}
          aria-invalid={fen === undefined ? true : undefined}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={fen === undefined}>
        {t('startOrder')}
      </button>
      <button
        type="button"
        class="quiet"
        disabled={fen === undefined}
        onClick={() => void act('/v1/card-sales', { amountFen: fen })}
      >
        {t('takeCard')}
      </button>
    </form>
  );
}
