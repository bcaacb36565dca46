import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { collect, isOpening, showCode, takeCard } from './acts.ts';
import { fenOf, mayStand, pressed, yuan } from './amount.ts';
import { Icon } from './icons.tsx';
import { KeyPad } from './key-pad.tsx';
import { t } from './language.ts';
import { BeginHoldDialog } from './lazy-dialogs.tsx';
import { canHold, hasCard, state } from './till.ts';
import { open } from './wishes.ts';

/** What is being keyed in; it outlives a look at the records. */
export const amountText = signal('');
/** Somebody wanted to collect what is no amount. */
const isBad = signal(false);

/** The first screen: an amount, and the ways to be paid it. */
export function AmountScreen() {
  const field = useRef<HTMLInputElement>(null);
  const [isHolding, setHolding] = useState(false);
  const amountFen = fenOf(amountText.value);
  const maxFen = state.value?.limits.maxFen;
  const isOver = amountFen !== undefined && maxFen !== undefined && amountFen > maxFen;
  const isWrong = isOver || isBad.value;
  const isBusy = open.value.some(isOpening);
  const canGo = amountFen !== undefined && !isOver && !isBusy && state.value?.terminal.canCollect === true;

  useLayoutEffect(() => field.current?.focus(), []);
  useEffect(() => listenForDigits(() => field.current), []);

  const go = async (act: (fen: number) => Promise<boolean>) => {
    isBad.value = amountFen === undefined && amountText.value !== '';
    if (!canGo || amountFen === undefined) return;
    if (await act(amountFen)) amountText.value = '';
  };
  const onInput = (input: HTMLInputElement) => {
    isBad.value = false;
    if (mayStand(input.value)) amountText.value = input.value;
    else input.value = amountText.value;
  };
  return (
    <form
      class="amount-screen"
      onSubmit={(event) => {
        event.preventDefault();
        void go(collect);
      }}
    >
      <div class="amount-side">
        <h1 class="only-heard">{t('collect')}</h1>
        <label class="amount-field">
          <span class="amount-label">{t('amount')}</span>
          <span class={amountText.value.length > 7 ? 'amount-box long' : 'amount-box'}>
            <span class="yuan" aria-hidden="true">
              ¥
            </span>
            <input
              ref={field}
              class="amount-input"
              inputMode="decimal"
              autocomplete="off"
              maxLength={12}
              placeholder="0.00"
              aria-describedby="amount-note"
              aria-invalid={isWrong ? 'true' : undefined}
              value={amountText.value}
              onInput={(event) => onInput(event.currentTarget)}
            />
          </span>
        </label>
        <p id="amount-note" class={isWrong ? 'note bad-text' : 'note'} role={isWrong ? 'alert' : undefined}>
          {note(isOver ? maxFen : undefined)}
        </p>
        <div class="amount-acts">
          <button
            type="submit"
            class="big"
            disabled={isBusy}
            aria-disabled={!canGo}
            aria-busy={isBusy}
            aria-keyshortcuts="Enter"
          >
            <Icon name="scan" />
            <span>
              {t('collect')}
              <small>{t('collectNote')}</small>
            </span>
          </button>
          <button
            type="button"
            class="big secondary outline"
            disabled={!canGo}
            aria-keyshortcuts="F2"
            onClick={() => void go((fen) => showCode(fen))}
          >
            <Icon name="qr" />
            <span>
              {t('showCode')}
              <small>{t('showCodeNote')}</small>
            </span>
          </button>
          {hasCard.value && (
            <button
              type="button"
              class="big secondary outline"
              disabled={!canGo}
              aria-keyshortcuts="F3"
              onClick={() => void go((fen) => takeCard(fen))}
            >
              <Icon name="terminal" />
              <span>
                {t('card')}
                <small>{t('cardNote')}</small>
              </span>
            </button>
          )}
          {canHold.value && (
            <button
              type="button"
              class="big secondary outline"
              disabled={!canGo}
              aria-keyshortcuts="F4"
              onClick={() => setHolding(true)}
            >
              <Icon name="lock" />
              <span>
                {t('hold')}
                <small>{t('holdNote')}</small>
              </span>
            </button>
          )}
        </div>
      </div>
      {isHolding && amountFen !== undefined && (
        <BeginHoldDialog
          amountFen={amountFen}
          onBegun={() => {
            amountText.value = '';
          }}
          onClose={() => setHolding(false)}
        />
      )}
      <KeyPad
        corners={['.', 'back']}
        onKey={(key) => {
          amountText.value = pressed(amountText.value, key);
        }}
      />
    </form>
  );
}

function note(over: number | undefined): string {
  if (over !== undefined) return t('amountOver', yuan(over));
  if (isBad.value) return t('amountBad');
  return state.value?.network.online === false ? t('networkDownNote') : t('amountHint');
}

/** A digit typed while nothing has the focus goes where it belongs. F2 shows the code, F3 is the card, F4 holds. */
function listenForDigits(field: () => HTMLInputElement | null): () => void {
  const onKey = (event: KeyboardEvent) => {
    const isFree = document.activeElement === document.body || document.activeElement instanceof HTMLButtonElement;
    if (/^F[234]$/.test(event.key)) {
      event.preventDefault();
      document.querySelector<HTMLButtonElement>(`[aria-keyshortcuts="${event.key}"]`)?.click();
    }
    if (isFree && /^[\d.]$/.test(event.key) && !document.querySelector('dialog[open]')) field()?.focus();
  };
  addEventListener('keydown', onKey);
  return () => removeEventListener('keydown', onKey);
}
