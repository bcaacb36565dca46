import { Countdown, useNow } from './countdown.tsx';
import { Icon } from './icons.tsx';
import { t } from './language.ts';
import { state } from './till.ts';
import type { Attempt, Intent } from './types.ts';

/** The clock of a payment under way: when it ends by itself, and a word when it takes long. */
export function AttemptClock({ attempt: { attemptId, state: name } }: { readonly attempt: Attempt }) {
  const now = useNow();
  const clock = state.value?.open;
  if (clock?.attemptId !== attemptId) return null;
  const { startedMs, deadlineMs, warnAtMs, isCard, terminalSays } = clock;
  // card and PIN take their time
  const late = isCard || name === 'REVERSING' ? 0 : warnAtMs.filter((at) => now >= at).length;
  return (
    <>
      {terminalSays !== undefined && <p class="note">{t('terminalSays', terminalSays)}</p>}
      {late > 0 && (
        <p class="warning" data-late={Math.min(late, 2)} role="alert">
          <Icon name="warning" />
          {t(late > 1 ? 'strong' : 'soft')}
        </p>
      )}
      <Countdown from={startedMs} to={deadlineMs} after={t('finishing')} />
    </>
  );
}

/** How long a code on the screen can still be paid. */
export function IntentClock({ intent: { createdAt, expiresAt, closing } }: { readonly intent: Intent }) {
  if (expiresAt === undefined || closing) return null;
  return <Countdown from={createdAt} to={expiresAt} after={t('finishing')} />;
}
