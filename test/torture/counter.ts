import type { CommandResult } from '../../protocols/backend/commands.ts';
import { showCode, type Wallet } from '../../simulator/devices/phone.ts';
import type { CardCounter } from './card-counter.ts';
import type { Chance } from './chance.ts';
import type { CodeCounter } from './code-counter.ts';
import type { CounterGun, GunFaultGroup } from './counter-gun.ts';
import { type CustomerFault, drawVisit, type Visit } from './customers.ts';
import type { FaultName } from './faults.ts';
import type { SerialPort } from './serial-port.ts';
import type { Story } from './story.ts';

// The people at the counter: the cashier program that asks for orders, the customers with their phones, and the clerk who
// aims the gun, waits, loses patience, scans the wrong thing.

/** What was asked for, by the backend's command or by a program's key. */
export interface Asked {
  readonly id: string;
}

export interface CounterParts {
  readonly chance: Chance;
  readonly story: Story;
  readonly codes: CodeCounter;
  /** where the till has a card terminal */
  readonly cards: CardCounter | undefined;
  readonly gun: CounterGun;
  /** the gun brings what it read of an earlier customer */
  readonly again: {
    readonly chance: Chance;
    readonly isWished: () => boolean;
    readonly gunPort: Pick<SerialPort, 'pull' | 'plug'>;
  };
  /** does this fault happen now? */
  readonly wants: (fault: FaultName) => boolean;
  readonly hit: (fault: FaultName) => void;
  readonly pause: (ms: number) => Promise<void>;
  readonly now: () => number;
  readonly isOver: () => boolean;
  /** asks the till to collect; returns the command */
  readonly collect: (orderId: string, amountFen: number) => Asked;
  readonly sendAgain: (command: Asked) => void;
  readonly cancel: (orderId: string) => void;
  readonly resultsOf: (commandId: string) => readonly CommandResult[];
  /** the next new attempt meets this customer */
  readonly receive: (visit: Visit) => void;
  /** a code was shown to the gun */
  readonly shown: (code: string) => void;
}

const WALLETS: readonly [Wallet, ...Wallet[]] = [
  ...Array<Wallet>(7).fill('wechat'),
  ...Array<Wallet>(5).fill('alipay'),
  ...Array<Wallet>(4).fill('unionpay'),
  'ecny',
  'bestpay',
  'suning',
  'emv',
] as unknown as readonly [Wallet, ...Wallet[]];
const WRONG_CODES = [
  '6901234567892',
  'https://qr.alipay.com/fkx00000abcdefghijklm',
  '11010519491231002X',
  '13812345678',
] as const;
/** A few garbled digits are nobody's secret. */
const SECRET_LENGTH = 12;
/** How often the clerk looks up. */
const LOOK_MS = 900;
/** The wallet shows a new code after a minute. */
const CODE_MS = 60_000;

export class Counter {
  readonly #parts: CounterParts;
  /** the last code that was sent, to be shown again */
  #lastCode: string | undefined;
  /** codes of customers who have gone */
  readonly #earlier: string[] = [];
  #serial = 0;
  isDone = false;

  constructor(parts: CounterParts) {
    this.#parts = parts;
  }

  /** Somebody holds a phone before the gun. */
  scanSomething(): Promise<void> {
    return this.#scan(this.#freshCode(this.#wallet()));
  }

