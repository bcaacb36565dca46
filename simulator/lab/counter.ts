import { randomBytes } from 'node:crypto';
import type { EventData } from '../../protocols/backend/messages.ts';
import { formatYuan } from '../../protocols/money/fen.ts';
import type { GunFault } from '../faults/gun-faults.ts';
import type { TerminalPersonality } from '../personalities/terminals.ts';
import { ProcessStage, StageHands, type StagePlace } from '../scenarios/process-stage.ts';
import { BACKEND_CLIENT, Shop, type ShopOptions } from '../shop.ts';
import { FaultyWire } from '../wires/faulty-wire.ts';
import type { PortWire } from '../wires/wire.ts';
import { systemClock } from '../world/clock.ts';
import type { SkewedClock } from '../world/skewed-clock.ts';
import { CardPlace, zvtWords } from './card-place.ts';
import { viewsOf } from './counter-views.ts';
import { CustomerPhone } from './customer-phone.ts';
import { Deeds } from './deeds.ts';
import { LabFeed } from './feed.ts';
import { fillDisk } from './full-disk.ts';
import { OrderBook } from './orders.ts';
import { PadPlace, padWords } from './pad-place.ts';
import { PrintedSlips } from './printed-slips.ts';
import { Refusal } from './problems.ts';
import type { Happening, Line, PlugName, Sections, Words } from './schemas.ts';
import { StoryPlayer } from './story-player.ts';
import { attemptWords, CHANNEL_WORDS, eventWords } from './story-words.ts';
import { gunWords, mqttWords, PrinterWords } from './wire-lines.ts';

type Config = NonNullable<NonNullable<StagePlace['place']>['config']>[string];

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
  static async open(
    wanted: Omit<ShopOptions, 'clock'>,
    at: StagePlace,
    card?: TerminalPersonality,
  ): Promise<LabCounter> {
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
    const place = {
      ...at.place,
      config: { terminal: cards.config as Config, pad: pad.config as Config, ...at.place?.config },
    };
    const stage = await ProcessStage.around(shop, hands, { ...at, place });
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
    this.#watchWires(isKeyboard);
    this.#watchShop();
    this.#watchMoney();
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

  /** A number that this shop has not used: the day's seconds and a count. */
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
    await Promise.all([this.cards.close(), this.pad.close()]);
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

  #watchWires(isKeyboard: boolean): void {
    const { gun, printer, terminal, pad } = this.wires;
    const words = new PrinterWords();
    gun.onBytes = (direction, bytes, fault) =>
      this.#line('gun', direction, bytes.length, gunWords(bytes, isKeyboard), fault);
    printer.onBytes = (direction, bytes, fault) =>
      this.#line(
        'printer',
        direction,
        bytes.length,
        direction === 'down' ? words.heard(bytes) : words.said(bytes),
        fault,
      );
    terminal.onBytes = (direction, bytes, fault) =>
      this.#line('terminal', direction, bytes.length, zvtWords(bytes), fault);
    terminal.onPlug = (plugged) => this.#plug('terminal', plugged);
    pad.onBytes = (direction, bytes, fault) =>
      this.#line('pad', direction, bytes.length, padWords(bytes, direction), fault);
    pad.onPlug = (plugged) => this.#plug('pad', plugged);
    this.pad.onChange = () => this.changed();
    this.cards.onChange = () => this.changed();
    gun.onPlug = (plugged) => this.#plug('gun', plugged);
    printer.onPlug = (plugged) => {
      if (!plugged) words.cut();
      this.#plug('printer', plugged);
    };
    const { broker, till } = this.shop;
    const root = `pos/v1/${till.tenant}/${till.store}/${till.agent}/`;
    broker.onPublish = ({ clientId, topic, payload }) => {
      const direction = clientId === BACKEND_CLIENT ? 'down' : 'up';
      const name = topic.startsWith(root) ? topic.slice(root.length) : topic;
      this.#line('mqtt', direction, payload.length, mqttWords(name, payload), undefined);
    };
    broker.onClient = () => this.changed();
  }

  #line(
    wire: Line['wire'],
    direction: 'up' | 'down',
    bytes: number,
    told: { readonly title: string; readonly detail: string; readonly hex: string },
    fault: string | undefined,
  ): void {
    if (fault !== undefined) {
      this.faultsHappened += 1;
      this.tell('fault', 'bad', { zh: `线路故障发生：${fault}`, en: `It happened on the ${wire} wire: ${fault}` });
    }
    this.feed.line({ wire, direction, bytes, ...told, ...(fault !== undefined && { fault }) });
    this.changed();
  }

  #plug(device: keyof typeof DEVICE_WORDS, plugged: boolean): void {
    const name = DEVICE_WORDS[device];
    this.tell(device, plugged ? 'calm' : 'bad', {
      zh: `${name.zh}${plugged ? '已插上' : '被拔掉了'}`,
      en: `The ${name.en} is ${plugged ? 'plugged in' : 'pulled out'}`,
    });
  }

  #watchShop(): void {
    const { shop } = this;
    const before = { state: shop.onAgentState, event: shop.onEvent, slip: shop.onSlip, device: shop.onDevice };
    shop.onAgentState = (state) => {
      before.state(state);
      this.tillState = state;
      const good = state === 'online';
      this.tell('till', good ? 'good' : 'bad', { zh: `收银机${good ? '上线' : '离线'}`, en: `The till is ${state}` });
    };
    shop.onEvent = (event) => {
      before.event(event);
      this.#heard(event.data);
    };
    shop.onDevice = (state) => {
      before.device(state);
      this.changed();
    };
    shop.onPrinter = () => this.changed();
    shop.onDrawer = () => {
      this.drawerOpen = true;
      shop.printer.change({ drawerPin: 'high' });
      this.tell('drawer', 'good', { zh: '钱箱弹开', en: 'The drawer springs open' });
    };
    shop.onSlip = (bytes, slip) => {
      before.slip(bytes, slip);
      this.slips.add(bytes, systemClock.now());
      this.jamArmed = false;
      this.tell('printer', 'good', { zh: '小票已出', en: 'A slip came out' });
    };
  }

  #heard(data: EventData): void {
    this.orders.heard(data, systemClock.now());
    const words = data.type === 'attempt' ? attemptWords(data) : eventWords(data);
    if (words) this.tell('till', words.tone, words.words);
    this.changed();
  }

  #watchMoney(): void {
    const { acquirer } = this.shop;
    this.phone.onChange = () => this.changed();
    acquirer.ledger.onEntry = (entry) => {
      this.phone.moved(entry);
      const { kind, amountFen, channel } = entry;
      const [zh, en] =
        kind === 'charge'
          ? ['扣款', 'charged']
          : kind === 'reversal'
            ? ['已退回（撤销）', 'reversed']
            : ['退款', 'refunded'];
      const name = CHANNEL_WORDS[channel];
      this.tell('acquirer', kind === 'charge' ? 'good' : 'wait', {
        zh: `${name.zh}：${zh} ¥${formatYuan(amountFen)}`,
        en: `${name.en}: ${en} ¥${formatYuan(amountFen)}`,
      });
    };
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

const DEVICE_WORDS = {
  gun: { zh: '扫码枪', en: 'gun' },
  printer: { zh: '打印机', en: 'printer' },
  terminal: { zh: '刷卡终端', en: 'card terminal' },
  pad: { zh: '签名板', en: 'signature pad' },
} as const;

function fraction(): number {
  return randomBytes(4).readUInt32BE() / 2 ** 32;
}
