import type { Message } from '../../protocols/terminal/zvt/apdu.ts';
import { type Decision, type Holder, type HowCard, needsPin, PIN_TRIES } from './card-terminal.ts';
import { STATES, tell } from './zvt-states.ts';
import type { Act, ZvtTerminal } from './zvt-terminal.ts';

// A person at the terminal: the card comes when it comes, the PIN is right or wrong, the red key is there. What the host says is
// the amount's own way, as without a person.

export type Deciding = Generator<Act, Decision, Message | undefined>;

/** Terminals wait about so long for a card or a key, then give up (from memory). */
const PATIENCE_MS = 60_000;
/** declined by the terminal: PIN tries exceeded */
const PIN_EXCEEDED = 0x75;

export function* atTheTerminal(zvt: ZvtTerminal, person: Holder, byAmount: Decision): Deciding {
  const { stepMs } = zvt.terminal.personality;
  const cancelled = { ...byAmount, outcome: 'cancelled', code: NOT_DECIDED, heard: 'yes' } as const;
  try {
    yield* tell(zvt, STATES.insertCard);
    let card: HowCard | undefined;
    yield asking((go) => person.presents(byAmount.amount, (one) => ((card = one), go())));
    if (card === undefined || zvt.isAborted) return cancelled;
    if (needsPin(byAmount, card)) {
      const pin = yield* typed(zvt, person, byAmount.amount);
      if (pin === undefined || zvt.isAborted) return cancelled;
      if (!pin) return { ...byAmount, outcome: 'declined', code: PIN_EXCEEDED, heard: 'yes' };
    }
    person.rests('host');
    yield* tell(zvt, STATES.host);
    yield { wait: stepMs };
    return byAmount;
  } finally {
    person.rests('over');
  }
}

/** true: right; false: too many wrong ones; `undefined`: the red key, or nobody. */
function* typed(
  zvt: ZvtTerminal,
  person: Holder,
  amount: number,
): Generator<Act, boolean | undefined, Message | undefined> {
  for (let wrong = 0; wrong < PIN_TRIES; wrong++) {
    yield* tell(zvt, STATES.pinPad);
    let isRight: boolean | undefined;
    yield asking((go) => person.typesPin(amount, wrong, (one) => ((isRight = one), go())));
    if (isRight === undefined || isRight) return isRight;
    yield* tell(zvt, STATES.wrongPin);
  }
  return false;
}

function asking(until: (go: () => void) => void): Act {
  return { until, withinMs: PATIENCE_MS };
}

/** as a terminal says it that nobody finished with */
const NOT_DECIDED = 0x6c;
