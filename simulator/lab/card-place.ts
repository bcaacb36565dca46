import { toHex } from '../../protocols/bytes/hex.ts';
import { decodeApdu, isApduError } from '../../protocols/terminal/zvt/apdu.ts';
import { TERMINALS, type TerminalPersonality } from '../personalities/terminals.ts';
import type { Holder } from '../terminals/card-terminal.ts';
import { SimulatedZvtTerminal } from '../terminals/terminal-port.ts';
import { DeviceServerWire } from '../wires/device-server.ts';
import { FaultyWire, type FaultyWireParts } from '../wires/faulty-wire.ts';
import { systemClock } from '../world/clock.ts';
import { Refusal } from './problems.ts';
import type { Sections } from './schemas.ts';
import { shortHex, type Told } from './wire-lines.ts';

/** The PIN of the card that lies on this counter. */
const PIN = '1234';

type Screen = Sections['terminal']['screen'];
type Asking =
  | { readonly screen: 'card'; readonly answer: (card: 'chip' | undefined) => void }
  | { readonly screen: 'pin'; readonly answer: (isRight: boolean | undefined) => void };

/** The card terminal on the counter, and the person before it. */
export class CardPlace implements Holder {
  onChange: () => void = () => undefined;
  readonly wire: FaultyWire;
  readonly terminal: SimulatedZvtTerminal;
  #screen: Screen = 'idle';
  #amountFen: number | null = null;
  #wrongPins = 0;
  #asking: Asking | undefined;

  /** ZVT over TCP, as its documents have it; the port is the kernel's choice. */
  static async open(
    parts: FaultyWireParts,
    personality: TerminalPersonality = TERMINALS['zvt-cny'],
  ): Promise<CardPlace> {
    const server = new DeviceServerWire();
    const place = new CardPlace(new FaultyWire(server, parts), personality);
    server.onGone = () => place.terminal.zvt.linkLost();
    await server.open();
    return place;
  }

  private constructor(wire: FaultyWire, personality: TerminalPersonality) {
    this.wire = wire;
    this.terminal = new SimulatedZvtTerminal({ personality, clock: systemClock });
    this.terminal.onStream(wire);
    this.terminal.onPort(wire);
    this.terminal.model.holder = this;
  }

  /** What the till's configuration says of it. */
  get config(): object {
    return { protocol: 'zvt', path: this.wire.path, currency: this.terminal.model.personality.currency };
  }

  presents(amount: number, answer: (card: 'chip' | undefined) => void): void {
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

  /** The customer holds the card out. */
  present(): void {
    const asking = this.#asking;
    if (asking?.screen !== 'card') throw new Refusal('NOT_ASKING');
    this.#asking = undefined;
    asking.answer('chip');
  }

  type(pin: string): void {
    const asking = this.#asking;
    if (asking?.screen !== 'pin') throw new Refusal('NOT_ASKING');
    this.#asking = undefined;
    asking.answer(pin === PIN);
  }

  /** The red key. */
  cancel(): void {
    const asking = this.#asking;
    if (!asking) throw new Refusal('NOT_ASKING');
    this.#asking = undefined;
    asking.answer(undefined);
  }

  view(): Sections['terminal'] {
    const { ledger, zvt, model } = this.terminal;
    const { last } = ledger;
    return {
      path: this.wire.path,
      plugged: this.wire.isPlugged,
      screen: this.#screen,
      amountFen: this.#amountFen,
      wrongPins: this.#wrongPins,
      pinHint: PIN,
      busy: zvt.isBusy,
      needsSettlement: model.needsSettlement,
      last: last ? { kind: last.kind, amountFen: last.amount, state: last.state, code: last.code } : null,
      totalFen: ledger.total(),
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

/** One ZVT message in words. A card number is masked by the terminal itself. */
export function zvtWords(bytes: Uint8Array): Told {
  const heard = decodeApdu(bytes);
  if (isApduError(heard)) return { title: `${bytes.length} B (${heard.problem})`, detail: '', hex: shortHex(bytes) };
  const fields = heard.fields.map(({ bmp, value }) => `${bmp} ${toHex(value)}`);
  return { title: heard.command, detail: fields.join('\n'), hex: shortHex(bytes) };
}
