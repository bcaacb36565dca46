import type { z } from 'zod';
import { WALLETS } from '../devices/phone.ts';
import { breakIt } from './break-it.ts';
import { PIN } from './card-place.ts';
import type { LabCounter } from './counter.ts';
import { FAULT_ROWS, faultRow } from './fault-panel.ts';
import { Refusal } from './problems.ts';
import {
  CardBody,
  CardSaleBody,
  ClockBody,
  DrawerBody,
  FaultBody,
  type Mood,
  NetworkBody,
  NothingBody,
  OrderBody,
  PhoneAnswerBody,
  PhoneBody,
  PlugBody,
  PrinterBody,
  ScanBody,
  SignBody,
  StoryBody,
  type Words,
} from './schemas.ts';

// Everything that a person can do in the shop, one row each: the page's buttons, the API and a story that is played again call
// the same rows.

interface Act<B extends z.ZodType> {
  readonly path: string;
  readonly summary: string;
  readonly body: B;
  /** returns what somebody who tells of it later has to know too */
  readonly run: (counter: LabCounter, body: z.infer<B>) => object | void | Promise<void>;
  /** about the story itself: not a part of it */
  readonly isAside?: true;
}

function act<B extends z.ZodType>(row: Act<B>): Act<B> {
  return row;
}

/** A product's number (GS1's own example prefix) and a shop's collection code: what clerks scan by mistake. */
const PRODUCT = '6901234567892';
const COLLECTION_CODE = 'https://qr.alipay.com/fkx00000000000000000000';