  /** Serves `orders` customers, one after the other. */
  async serve(orders: number): Promise<void> {
    for (let n = 0; n < orders && !this.#parts.isOver(); n++) await this.#serve();
    this.isDone = true;
  }

  async #serve(): Promise<void> {
    const { chance, pause, wants } = this.#parts;
    if (wants('scan-without-order')) await this.#scanFor('scan-without-order');
    this.#serial += 1;
    const orderId = `ORDER-${this.#serial}`;
    const drawn = chance.between(1, 200_000);
    const { cards } = this.#parts;
    const amountFen = cards?.amountFor(drawn) ?? drawn;
    if (wants('paid-by-code')) {
      if (chance.happens(0.3)) await this.#ask(orderId, amountFen);
      const free = await this.#parts.codes.serve(orderId, amountFen);
      if (!free || chance.happens(0.3)) return;
      // around the moment in which money may come for the code that was over
      if (chance.happens(0.5)) await pause(chance.between(0, 8_000));
    }
    if (cards?.isWished()) {
      if (chance.happens(0.3)) await this.#ask(orderId, amountFen);
      const free = await cards.serve(orderId, amountFen);
      if (!free || chance.happens(0.3)) return;
    }
    if (this.#lastCode !== undefined) this.#earlier.push(this.#lastCode);
    for (let tries = 0; tries < 3 && !this.#parts.isOver(); tries++) {
      const command = await this.#ask(orderId, amountFen);
      if (command) return this.#collect(command, orderId);
      await pause(chance.between(4_000, 25_000));
    }
  }

  /** The command, once it was accepted; `undefined` when the till said no or nothing. */
  async #ask(orderId: string, amountFen: number): Promise<Asked | undefined> {
    const { collect, sendAgain, wants, hit } = this.#parts;
    const command = collect(orderId, amountFen);
    for (let tries = 0; tries < 4; tries++) {
      if (wants('command-repeated')) {
        hit('command-repeated');
        sendAgain(command);
      }
      const answered = await this.#until(() => this.#lastOf(command) !== undefined, 6_000);
      if (answered) return this.#lastOf(command)?.status === 'failed' ? undefined : command;
      sendAgain(command);
    }
    return undefined;
  }

