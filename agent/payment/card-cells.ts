import type { CardFact } from './card-machine.ts';
import type { DoingKind } from './cells.ts';

// Every (doing, fact) cell of an attempt on the card terminal: decided, with what may follow and why, or ignored, with the
// reason. card-machine.ts is the code, this table its contract: test/agent/card-cells.test.ts walks the whole machine and
// holds the two together.

export type CardDoing = Extract<DoingKind, 'created' | 'paying' | 'querying' | 'resting' | 'done'>;
export type CardFactKind = CardFact['kind'];

export type CardCell = { readonly next: readonly CardDoing[]; readonly why: string } | { readonly ignored: string };

const SAID_NOTHING = 'nothing was said to the terminal yet';
const SAID_ONCE = 'the command was said; it is never said a second time';
const OVER = 'the attempt is final; what the terminal says now is evidence beside it (TERMINAL_LATE), never applied';
const NO_TIME_ASKED = 'an answer or the end of the dialogue comes first; no time was asked for';
const BEING_ASKED = 'what became of it is being asked: there is nothing left to stop';
const ASK_FIRST =
  'a new process asks before it does anything else; a terminal that cannot be asked is a person’s business at once';
const WORD =
  'a final yes pays, a no ends it; nobody knows: asked after, or a person where it cannot be asked, cannot tell, or names another amount';
const AT_WORK = 'it is at work on this very command';

export const CARD_CELLS: { readonly [D in CardDoing]: { readonly [F in CardFactKind]: CardCell } } = {
  created: {
    submitted: { next: ['paying'], why: 'the attempt is on disk: its command may be said' },
    result: { ignored: SAID_NOTHING },
    refused: { ignored: SAID_NOTHING },
    ended: { ignored: SAID_NOTHING },
    ready: { ignored: SAID_NOTHING },
    woken: { ignored: NO_TIME_ASKED },
    'clerk-cancelled': { ignored: 'the command is said in this very moment; the clerk can cancel in the next' },
    restarted: { next: ['querying', 'done'], why: ASK_FIRST },
  },
  paying: {
    submitted: { ignored: SAID_ONCE },
    result: {
      next: ['paying', 'querying', 'done'],
      why: `${WORD}. A provisional yes and a no are on disk and wait for the end of the dialogue`,
    },
    refused: { next: ['done'], why: 'proof that not a byte left; behind a result it says nothing' },
    ended: {
      next: ['querying', 'done'],
      why: 'behind a no the dialogue is over and it counts; otherwise nobody knows: ask, or call a person',
    },
    ready: { ignored: AT_WORK },
    woken: { ignored: NO_TIME_ASKED },
    'clerk-cancelled': { next: ['paying'], why: 'the terminal is asked to stop, once; whether it did is its word' },
    restarted: { next: ['querying', 'done'], why: ASK_FIRST },
  },
  querying: {
    submitted: { ignored: SAID_ONCE },
    result: {
      next: ['querying', 'resting', 'done'],
      why: `${WORD}. A provisional yes and a no are on disk and wait for the end of the question; one that was never over is asked again later, after ten minutes a person`,
    },
    refused: { next: ['resting', 'done'], why: 'the question could not be said: later; after ten minutes a person' },
    ended: {
      next: ['resting', 'done'],
      why: 'behind a no the question is over and it counts; nobody answered: later, after ten minutes a person',
    },
    ready: { ignored: 'the question is out' },
    woken: { ignored: NO_TIME_ASKED },
    'clerk-cancelled': { ignored: BEING_ASKED },
    restarted: { next: ['querying'], why: ASK_FIRST },
  },
  resting: {
    submitted: { ignored: SAID_ONCE },
    result: { next: ['resting', 'done'], why: `${WORD}; the next question has its time already` },
    refused: { ignored: 'no question is out' },
    ended: { ignored: 'no question is out' },
    ready: { next: ['querying'], why: 'the terminal is there again: ask at once' },
    woken: { next: ['querying'], why: 'time for the next question; too early changes nothing' },
    'clerk-cancelled': { ignored: BEING_ASKED },
    restarted: { next: ['querying'], why: ASK_FIRST },
  },
  done: {
    submitted: { ignored: OVER },
    result: { ignored: OVER },
    refused: { ignored: OVER },
    ended: { ignored: OVER },
    ready: { ignored: OVER },
    woken: { ignored: OVER },
    'clerk-cancelled': { ignored: 'the attempt is final: money of a card goes back at the terminal' },
    restarted: { ignored: OVER },
  },
};
