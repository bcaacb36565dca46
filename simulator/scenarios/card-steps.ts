import type { CardPerson } from '../terminals/card-person.ts';
import type { Scenario } from './scenario.ts';
import type { Stage, StagePad, StageTerminal } from './stage.ts';
import type { StepOf } from './steps.ts';

/** What a customer does at the terminal and the pad. */
export const AT_THE_TERMINAL = [
  'inserts the card',
  'taps the card',
  'types the PIN',
  'types a wrong PIN',
  'presses the red key',
] as const;
export const AT_THE_PAD = ['signs', 'does not sign'] as const;
type Deed = (typeof AT_THE_TERMINAL)[number] | (typeof AT_THE_PAD)[number];

/** The steps of a story at the card terminal and the signature pad. */
export class CardSteps {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** A story that tells nothing of the customer there is played as if nobody stood there: the amount alone decides. */
  begin({ steps }: Pick<Scenario, 'steps'>): void {
    const tells = (deeds: readonly string[]) =>
      steps.some((step) => 'customer' in step && deeds.includes(step.customer));
    this.#stage.terminal?.person?.attend(tells(AT_THE_TERMINAL));
    this.#stage.pad?.person.attend(tells(AT_THE_PAD));
  }

  /** Whoever stands at the counter has card and pen in hand again. */
  end(): void {
    this.#stage.terminal?.person?.attend(true);
    this.#stage.pad?.person.attend(true);
  }

  async customer(deed: Deed, within: number): Promise<void> {
    if (deed === 'signs' || deed === 'does not sign') {
      const { person } = this.#pad();
      await this.#stage.until('the pad to ask for a signature', () => person.isAsked, within);
      return deed === 'signs' ? person.sign() : person.refuse();
    }
    const person = this.#person();
    await this.#stage.until(`the terminal to ask: ${deed}`, () => asksFor(person, deed), within);
    if (deed === 'inserts the card') person.shows('chip');
    else if (deed === 'taps the card') person.shows('tap');
    else if (deed === 'presses the red key') person.cancels();
    else person.types(deed === 'types the PIN');
  }

  async terminal(step: StepOf<'terminal'>): Promise<void> {
    const on = this.#terminal();
    const { card } = on.terminal;
    switch (step.terminal) {
      case 'goes wrong':
        if (!on.terminal.arm(step.how)) throw new Error(`this terminal cannot go wrong so: ${step.how}`);
        return;
      case 'is pulled':
        return on.pull();
      case 'is plugged in':
        return on.plug();
      case 'needs its end of day':
        if (card) card.needsSettlement = true;
        return;
      case 'runs out of paper':
      case 'gets paper':
        if (card) card.hasPaper = step.terminal === 'gets paper';
        return;
      default:
        return step satisfies never;
    }
  }

  pad({ pad: deed }: StepOf<'pad'>): Promise<void> {
    const pad = this.#pad();
    return deed === 'is pulled' ? pad.pull() : pad.plug();
  }

  #terminal(): StageTerminal {
    const { terminal } = this.#stage;
    if (!terminal) throw new Error('there is no card terminal here (place.terminal)');
    return terminal;
  }

  #person(): CardPerson {
    const { person } = this.#terminal();
    if (!person) throw new Error('this terminal asks no customer: the amount alone decides');
    return person;
  }

  #pad(): StagePad {
    const { pad } = this.#stage;
    if (!pad) throw new Error('there is no signature pad here (place.pad)');
    return pad;
  }
}

function asksFor({ asks }: CardPerson, deed: Deed): boolean {
  if (deed === 'presses the red key') return asks !== undefined;
  return asks === (deed === 'inserts the card' || deed === 'taps the card' ? 'card' : 'pin');
}
