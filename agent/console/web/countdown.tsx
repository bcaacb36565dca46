import { useEffect, useState } from 'preact/hooks';
import { t } from './language.ts';
import { backendNow } from './till.ts';

const TICK_MS = 250;

/** The backend's time, again and again. */
export function useNow(): number {
  const [now, setNow] = useState(backendNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(backendNow()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export interface CountdownProps {
  /** Unix ms of the backend */
  readonly from: number;
  readonly to: number;
  /** what is said when it is over: there is always an end in sight */
  readonly after: string;
}

/** How long it may still take. It is no spinner: it ends. */
export function Countdown({ from, to, after }: CountdownProps) {
  const now = useNow();
  const left = Math.max(0, Math.ceil((to - now) / 1_000));
  const part = Math.min(1, Math.max(0, (to - now) / Math.max(1, to - from)));
  return (
    <div class="countdown">
      <progress value={part} max={1} aria-label={t('left', left)} />
      <span class="countdown-text" role="timer">
        {left > 0 ? leftWords(left) : after}
      </span>
    </div>
  );
}

function leftWords(seconds: number): string {
  return seconds < 100 ? t('left', seconds) : t('leftMinutes', Math.floor(seconds / 60), seconds % 60);
}