  #lastOf({ id }: Asked): CommandResult | undefined {
    return this.#parts.resultsOf(id).at(-1);
  }

  #isFinal({ id }: Asked): boolean {
    return this.#parts.resultsOf(id).some(({ phase }) => phase === 'final');
  }

  async #collect(command: Asked, orderId: string): Promise<void> {
    const { chance, wants, hit, isOver, pause } = this.#parts;
    for (let codes = 0; codes < 3 && !this.#isFinal(command) && !isOver(); codes++) {
      if (wants('clerk-impatient')) return hit('clerk-impatient');
      await pause(chance.between(500, 6_000));
      await this.#bringOldCode();
      const heard = this.#parts.resultsOf(command.id).length;
      await this.#payOnce();
      await this.#bringOldCode();
      const patience = chance.between(20_000, 110_000);
      const cancels = wants('clerk-cancels') ? chance.between(1_000, 40_000) : undefined;
      if (cancels !== undefined && cancels < patience) {
        if (await this.#until(() => this.#news(command, heard), cancels)) continue;
        this.#parts.cancel(orderId);
      }
      if (wants('second-code')) {
        hit('second-code');
        await this.#scan(this.#freshCode(this.#wallet()));
      }
      await this.#until(() => this.#news(command, heard), patience);
    }
  }

  /** Out of its buffer, or because its plug was pulled and is back. */
  async #bringOldCode(): Promise<void> {
    const { again, hit, pause } = this.#parts;
    const { chance, isWished, gunPort } = again;
    const code = this.#earlier[chance.below(Math.max(1, this.#earlier.length))];
    if (code === undefined || !isWished()) return;
    if (chance.happens(0.5)) {
      gunPort.pull();
      await pause(chance.between(100, 5_000));
      gunPort.plug();
      await pause(chance.between(0, 8_000));
    }
    hit('old-code-again');
    await this.#scan(code);
  }

  /** The attempt ended, this way or that. */
  #news(command: Asked, heard: number): boolean {
    return (
      this.#isFinal(command) ||
      this.#parts
        .resultsOf(command.id)
        .slice(heard)
        .some(({ phase }) => phase === 'progress')
    );
  }

  /** A customer shows a code and the clerk reads it, with all that can go wrong in between. */
  async #payOnce(): Promise<void> {
    const { chance, wants, hit, receive, pause, gun } = this.#parts;
    const wallet = this.#wallet();
    for (const fault of ['wrong-code', 'gun-noise', 'code-garbled'] as const) {
      if (wants(fault)) await this.#scanFor(fault);
    }
    for (const fault of ['gun-spoils', 'gun-pulled'] as const) {
      if (gun.can(fault) && wants(fault)) await this.#scanBadly(fault);
    }
    const used = this.#lastCode !== undefined && wants('used-code');
    if (used) hit('used-code');
    const code = used && this.#lastCode !== undefined ? this.#lastCode : this.#freshCode(wallet);
    receive(drawVisit(wallet, code, chance, (fault: CustomerFault) => wants(fault)));
    if (wants('code-shown-late')) {
      hit('code-shown-late');
      await pause(chance.between(30_000, CODE_MS));
    }
    this.#lastCode = code;
    this.#parts.cards?.trouble();
    await this.#scan(code, this.#manner());
    if (!wants('double-read')) return;
    hit('double-read');
    await pause(chance.between(0, 4_000));
    await this.#scan(code);
  }

  async #scanFor(fault: 'scan-without-order' | 'wrong-code' | 'gun-noise' | 'code-garbled'): Promise<void> {
    const { chance, hit, gun, story } = this.#parts;
    hit(fault);
    const code = this.#freshCode(this.#wallet());
    switch (fault) {
      case 'scan-without-order':
        return this.#scan(code);
      case 'wrong-code':
        story.tell('gun', () => 'reads something that is no paycode');
        return void (await gun.scan(chance.pick(WRONG_CODES)));
      case 'gun-noise':
        return this.#scan(chance.bytes(chance.between(1, 200)));
      case 'code-garbled':
        return this.#scan(garbled(code, chance));
    }
  }

  /** The gun lets a code go wrong, and the clerk notices that nothing came. */
  async #scanBadly(fault: 'gun-spoils' | 'gun-pulled'): Promise<void> {
    const { chance, hit, pause } = this.#parts;
    hit(fault);
    await this.#scan(this.#freshCode(this.#wallet()), fault);
    await pause(chance.between(700, 4_000));
  }

  /** How the gun delivers a good code. */
  #manner(): GunFaultGroup | undefined {
    const { gun, wants, hit } = this.#parts;
    const manner = (['gun-stutters', 'gun-repeats'] as const).find((fault) => gun.can(fault) && wants(fault));
    if (manner) hit(manner);
    return manner;
  }

  async #scan(what: string | Uint8Array, manner?: GunFaultGroup): Promise<void> {
    const { gun, story, shown } = this.#parts;
    if (typeof what === 'string' && what.length >= SECRET_LENGTH) shown(what);
    story.tell('gun', () => (typeof what === 'string' ? `reads ${what.slice(0, 2)}...${what.slice(-4)}` : 'noise'));
    const { how } = await gun.scan(what, manner);
    story.tell('gun', () => `${how}${manner === undefined ? '' : ` (${manner})`}`);
  }

  #wallet(): Wallet {
    return this.#parts.chance.pick(WALLETS);
  }

  #freshCode(wallet: Wallet): string {
    return showCode(wallet, this.#parts.chance.next);
  }

  async #until(isSo: () => boolean, deadlineMs: number): Promise<boolean> {
    for (let waited = 0; waited < deadlineMs && !this.#parts.isOver(); waited += LOOK_MS) {
      if (isSo()) return true;
      await this.#parts.pause(Math.min(LOOK_MS, deadlineMs - waited));
    }
    return isSo();
  }
}

function garbled(code: string, chance: Chance): string {
  const at = chance.below(code.length);
  const how = chance.below(3);
  if (how === 0) return code.slice(0, at);
  return how === 1 ? code.slice(0, at) + code.slice(at + 1) : `${code.slice(0, at)}x${code.slice(at + 1)}`;
}