export const ACTS = {
  order: act({
    path: '/v1/orders',
    summary: 'The backend asks the counter to collect an amount',
    body: OrderBody,
    run: (counter, { amountFen, orderId = counter.nextOrderId(), title = '午餐套餐' }) => {
      counter.onlyByHand();
      void counter.collect(orderId, amountFen, title);
      return { orderId };
    },
  }),
  'card-sale': act({
    path: '/v1/card-sales',
    summary: 'The backend asks the till to take an amount on the card terminal',
    body: CardSaleBody,
    run: (counter, { amountFen }) => {
      counter.onlyByHand();
      const orderId = counter.nextOrderId();
      void counter.takeCard(orderId, amountFen);
      return { orderId };
    },
  }),
  card: act({
    path: '/v1/terminal/card',
    summary: 'The customer at the card terminal: holds the card out, types a PIN, presses the red key',
    body: CardBody,
    run: (counter, { does, pin = '' }) => {
      if (does === 'types') counter.cards.types(pin === PIN);
      else if (does === 'cancels') counter.cards.cancels();
      else counter.cards.shows(does === 'taps' ? 'tap' : 'chip');
      counter.tell('customer', does === 'cancels' ? 'bad' : 'calm', CARD_WORDS[does]);
      return does === 'types' ? { isRight: pin === PIN, pin: '' } : undefined;
    },
  }),
  sign: act({
    path: '/v1/pad',
    summary: 'The customer at the signature pad: signs, has somebody sign, or presses the red key',
    body: SignBody,
    run: (counter, { does, strokes = [] }) => {
      if (does === 'cancels') counter.pad.refuse();
      else counter.pad.sign(does === 'signs' ? strokes : undefined);
      const zh = does === 'cancels' ? '顾客不签名' : '顾客签名';
      counter.tell('customer', 'calm', {
        zh,
        en: does === 'cancels' ? 'The customer does not sign' : 'The customer signs',
      });
    },
  }),
  phone: act({
    path: '/v1/phone',
    summary: 'Another wallet, another mood, or a fresh code',
    body: PhoneBody,
    run: (counter, { wallet, mood, turn }) => {
      counter.phone.change({ ...(wallet && { wallet }), ...(mood && { mood }) });
      if (turn) counter.phone.turn();
      const words = phoneWords(wallet, mood);
      if (words) counter.tell('customer', 'calm', words);
    },
  }),
  'phone-answer': act({
    path: '/v1/phone/answer',
    summary: 'The customer confirms or declines on the phone',
    body: PhoneAnswerBody,
    run: (counter, { pays }) => {
      if (!counter.phone.view().asking) throw new Refusal('NOT_ASKING');
      counter.tell('customer', pays ? 'good' : 'bad', {
        zh: pays ? '顾客确认支付' : '顾客取消了支付',
        en: pays ? 'The customer confirms' : 'The customer cancels',
      });
      counter.phone.decide(pays);
    },
  }),
  scan: act({
    path: '/v1/gun/scan',
    summary: 'The gun is aimed at something and reads it',
    body: ScanBody,
    run: (counter, body) => scan(counter, body),
  }),
  plug: act({
    path: '/v1/plugs',
    summary: 'A cable is pulled out or put back',
    body: PlugBody,
    run: async (counter, { device, plugged }) => {
      const wire = counter.wireOf(device);
      if (wire.isPlugged === plugged) throw new Refusal('ALREADY_SO');
      await (plugged ? wire.replug() : wire.hangup());
    },
  }),
  printer: act({
    path: '/v1/printer',
    summary: 'Paper, cover, power, jam, tearing off',
    body: PrinterBody,
    run: (counter, body) => changePrinter(counter, body),
  }),
  drawer: act({
    path: '/v1/drawer',
    summary: 'The drawer is pushed shut, or opened by its key',
    body: DrawerBody,
    run: (counter, { open }) => {
      counter.drawerOpen = open;
      counter.shop.printer.change({ drawerPin: open ? 'high' : 'low' });
      counter.tell('drawer', 'calm', {
        zh: open ? '钱箱打开' : '钱箱关上',
        en: `The drawer is ${open ? 'open' : 'shut'}`,
      });
    },
  }),
  fault: act({
    path: '/v1/faults',
    summary: 'Something goes wrong: now, or the next time it can',
    body: FaultBody,
    run: (counter, { fault }) => {
      const row = faultRow(fault);
      if (!row) throw new Refusal('UNKNOWN_FAULT', fault);
      counter.tell('fault', 'deed', { zh: `故障：${row.words.zh}`, en: `Fault: ${row.words.en}` });
      breakIt(counter, row.act);
    },
  }),
  calm: act({
    path: '/v1/faults/calm',
    summary: 'Nothing that is armed happens any more; network and clock are right again',
    body: FaultBody.partial(),
    run: (counter) => {
      counter.calm();
      counter.tell('fault', 'good', { zh: '故障全部撤除', en: 'All faults are taken away' });
    },
  }),
  network: act({
    path: '/v1/network',
    summary: 'The network goes away or comes back',
    body: NetworkBody,
    run: (counter, { up }) => breakIt(counter, { on: 'network', does: up ? 'back' : 'fall' }),
  }),
  clock: act({
    path: '/v1/clock',
    summary: 'How far the backend’s clock is ahead of the till’s',
    body: ClockBody,
    run: (counter, { aheadMs }) => breakIt(counter, { on: 'clock', aheadMs }),
  }),
  'story-play': act({
    path: '/v1/story/play',
    summary: 'A story of the catalogue, or one that was saved, is played at this counter',
    body: StoryBody,
    run: (counter, wish) => counter.player.begin(wish),
    isAside: true,
  }),
  'story-begin': act({
    path: '/v1/story/begin',
    summary: 'What is done from now on is written down as a new story',
    body: NothingBody,
    run: (counter) => counter.deeds.begin(counter.slips.count),
    isAside: true,
  }),
} as const;
export type ActName = keyof typeof ACTS;
export type ActBody<N extends ActName> = z.input<(typeof ACTS)[N]['body']>;

/** Does it; what is wrong with it is thrown as a {@link Refusal}. */
export async function carryOut(counter: LabCounter, name: ActName, body: unknown): Promise<void> {
  const row: Act<z.ZodType> = ACTS[name];
  const parsed = row.body.safeParse(body);
  if (!parsed.success) throw new Refusal('BAD_REQUEST', parsed.error.issues[0]?.message);
  const { wallet, mood } = counter.phone.view();
  const more = await row.run(counter, parsed.data);
  if (row.isAside !== true) counter.deeds.add(name, { ...(parsed.data as object), ...more }, { wallet, mood });
  counter.changed();
}

function phoneWords(wallet: keyof typeof WALLETS | undefined, mood: Mood | undefined): Words | undefined {
  if (wallet) return { zh: `顾客打开${WALLETS[wallet].name}`, en: `The customer opens ${wallet}` };
  return mood && MOOD_WORDS[mood];
}

