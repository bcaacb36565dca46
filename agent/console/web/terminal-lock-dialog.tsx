import { Dialog } from './dialog.tsx';
import { t } from './language.ts';
import { lockTerminal } from './terminal-acts.ts';

/** 锁定收银台: what it means, before it is done: whoever may lock may not always unlock. */
export function TerminalLockDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={t('terminalLock')} onClose={onClose}>
      <p>{t('terminalLockNote')}</p>
      <button
        type="button"
        class="wide"
        data-act="sure"
        onClick={() => {
          onClose();
          void lockTerminal();
        }}
      >
        {t('terminalLock')}
      </button>
    </Dialog>
  );
}
