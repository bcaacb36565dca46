import { useState } from 'preact/hooks';
import { yuan } from './amount.ts';
import { Dialog } from './dialog.tsx';
import { Icon } from './icons.tsx';
import { say, t } from './language.ts';
import { lateLine } from './late-lines.ts';
import { show, state } from './till.ts';
import type { State } from './types.ts';
import type { Word } from './words.ts';

const WHY: Readonly<Record<State['blocked'][number]['why'], Word>> = {
  REVERSE_PENDING: 'whyReverse',
  RESULT_UNKNOWN: 'whyUnknown',
  NEEDS_MANUAL_CHECK: 'whyManual',
  INTENT_OPEN: 'whyIntent',
};

/** Orders that are not over and not at the counter: nobody may forget them. */
export function OpenOrders() {
  const [isOpen, setOpen] = useState(false);
  const blocked = state.value?.blocked ?? [];
  if (blocked.length === 0) return null;
  return (
    <>
      <button type="button" class="open-orders" onClick={() => setOpen(true)}>
        <Icon name="question" />
        {t('openOrders', blocked.length)}
      </button>
      {isOpen && (
        <Dialog title={t('openTitle')} onClose={() => setOpen(false)}>
          <ul class="order-list">
            {blocked.map(({ orderId, amountFen, why, late, todo }) => (
              <li key={orderId}>
                <button
                  type="button"
                  class="secondary outline wide"
                  onClick={() => {
                    setOpen(false);
                    show(orderId);
                  }}
                >
                  <strong class="money">¥{yuan(amountFen)}</strong>
                  <span>{t(WHY[why])}</span>
                  <small>{orderId}</small>
                  {late?.map((money) => (
                    <small key={money.attemptId}>{lateLine(money)}</small>
                  ))}
                  {todo && <small>{say(todo)}</small>}
                </button>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </>
  );
}
