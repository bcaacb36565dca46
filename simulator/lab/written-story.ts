import { formatYuan } from '../../protocols/money/fen.ts';
import { terminalMakeName } from '../personalities/terminal-makes.ts';
import { parseScenario, type Scenario } from '../scenarios/scenario.ts';
import type { Step } from '../scenarios/steps.ts';
import { ACTS, type ActBody } from './acts.ts';
import type { LabCounter } from './counter.ts';
import { DECLINES_AFTER_MS } from './customer-phone.ts';
import type { Deed } from './deeds.ts';
import { faultRow } from './fault-panel.ts';
import { PAD } from './pad-place.ts';
import type { Words } from './schemas.ts';

// What somebody did at the counter, written down as a story of the catalogue's form: the same steps, the same pauses, and what
// came of it as what must come of it again.

export interface Written {
  readonly scenario: Scenario;
  /** what happened and has no words in a story */
  readonly leftOut: readonly Words[];
}

/** A pause that is shorter was nobody's intention. */
const SHORTEST_PAUSE_MS = 300;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SCHEMA = '../scenario.schema.json';

/** Throws when nothing was done that a story could tell. */
export function writtenStory(counter: LabCounter, name: string): Written {
  const { list } = counter.deeds;
  const writer = new StoryWriter(counter, list);
  for (const [index, deed] of list.entries()) writer.write(deed, index);
  const { steps, leftOut } = writer;
  const story = {
    $schema: SCHEMA,
    name,
    title: { zh: '在模拟门店页面上演的一段', en: 'played by hand on the lab page' },
    covers: ['lab'],
    ...writer.place,
    steps,
    expect: writer.expectations(),
    within: '90s',
  };
  return { scenario: parseScenario(story, name), leftOut };
}

class StoryWriter {
  readonly steps: Step[] = [];
  readonly leftOut: Words[] = [];
  readonly #counter: LabCounter;
  readonly #deeds: readonly Deed[];
  /** order -> its letter */
  readonly #orders = new Map<string, string>();
  #last: number | undefined;
  #hasCards = false;

  constructor(counter: LabCounter, deeds: readonly Deed[]) {
    this.#counter = counter;
    this.#deeds = deeds;
  }

  write(deed: Deed, index: number): void {
    const steps = this.#stepsOf(deed, index);
    if (steps.length === 0) return;
    const pause = this.#last === undefined ? 0 : deed.at - this.#last;
    if (pause >= SHORTEST_PAUSE_MS) this.steps.push({ wait: seconds(pause) });
    this.#last = deed.at;
    this.steps.push(...steps);
  }

