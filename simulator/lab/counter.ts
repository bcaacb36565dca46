import { formatYuan } from '../../protocols/money/fen.ts';
import type { GunFault } from '../faults/gun-faults.ts';
import type { TerminalMake } from '../personalities/terminal-makes.ts';
import { ProcessStage, StageHands, type StagePlace } from '../scenarios/process-stage.ts';
import { Shop, type ShopOptions } from '../shop.ts';
import { FaultyWire } from '../wires/faulty-wire.ts';
import type { PortWire } from '../wires/wire.ts';
import { systemClock } from '../world/clock.ts';
import { fraction } from '../world/fraction.ts';
import type { SkewedClock } from '../world/skewed-clock.ts';
import { CardPlace } from './card-place.ts';
import { viewsOf } from './counter-views.ts';
import { CustomerPhone } from './customer-phone.ts';
import { Deeds } from './deeds.ts';
import { LabFeed } from './feed.ts';
import { fillDisk } from './full-disk.ts';
import { OrderBook } from './orders.ts';
import { PadPlace } from './pad-place.ts';
import { PrintedSlips } from './printed-slips.ts';
import { Refusal } from './problems.ts';
import type { Happening, PlugName, Sections, Words } from './schemas.ts';
import { StoryPlayer } from './story-player.ts';
import { watchMoney, watchShop } from './watch-shop.ts';
import { watchWires } from './watch-wires.ts';

/** Changes within this are told together: a slip arrives in a hundred pieces. */
const GATHER_MS = 25;
const PAPER_LOOK_MS = 120;

/** The shop as somebody sees it who stands in it: every device, every wire, what happened. */
export class LabCounter {
  readonly stage: ProcessStage;
  readonly shop: Shop;
  readonly feed: LabFeed;
  readonly phone: CustomerPhone;
  readonly wires: {
    readonly gun: FaultyWire;
    readonly printer: FaultyWire;
    readonly terminal: FaultyWire;
    readonly pad: FaultyWire;
  };
  readonly backendClock: SkewedClock;
  readonly slips: PrintedSlips;
  readonly cards: CardPlace;
  readonly pad: PadPlace;
  readonly orders = new OrderBook();
  readonly deeds = new Deeds(systemClock);
  readonly player = new StoryPlayer(this);
  /** what the gun's next scan meets */
  gunFault: GunFault | undefined;
  jamArmed = false;
  drawerOpen = false;
  networkUp = true;
  diskFull = false;
  faultsHappened = 0;
  /** where the clerk's page is, when somebody said so */
  clerkPage: string | undefined;
  #orders = 0;
  scans = 0;
  ending: string | null = null;
  tillState: Sections['till']['state'] = 'never';
  #callOff: (() => void) | undefined;

  /** Opens a shop that somebody can stand in. `at`: where its ports and the till's data are. */
  static async open(wanted: Omit<ShopOptions, 'clock'>, at: StagePlace, card?: TerminalMake): Promise<LabCounter> {
    const hands = new StageHands();
    const parts = { clock: systemClock, random: fraction };
    const wires = new Map<string, FaultyWire>();
    const cards = await CardPlace.open(parts, card);
    const pad = await PadPlace.open(parts);
    const through = (device: string, wire: PortWire) => {
      const faulty = new FaultyWire(wire, parts);
      wires.set(device, faulty);
      return faulty;
    };
    const shop = await Shop.open({ ...wanted, ...hands.shopOptions, through }).catch(async (error: unknown) => {
      await Promise.all([cards.close(), pad.close()]);
      throw error;
    });
    const stage = await ProcessStage.around(shop, hands, { ...at, terminal: placed(cards), pad });
    const [gun, printer] = [wires.get('gun'), wires.get('printer')];
    if (!gun || !printer) throw new Error('a device without a wire');
    const isKeyboard = wanted.gun?.protocol === 'hid-keyboard';
    const all = { gun, printer, terminal: cards.wire, pad: pad.wire };
    return new LabCounter(stage, all, { cards, pad }, hands.clock, isKeyboard);
  }

  private constructor(
    stage: ProcessStage,
    wires: LabCounter['wires'],
    { cards, pad }: Pick<LabCounter, 'cards' | 'pad'>,
    backendClock: SkewedClock,
    isKeyboard: boolean,
  ) {
    const { shop } = stage;
    this.stage = stage;
    this.shop = shop;
    this.wires = wires;
    this.cards = cards;
    this.pad = pad;
    this.backendClock = backendClock;
    this.feed = new LabFeed(systemClock);
    this.phone = new CustomerPhone(shop.acquirer, systemClock, fraction);
    this.slips = new PrintedSlips(shop.printer);
    watchWires(this, isKeyboard);
    watchShop(this);
    watchMoney(this);
    this.changed();
    this.#gathered();
  }

