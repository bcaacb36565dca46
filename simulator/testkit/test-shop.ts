import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import { topicRoot } from '../../protocols/backend/topics.ts';
import type { CustomerPlan } from '../acquirer/customer.ts';
import type { IntentPlan } from '../acquirer/intents.ts';
import type { LedgerEntry } from '../acquirer/ledger.ts';
import type { CollectOrder } from '../backend/command-book.ts';
import type { BackendFault } from '../backend/request-desk.ts';
import type { Wallet } from '../devices/phone.ts';
import type { GunFault } from '../faults/gun-faults.ts';
import type { Ending, Sign } from '../guns/model.ts';
import { agentConfig } from './agent-config.ts';
import { AgentProcess } from './agent-process.ts';
import { Clerk } from './clerk.ts';
import type { ShopAddresses, ShopDevice, ShopTerms } from './conversation.ts';
import { type Frame, type FrameWish, frameLine, isFrame } from './frames.ts';
import { type LedgerWish, ledgerDifference } from './ledger-wish.ts';
import { NewsBook } from './news-book.ts';
import { type ShopPlan, termsOf } from './plan.ts';
import { Program, type ProgramPlan } from './program.ts';
import { ShopLink } from './shop-link.ts';
import type { Slip, SlipWish } from './slip.ts';
import { TestkitError } from './trouble.ts';
import { Waiting, type WaitTerms } from './waiting.ts';

export interface Patience {
  /** how long it may take, ms; default: the plan's `patienceMs` */
  readonly withinMs?: number;
}

/** Time in which a second charge or a second slip would show. */
const HOLDS_MS = 300;
const PATIENCE_MS = 15_000;
const TILLWIRE_SIM = fileURLToPath(new URL('../../bin/tillwire-sim.js', import.meta.url));

/** A shop of one test: its own broker, backend, acquirer, devices and programs, and nobody else's. */
export class TestShop {
  /** where a program finds broker and devices */
  readonly addresses: ShopAddresses;
  /** files of this test; gone when the shop is closed */
  readonly folder: string;
  /** what the clerk sees; only with our agent */
  readonly clerk: Clerk;
  /** our agent; it runs unless the plan says `agent: false` */
  readonly agent: AgentProcess;
  readonly #terms: ShopTerms;
  readonly #link: ShopLink;
  readonly #book: NewsBook;
  readonly #waiting: Waiting;
  readonly #patienceMs: number;
  readonly #programs: Program[] = [];
  #lost: string | undefined;
  #closed: Promise<void> | undefined;

