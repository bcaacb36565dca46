import { useState } from 'preact/hooks';
import { typeCode } from './acts.ts';
import { Dialog } from './dialog.tsx';
import { t } from './language.ts';

/** A code that could not be scanned, digit by digit. It is marked as typed all the way to the channel. */
export function TypeCodeDialog({ orderId, onClose }: { readonly orderId: string; readonly onClose: () => void }) {
  const [isBusy, setBusy] = useState(false);
  const send = async (form: HTMLFormElement) => {
    const field = form.elements.namedItem('paycode');
    if (!(field instanceof HTMLInputElement) || field.value.trim() === '') return;
    const paycode = field.value;
    field.value = '';
    setBusy(true);
    await typeCode(orderId, paycode);
    onClose();
  };
  return (
    <Dialog title={t('typeCodeTitle')} onClose={onClose}>
      <form
        autocomplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void send(event.currentTarget);
        }}
      >
        <p class="note">{t('typeCodeNote')}</p>
        <label>
          {t('typeCodeLabel')}
          <input
            name="paycode"
            class="digits"
            inputMode="numeric"
            autocomplete="off"
            spellcheck={false}
            maxLength={64}
            autofocus
          />
        </label>
        <footer>
          <button type="submit" aria-busy={isBusy} disabled={isBusy}>
            {t('typeCodeSend')}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
