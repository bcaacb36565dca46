import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFinal } from '../../agent/payment/attempt.ts';
import type { Report } from '../../agent/reports/report.ts';
import { type ReconcileReport, reconcileFiles } from '../../agent/statements/reconcile-files.ts';
import type { LedgerEntry } from '../../simulator/acquirer/ledger.ts';
import { WALLETS, type Wallet } from '../../simulator/devices/phone.ts';
import { alipayBill } from '../../simulator/statements/alipay-bill.ts';
import { unionPayBill, unionPayBillName } from '../../simulator/statements/unionpay-bill.ts';
import { wechatBill } from '../../simulator/statements/wechat-bill.ts';
import { LCG } from '../seeded.ts';
import { LocalCaller } from '../stories/local-caller.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { HOP_MS } from '../world/broker.ts';
import { MemoryShop } from '../world/shop.ts';
import { nextBuyer, nextVisit } from './customers.ts';

// A whole day of a shop in virtual time: opened at ten, some hundred payments of all kinds with faults, the evening shift,
// refunds, closed at night; the next morning the channels' statements are held against the journal.

export const DAY = '2026-11-22';
const HOUR_MS = 3_600_000;
export const FEE_RATES = { WECHAT: 60, ALIPAY: 55, UNIONPAY: 38 } as const;

export interface DayOptions {
  readonly seed: number;
  readonly payments: number;
  /** sees every line of the story */
  readonly tell?: (line: string) => void;
}

/** What became of the day. */
export interface DayResult {
  readonly shop: MemoryShop;
  /** how often each kind of customer and accident came */
  readonly story: Readonly<Record<string, number>>;
  readonly refunds: number;
  /** as they were closed */
  readonly shifts: readonly Report[];
  readonly closing: Report;
}

export async function wholeDay({ seed, payments, tell = () => {} }: DayOptions): Promise<DayResult> {
  const shop = new MemoryShop({ limits: { refund: { dayCount: 1_000 } }, merchant: MERCHANT }, seed);
  const day = new ShopDay(shop, new LCG(seed * 7919 + 1), tell);
  await shop.start();
  await shop.pass(1_000);
  await day.call('clerk-1', '/v1/shifts');
  // eleven and a half hours of business, whatever comes
  const pace = Math.floor((11.5 * HOUR_MS) / payments);
  for (let nth = 0; nth < payments; nth++) {
    await day.nextCustomer(nth, pace);
    if (nth % 15 === 14) await day.refundSomething(nth);
    if (nth === Math.floor(payments / 2)) {
      await day.closeShift('clerk-1');
      await day.call('clerk-2', '/v1/shifts');
    }
  }
  await day.settle();
  await day.closeShift('clerk-2');
  const closing = await day.call('manager-1', '/v1/days/1/close');
  await shop.pass(60_000);
  return { shop, story: day.story, refunds: day.refunds, shifts: day.shifts, closing };
}

const MERCHANT = {
  name: '街角小店',
  merchantNo: '898330158120001',
  terminalNo: 'T0000001',
  feeRateBp: FEE_RATES,
};

class ShopDay {
  readonly story: Record<string, number> = {};
  readonly shifts: Report[] = [];
  refunds = 0;
  readonly #shop: MemoryShop;
  readonly #dice: LCG;
  readonly #tell: (line: string) => void;

  constructor(shop: MemoryShop, dice: LCG, tell: (line: string) => void) {
    this.#shop = shop;
    this.#dice = dice;
    this.#tell = tell;
    shop.broker.fateOf = ({ topic }) => this.#fate(topic);
  }

  /** A person at the till, through the local API. */
  async call(personId: string, path: string): Promise<Report> {
    const { status, json } = await new LocalCaller(this.#shop, 'till-page', personId).ask(path, { body: {} });
    if (status >= 300) throw new Error(`${path}: ${JSON.stringify(json)}`);
    return json as unknown as Report;
  }

  async closeShift(personId: string): Promise<void> {
    this.shifts.push(await this.call(personId, `/v1/shifts/${this.shifts.length + 1}/close`));
  }

  async nextCustomer(nth: number, paceMs: number): Promise<void> {
    const began = this.#shop.clock.mono();
    const orderId = `D${String(nth).padStart(4, '0')}`;
    const amountFen = 1 + this.#dice.below(40_000);
    if (this.#dice.below(10) === 0) await this.#byCode(orderId, amountFen);
    else await this.#byScan(orderId, amountFen);
    await this.#shop.pass(Math.max(1_000, paceMs - (this.#shop.clock.mono() - began)));
  }

  async #byScan(orderId: string, amountFen: number): Promise<void> {
    const { name, plan } = nextVisit(this.#dice);
    const wallet = this.#dice.pick(Object.keys(WALLETS) as Wallet[]);
    this.#note(orderId, `${name} (${wallet})`, name);
    this.#shop.customer(plan);
    await this.#shop.collect(orderId, amountFen);
    this.#shop.scan(this.#shop.showCode(wallet));
    if (this.#dice.below(40) === 0) await this.#powerCut(orderId);
    await this.#ended(orderId);
  }

  async #byCode(orderId: string, amountFen: number): Promise<void> {
    this.#note(orderId, 'scans the code of the shop', 'scans the code of the shop');
    this.#shop.acquirer.intents.send(nextBuyer(this.#dice));
    await this.#shop.intent({ orderId, amountFen, ttlMs: 120_000 });
    await this.#shop.pass(150_000);
  }

  /** The mains fail in the middle of a payment: what was not synced is lost, and the PC starts again. */
  async #powerCut(orderId: string): Promise<void> {
    this.#note(orderId, 'the power fails', 'power cuts');
    await this.#shop.pass(this.#dice.below(400));
    await this.#shop.kill(this.#dice.below(200));
    await this.#shop.pass(20_000);
    await this.#shop.start();
    await this.#shop.pass(2_000);
  }

  /** Until the attempt is over; then an order without money is given up. */
  async #ended(orderId: string): Promise<void> {
    const { book } = this.#shop.process.till;
    const open = () => {
      const record = book.attempts.get(book.orders.get(orderId)?.attemptId ?? '');
      return record !== undefined && !isFinal(record.attempt);
    };
    await this.#shop.passUntil(`the end of ${orderId}`, () => !open(), HOUR_MS);
    const state = this.#shop.orderState(orderId);
    if (state !== 'PAID' && state !== undefined) await this.#shop.order('cancel', { orderId });
  }