  /** Opens the shop; resolves when the ports stand, and with our agent when it is online and has its devices. */
  static async open(plan: ShopPlan = {}): Promise<TestShop> {
    const choices = termsOf(plan);
    const folder = mkdtempSync(join(tmpdir(), 'tillwire-testkit-'));
    const terms = { ...choices, folder };
    const link = new ShopLink();
    let shop: TestShop | undefined;
    try {
      const book = new NewsBook(terms);
      link.onNews = (news) => book.take(news);
      const addresses = await link.ask('open', terms);
      shop = new TestShop(plan, terms, link, book, addresses);
      if (plan.agent !== false) await shop.startAgent();
      return shop;
    } catch (error) {
      await shop?.close();
      await link.close();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(plan: ShopPlan, terms: ShopTerms, link: ShopLink, book: NewsBook, addresses: ShopAddresses) {
    this.#terms = terms;
    this.#link = link;
    this.#book = book;
    this.addresses = addresses;
    this.folder = terms.folder;
    this.#patienceMs = plan.patienceMs ?? PATIENCE_MS;
    this.#waiting = new Waiting(
      () => this.#describe(),
      () => this.#broken(),
    );
    const wake = () => this.#waiting.wake();
    link.onNews = (news) => {
      book.take(news);
      wake();
    };
    link.onLost = (reason) => {
      this.#lost = reason;
      wake();
    };
    const change = typeof plan.agent === 'object' ? plan.agent : {};
    this.agent = new AgentProcess(terms.folder, agentConfig(terms, addresses, change), wake);
    this.clerk = new Clerk(this.agent, this.#patienceMs);
  }

  // --- what happened so far

  /** the acquirer's ledger, the truth about money, oldest entry first */
  get ledger(): readonly LedgerEntry[] {
    return this.#book.ledger;
  }

  get slips(): readonly Slip[] {
    return this.#book.slips;
  }

  /** what crossed the wires, see {@link Frame} */
  get frames(): readonly Frame[] {
    return this.#book.frames;
  }

  /** what the till told the backend */
  get events() {
    return this.#book.events.map(({ data }) => data);
  }

  /** beeps and lights of the gun */
  get signs(): readonly Sign[] {
    return this.#book.signs;
  }

  /** topics on which something came that the backend could not read */
  get notOfTheContract(): readonly string[] {
    return this.#book.notOfTheContract;
  }

  // --- programs

  /** Starts our agent (again), and waits until it is online and has its devices. */
  async startAgent(): Promise<void> {
    this.#book.till = 'never seen';
    this.#book.devices.clear();
    this.#adopt(this.agent.start());
    await this.expectTillOnline();
  }

  /**
   * Starts another program of the test beside the shop: in its environment it finds TILLWIRE_BROKER_URL, TILLWIRE_TILL
   * (tenant/store/agent), TILLWIRE_GUN and TILLWIRE_PRINTER, and with our agent TILLWIRE_API_URL and TILLWIRE_TOKEN_FILE.
   */
  async start(plan: ProgramPlan & { readonly scopes?: readonly string[] }): Promise<Program> {
    const { brokerUrl, gunPath, printerPath } = this.addresses;
    const api =
      this.agent.address === undefined
        ? {}
        : await this.agent
            .giveAccess(plan.name, plan.scopes ?? ['read', 'collect'])
            .then(({ url, tokenFile }) => ({ TILLWIRE_API_URL: url, TILLWIRE_TOKEN_FILE: tokenFile }));
    const env = {
      TILLWIRE_BROKER_URL: brokerUrl,
      TILLWIRE_TILL: topicRoot(this.#terms.till).slice('pos/v1/'.length),
      TILLWIRE_GUN: gunPath,
      TILLWIRE_PRINTER: printerPath,
      ...api,
      ...plan.env,
    };
    const program = new Program({ ...plan, env });
    program.onChange = () => this.#waiting.wake();
    return this.#adopt(program);
  }

  /**
   * Another device of `tillwire-sim` as a process of its own: `startDevice('terminal', ['--protocol', 'zvt', '--wire',
   * 'tcp'])`. Lines that are typed into it are its orders.
   */
  async startDevice(
    kind: 'scanner' | 'printer' | 'terminal' | 'pad',
    args: readonly string[],
  ): Promise<{ readonly path: string; readonly program: Program }> {
    const program = new Program({
      name: kind,
      command: process.execPath,
      args: [TILLWIRE_SIM, kind, ...args, '--json'],
    });
    program.onChange = () => this.#waiting.wake();
    this.#adopt(program);
    const line = await this.expectLine(program, /^\{"event":"open(?:ed)?"/);
    const { path, at } = JSON.parse(line) as { readonly path?: string; readonly at?: string };
    return { path: path ?? at ?? '', program };
  }

  /** Waits until a program says a line like this. */
  expectLine(program: Program, wanted: string | RegExp, patience?: Patience): Promise<string> {
    const fits = (line: string) => (typeof wanted === 'string' ? line.includes(wanted) : wanted.test(line));
    return this.#until(
      `${program.name} says ${String(wanted)}`,
      () => {
        const found = program.lines.find(fits);
        return found === undefined ? { now: program.describe() } : { found };
      },
      patience,
    );
  }

  // --- what people and the backend do

  /** The backend asks the till to collect an order; resolves with its first answer. */
  collect(order: CollectOrder): Promise<CommandResult> {
    return this.#link.ask('collect', order);
  }

  /** Any other command of the contract; resolves with the till's first answer. */
  command(verb: string, args: CommandEnvelope['args']): Promise<CommandResult> {
    return this.#link.ask('command', { verb, args });
  }

  /** The next payment that reaches the acquirer meets this customer; without one everybody pays at once. */
  customer(plan: CustomerPlan): Promise<void> {
    return this.#link.ask('customer', plan);
  }

  /** Who opens the next code that the shop shows. */
  buyers(plan: IntentPlan): Promise<void> {
    return this.#link.ask('buyers', plan);
  }

  /** A customer's phone shows a fresh code of this wallet, and the gun reads it. Resolves with what the gun knows of it. */
  scan(wallet: Wallet, fault?: GunFault): Promise<{ readonly how: Ending }> {
    return this.#link.ask('scan', { code: { wallet }, ...(fault && { fault }) });
  }

  /** The gun reads this text: a test code, a product's bar code. */
  scanText(text: string, fault?: GunFault): Promise<{ readonly how: Ending }> {
    return this.#link.ask('scan', { code: { text }, ...(fault && { fault }) });
  }

  /** A person at the printer: `paper out`, `paper in`, `cover open`, ... (`tillwire-sim printer --help`). */
  printer(word: string): Promise<void> {
    return this.#link.ask('printer', word);
  }

  /** Something goes wrong at the backend, once. */
  backendFault(fault: BackendFault): Promise<void> {
    return this.#link.ask('backendFault', fault);
  }

  pull(device: ShopDevice): Promise<void> {
    return this.#link.ask('pull', device);
  }

  plug(device: ShopDevice): Promise<void> {
    return this.#link.ask('plug', device);
  }

  // --- expectations

  /** Waits until the till said that it is online and that both devices can be used. */
  expectTillOnline(patience?: Patience): Promise<void> {
    const ready = () => ['scanner', 'printer'].every((dev) => this.#book.devices.get(dev)?.avail === 'online');
    return this.#until(
      'the till is online with gun and printer',
      () => (this.#book.till === 'online' && ready() ? { found: undefined } : { now: `it is ${this.#book.till}` }),
      patience,
    );
  }

  /** Waits until the ledger is so, and stays so for a moment: a second charge would show. */
  async expectLedger(wish: LedgerWish, patience?: Patience & { readonly holdsMs?: number }): Promise<void> {
    await this.#until(
      `the ledger${wish.orderId === undefined ? '' : ` of ${wish.orderId}`}`,
      () => {
        const now = ledgerDifference(this.ledger, wish);
        return now === undefined ? { found: undefined } : { now };
      },
      { holdsMs: HOLDS_MS, ...patience },
    );
  }

  /** Waits for a slip like this; any slip that came out counts, the newest first. */
  expectSlip(wish: SlipWish = {}, patience?: Patience): Promise<Slip> {
    return this.#until(
      'a slip',
      () => {
        const found = this.slips.toReversed().find((slip) => slip.differences(wish).length === 0);
        return found ? { found } : { now: this.#slipsNow(wish) };
      },
      patience,
    );
  }

  /** Waits until so many slips came out, and no other one for a moment. */
  async expectSlips(count: number, patience?: Patience & { readonly holdsMs?: number }): Promise<readonly Slip[]> {
    return this.#until(
      `${count} slips`,
      () => (this.slips.length === count ? { found: this.slips } : { now: `${this.slips.length} came out` }),
      { holdsMs: HOLDS_MS, ...patience },
    );
  }

  /** Waits for a frame like this on a wire. */
  expectFrame(wish: FrameWish, patience?: Patience): Promise<Frame> {
    return this.#until(
      `a frame ${JSON.stringify(wish, (_name, value: unknown) => (value instanceof RegExp ? String(value) : value))}`,
      () => {
        const found = this.frames.find((frame) => isFrame(frame, wish));
        const last = this.frames.slice(-10).map(frameLine).join('\n');
        return found ? { found } : { now: `the last ones were:\n${last}` };
      },
      patience,
    );
  }

  /** Waits for an event of the till like this: every member that is named is so. */
  expectEvent(
    wish: { readonly type: string } & Readonly<Record<string, unknown>>,
    patience?: Patience,
  ): Promise<Readonly<Record<string, unknown>>> {
    return this.#until(
      `an event ${JSON.stringify(wish)}`,
      () => {
        const fits = (data: Readonly<Record<string, unknown>>) =>
          Object.entries(wish).every(([name, value]) => data[name] === value);
        const found = this.events.find((data) => fits(data));
        return found ? { found } : { now: `the till told ${this.events.length} events` };
      },
      patience,
    );
  }

