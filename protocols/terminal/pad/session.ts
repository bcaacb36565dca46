import { type Bitmap, dotAt } from '../../escpos/image.ts';
import { signingGround } from '../../signature/feature-glyphs.ts';
import { readPadImage } from '../../signature/pad-image.ts';
import type { PadMessage } from './messages.ts';
import { PAD_MESSAGES, type PadRow } from './messages.ts';
import type { PadDialect, Unsigned } from './settings.ts';

// One signature from the till's side, as values (terminals.md 3.5):
//
//   A0 -> F8 -> E5 -> E3 [-> F9 -> D0] -> A2 -> [D1]* -> B2 or C2 -> A3
//
// A3 leaves always, also after an error and, when the cable was pulled meanwhile or the till was started anew, as the first thing
// that is said: a pad that is not told keeps the last customer's page, and gives what is drawn there to whoever asks next.

export interface PadJob {
  /** 特征码, eight characters */
  readonly featureCode: string;
  /** of the newest signature that came from this pad */
  readonly lastSequence?: number | undefined;
}

export interface Signed {
  readonly kind: 'signed';
  readonly sequence: number;
  readonly bitmap: Bitmap;
}

export type PadResult = Signed | { readonly kind: 'unsigned'; readonly why: Unsigned; readonly code?: number };

/** Times are monotonic ms. */
export type PadEvent =
  | { readonly kind: 'sign'; readonly job: PadJob; readonly at: number }
  | { readonly kind: 'message'; readonly message: PadMessage; readonly at: number }
  /** bytes that were a frame and failed its check */
  | { readonly kind: 'spoilt'; readonly at: number }
  | { readonly kind: 'cancel'; readonly at: number }
  | { readonly kind: 'time'; readonly at: number }
  | { readonly kind: 'connected'; readonly at: number }
  | { readonly kind: 'disconnected'; readonly at: number };

export type PadEffect =
  | { readonly do: 'send'; readonly message: PadMessage }
  /** `ended`: the pad has confirmed A3 */
  | { readonly do: 'result'; readonly result: PadResult; readonly ended: boolean };

export type PadState =
  | { readonly phase: 'idle'; readonly owesEnd: boolean }
  | {
      readonly phase: 'setting';
      readonly job: PadJob;
      /** what is still to be said, the first of them is waited for */
      readonly plan: readonly PadMessage[];
      readonly sends: number;
      readonly until: number;
    }
  | {
      readonly phase: 'signing';
      readonly job: PadJob;
      readonly asks: number;
      readonly until: number;
      readonly limit: number;
    }
  | {
      readonly phase: 'ending';
      /** absent: an end that was owed */
      readonly result: PadResult | undefined;
      /** a job that waits behind an owed end */
      readonly next: PadJob | undefined;
      readonly sends: number;
      readonly until: number;
    };

/** An earlier process may have died with its customer's page on the pad. */
export const PAD_AT_START: PadState = { phase: 'idle', owesEnd: true };

export interface PadStep {
  readonly state: PadState;
  readonly effects: readonly PadEffect[];
}

/** What happens next. Every (phase, event) is decided; what does not belong changes nothing. */
export function padStep(state: PadState, event: PadEvent, dialect: PadDialect): PadStep {
  if (event.kind === 'disconnected') return cut(state);
  switch (state.phase) {
    case 'idle':
      return fromIdle(state, event, dialect);
    case 'setting':
      return whileSetting(state, event, dialect);
    case 'signing':
      return whileSigning(state, event, dialect);
    case 'ending':
      return whileEnding(state, event, dialect);
    default:
      return state satisfies never;
  }
}

/** When `time` will mean something. */
export function padDeadline(state: PadState): number | undefined {
  return state.phase === 'idle' ? undefined : state.until;
}

const stay = (state: PadState): PadStep => ({ state, effects: [] });
const send = (message: PadMessage): PadEffect => ({ do: 'send', message });

