import { END_MS, type TypedCode, WedgeEar } from './wedge.ts';

// The keyboard of the whole page, before any field hears it: a gun's keys are taken out, a person's go on.

type Field = HTMLInputElement | HTMLTextAreaElement;

/** What a field held before a run of keys began: put back when the run was a gun's. */
interface Before {
  readonly field: Field | undefined;
  readonly value: string;
}

/** Hears guns that type, until called off. */
export function hearGuns(onCode: (code: TypedCode) => void): () => void {
  const ear = new WedgeEar();
  let before: Before = { field: undefined, value: '' };
  let timer: ReturnType<typeof setTimeout> | undefined;

  const done = () => {
    const code = ear.take();
    if (code) onCode(code);
  };
  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const onKey = (event: KeyboardEvent) => {
    // a key that is held down repeats as fast as a gun types
    if (event.repeat) return void (ear.hears && swallow(event));
    const isEnd = event.key === 'Enter' || event.key === 'Tab';
    const char = charOf(event);
    if (!isEnd && char === undefined) return;
    if (!isEnd && ear.beginsAt(event.timeStamp)) before = snapshot();
    const heard = isEnd ? ear.endKey(event.timeStamp) : ear.char(char ?? '', event.timeStamp);
    clearTimeout(timer);
    if (heard === 'hand') return;
    swallow(event);
    if (heard === 'revealed') restore(before);
    if (heard === 'end') return done();
    timer = setTimeout(() => {
      ear.silence();
      done();
    }, END_MS);
  };
  window.addEventListener('keydown', onKey, true);
  return () => {
    clearTimeout(timer);
    window.removeEventListener('keydown', onKey, true);
  };
}

/** The character of a key. An input method that is on hides digits and letters: their place on the keyboard tells them. */
function charOf(event: KeyboardEvent): string | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.key.length === 1) return event.key;
  if (event.key !== 'Process' && event.key !== 'Unidentified') return undefined;
  return /^(?:Digit|Key|Numpad)([0-9A-Z])$/.exec(event.code)?.[1];
}

function snapshot(): Before {
  const focused = document.activeElement;
  const field = focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement ? focused : undefined;
  return { field, value: field?.value ?? '' };
}

/** The field as it was. Whoever keeps its text hears of it as of any change. */
function restore({ field, value }: Before): void {
  const now = document.activeElement;
  // a screen may have changed in the middle of the run: what was typed then stands in the field of the new one
  const target = field?.isConnected ? field : now instanceof HTMLInputElement ? now : undefined;
  if (!target || target.value === value) return;
  target.value = value;
  target.dispatchEvent(new Event('input', { bubbles: true }));
}
