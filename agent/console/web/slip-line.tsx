import { slipSeen } from './acts.ts';
import { Icon } from './icons.tsx';
import { t } from './language.ts';
import type { OrderWithAttempt, Slip } from './types.ts';
import type { Word } from './words.ts';

/** How far the evidence for the newest slip goes. Where there is none, the clerk is asked to look (notices.tsx). */
export function SlipLine({ shown: { attempt } }: { readonly shown: OrderWithAttempt }) {
  const slip = attempt?.slips.at(-1);
  if (!slip || slip.state === 'unknown') return null;
  return (
    <p class="slip-line">
      <Icon name="printer" />
      {t(wordOf(slip))}
    </p>
  );
}

/** Is it on paper? Nobody but a person can tell. */
export function SlipQuestion({ slip }: { readonly slip: Slip }) {
  return (
    <section class="slip-question" aria-label={t('slipUnknown')}>
      <p>
        <strong>
          <Icon name="printer" /> {t('slipUnknown')}
        </strong>
        <br />
        {t('slipUnknownNote')}
      </p>
      <button type="button" onClick={() => void slipSeen(slip.slipId, 'on-paper')}>
        {t('slipOnPaper')}
      </button>
      <button type="button" class="secondary outline" onClick={() => void slipSeen(slip.slipId, 'missing')}>
        {t('slipMissing')}
      </button>
    </section>
  );
}

function wordOf({ state, proof }: Slip): Word {
  if (state === 'queued' || state === 'sending') return 'slipQueued';
  return proof === 'confirmed' || proof === 'processed' || proof === 'clerk' ? 'slipPrinted' : 'slipSent';
}
