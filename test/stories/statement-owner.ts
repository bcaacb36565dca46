import type { LedgerEntry } from '../../simulator/acquirer/ledger.ts';
import { wechatBill } from '../../simulator/statements/wechat-bill.ts';
import { MemoryShop } from '../world/shop.ts';
import { LocalCaller } from './local-caller.ts';

const MERCHANT = {
  name: '街角小店',
  merchantNo: '898330158120001',
  terminalNo: 'T0000001',
  feeRateBp: { WECHAT: 60 },
};
interface Finding {
  readonly type: string;
  readonly key: string;
  readonly orderId?: string;
  readonly amountFen?: number;
  readonly what: { readonly zh: string };
}

/** Whoever owns the shop, at the page of the statements. */
export class Owner {
  readonly shop: MemoryShop;
  readonly #caller: LocalCaller;

  private constructor(shop: MemoryShop) {
    this.shop = shop;
    this.#caller = new LocalCaller(shop, 'till-page', 'owner');
  }

  static async open(): Promise<Owner> {
    return new Owner(await MemoryShop.open({ merchant: MERCHANT }));
  }

  /** The channel's books: what was paid around midnight is booked `shiftMs` later. */
  bill(day: string, shift: (entry: LedgerEntry) => number = () => 0, terminalNo = 'T0000001'): Uint8Array<ArrayBuffer> {
    const ledger = this.shop.acquirer.ledger.entries.map((entry) => ({ ...entry, at: entry.at + shift(entry) }));
    const common = { day, terminalNo, shopName: '街角小店', merchantId: '1900000109', feeRateBp: 60 };
    return Uint8Array.from(wechatBill(ledger, common));
  }

  async choose(day: string, file: Uint8Array<ArrayBuffer>, name = `wechat-${day}.csv`) {
    const answer = await this.#caller.ask(`/v1/reconciliations?name=${name}`, { file });
    return {
      status: answer.status,
      json: answer.json as unknown as {
        readonly ok: boolean;
        readonly findings: readonly Finding[];
      } & typeof answer.json,
    };
  }

  async carried() {
    const { json } = await this.#caller.ask('/v1/reconciliations');
    return json['carried'] as readonly Record<string, unknown>[];
  }

  async days() {
    const { json } = await this.#caller.ask('/v1/reconciliations');
    return json['days'] as readonly Record<string, unknown>[];
  }

  /** Sends the beginning of a file; the rest when `finish` is called. */
  chooseSlowly(day: string, file: Uint8Array<ArrayBuffer>) {
    const pipe = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
    const writer = pipe.writable.getWriter();
    const slow = { stream: pipe.readable, length: file.length };
    const answer = this.#caller.ask(`/v1/reconciliations?name=wechat-${day}.csv`, { file: slow });
    void writer.write(file.slice(0, 100));
    const finish = async () => {
      await writer.write(file.slice(100));
      await writer.close();
    };
    return { answer, finish };
  }

  clear(key: unknown, note: string) {
    return this.#caller.ask('/v1/reconciliations/cleared', { body: { key, note } });
  }

  async restart(): Promise<void> {
    await this.shop.kill(0);
    await this.shop.start();
    await this.shop.pass(1_000);
  }
}