function fromIdle(state: PadState & { phase: 'idle' }, event: PadEvent, dialect: PadDialect): PadStep {
  if (event.kind === 'connected' && state.owesEnd) return end(undefined, event.at, dialect);
  if (event.kind !== 'sign') return stay(state);
  return state.owesEnd ? end(undefined, event.at, dialect, event.job) : begin(event.job, event.at, dialect);
}

function begin(job: PadJob, at: number, dialect: PadDialect): PadStep {
  return say(job, planOf(dialect), 1, at, dialect);
}

function planOf({ resignTimes, acceptBlank, zone, picture, penWidth, timeoutS }: PadDialect): PadMessage[] {
  return [
    { name: 'handshake' },
    { name: 'resign-times', times: resignTimes },
    { name: 'accept-blank', accept: acceptBlank ? 1 : 0 },
    {
      name: 'zone',
      zoneWidth: zone.width,
      zoneHeight: zone.height,
      pictureWidth: picture.width,
      pictureHeight: picture.height,
    },
    ...(penWidth === undefined ? [] : [{ name: 'pen-width', dots: penWidth } as const]),
    ...(timeoutS === undefined ? [] : [{ name: 'timeout', seconds: timeoutS } as const]),
  ];
}

function say(job: PadJob, plan: readonly PadMessage[], sends: number, at: number, dialect: PadDialect): PadStep {
  const [message] = plan;
  if (!message) return ask(job, 1, at, at + dialect.limitMs, dialect);
  const state: PadState = { phase: 'setting', job, plan, sends, until: at + dialect.replyMs };
  return { state, effects: [send(message)] };
}

function whileSetting(state: PadState & { phase: 'setting' }, event: PadEvent, dialect: PadDialect): PadStep {
  const { job, plan, sends, until } = state;
  if (event.kind === 'cancel') return end({ kind: 'unsigned', why: 'cancelled' }, event.at, dialect);
  if (event.kind === 'time' && event.at >= until)
    return sends < dialect.sends
      ? say(job, plan, sends + 1, event.at, dialect)
      : end({ kind: 'unsigned', why: 'silent' }, event.at, dialect);
  const [asked] = plan;
  if (event.kind !== 'message' || !asked || !isAnswer(event.message, asked)) return stay(state);
  // the state of B0 is not documented: whatever it says, the settings will tell
  const status = 'status' in event.message ? (event.message.status ?? 0) : 0;
  if (status !== 0) return end({ kind: 'unsigned', why: 'refused', code: status }, event.at, dialect);
  return say(job, plan.slice(1), 1, event.at, dialect);
}

function isAnswer(message: PadMessage, asked: PadMessage): boolean {
  const { answers = [] }: PadRow = PAD_MESSAGES[asked.name];
  return answers.includes(message.name);
}

/** The customer is asked, perhaps again. */
function ask(job: PadJob, asks: number, at: number, limit: number, dialect: PadDialect): PadStep {
  const state: PadState = { phase: 'signing', job, asks, until: Math.min(at + dialect.signMs, limit), limit };
  return { state, effects: [send({ name: 'sign', featureCode: job.featureCode })] };
}

function whileSigning(state: PadState & { phase: 'signing' }, event: PadEvent, dialect: PadDialect): PadStep {
  const { limit, until } = state;
  if (event.kind === 'cancel') return end({ kind: 'unsigned', why: 'cancelled' }, event.at, dialect);
  if (event.kind === 'spoilt') return again(state, 'unreadable', event.at, dialect);
  if (event.kind === 'time' && event.at >= until)
    return end({ kind: 'unsigned', why: until >= limit ? 'too-long' : 'timeout' }, event.at, dialect);
  if (event.kind !== 'message') return stay(state);
  const { message, at } = event;
  if (message.name === 'heartbeat') return stay({ ...state, until: Math.min(at + dialect.signMs, limit) });
  if (message.name === 'sign-error') {
    const why = dialect.errors[message.error] ?? 'pad-failed';
    return end({ kind: 'unsigned', why, code: message.error }, at, dialect);
  }
  if (message.name !== 'signed') return stay(state);
  const looked = look(message.sequence, message.image, state.job, dialect);
  if (typeof looked === 'object') return end(looked, at, dialect);
  return looked === 'oversize'
    ? end({ kind: 'unsigned', why: looked }, at, dialect)
    : again(state, looked, at, dialect);
}

