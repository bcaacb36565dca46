import { useState } from 'preact/hooks';
import { askRefund } from './acts.ts';
import { fenOf, mayStand, yuan } from './amount.ts';
import { Dialog } from './dialog.tsx';
import { t } from './language.ts';
import { me } from './people.ts';
import { SecondPerson } from './second-person.tsx';
import type { OrderWithAttempt, Refund } from './types.ts';
import type { Word } from './words.ts';

const REASONS = ['reasonReturn', 'reasonAmount', 'reasonTwice', 'reasonOther'] as const satisfies readonly Word[];

type Wanted = Pick<Refund, 'refundId' | 'refundFen' | 'requestedBy'>;

/** Money back: how much and why, then a second person. A refund that waits for its second person goes on there. */
export function RefundDialog({ shown, onClose }: { readonly shown: OrderWithAttempt; readonly onClose: () => void }) {
  const waiting = shown.refunds?.find(({ state }) => state === 'REQUESTED');
  const [wanted, setWanted] = useState<Wanted | undefined>(waiting);
  if (wanted) return <Approve wanted={wanted} orderId={shown.order.orderId} onClose={onClose} />;
  return <RefundForm shown={shown} onWanted={setWanted} onClose={onClose} />;
}

function Approve({
  wanted,
  orderId,
  onClose,
}: {
  readonly wanted: Wanted;
  readonly orderId: string;
  readonly onClose: () => void;
}) {
  const { refundId, refundFen, requestedBy } = wanted;
  return (
    <SecondPerson
      kind="refund"
      subject={refundId}
      askedBy={requestedBy}
      what={t('approveRefund', yuan(refundFen), orderId)}
      call={{ path: `/v1/refunds/${refundId}/approve` }}
      onDone={onClose}
      onClose={onClose}
    />
  );
}

interface FormProps {
  readonly shown: OrderWithAttempt;
  readonly onWanted: (wanted: Wanted) => void;
  readonly onClose: () => void;
}

function RefundForm({ shown: { order, remainingFen = order.amountFen }, onWanted, onClose }: FormProps) {
  const [text, setText] = useState(yuan(remainingFen).replaceAll(',', ''));
  const [reason, setReason] = useState<(typeof REASONS)[number]>('reasonReturn');
  const [isBusy, setBusy] = useState(false);
  const refundFen = fenOf(text);
  const isGood = refundFen !== undefined && refundFen <= remainingFen;
  const send = async () => {
    if (!isGood || isBusy) return;
    setBusy(true);
    const refundId = await askRefund(order.orderId, refundFen, t(reason));
    setBusy(false);
    if (refundId === undefined) onClose();
    else onWanted({ refundId, refundFen, requestedBy: me.value?.person.personId ?? '' });
  };
  return (
    <Dialog title={t('refundTitle')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label>
          {t('refundAmount')}
          <input
            class="digits"
            inputMode="decimal"
            autocomplete="off"
            autofocus
            aria-invalid={isGood ? undefined : 'true'}
            aria-describedby="refund-left"
            value={text}
            onInput={({ currentTarget }) => {
              if (mayStand(currentTarget.value)) setText(currentTarget.value);
              else currentTarget.value = text;
            }}
          />
        </label>
        <p id="refund-left" class={isGood ? 'note' : 'note bad-text'}>
          {t('refundLeft', yuan(remainingFen))}
        </p>
        <fieldset class="choices">
          <legend>{t('refundReason')}</legend>
          {REASONS.map((name) => (
            <label key={name}>
              <input type="radio" name="reason" checked={name === reason} onChange={() => setReason(name)} />
              {t(name)}
            </label>
          ))}
        </fieldset>
        <p class="note">{t('refundWaitsFor')}</p>
        <footer>
          <button type="submit" class="wide" disabled={!isGood || isBusy} aria-busy={isBusy}>
            {t('refundAsk')}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