  async refundSomething(nth: number): Promise<void> {
    const { orders } = this.#shop.process.till.book;
    const paid = [...orders.values()].filter(({ state }) => state === 'PAID');
    if (paid.length === 0) return;
    const { orderId, amountFen } = this.#dice.pick(paid);
    const refundFen = this.#dice.below(2) === 0 ? amountFen : 1 + this.#dice.below(amountFen);
    const refundId = `R${String(nth).padStart(4, '0')}`;
    this.#note(orderId, `refund of ${refundFen} fen`, 'refunds');
    const who = { reason: '退货', requestedBy: 'clerk.7', approvedBy: 'manager.2' };
    await this.#shop.command('refund', { refundId, orderId, refundFen, currency: 'CNY', ...who }, BACKEND_KEY);
    this.refunds += 1;
    await this.#shop.pass(5_000);
  }

  /** Closing time: nothing is left open. */
  async settle(): Promise<void> {
    const { book } = this.#shop.process.till;
    const open = () => book.openAttempts().length + book.openRefunds().length + book.openIntents().length;
    await this.#shop.passUntil('that nothing is open any more', () => open() === 0, 2 * HOUR_MS);
    await this.#shop.pass(5_000);
  }

  /** Requests and answers get lost, come late and come twice: two of a hundred each. */
  #fate(topic: string): readonly number[] {
    if (!/\/(req|rep)\//.test(topic)) return [HOP_MS];
    const of100 = this.#dice.below(100);
    if (of100 < 2) return [];
    if (of100 < 4) return [3_000];
    return of100 < 6 ? [HOP_MS, 900] : [HOP_MS];
  }

  #note(orderId: string, line: string, kind: string): void {
    this.story[kind] = (this.story[kind] ?? 0) + 1;
    this.#tell(`${new Date(this.#shop.clock.now() + 8 * HOUR_MS).toISOString().slice(11, 19)} ${orderId} ${line}`);
  }
}

/** Statements of the day as the channels send them. */
export function writeStatements(folder: string, ledger: readonly LedgerEntry[]): string[] {
  const common = { day: DAY, terminalNo: 'T0000001', shopName: '街角小店' };
  const unionPay = { ...common, merchantId: '898330158120001', feeRateBp: FEE_RATES.UNIONPAY };
  const bills: readonly (readonly [string, Uint8Array])[] = [
    [`wechat-all-${DAY}.csv`, wechatBill(ledger, { ...common, merchantId: '1900000109', feeRateBp: FEE_RATES.WECHAT })],
    [
      `alipay-${DAY}.zip`,
      alipayBill(ledger, { ...common, merchantId: '20881000000000000156', feeRateBp: FEE_RATES.ALIPAY }),
    ],
    [unionPayBillName(unionPay), unionPayBill(ledger, unionPay)],
  ];
  return bills.map(([name, bytes]) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  });
}

/** The next morning. `change`: what the channels' books say otherwise. */
export async function nextMorning(
  { shop }: DayResult,
  change: (ledger: readonly LedgerEntry[]) => readonly LedgerEntry[] = (ledger) => ledger,
): Promise<ReconcileReport> {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-day-'));
  try {
    const files = writeStatements(folder, change(shop.acquirer.ledger.entries));
    return await reconcileFiles(files, shop.disk.open(), { rates: FEE_RATES, terminalNo: 'T0000001' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The till's data folder as it is on its disk, for programs that look at files. */
export async function saveJournal({ shop }: Pick<DayResult, 'shop'>, folder: string): Promise<string> {
  const disk = shop.disk.open();
  mkdirSync(join(folder, 'journal'), { recursive: true });
  for (const name of await disk.list()) writeFileSync(join(folder, 'journal', name), await disk.read(name));
  return folder;
}
