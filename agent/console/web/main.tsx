import { effect } from '@preact/signals';
import { render } from 'preact';
import { resumeWishes } from './acts.ts';
import { token } from './agent.ts';
import { App } from './app.tsx';
import { askWelcome, isIn, welcome } from './people.ts';
import { followTill } from './till.ts';

const WELCOME_AGAIN_MS = 1_000;
/** A till that is not set up yet may be in a minute. */
const SETUP_LOOK_MS = 5_000;

/** Asks until the agent has answered, and again whenever somebody has to sign in. */
async function greet(): Promise<void> {
  const heard = await askWelcome();
  if (!heard) setTimeout(() => void greet(), WELCOME_AGAIN_MS);
  else if (welcome.peek()?.mode === 'first-run') setTimeout(() => void greet(), SETUP_LOOK_MS);
}

effect(() => {
  if (token.value === undefined) void greet();
});
if (token.peek() !== undefined) void greet();
effect(() => (isIn() ? followTill() : undefined));
resumeWishes();

const place = document.getElementById('page');
if (place) render(<App />, place);
