import { TERMINAL_MAKES, type TerminalMake, terminalMakeName, terminalTable } from '../personalities/terminal-makes.ts';
import type { CardPerson } from '../terminals/card-person.ts';
import type { Holder, HowCard } from '../terminals/card-terminal.ts';
import { type ShopTerminal, terminalOn } from '../terminals/shop-terminal.ts';
import { DeviceServerWire } from '../wires/device-server.ts';
import { FaultyWire, type FaultyWireParts } from '../wires/faulty-wire.ts';
import { systemClock } from '../world/clock.ts';
import { Refusal } from './problems.ts';
import type { Sections } from './schemas.ts';

/** The PIN of the card that lies on this counter. */
export const PIN = '1234';

type Screen = Sections['terminal']['screen'];
type Asking =
  | { readonly screen: 'card'; readonly answer: (card: HowCard | undefined) => void }
  | { readonly screen: 'pin'; readonly answer: (isRight: boolean | undefined) => void };

/** The card terminal on the counter, and the person before it. A make that asks nobody goes by the amount alone. */
export class CardPlace implements Holder, CardPerson {
  onChange: () => void = () => undefined;
  readonly wire: FaultyWire;
  readonly terminal: ShopTerminal;
  #screen: Screen = 'idle';
  #amountFen: number | null = null;
  #wrongPins = 0;
  #asking: Asking | undefined;

  /** Over TCP, as ZVT's documents have it, and the others behind a serial device server; the port is the kernel's choice. */
  static async open(parts: FaultyWireParts, make: TerminalMake = TERMINAL_MAKES['zvt-cny']): Promise<CardPlace> {
    const server = await DeviceServerWire.listening();
    const place = new CardPlace(new FaultyWire(server, parts), make, parts.random);
    server.onGone = () => place.terminal.linkLost();
    return place;
  }

  private constructor(wire: FaultyWire, make: TerminalMake, random: () => number) {
    this.wire = wire;
    this.terminal = terminalOn(wire, make, { clock: systemClock, random, framing: 'stream' });
    this.attend(true);
  }

  /** What the till's configuration says of it. */
  get config(): object {
    return { path: this.wire.path, ...terminalTable(this.terminal.make) };
  }

  pull(): Promise<void> {
    return this.wire.hangup();
  }

  plug(): Promise<void> {
    return Promise.resolve(this.wire.replug());
  }

  attend(isThere: boolean): void {
    const { card } = this.terminal;
    if (card) card.holder = isThere ? this : undefined;
  }

  get asks(): 'card' | 'pin' | undefined {
    return this.#asking?.screen;
  }

  presents(amount: number, answer: (card: HowCard | undefined) => void): void {
    this.#ask('card', amount, { screen: 'card', answer });
  }

  typesPin(amount: number, wrongBefore: number, answer: (isRight: boolean | undefined) => void): void {
    this.#wrongPins = wrongBefore;
    this.#ask('pin', amount, { screen: 'pin', answer });
  }

  rests(now: 'host' | 'over'): void {
    this.#asking = undefined;
    this.#screen = now === 'host' ? 'host' : 'result';
    this.onChange();
  }

  /** The customer puts the card in, or holds it before the reader. */
  shows(card: HowCard): void {
    const asking = this.#asking;
    if (asking?.screen !== 'card') throw new Refusal('NOT_ASKING');
    this.#asking = undefined;
    asking.answer(card);
  }

  types(isRight: boolean): void {
    const asking = this.#asking;
    if (asking?.screen !== 'pin') throw new Refusal('NOT_ASKING');
    this.#asking = undefined;
    asking.answer(isRight);
  }

  cancels(): void {
    const asking = this.#asking;
    if (!asking) throw new Refusal('NOT_ASKING');
    this.#asking = undefined;
    asking.answer(undefined);
  }

  view(): Sections['terminal'] {
    const { make, card, deals, totalFen } = this.terminal;
    const last = deals.at(-1);
    const isShown = card !== undefined || last === undefined;
    return {
      path: this.wire.path,
      plugged: this.wire.isPlugged,
      make: make.personality.title,
      makeName: terminalMakeName(make) ?? null,
      asksNobody: card === undefined,
      screen: isShown ? this.#screen : 'result',
      amountFen: isShown ? this.#amountFen : last.amountFen,
      wrongPins: this.#wrongPins,
      pinHint: PIN,
      needsSettlement: card?.needsSettlement ?? false,
      last: last ? { kind: last.kind, amountFen: last.amountFen, state: last.state } : null,
      totalFen,
    };
  }

  async close(): Promise<void> {
    await this.wire.close();
  }

  #ask(screen: 'card' | 'pin', amount: number, asking: Asking): void {
    if (screen === 'card') this.#wrongPins = 0;
    this.#screen = screen;
    this.#amountFen = amount;
    this.#asking = asking;
    this.onChange();
  }
}
