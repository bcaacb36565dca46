import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { yuan } from './amount.ts';
import { say } from './language.ts';
import { present, type Tone } from './present.ts';
import { announce, play, type Sound } from './sounds.ts';
import { shown, state } from './till.ts';
import { untell } from './told.ts';

/** The sound of what the agent named, else of the tone. */
const OF_TONE: Readonly<Record<Tone, Sound | undefined>> = {
  ready: undefined,
  wait: 'wait',
  good: 'success',
  bad: 'fail',
  doubt: 'alarm',
  calm: undefined,
};

/** Says each new state once: in tones or a voice, and in words to a screen reader. Only the tab that is looked at speaks. */
export function useVoice(): void {
  useEffect(() => {
    let before: string | undefined;
    return effect(() => {
      if (state.value === undefined) return;
      const order = shown.value;
      const seen = order && present(order, state.value?.terminal.servicePhone);
      const isNew = seen !== undefined && before !== undefined && seen.key !== before;
      before = seen?.key ?? '';
      // what was told before belongs to what was before
      if (isNew) untell();
      if (!isNew || document.visibilityState !== 'visible') return;
      if (seen.tone === 'good' && order) return announce(seen.word.zh, amountOf(order));
      const sound = OF_TONE[seen.tone];
      if (sound) play(sound);
    });
  }, []);
}

function amountOf(order: NonNullable<typeof shown.value>): number {
  const refund = order.refunds?.findLast(({ state: name }) => name === 'REFUNDED');
  return refund?.refundFen ?? order.order.amountFen;
}

/** What a screen reader hears: always there, so that a change is told. */
export function LiveWords() {
  const seen = shown.value && present(shown.value, state.value?.terminal.servicePhone);
  const amount = shown.value && `¥${yuan(amountOf(shown.value))}`;
  const words = seen && `${say(seen.word)}, ${amount}. ${say(seen.sentence)}. ${say(seen.todo)}`;
  return (
    <p
      class="only-heard"
      role="status"
      aria-live={seen?.tone === 'bad' || seen?.tone === 'doubt' ? 'assertive' : 'polite'}
    >
      {words ?? ''}
    </p>
  );
}
