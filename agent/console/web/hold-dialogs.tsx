import { useState } from 'preact/hooks';
import { fenOf, mayStand, yuan } from './amount.ts';
import { Dialog } from './dialog.tsx';
import { beginHold, cancelHold, completeHold } from './hold-acts.ts';
import { h } from './hold-words.ts';
import { t } from './language.ts';
import type { OrderWithAttempt } from './types.ts';

export interface HoldDialogProps {
  readonly shown: OrderWithAttempt;
  readonly onClose: () => void;
}

export interface BeginHoldProps {
  readonly amountFen: number;
  /** absent: a new one */
  readonly orderId?: string;
  readonly onBegun?: () => void;
  readonly onClose: () => void;
}

/** 预授权: a card is asked for, as for a payment, and nothing is paid. So it is said before. */
export function BeginHoldDialog({ amountFen, orderId, onBegun, onClose }: BeginHoldProps) {
  const begin = async () => {
    if (await beginHold(amountFen, orderId)) onBegun?.();
    onClose();
  };
  return (
    <Dialog title={h('holdTitle')} onClose={onClose}>
      <p>{h('holdNote')}</p>
      <footer>
        <SureButton word={h('holdSend', yuan(amountFen))} onSure={begin} />
      </footer>
    </Dialog>
  );
}

/** The one thing to do in a dialog that only says what it means; pressed once. */
function SureButton({ word, onSure }: { readonly word: string; readonly onSure: () => Promise<void> }) {
  const [isBusy, setBusy] = useState(false);
  return (
    <button
      type="button"
      class="wide"
      data-act="sure"
      autofocus
      disabled={isBusy}
      aria-busy={isBusy}
      onClick={() => {
        setBusy(true);
        void onSure();
      }}
    >
      {word}
    </button>
  );
}

/** 完成预授权: how much of it. How much more than was held may be charged the till's configuration says. */
export function CompleteHoldDialog({ shown: { order, hold }, onClose }: HoldDialogProps) {
  const heldFen = hold?.amountFen ?? order.amountFen;
  const mostFen = hold?.mostFen ?? heldFen;
  const [text, setText] = useState(yuan(heldFen).replaceAll(',', ''));
  const [isBusy, setBusy] = useState(false);
  const amountFen = fenOf(text);
  const isOver = amountFen !== undefined && amountFen > mostFen;
  const isMore = mostFen > heldFen;
  const send = async () => {
    if (amountFen === undefined || isOver || isBusy) return;
    setBusy(true);
    await completeHold(order.orderId, amountFen);
    onClose();
  };
  return (
    <Dialog title={t('completeHold')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label>
          {h('completeAmount')}
          <input
            class="digits"
            inputMode="decimal"
            autocomplete="off"
            autofocus
            aria-invalid={amountFen === undefined || isOver ? 'true' : undefined}
            aria-describedby="hold-most"
            value={text}
            onInput={({ currentTarget }) => {
              if (mayStand(currentTarget.value)) setText(currentTarget.value);
              else currentTarget.value = text;
            }}
          />
        </label>
        <p id="hold-most" class={isOver ? 'note bad-text' : 'note'}>
          {h(isMore ? 'completeMost' : isOver ? 'completeOver' : 'completeNote', yuan(heldFen), yuan(mostFen))}
        </p>
        <footer>
          <button
            type="submit"
            class="wide"
            data-act="sure"
            disabled={amountFen === undefined || isOver || isBusy}
            aria-busy={isBusy}
          >
            {amountFen === undefined ? t('completeHold') : h('completeSend', yuan(amountFen))}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

/** 撤销预授权: what it means, before it is done. */
export function CancelHoldDialog({ shown: { order, hold }, onClose }: HoldDialogProps) {
  const cancel = async () => {
    await cancelHold(order.orderId);
    onClose();
  };
  return (
    <Dialog title={t('cancelHold')} onClose={onClose}>
      <p>{h('cancelNote', yuan(hold?.amountFen ?? order.amountFen))}</p>
      <footer>
        <SureButton word={t('cancelHold')} onSure={cancel} />
      </footer>
    </Dialog>
  );
}
