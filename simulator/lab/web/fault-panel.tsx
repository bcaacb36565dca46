import { act, faultPanel } from './lab.ts';
import { say, t } from './language.ts';
import type { Sections } from './types.ts';

/** Everything that can go wrong, by where it does. */
export function FaultPanel({ faults }: { readonly faults: Sections['faults'] }) {
  const panel = faultPanel.value;
  return (
    <div class="faults">
      <div class="faults-head">
        <p class="note">
          {t('faultsHint')}{' '}
          {faults.waiting.length === 0 ? t('faultsNone') : t('faultsWaiting', faults.waiting.map(nameOf).join('；'))}
        </p>
        <button type="button" class="quiet" onClick={() => void act('/v1/faults/calm', {})}>
          {t('faultsCalm')}
        </button>
      </div>
      {panel?.groups.map(({ group, words }, at) => (
        <details key={group} open={at < OPEN_AT_FIRST}>
          <summary>{say(words)}</summary>
          <div class="fault-list">
            {panel.faults
              .filter((fault) => fault.group === group)
              .map(({ id, words: name }) => (
                <button
                  key={id}
                  type="button"
                  class="quiet"
                  data-waiting={faults.waiting.includes(id)}
                  onClick={() => void act('/v1/faults', { fault: id })}
                >
                  {say(name)}
                </button>
              ))}
          </div>
        </details>
      ))}
    </div>
  );
}

function nameOf(id: string): string {
  const found = faultPanel.value?.faults.find((fault) => fault.id === id);
  return found ? say(found.words) : id;
}

const OPEN_AT_FIRST = 2;
