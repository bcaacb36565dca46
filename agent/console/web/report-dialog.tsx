import { useState } from 'preact/hooks';
import { report } from './acts.ts';
import { Dialog } from './dialog.tsx';
import { t } from './language.ts';
import { shownId } from './till.ts';

/** 上报异常: a few words about something unusual; the order on the screen goes with them. */
export function ReportDialog({ onClose }: { readonly onClose: () => void }) {
  const [isBusy, setBusy] = useState(false);
  const send = async (form: HTMLFormElement) => {
    const field = form.elements.namedItem('note');
    if (!(field instanceof HTMLTextAreaElement) || field.value.trim() === '') return;
    setBusy(true);
    await report(field.value.trim(), shownId.value);
    onClose();
  };
  return (
    <Dialog title={t('report')} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send(event.currentTarget);
        }}
      >
        <p class="note">{t('reportNote')}</p>
        <label>
          {t('reportLabel')}
          <textarea name="note" rows={3} maxLength={200} autofocus />
        </label>
        <footer>
          <button type="submit" aria-busy={isBusy} disabled={isBusy}>
            {t('reportSend')}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
