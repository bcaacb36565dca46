import { type Answer, ask } from './agent.ts';
import { fenOf } from './amount.ts';
import { both, type Words } from './language.ts';
import type { Tone } from './present.ts';
import { toneOf, wordOf } from './record-states.ts';
import { tellProblem, tellUnsent } from './told.ts';
import type { Hold, PaymentRecord, RecordPage } from './types.ts';

/** Rows at a time. */
export const PAGE = 50;
/** No state of a record: holds that nobody has charged or given up yet, of whatever day. */
export const STANDING = 'STANDING';

/** What is looked for, as it was typed. */
export interface Wanted {
  readonly text: string;
  readonly day: string;
  readonly state: string;
}

/** One line of what was found. */
export interface Row {
  readonly id: string;
  /** Unix ms */
  readonly at: number;
  readonly amountFen: number;
  readonly channel: PaymentRecord['channel'];
  readonly tone: Tone;
  readonly word: Words;
  readonly orderId: string;
  readonly isPaid: boolean;
}

export interface FoundRows {
  readonly rows: readonly Row[];
  readonly next?: string | undefined;
}

/** `undefined`: nothing was found out, and the clerk is told why. */
export function search(wanted: Wanted, cursor: string | undefined): Promise<FoundRows | undefined> {
  return wanted.state === STANDING ? standing(wanted) : recorded(wanted, cursor);
}

/** A number with an optional point is an amount, anything else an order. */
async function recorded({ text, day, state }: Wanted, cursor: string | undefined): Promise<FoundRows | undefined> {
  const amountFen = fenOf(text);
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (day !== '') query.set('day', day);
  if (state !== '') query.set('state', state);
  if (amountFen !== undefined) query.set('amountFen', String(amountFen));
  else if (text !== '') query.set('orderId', text);
  if (cursor !== undefined) query.set('cursor', cursor);
  const page = told(await ask<RecordPage>(`/v1/records?${query}`, { waitMs: SEARCH_MS }));
  return page && { rows: page.records.map(recordRow), next: page.next };
}

/** There are few: they come at once, the oldest first. */
async function standing({ text }: Wanted): Promise<FoundRows | undefined> {
  const list = told(await ask<{ readonly holds: readonly Hold[] }>('/v1/pre-authorisations'));
  const fen = fenOf(text);
  const isWanted = ({ amountFen, orderId }: Hold) => (fen === undefined ? orderId.includes(text) : amountFen === fen);
  return list && { rows: list.holds.filter(isWanted).map(holdRow) };
}

function told<T>(answer: Answer<T>): T | undefined {
  if (answer.kind === 'ok') return answer.body;
  if (answer.kind === 'no') tellProblem(answer.problem);
  else tellUnsent();
  return undefined;
}

function recordRow(record: PaymentRecord): Row {
  const { attemptId: id, startedAt: at, amountFen, channel, state, orderId } = record;
  const isPaid = state === 'PAID';
  return { id, at, amountFen, channel, tone: toneOf(state), word: both(wordOf(record)), orderId, isPaid };
}

function holdRow({ holdId: id, since: at, amountFen, state, words, orderId }: Hold): Row {
  const tone = state === 'UNCLEAR' ? 'doubt' : 'wait';
  const word = state === 'HELD' ? both('recordHeld') : state === 'UNCLEAR' ? both('stateManual') : words;
  return { id, at, amountFen, channel: 'CARD', tone, word, orderId, isPaid: false };
}

/** The first search may find a journal of a year to take in. */
const SEARCH_MS = 60_000;