  /** Something is different now; what it is, the views say. */
  changed(): void {
    if (this.feed.isClosed) return;
    this.#callOff ??= systemClock.after(GATHER_MS, () => this.#gathered());
  }

  tell(who: Happening['who'], tone: Happening['tone'], words: Words): void {
    this.feed.tell({ who, tone, words });
    this.changed();
  }

  /** A number that no shop has used: the time in ms and a count. */
  nextOrderId(): string {
    this.#orders += 1;
    return `L${systemClock.now()}${String(this.#orders).padStart(2, '0')}`;
  }

  wireOf(device: PlugName): FaultyWire {
    return this.wires[device];
  }

  /** A story has both hands on the counter while it plays. */
  onlyByHand(): void {
    if (this.player.isPlaying) throw new Refusal('STORY_PLAYS');
  }

  showClerkPage(url: string): void {
    this.clerkPage = url;
    this.changed();
  }

  /** Nothing that is armed happens any more. */
  calm(): void {
    const { shop } = this;
    this.gunFault = undefined;
    this.jamArmed = false;
    shop.printer.calm();
    this.cards.terminal.calm();
    for (const wire of Object.values(this.wires)) wire.calm();
    shop.backend.calm(shop.till);
    shop.backend.acknowledgesEvents = true;
    this.backendClock.aheadMs = 0;
    this.stage.network.back();
    if (this.diskFull) fillDisk(this.stage, false);
    this.diskFull = false;
    this.networkUp = true;
  }

  /** The gun reads a code; its next fault, if one is armed, happens to it. */
  async scan(code: string): Promise<void> {
    const fault = this.gunFault;
    this.gunFault = undefined;
    this.scans += 1;
    if (fault) this.faultsHappened += 1;
    this.changed();
    const { how } = await this.shop.gun.scan(code, fault ? { fault } : {});
    this.ending = how;
    this.changed();
  }

  /** Asks the counter to collect; resolves with the till's first word, or why there was none. */
  async collect(orderId: string, amountFen: number, title: string): Promise<string> {
    this.orders.asked(orderId, amountFen, systemClock.now());
    this.tell('backend', 'deed', {
      zh: `后台下单 ${orderId}：收款 ¥${formatYuan(amountFen)}`,
      en: `The backend orders ${orderId}: collect ¥${formatYuan(amountFen)}`,
    });
    const answer = await this.#askTill(orderId, amountFen, title);
    this.orders.answered(orderId, answer);
    this.changed();
    return answer;
  }

  async close(): Promise<void> {
    this.#callOff?.();
    this.feed.close();
    this.phone.close();
    await this.stage.close();
  }

  /** The backend asks for a card: the till takes the order to its terminal at once. */
  async takeCard(orderId: string, amountFen: number): Promise<void> {
    this.orders.asked(orderId, amountFen, systemClock.now());
    this.tell('backend', 'deed', {
      zh: `刷卡收款 ${orderId}：¥${formatYuan(amountFen)}`,
      en: `A card payment ${orderId}: ¥${formatYuan(amountFen)}`,
    });
    const args = { orderId, amountFen, currency: 'CNY' };
    const told = await this.shop.backend
      .order(this.shop.till, 'card-sale', args)
      .then(({ phase, code }) => (phase === 'accepted' ? 'accepted' : code))
      .catch(() => 'NO_ANSWER');
    this.orders.answered(orderId, told);
    if (told !== 'accepted')
      this.tell('till', 'bad', { zh: `收银机没有接单：${told}`, en: `The till refuses the order: ${told}` });
    this.changed();
  }

  async #askTill(orderId: string, amountFen: number, title: string): Promise<string> {
    try {
      const { phase, code } = await this.shop.backend.collect(this.shop.till, { orderId, amountFen, title });
      if (phase === 'accepted') return 'accepted';
      this.tell('till', 'bad', { zh: `收银机没有接单：${code}`, en: `The till refuses the order: ${code}` });
      return code;
    } catch {
      this.tell('till', 'bad', { zh: '收银机没有应答', en: 'The till does not answer' });
      return 'NO_ANSWER';
    }
  }

  #gathered(): void {
    this.#callOff = undefined;
    if (this.feed.isClosed) return;
    for (const [name, view] of Object.entries(this.views())) this.feed.put(name as keyof Sections, view);
    // the paper moves on by itself
    if (!this.shop.printer.isIdle) this.#callOff = systemClock.after(PAPER_LOOK_MS, () => this.#gathered());
  }

  /** Everything, as it is now. */
  views(): Sections {
    return viewsOf(this);
  }
}

/** The stage has it as a story's own. */
function placed(cards: CardPlace): NonNullable<StagePlace['terminal']> {
  return {
    terminal: cards.terminal,
    // a make that asks nobody has nobody before it
    person: cards.terminal.card && cards,
    config: cards.config,
    pull: () => cards.pull(),
    plug: () => cards.plug(),
    close: () => cards.close(),
  };
}
