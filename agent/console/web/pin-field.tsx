import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { pressed } from './amount.ts';
import { KeyPad } from './key-pad.tsx';
import { t } from './language.ts';

const MOST_DIGITS = 12;

export interface PinFieldProps {
  readonly label?: string;
  readonly action: string;
  readonly no: string | undefined;
  readonly isBusy: boolean;
  readonly onPin: (pin: string) => void;
}

/** A PIN by keyboard or by finger. It stands nowhere but in this field, and is gone when it was sent. */
export function PinField({ label = t('pin'), action, no, isBusy, onPin }: PinFieldProps) {
  const [pin, setPin] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (!isBusy) field.current?.focus();
  }, [isBusy]);
  return (
    <form
      class="pin-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (pin === '' || isBusy) return;
        setPin('');
        onPin(pin);
      }}
    >
      <label>
        {label}
        <input
          ref={field}
          type="password"
          class="digits"
          inputMode={hasFingers() ? 'none' : 'numeric'}
          autocomplete="off"
          autofocus
          maxLength={MOST_DIGITS}
          aria-invalid={no === undefined ? undefined : 'true'}
          aria-describedby="pin-no"
          value={pin}
          onInput={(event) => setPin(event.currentTarget.value.replaceAll(/\D/g, ''))}
        />
      </label>
      <p id="pin-no" class="bad-text" role="alert">
        {no ?? ''}
      </p>
      <KeyPad corners={['clear', 'back']} onKey={(key) => setPin((text) => pressedPin(text, key))} />
      <button type="submit" class="wide" disabled={pin === '' || isBusy} aria-busy={isBusy}>
        {action}
      </button>
    </form>
  );
}

function pressedPin(text: string, key: string): string {
  if (key === 'back' || key === 'clear') return pressed(text, key);
  return (text + key).slice(0, MOST_DIGITS);
}

/** Where fingers type, the page's own keys do: the system's would hide half of it. */
export function hasFingers(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}
