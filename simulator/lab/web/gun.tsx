import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { act } from './lab.ts';
import { t } from './language.ts';
import type { Sections } from './types.ts';

const BEAM_MS = 700;

interface Props {
  readonly gun: Sections['gun'];
  readonly waiting: readonly string[];
}

/** The gun in the clerk's hand: what it is aimed at, and its cable. */
export function Gun({ gun, waiting }: Props) {
  const isFiring = useBeam(gun.scans);
  const isArmed = waiting.some((id) => id.startsWith('gun.') || id.startsWith('gun-wire.'));
  return (
    <article class="card gun-card" data-firing={isFiring} aria-label={t('gun')}>
      <h2>
        <Icon name="gun" />
        {t('gun')}
        {!gun.plugged && (
          <span class="pill" data-light="bad">
            {t('pulled')}
          </span>
        )}
        {isArmed && (
          <span class="pill" data-light="wait">
            {t('armedNext')}
          </span>
        )}
      </h2>
      <div class="gun-place">
        <GunDrawing />
        <span class="beam" aria-hidden="true" />
      </div>
      <button
        type="button"
        class="big"
        disabled={!gun.plugged}
        onClick={() => void act('/v1/gun/scan', { target: 'phone' })}
      >
        {t('aim')}
      </button>
      <details class="more">
        <summary>{t('aimElse')}</summary>
        <div class="row">
          <button type="button" class="quiet" onClick={() => void act('/v1/gun/scan', { target: 'phone-again' })}>
            {t('aimOld')}
          </button>
          <button type="button" class="quiet" onClick={() => void act('/v1/gun/scan', { target: 'product' })}>
            {t('aimProduct')}
          </button>
          <button type="button" class="quiet" onClick={() => void act('/v1/gun/scan', { target: 'collection-code' })}>
            {t('aimCollection')}
          </button>
        </div>
      </details>
      <div class="row card-foot">
        <span class="note">{t('scans', gun.scans)}</span>
        <button
          type="button"
          class="quiet"
          onClick={() => void act('/v1/plugs', { device: 'gun', plugged: !gun.plugged })}
        >
          {t(gun.plugged ? 'pullGun' : 'plugGun')}
        </button>
      </div>
    </article>
  );
}

/** The beam is there for a moment after each scan. */
function useBeam(scans: number): boolean {
  const [isOn, setOn] = useState(false);
  const before = useRef(scans);
  useEffect(() => {
    if (before.current === scans) return undefined;
    before.current = scans;
    setOn(true);
    const timer = setTimeout(() => setOn(false), BEAM_MS);
    return () => clearTimeout(timer);
  }, [scans]);
  return isOn;
}

function GunDrawing() {
  return (
    <svg class="gun-drawing" viewBox="0 0 150 110" aria-hidden="true" focusable="false">
      <path
        class="body"
        d="M20 22 Q22 10 38 10 H112 Q134 10 138 30 L140 42 Q140 50 130 50 H98 L90 96 Q89 102 82 102 H62 Q55 102 56 95 L64 52 H34 Q20 52 20 40 Z"
      />
      <path class="window" d="M20 20 h10 v26 h-10 q-4 -13 0 -26" />
      <path class="trigger" d="M66 54 q-14 6 -10 18" />
      <circle class="lamp" cx="112" cy="26" r="5" />
      <path class="cable" d="M72 102 q4 8 18 6" />
    </svg>
  );
}