  /** Every order as it is now, in the backend's and the acquirer's books. */
  expectations() {
    const { shop, orders, deeds, slips } = this.#counter;
    const known = orders.view(shop.acquirer.ledger);
    const told = [...this.#orders].map(([orderId, letter]) => {
      const last = known.find((order) => order.orderId === orderId)?.attempts.at(-1);
      const { charges, reversals, netFen } = shop.acquirer.ledger.ofOrder(orderId);
      const state = last ? { state: last.state } : {};
      return [letter, { ...state, charges, reversals, net: formatYuan(netFen) }] as const;
    });
    return {
      ...(told.length > 0 && { orders: Object.fromEntries(told) }),
      slips: { count: slips.count - deeds.slipsBefore },
    };
  }

  #stepsOf({ name, body, ...deed }: Deed, index: number): Step[] {
    switch (name) {
      case 'order':
        return [this.#order(body as ActBody<'order'>)];
      case 'scan':
        return this.#scan(ACTS.scan.body.parse(body), { name, body, ...deed }, index);
      case 'plug':
        return this.#plug(body as ActBody<'plug'>);
      case 'printer':
        return this.#printer(body as ActBody<'printer'>);
      case 'fault':
        return this.#fault((body as ActBody<'fault'>).fault);
      case 'network':
        return [{ network: (body as ActBody<'network'>).up ? 'is back' : 'falls' }];
      case 'clock':
        return [clockStep((body as ActBody<'clock'>).aheadMs)];
      case 'calm':
        return [{ network: 'is back' }, { clock: 'is right' }, { backend: 'acknowledges events again' }];
      // the phone's own deeds are told with the scan that they belong to
      case 'phone':
      case 'phone-answer':
      case 'drawer':
        return [];
      case 'card-sale':
        return [this.#cardSale(body as ActBody<'card-sale'> & { orderId?: string })];
      case 'card':
        return [cardStep(body as ActBody<'card'> & { isRight?: boolean })];
      case 'sign':
        return [{ customer: (body as ActBody<'sign'>).does === 'cancels' ? 'does not sign' : 'signs' }];
      case 'story-play':
      case 'story-begin':
        return [];
    }
  }

  #order({ orderId = '', amountFen }: ActBody<'order'>): Step {
    return { backend: 'asks to collect', yuan: formatYuan(amountFen), order: this.#letterOf(orderId) };
  }

  #cardSale({ orderId = '', amountFen }: ActBody<'card-sale'> & { orderId?: string }): Step {
    this.#hasCards = true;
    return { backend: 'asks for a card', yuan: formatYuan(amountFen), order: this.#letterOf(orderId) };
  }

  #letterOf(orderId: string): string {
    const order = LETTERS[this.#orders.size] ?? `A${this.#orders.size}`;
    this.#orders.set(orderId, order);
    return order;
  }

  /** Cards need a terminal of the same make and a pad, wherever the story is played. */
  get place(): { readonly place?: Scenario['place'] } {
    const name = terminalMakeName(this.#counter.cards.terminal.make);
    return this.#hasCards && name !== undefined ? { place: { terminal: name, pad: PAD } } : {};
  }

  #scan({ target, fault }: ActBody<'scan'> & { target: string }, deed: Deed, index: number): Step[] {
    if (fault !== undefined) this.#leave(`gun.${fault}`);
    const reads: Step = { gun: 'reads' };
    switch (target) {
      case 'phone':
        return [{ customer: 'shows', wallet: deed.customer.wallet }, this.#phone(deed, index), reads];
      case 'phone-again':
        return [{ customer: 'shows', what: 'the same code again' }, reads];
      case 'product':
        return [{ customer: 'shows', what: 'a product barcode' }, reads];
      case 'collection-code':
        return [{ customer: 'shows', what: 'a collection code' }, reads];
      default:
        this.leftOut.push({ zh: '扫了任意文字', en: 'a text was scanned' });
        return [];
    }
  }

  #phone({ customer, at }: Deed, index: number): Step {
    switch (customer.mood) {
      case 'pays':
        return { phone: 'pays at once' };
      case 'declines':
        return { phone: 'asks and is cancelled', after: seconds(DECLINES_AFTER_MS) };
      case 'insufficient':
        return { phone: 'is refused', ...this.#counter.phone.noMoneyOf(customer.wallet) };
      case 'asks':
      case 'away':
        return this.#decided(at, index);
    }
  }

  /** What the person at the phone pressed before the next scan, and how long that took. */
  #decided(at: number, index: number): Step {
    const later = this.#deeds.slice(index + 1);
    const next = later.findIndex(({ name }) => name === 'scan');
    const answer = later.slice(0, next < 0 ? undefined : next).find(({ name }) => name === 'phone-answer');
    if (!answer) return { phone: 'asks for the password', paysAfter: 'never' };
    const after = seconds(answer.at - at);
    return (answer.body as ActBody<'phone-answer'>).pays
      ? { phone: 'asks for the password', paysAfter: after }
      : { phone: 'asks and is cancelled', after };
  }

  #plug({ device, plugged }: ActBody<'plug'>): Step[] {
    const what = plugged ? 'is plugged in' : 'is pulled';
    if (device === 'gun') return [{ gun: what }];
    if (device === 'printer') return [{ printer: what }];
    return [device === 'terminal' ? { terminal: what } : { pad: what }];
  }

  #printer({ paper, cover, power, jam, tear }: ActBody<'printer'>): Step[] {
    if (jam || tear || paper === 'near-end')
      this.leftOut.push({ zh: '卡纸、撕纸或纸将尽', en: 'a jam, torn paper or paper near its end' });
    return [
      ...(paper === 'end' ? [{ printer: 'runs out of paper' } as const] : []),
      ...(paper === 'ok' ? [{ printer: 'gets paper' } as const] : []),
      ...(cover === undefined ? [] : [{ printer: cover === 'open' ? 'is opened' : 'is closed' } as const]),
      ...(power === undefined ? [] : [{ printer: power ? 'gets power' : 'loses power' } as const]),
    ];
  }

  #fault(id: string): Step[] {
    const act = faultRow(id)?.act;
    switch (act?.on) {
      case 'backend': {
        const { kind, op } = act.fault;
        if (kind === 'swallow') return [{ backend: 'loses the request', op }];
        if (kind === 'drop-reply') return [{ backend: 'loses its reply', to: op }];
        return [{ backend: 'replies late', to: op, by: seconds(act.fault.ms) }];
      }
      case 'backend-events':
        return [{ backend: act.acknowledges ? 'acknowledges events again' : 'acknowledges no events' }];
      case 'network':
        return [{ network: NETWORK[act.does] }];
      case 'clock':
        return [clockStep(act.aheadMs)];
      case 'terminal':
        return [{ terminal: 'goes wrong', how: act.fault }];
      case 'gun':
      case 'wire':
      case 'disk':
      case undefined:
        this.#leave(id);
        return [];
    }
  }

  #leave(id: string): void {
    this.leftOut.push(faultRow(id)?.words ?? { zh: id, en: id });
  }
}

const NETWORK = {
  fall: 'falls',
  back: 'is back',
  cut: 'is cut for a moment',
  swallow: 'swallows everything',
} as const;

/** `aheadMs`: of the backend; the story speaks of the till. */
function clockStep(aheadMs: number): Step {
  if (aheadMs === 0) return { clock: 'is right' };
  return { clock: aheadMs > 0 ? 'is behind' : 'is ahead', by: seconds(Math.abs(aheadMs)) };
}

function cardStep({ does, isRight = true }: ActBody<'card'> & { isRight?: boolean }): Step {
  if (does === 'types') return { customer: isRight ? 'types the PIN' : 'types a wrong PIN' };
  return { customer: CARD_DEEDS[does] };
}

const CARD_DEEDS = {
  presents: 'inserts the card',
  taps: 'taps the card',
  cancels: 'presses the red key',
} as const;

function seconds(ms: number): string {
  return `${Number((ms / 1_000).toFixed(1))}s`;
}
