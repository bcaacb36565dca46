import { useState } from 'preact/hooks';
import { clockTime } from './amount.ts';
import { Dialog } from './dialog.tsx';
import { Icon, type IconName } from './icons.tsx';
import { say, t } from './language.ts';
import { link, state } from './till.ts';
import type { Light } from './types.ts';
import type { Word } from './words.ts';

const ROWS: Readonly<Record<Light['device'], { readonly icon: IconName; readonly word: Word }>> = {
  gun: { icon: 'gun', word: 'deviceScanner' },
  printer: { icon: 'printer', word: 'devicePrinter' },
  terminal: { icon: 'terminal', word: 'deviceTerminal' },
  network: { icon: 'network', word: 'deviceNetwork' },
  clock: { icon: 'clock', word: 'deviceClock' },
};
const STATES: Readonly<Record<Light['state'] | 'unknown', Word>> = {
  ok: 'deviceOk',
  warn: 'deviceAttention',
  bad: 'deviceOff',
  absent: 'deviceNone',
  unknown: 'deviceUnknown',
};

/** What stands around the till, and whether it works. A light that nobody looks at any more is unknown, not green. */
export function DeviceStrip() {
  const [isOpen, setOpen] = useState(false);
  const lights = (state.value?.strip ?? []).filter(({ state: light }) => light !== 'absent');
  const isStale = link.value !== 'live';
  return (
    <>
      <button type="button" class="strip plain" onClick={() => setOpen(true)}>
        <span class="only-heard">{t('devices')}</span>
        {lights.map(({ device, state: light }) => (
          <span class="light" key={device} data-light={isStale ? 'unknown' : light}>
            <Icon name={ROWS[device].icon} />
            <span class="light-name">{t(ROWS[device].word)}</span>
            <span class="light-state">{t(STATES[isStale ? 'unknown' : light])}</span>
          </span>
        ))}
      </button>
      {isOpen && (
        <Dialog title={t('devices')} onClose={() => setOpen(false)}>
          <ul class="devices">
            {(state.value?.strip ?? []).map((light) => (
              <DeviceRow light={light} isStale={isStale} key={light.device} />
            ))}
          </ul>
        </Dialog>
      )}
    </>
  );
}

function DeviceRow({ light, isStale }: { readonly light: Light; readonly isStale: boolean }) {
  const { device, state: found, problem, remedy, sinceMs } = light;
  const shown = isStale ? 'unknown' : found;
  return (
    <li data-light={shown}>
      <Icon name={ROWS[device].icon} />
      <div>
        <strong>{t(ROWS[device].word)}</strong> <span class="light-state">{t(STATES[shown])}</span>
        {found !== 'absent' && <small> {t('sinceTime', clockTime(sinceMs))}</small>}
        {problem && <p>{say(problem)}</p>}
        {remedy && (
          <p class="remedy">
            <span>{t('remedy')}</span> {say(remedy)}
          </p>
        )}
      </div>
    </li>
  );
}

/** What is wrong right now, one line each, where nobody can miss it. */
export function DeviceTroubles() {
  const troubles = (state.value?.strip ?? []).filter(({ state: light }) => light === 'bad' || light === 'warn');
  if (link.value !== 'live' || troubles.length === 0) return null;
  return (
    <ul class="troubles" aria-label={t('devices')}>
      {troubles.map(({ device, state: light, problem, remedy }) => (
        <li key={device} data-light={light} data-device={device}>
          <Icon name={ROWS[device].icon} />
          <span>
            <strong>{problem ? say(problem) : t(ROWS[device].word)}</strong> {remedy && say(remedy)}
          </span>
        </li>
      ))}
    </ul>
  );
}