  /** The backend could read everything that came. */
  expectContractKept(): void {
    if (this.notOfTheContract.length > 0)
      throw new TestkitError(
        `the backend could not read what came on ${this.notOfTheContract.join(', ')}; the contract is docs/mqtt.md`,
      );
  }

  /** Ends every program, closes the shop, removes its files. Twice does no harm. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    try {
      await Promise.all(this.#programs.map((program) => program.stop()));
      await this.#link.close();
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  #adopt(program: Program): Program {
    this.#programs.push(program);
    if (program.pid !== undefined) void this.#link.ask('guard', program.pid).catch(() => undefined);
    return program;
  }

  #until<T>(what: string, look: () => { found: T } | { now: string }, patience: Partial<WaitTerms> = {}): Promise<T> {
    return this.#waiting.until(what, look, { withinMs: this.#patienceMs, ...patience });
  }

  #slipsNow(wish: SlipWish): string {
    if (this.slips.length === 0) return 'none came out of the printer';
    return this.slips
      .slice(-3)
      .map((slip) => `this one came out, but ${slip.differences(wish).join('; ')}:\n${slip.text}`)
      .join('\n');
  }

  #broken(): string | undefined {
    if (this.#lost !== undefined) return this.#lost;
    const failed = this.#programs.find((program) => program.failed);
    return failed && `a program ended by itself: ${failed.describe()}`;
  }

  #describe(): string {
    return [this.#book.describe(), ...this.#programs.map((program) => program.describe())].join('\n');
  }
}
