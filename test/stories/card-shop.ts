import type { CommandResult } from '../../protocols/backend/commands.ts';
import type { EventData } from '../../protocols/backend/events.ts';
import type { TerminalFault } from '../../simulator/faults/terminal-faults.ts';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { type AckedProtocol, SimulatedAckedTerminal, USUAL_MAKES } from '../../simulator/terminals/acked-port.ts';
import { SimulatedZvtTerminal } from '../../simulator/terminals/terminal-port.ts';
import { MemoryShop, TILL } from '../world/shop.ts';
import { TerminalLine } from '../world/terminal-line.ts';

/** `zvt-tcp`: the same messages over a connection instead of a cable */
export type CardProtocol = 'zvt' | 'zvt-tcp' | AckedProtocol;

export interface CardShopOptions {
  /** of a ZVT terminal */
  readonly personality?: keyof typeof TERMINALS;
  /** of the terminal, in the agent's configuration */
  readonly terminal?: object;
}

const ADDRESS = 'tcp://terminal:20007';
const CONFIG_NAMES = {
  zvt: 'zvt',
  'zvt-tcp': 'zvt',
  kbtg: 'link-kbtg',
  ghl: 'ghl',
  nets: 'nets',
  nccc: 'nccc',
  transbank: 'transbank',
} as const;

/** A whole shop in virtual time with a card terminal on a cable: the real agent, and the terminal's own ledger. */
export class CardShop {
  readonly shop: MemoryShop;
  readonly line: TerminalLine;
  readonly terminal: SimulatedZvtTerminal | SimulatedAckedTerminal;

  private constructor(protocol: CardProtocol, more: object, { personality = 'zvt-cny', terminal }: CardShopOptions) {
    const path = protocol === 'zvt-tcp' ? ADDRESS : 'terminal';
    const config = { terminal: { protocol: CONFIG_NAMES[protocol], path, ...terminal } };
    this.shop = new MemoryShop({ ...config, ...more });
    this.line = new TerminalLine(this.shop.clock);
    this.shop.lines.set(path, this.line);
    this.terminal = this.#terminal(protocol, personality);
  }

  static async open(
    protocol: CardProtocol = 'zvt',
    more: object = {},
    before: (card: CardShop) => void = () => undefined,
    options: CardShopOptions = {},
  ): Promise<CardShop> {
    const card = new CardShop(protocol, more, options);
    before(card);
    await card.shop.start();
    await card.shop.pass(1_000);
    await card.ready();
    return card;
  }

  #terminal(
    protocol: CardProtocol,
    personality: keyof typeof TERMINALS,
  ): SimulatedZvtTerminal | SimulatedAckedTerminal {
    const { clock } = this.shop;
    if (protocol === 'zvt' || protocol === 'zvt-tcp') {
      const terminal = new SimulatedZvtTerminal({ personality: TERMINALS[personality], clock });
      if (protocol === 'zvt') terminal.onSerial(this.line);
      else terminal.onStream(this.line);
      if (protocol === 'zvt-tcp') this.line.onGone = () => terminal.zvt.linkLost();
      terminal.onPort(this.line);
      return terminal;
    }
    const base = TERMINALS[USUAL_MAKES[protocol]];
    const terminal = new SimulatedAckedTerminal(protocol, { personality: { ...base, answerMs: 30 }, clock });
    terminal.onPort(this.line);
    return terminal;
  }

  arm(...faults: readonly TerminalFault[]): this {
    this.terminal.faults.arm(...faults);
    return this;
  }

  /** The agent is up, and its terminal takes commands. */
  ready(): Promise<void> {
    return this.shop.passUntil('the terminal is ready', () => this.isReady, 60_000);
  }

  get isReady(): boolean {
    const parts = this.shop.consoleParts;
    return parts?.view.devices().some(({ device, state }) => device === 'terminal' && state === 'online') === true;
  }

  /** The backend has the order taken on the terminal; its command's final result. */
  async sale(orderId: string, amountFen: number, deadlineMs = 1_800_000): Promise<CommandResult> {
    const result = await this.shop.order('card-sale', { orderId, amountFen, currency: 'CNY' }, deadlineMs);
    await this.shop.pass(100);
    return result;
  }

  /** The same, and nobody waits for its end. */
  async begin(orderId: string, amountFen: number): Promise<string> {
    const { id } = this.shop.backend.order(TILL, 'card-sale', { orderId, amountFen, currency: 'CNY' });
    await this.shop.passUntil('an attempt', () => this.attempt(orderId) !== undefined, 30_000);
    return id;
  }

  attempt(orderId: string) {
    const { orders, attempts } = this.shop.process.till.book;
    const attemptId = orders.get(orderId)?.attemptId;
    return attemptId === undefined ? undefined : attempts.get(attemptId)?.attempt;
  }

  orderState(orderId: string): string | undefined {
    return this.shop.orderState(orderId);
  }

  /** kill -9, and a new process on the same disk. */
  async restart(): Promise<void> {
    await this.shop.kill();
    await this.shop.start();
  }

  async untilOrder(orderId: string, state: string, deadlineMs = 1_800_000): Promise<void> {
    await this.shop.passUntil(`${orderId} ${state}`, () => this.orderState(orderId) === state, deadlineMs);
    await this.shop.pass(100);
  }

  /** What the journal says was paid by card, minor units. */
  get confirmed(): number {
    const paid = [...this.shop.process.till.book.attempts.values()].filter(
      ({ attempt: { card, state } }) => card !== undefined && state === 'PAID',
    );
    return paid.reduce((sum, { attempt }) => sum + attempt.amountFen, 0);
  }

  get lateWords(): Extract<EventData, { type: 'terminal-late' }>[] {
    return this.shop.events('terminal-late');
  }
}
