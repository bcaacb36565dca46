import { signal } from '@preact/signals';
import { spoken } from './amount.ts';

// What the counter hears. Tones are made here; a voice is used only when it lives on this PC: none is asked for over the net.

export type Sound = 'success' | 'fail' | 'wait' | 'alarm' | 'hint';

/** Hz and ms, one after the other. */
const TONES: Readonly<Record<Sound, readonly (readonly [hertz: number, ms: number])[]>> = {
  success: [
    [784, 110],
    [1_047, 220],
  ],
  fail: [
    [330, 160],
    [233, 320],
  ],
  wait: [[523, 90]],
  alarm: [
    [880, 140],
    [587, 140],
    [880, 140],
    [587, 260],
  ],
  hint: [[262, 160]],
};
const VOLUME = 0.22;
const FADE_S = 0.015;

const KEPT = 'tillwire.quiet';
export const quiet = signal(localStorage.getItem(KEPT) === 'yes');

export function setQuiet(isQuiet: boolean): void {
  localStorage.setItem(KEPT, isQuiet ? 'yes' : 'no');
  quiet.value = isQuiet;
}

/** What was heard last: for people who watch the page instead, and for tests. */
export const lastHeard = signal('');

let context: AudioContext | undefined;

export function play(sound: Sound): void {
  lastHeard.value = sound;
  // a browser plays nothing before somebody has touched the page
  if (quiet.peek() || !navigator.userActivation.hasBeenActive) return;
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume();
  let at = context.currentTime;
  for (const [hertz, ms] of TONES[sound]) {
    tone(context, hertz, at, ms / 1_000);
    at += ms / 1_000;
  }
}

function tone(audio: AudioContext, hertz: number, at: number, seconds: number): void {
  const oscillator = new OscillatorNode(audio, { frequency: hertz, type: 'triangle' });
  const gain = new GainNode(audio, { gain: 0 });
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(VOLUME, at + FADE_S);
  gain.gain.setValueAtTime(VOLUME, at + seconds - FADE_S);
  gain.gain.linearRampToValueAtTime(0, at + seconds);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + seconds);
}

/** Says what was taken, in Chinese, when this PC has a Chinese voice; the tones come in any case. */
export function announce(before: string, fen: number): void {
  play('success');
  const voice = localVoice('zh');
  if (!voice || quiet.peek()) return;
  const words = new SpeechSynthesisUtterance(`${before}${spoken(fen)}`);
  words.voice = voice;
  words.lang = voice.lang;
  lastHeard.value = words.text;
  speechSynthesis.cancel();
  speechSynthesis.speak(words);
}

/** A voice of this machine. `localService` false: the text would leave it. */
function localVoice(tongue: string): SpeechSynthesisVoice | undefined {
  if (!('speechSynthesis' in window)) return undefined;
  return speechSynthesis
    .getVoices()
    .find(({ lang, localService }) => localService && lang.toLowerCase().startsWith(tongue));
}
