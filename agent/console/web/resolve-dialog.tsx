import { useState } from 'preact/hooks';
import { Dialog } from './dialog.tsx';
import { t } from './language.ts';
import { me } from './people.ts';
import { SecondPerson } from './second-person.tsx';
import type { OrderWithAttempt } from './types.ts';
import type { Word } from './words.ts';

const OUTCOMES = {
  paid: 'outcomePaid',
  refunded: 'outcomeRefunded',
  unpaid: 'outcomeUnpaid',
} as const satisfies Record<string, Word>;
type Outcome = keyof typeof OUTCOMES;
const MOST_CHARS = 200;

/** What became of money that the till cannot account for: found out elsewhere, said here by two persons. */
export function ResolveDialog({ shown, onClose }: { readonly shown: OrderWithAttempt; readonly onClose: () => void }) {
  const { orderId } = shown.order;
  // a refund in doubt is settled by its own name
  const refundId = shown.refunds?.findLast(({ state }) => state === 'NEEDS_MANUAL_CHECK')?.refundId;
  const outcomes: readonly Outcome[] = refundId === undefined ? ['paid', 'refunded', 'unpaid'] : ['refunded', 'unpaid'];
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const [reason, setReason] = useState('');
  const [isSaid, setSaid] = useState(false);
  if (isSaid && outcome !== undefined) {
    return (
      <SecondPerson
        kind="resolve"
        subject={orderId}
        askedBy={me.value?.person.personId}
        what={t('approveResolve', orderId, t(OUTCOMES[outcome]))}
        call={{
          path: `/v1/orders/${encodeURIComponent(orderId)}/resolve`,
          body: { outcome, reason: reason.trim(), ...(refundId === undefined ? {} : { refundId }) },
        }}
        onDone={onClose}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog title={t('resolveTitle')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setSaid(outcome !== undefined && reason.trim() !== '');
        }}
      >
        <p class="note">{t('resolveNote')}</p>
        <fieldset class="choices">
          <legend>{t('resolveOutcome')}</legend>
          {outcomes.map((name) => (
            <label key={name}>
              <input type="radio" name="outcome" checked={name === outcome} onChange={() => setOutcome(name)} />
              {t(OUTCOMES[name])}
            </label>
          ))}
        </fieldset>
        <label>
          {t('resolveReason')}
          <input
            value={reason}
            maxLength={MOST_CHARS}
            autocomplete="off"
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <footer>
          <button type="submit" class="wide" disabled={outcome === undefined || reason.trim() === ''}>
            {t('resolveSend')}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