const CARD_WORDS = {
  taps: { zh: '顾客挥卡', en: 'The customer holds the card before the reader' },
  presents: { zh: '顾客插卡', en: 'The customer puts the card in' },
  types: { zh: '顾客输入密码', en: 'The customer types a PIN' },
  cancels: { zh: '顾客按了取消键', en: 'The customer presses the red key' },
} as const satisfies Record<string, Words>;

const MOOD_WORDS: Readonly<Record<Mood, Words>> = {
  asks: { zh: '顾客会看手机再决定', en: 'The customer will look at the phone and decide' },
  pays: { zh: '顾客开了免密支付', en: 'The customer pays without a password' },
  declines: { zh: '顾客会取消支付', en: 'The customer will cancel' },
  insufficient: { zh: '顾客余额不足', en: 'The customer has too little money' },
  away: { zh: '顾客把手机收起来了', en: 'The customer has put the phone away' },
};

function scan(counter: LabCounter, { target, text, fault }: z.infer<typeof ScanBody>): void {
  counter.onlyByHand();
  const { code, words } = aimedAt(counter, target, text);
  if (fault) counter.gunFault = fault;
  counter.tell('gun', 'deed', words);
  counter.phone.show();
  void counter.scan(code);
}

function aimedAt(
  { phone }: LabCounter,
  target: z.infer<typeof ScanBody>['target'],
  text: string | undefined,
): { readonly code: string; readonly words: Words } {
  switch (target) {
    case 'phone':
      return { code: phone.code, words: { zh: '扫码枪扫了顾客的手机', en: 'The gun reads the customer’s phone' } };
    case 'phone-again':
      if (phone.codeBefore === undefined) throw new Refusal('NO_CODE');
      return {
        code: phone.codeBefore,
        words: { zh: '扫了上一个（旧的）付款码', en: 'The gun reads the code before this one' },
      };
    case 'product':
      return { code: PRODUCT, words: { zh: '误扫了商品条码', en: 'The gun reads a product’s barcode by mistake' } };
    case 'collection-code':
      return { code: COLLECTION_CODE, words: { zh: '误扫了收款码', en: 'The gun reads a collection code by mistake' } };
    case 'text':
      if (text === undefined) throw new Refusal('BAD_REQUEST', 'text');
      return { code: text, words: { zh: '扫码枪扫了别的东西', en: 'The gun reads something else' } };
  }
}

function changePrinter(counter: LabCounter, { power, jam, tear, ...state }: z.infer<typeof PrinterBody>): void {
  const { printer } = counter.shop;
  const { paper, cover } = state;
  if (paper !== undefined || cover !== undefined) printer.change({ ...(paper && { paper }), ...(cover && { cover }) });
  if (power !== undefined) {
    if (power) printer.powerOn();
    else printer.powerOff();
  }
  if (jam) {
    printer.jamAtNextCut();
    counter.jamArmed = true;
  }
  if (tear) printer.tearOff();
  for (const words of printerWords({ power, jam, tear, ...state })) counter.tell('printer', 'deed', words);
}

function printerWords({ paper, cover, power, jam, tear }: z.infer<typeof PrinterBody>): Words[] {
  const said: (Words | undefined)[] = [
    paper &&
      {
        ok: { zh: '打印机装上了新纸', en: 'A new roll is in the printer' },
        'near-end': { zh: '打印纸快用完了', en: 'The paper is near its end' },
        end: { zh: '打印机缺纸', en: 'The printer is out of paper' },
      }[paper],
    cover && { zh: cover === 'open' ? '打印机盖打开' : '打印机盖合上', en: `The printer’s cover is ${cover}` },
    power === undefined
      ? undefined
      : { zh: power ? '打印机开机' : '打印机断电', en: `The printer is ${power ? 'on' : 'off'}` },
    jam && { zh: '下一次切纸会卡住', en: 'The next cut will jam' },
    tear && { zh: '有人撕下了纸', en: 'Somebody tears the paper off' },
  ];
  return said.filter((words) => words !== undefined);
}

/** The panel as data, for whoever shows it. */
export function faultCards() {
  return FAULT_ROWS.map(({ id, group, words }) => ({ id, group, words }));
}
