import { type BodySettings, GOOD_BEEP, GunBody } from './body.ts';
import type { LineSaid, LineSettings } from './line-gun.ts';
import { type Deed, type GunModel, type Reading, sign } from './model.ts';

// A serial gun that takes commands (scanners.md 3): codes and answers go out on one line. What a command does is the
// language's; what all of them can change is here.

export type CommandSaid<Answer> =
  | LineSaid
  /** with its length in front (Honeywell DECHDR1) */
  | { readonly kind: 'headed'; readonly reading: Reading }
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** what it tells of itself, where that is not the answer */
  | { readonly kind: 'told'; readonly text: string };

/** What commands change in any make. */
export interface CommandSettings extends LineSettings {
  readonly headed: boolean;
  /** beeps when it has read */
  readonly beeps: boolean;
}

/** The gun, as a language sees it. */
export interface Obeying<Answer> {
  readonly body: GunBody<CommandSaid<Answer>>;
  settings: CommandSettings;
}

export interface GunLanguage<Command, Answer> {
  obey(command: Command, gun: Obeying<Answer>, at: number): Deed<CommandSaid<Answer>>[];
  /** settings after the power was off */
  powerUp(factory: CommandSettings): CommandSettings;
}

export class CommandGun<Command, Answer> implements GunModel<CommandSaid<Answer>, Command>, Obeying<Answer> {
  settings: CommandSettings;
  readonly body: GunBody<CommandSaid<Answer>>;
  readonly #factory: CommandSettings;
  readonly #language: GunLanguage<Command, Answer>;

  constructor(settings: CommandSettings, language: GunLanguage<Command, Answer>) {
    this.#factory = settings;
    this.settings = settings;
    this.#language = language;
    this.body = new GunBody<CommandSaid<Answer>>(
      bodyOf(settings),
      (reading) => this.#speak(reading),
      () => this.noRead(),
    );
  }

  get nextDeadline(): number | undefined {
    return this.body.nextDeadline;
  }

  read(reading: Reading, at: number): Deed<CommandSaid<Answer>>[] {
    return this.body.read(reading, at);
  }

  noRead(): Deed<CommandSaid<Answer>>[] {
    return this.settings.tellsNoRead ? [{ kind: 'say', said: { kind: 'no-read' } }] : [];
  }

  hear(command: Command, at: number): Deed<CommandSaid<Answer>>[] {
    return this.#language.obey(command, this, at);
  }

  said(said: CommandSaid<Answer>, _at: number, delivered: boolean): Deed<CommandSaid<Answer>>[] {
    if (said.kind !== 'code' && said.kind !== 'headed') return [];
    return [{ kind: 'end', reading: said.reading.id, how: delivered ? 'said' : 'unplugged' }];
  }

  wake(at: number): Deed<CommandSaid<Answer>>[] {
    return this.body.wake(at);
  }

  powerUp(): Deed<CommandSaid<Answer>>[] {
    const ends = this.body.powerUp();
    this.settings = this.#language.powerUp(this.#factory);
    this.body.trigger = this.settings.trigger;
    return ends;
  }

  #speak(reading: Reading): Deed<CommandSaid<Answer>>[] {
    const said = { kind: this.settings.headed ? 'headed' : 'code', reading } as const;
    return [{ kind: 'say', said, reading: reading.id }, ...(this.settings.beeps ? [sign(GOOD_BEEP)] : [])];
  }
}

function bodyOf({ trigger, sessionMs }: BodySettings): BodySettings {
  return sessionMs === undefined ? { trigger } : { trigger, sessionMs };
}

export function answers<Answer>(answer: Answer): Deed<CommandSaid<Answer>> {
  return { kind: 'say', said: { kind: 'answer', answer } };
}
