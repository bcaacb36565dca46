import { Icon } from './icons.tsx';
import { t } from './language.ts';
import type { Word } from './words.ts';

const ROWS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const SPOKEN: Readonly<Record<string, Word>> = {
  '.': 'keyPoint',
  '00': 'keyDoubleZero',
  back: 'keyBack',
  clear: 'keyClear',
};

export interface KeyPadProps {
  readonly onKey: (key: string) => void;
  /** what stands left and right of the zero */
  readonly corners: readonly [left: string, right: string];
}

/** Keys for fingers: as on a telephone, as on every terminal of the trade. */
export function KeyPad({ onKey, corners: [left, right] }: KeyPadProps) {
  return (
    <fieldset class="key-pad" aria-label={t('keypad')}>
      {[...ROWS, left, '0', right].map((key) => {
        const word = SPOKEN[key];
        return (
          <button
            type="button"
            class="key"
            key={key}
            {...(word === undefined ? {} : { 'aria-label': t(word) })}
            onClick={() => onKey(key)}
          >
            {key === 'back' ? <Icon name="erase" /> : key === 'clear' ? 'C' : key}
          </button>
        );
      })}
    </fieldset>
  );
}