/** What came, or why it is not this customer's signature. */
function look(sequence: number, image: Uint8Array, job: PadJob, dialect: PadDialect): Signed | Unsigned {
  if (sequence === job.lastSequence) return 'old-signature';
  const bitmap = readPadImage(image)?.bitmap;
  if (!bitmap) return 'unreadable';
  const { width, height } = dialect.picture;
  if (bitmap.width > width || bitmap.height > height) return 'oversize';
  const ground = dialect.ground === 'ours' ? signingGround(bitmap.width, bitmap.height, job.featureCode) : undefined;
  if (ground && !covers(bitmap, ground)) return 'old-signature';
  if (!dialect.acceptBlank && inkOf(bitmap) <= (ground ? inkOf(ground) : 0)) return 'blank';
  return { kind: 'signed', sequence, bitmap };
}

function covers(bitmap: Bitmap, ground: Bitmap): boolean {
  return ground.bits.every((byte, at) => ((bitmap.bits[at] ?? 0) & byte) === byte);
}

function inkOf(bitmap: Bitmap): number {
  let dots = 0;
  for (let y = 0; y < bitmap.height; y++) for (let x = 0; x < bitmap.width; x++) if (dotAt(bitmap, x, y)) dots += 1;
  return dots;
}

function again(state: PadState & { phase: 'signing' }, why: Unsigned, at: number, dialect: PadDialect): PadStep {
  const { job, asks, limit } = state;
  if (asks >= dialect.asks || at >= limit) return end({ kind: 'unsigned', why }, at, dialect);
  return ask(job, asks + 1, at, limit, dialect);
}

function end(result: PadResult | undefined, at: number, dialect: PadDialect, next?: PadJob, sends = 1): PadStep {
  const state: PadState = { phase: 'ending', result, next, sends, until: at + dialect.replyMs };
  return { state, effects: [send({ name: 'end' })] };
}

function whileEnding(state: PadState & { phase: 'ending' }, event: PadEvent, dialect: PadDialect): PadStep {
  const { result, next, sends, until } = state;
  if (event.kind === 'sign' && result === undefined && next === undefined) return stay({ ...state, next: event.job });
  if (event.kind === 'message' && event.message.name === 'ended') return ended(state, true, event.at, dialect);
  if (event.kind !== 'time' || event.at < until) return stay(state);
  if (sends < dialect.sends) return end(result, event.at, dialect, next, sends + 1);
  return ended(state, false, event.at, dialect);
}

function ended(state: PadState & { phase: 'ending' }, isEnded: boolean, at: number, dialect: PadDialect): PadStep {
  const { result, next } = state;
  // a job behind an owed end goes on: a pad that is deaf will be so to the handshake too
  if (next) return begin(next, at, dialect);
  const effects: PadEffect[] = result ? [{ do: 'result', result, ended: isEnded }] : [];
  return { state: { phase: 'idle', owesEnd: !isEnded }, effects };
}

/** The cable was pulled. What was signed is signed; the end is owed. */
function cut(state: PadState): PadStep {
  if (state.phase === 'idle') return stay(state);
  const lost: PadResult = { kind: 'unsigned', why: 'link-lost' };
  const waits = state.phase !== 'ending' || state.result !== undefined || state.next !== undefined;
  const result = state.phase === 'ending' ? (state.result ?? lost) : lost;
  return {
    state: { phase: 'idle', owesEnd: true },
    effects: waits ? [{ do: 'result', result, ended: false }] : [],
  };
}
