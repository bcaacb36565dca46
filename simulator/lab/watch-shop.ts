import type { EventData } from '../../protocols/backend/events.ts';
import { formatYuan } from '../../protocols/money/fen.ts';
import { systemClock } from '../world/clock.ts';
import type { LabCounter } from './counter.ts';
import { attemptWords, CHANNEL_WORDS, eventWords } from './story-words.ts';

/** What the till and the devices tell, and what comes out of the printer. */
export function watchShop(counter: LabCounter): void {
  const { shop } = counter;
  const before = { state: shop.onAgentState, event: shop.onEvent, slip: shop.onSlip, device: shop.onDevice };
  shop.onAgentState = (state) => {
    before.state(state);
    counter.tillState = state;
    const good = state === 'online';
    counter.tell('till', good ? 'good' : 'bad', { zh: `收银机${good ? '上线' : '离线'}`, en: `The till is ${state}` });
  };
  shop.onEvent = (event) => {
    before.event(event);
    heard(counter, event.data);
  };
  shop.onDevice = (state) => {
    before.device(state);
    counter.changed();
  };
  shop.onPrinter = () => counter.changed();
  shop.onDrawer = () => {
    counter.drawerOpen = true;
    shop.printer.change({ drawerPin: 'high' });
    counter.tell('drawer', 'good', { zh: '钱箱弹开', en: 'The drawer springs open' });
  };
  shop.onSlip = (bytes, slip) => {
    before.slip(bytes, slip);
    counter.slips.add(bytes, systemClock.now());
    counter.jamArmed = false;
    counter.tell('printer', 'good', { zh: '小票已出', en: 'A slip came out' });
  };
}

function heard(counter: LabCounter, data: EventData): void {
  counter.orders.heard(data, systemClock.now());
  const words = data.type === 'attempt' ? attemptWords(data) : eventWords(data);
  if (words) counter.tell('till', words.tone, words.words);
  counter.changed();
}

/** Money that moves, and the customer's phone that shows it. */
export function watchMoney(counter: LabCounter): void {
  const { acquirer } = counter.shop;
  counter.phone.onChange = () => counter.changed();
  acquirer.ledger.onEntry = (entry) => {
    counter.phone.moved(entry);
    const { kind, amountFen, channel } = entry;
    const [zh, en] =
      kind === 'charge'
        ? ['扣款', 'charged']
        : kind === 'reversal'
          ? ['已退回（撤销）', 'reversed']
          : ['退款', 'refunded'];
    const name = CHANNEL_WORDS[channel];
    counter.tell('acquirer', kind === 'charge' ? 'good' : 'wait', {
      zh: `${name.zh}：${zh} ¥${formatYuan(amountFen)}`,
      en: `${name.en}: ${en} ¥${formatYuan(amountFen)}`,
    });
  };
}
