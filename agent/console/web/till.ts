import { computed, signal } from '@preact/signals';
import { ask } from './agent.ts';
import { type TillEvent, watch } from './events.ts';
import { type Ended, failureAtEnd, type Why } from './failed-wishes.ts';
import type { Words } from './language.ts';
import { both } from './language.ts';
import { may } from './people.ts';
import { tell, tellProblem } from './told.ts';
import type { OrderWithAttempt, State } from './types.ts';

// What is to be seen at the till. The page decides nothing about money: it shows the agent's state, asked anew whenever
// something happens, and remembers only which order the clerk is looking at.

/** the agent answers; `lost`: what is shown is the last that was known */
export const link = signal<'opening' | 'live' | 'lost'>('opening');
export const state = signal<State | undefined>(undefined);

/** a card terminal stands beside the till */
export const hasCard = computed(() => state.value?.strip.some(isCardTerminal) === true);
/** an amount can be held on a card, and whoever is signed in may ask for it */
export const canHold = computed(() => state.value?.terminal.canHold === true && may('collect'));
function isCardTerminal({ device, state: light }: State['strip'][number]): boolean {
  return device === 'terminal' && light !== 'absent';
}

const KEPT = 'tillwire.shown';
/** the order that the clerk looks at */
export const shownId = signal<string | undefined>(sessionStorage.getItem(KEPT) ?? undefined);
const fetched = signal<OrderWithAttempt | undefined>(undefined);

/** The order on the screen, as the agent has it now. */
export const shown = computed<OrderWithAttempt | undefined>(() => {
  const counter = state.value?.counter;
  if (shownId.value === undefined) return undefined;
  if (counter?.order.orderId === shownId.value) return counter;
  return fetched.value?.order.orderId === shownId.value ? fetched.value : undefined;
});

/** Shows an order; `undefined`: the next customer, please. */
export function show(orderId: string | undefined): void {
  if (orderId === undefined) sessionStorage.removeItem(KEPT);
  else sessionStorage.setItem(KEPT, orderId);
  shownId.value = orderId;
  wantedAt = performance.now();
  void refresh();
}

/** When the clerk last turned to an order, ms; one that an earlier page remembers was turned to long ago. */
let wantedAt = Number.NEGATIVE_INFINITY;
/** The agent says yes to a wish before the order is on its disk: so long it may be unknown. A slow disk takes a second. */
const YET_TO_COME_MS = 5_000;

/** Unix ms of the backend's clock, as far as the agent knows it: this PC's own may be wrong. */
export function backendNow(): number {
  return performance.now() + ahead;
}
let ahead = new Date().getTime() - performance.now();

let counterId: string | undefined;
let asking: Promise<void> | undefined;
let askAgain = false;

/** Asks the agent how things are. Calls made meanwhile become one more question. */
export function refresh(): Promise<void> {
  if (asking) {
    askAgain = true;
    return asking;
  }
  asking = look().finally(() => {
    asking = undefined;
    if (!askAgain) return;
    askAgain = false;
    void refresh();
  });
  return asking;
}

async function look(): Promise<void> {
  const now = await ask<State>('/v1/state');
  if (now.kind === 'lost') link.value = 'lost';
  if (now.kind !== 'ok') return;
  ahead = now.body.clock.backendNow - performance.now();
  link.value = 'live';
  follow(now.body);
  await lookAtShown(now.body);
  state.value = now.body;
}

/** A new order at the counter, wherever it came from, is what the clerk sees. */
function follow({ counter }: State): void {
  const orderId = counter?.order.orderId;
  if (orderId !== undefined && orderId !== counterId) turnTo(orderId);
  counterId = orderId;
}

function turnTo(orderId: string): void {
  sessionStorage.setItem(KEPT, orderId);
  shownId.value = orderId;
}

/** A payment that began in another tab or program, and may be over before the next look at the counter. */
function followAttempt({ order, attempt }: AttemptEvent): void {
  if (attempt.state === 'CREATED') turnTo(order.orderId);
}

async function lookAtShown({ counter }: State): Promise<void> {
  const orderId = shownId.peek();
  if (orderId === undefined || counter?.order.orderId === orderId) return;
  const answer = await ask<OrderWithAttempt>(`/v1/orders/${encodeURIComponent(orderId)}`);
  if (answer.kind === 'ok') fetched.value = answer.body;
  if (answer.kind === 'no' && answer.status === 404 && !isYetToCome(orderId)) show(undefined);
}

/** If not, the wish never reached the agent, or the journal is another one. */
function isYetToCome(orderId: string): boolean {
  return fetched.peek()?.order.orderId === orderId || performance.now() - wantedAt < YET_TO_COME_MS;
}

interface AttemptEvent {
  readonly order: { readonly orderId: string };
  readonly attempt: { readonly state: string };
}

interface RefusedScan {
  readonly reason: string;
  readonly clerk: Words;
}

/** A gun read something that began no payment. */
function tellScan({ clerk }: RefusedScan): void {
  tell('bad', clerk, both('scanRefused'));
}

/** A wish came to nothing behind its yes: its order is not to come any more. */
function tellFailure(why: Why | undefined): void {
  if (!why) return;
  wantedAt = Number.NEGATIVE_INFINITY;
  tellProblem(why);
}

const BREATH_MS = 60;
/** Devices and the network tell no events: a look now and then. */
const LOOK_MS = 3_000;

/** Follows the till until called off. */
export function followTill(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void refresh();
    }, BREATH_MS);
  };
  const onEvent = ({ type, data }: TillEvent) => {
    if (type === 'scan') return tellScan(data as RefusedScan);
    if (type === 'attempt') followAttempt(data as AttemptEvent);
    if (type === 'command') tellFailure(failureAtEnd(data as Ended));
    soon();
  };
  const stop = watch({ onEvent, onOpen: soon, onLost: soon });
  const looking = setInterval(() => void refresh(), LOOK_MS);
  void refresh();
  return () => {
    stop();
    clearTimeout(timer);
    clearInterval(looking);
  };
}
