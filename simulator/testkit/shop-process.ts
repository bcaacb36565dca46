import { rmSync } from 'node:fs';
import { control } from '../commands/printer-controls.ts';
import { showCode } from '../devices/phone.ts';
import { gunFrom } from '../personalities/gun-file.ts';
import { printerFrom } from '../personalities/printer-file.ts';
import { Shop } from '../shop.ts';
import { systemClock } from '../world/clock.ts';
import { fraction } from '../world/fraction.ts';
import type {
  FromShopProcess,
  ScanWish,
  ShopAddresses,
  ShopCalls,
  ShopDevice,
  ShopTerms,
  ToShopProcess,
} from './conversation.ts';

// The process of a test's shop: broker, backend, acquirer, gun and printer. It is started with a channel, does what it is
// asked over it, tells what happens, and ends with whoever started it; then nothing of the test stays behind.

class ShopProcess {
  #shop: Shop | undefined;
  #folder: string | undefined;
  readonly #guarded = new Set<number>();

  readonly calls: { readonly [C in keyof ShopCalls]: (wish: never) => unknown } = {
    open: (terms: ShopTerms) => this.#open(terms),
    collect: (order: Parameters<ShopCalls['collect']>[0]) => this.#now.backend.collect(this.#now.till, order),
    command: ({ verb, args }: Parameters<ShopCalls['command']>[0]) =>
      this.#now.backend.order(this.#now.till, verb, args),
    customer: (plan: Parameters<ShopCalls['customer']>[0]) => this.#now.acquirer.send(plan),
    buyers: (plan: Parameters<ShopCalls['buyers']>[0]) => this.#now.acquirer.intents.send(plan),
    scan: (wish: ScanWish) => this.#scan(wish),
    printer: (word: string) => this.#tellPrinter(word),
    backendFault: (fault: Parameters<ShopCalls['backendFault']>[0]) => this.#now.backend.inject(this.#now.till, fault),
    pull: (device: ShopDevice) => this.#port(device).hangup(),
    plug: (device: ShopDevice) => this.#port(device).replug(),
    guard: (pid: number) => void this.#guarded.add(pid),
    release: (pid: number) => void this.#guarded.delete(pid),
    close: () => this.#close(),
  };

  async #open(terms: ShopTerms): Promise<ShopAddresses> {
    const { folder, till, gunWire, printerWire, brokerPort } = terms;
    const [gun, printer] = [gunFrom(terms.gun), printerFrom(terms.printer)];
    if (!gun) throw new Error(`no gun is called ${terms.gun}; see tillwire-sim scanner --list`);
    if (!printer) throw new Error(`no printer is called ${terms.printer}; see tillwire-sim printer --help`);
    this.#folder = folder;
    const shop = await Shop.open({
      till,
      clock: systemClock,
      paper: printer.profile.dots <= NARROW_DOTS ? 58 : 80,
      gun,
      gunWire,
      printer,
      printerWire,
      portFolder: folder,
      brokerPort,
      tap: (device, from, bytes) => tell({ kind: 'bytes', device, from, bytes, at: systemClock.mono() }),
    });
    this.#shop = shop;
    shop.acquirer.ledger.onEntry = (entry) => tell({ kind: 'ledger', entry });
    shop.onSlip = (bytes) => tell({ kind: 'slip', bytes });
    shop.onEvent = (event) => tell({ kind: 'event', event });
    shop.onResult = (result) => tell({ kind: 'result', result });
    shop.onDevice = (state) => tell({ kind: 'device', state });
    shop.onAgentState = (state) => tell({ kind: 'agent', state });
    shop.backend.onMalformed = (topic) => tell({ kind: 'not-of-the-contract', topic });
    shop.gun.onSign = (sign) => tell({ kind: 'sign', sign });
    return {
      brokerUrl: `mqtt://${shop.broker.host}:${shop.broker.port}`,
      gunPath: shop.gunPort.path,
      printerPath: shop.printerPort.path,
    };
  }

  get #now(): Shop {
    if (!this.#shop) throw new Error('the shop is not open');
    return this.#shop;
  }

  async #scan({ code, fault }: ScanWish) {
    const text = 'wallet' in code ? showCode(code.wallet, fraction) : code.text;
    const { how } = await this.#now.gun.scan(text, fault === undefined ? {} : { fault });
    return { how };
  }

  #tellPrinter(word: string): void {
    if (!control(this.#now.printer, word)) throw new Error(`a printer cannot be told "${word}"`);
  }

  #port(device: ShopDevice) {
    return device === 'gun' ? this.#now.gunPort : this.#now.printerPort;
  }

  async #close(): Promise<void> {
    await this.#shop?.close();
    this.#shop = undefined;
  }

  /** The test is gone without a word: nothing of it stays. */
  async orphaned(): Promise<void> {
    for (const pid of this.#guarded) kill(pid);
    await this.#close();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** dots across 58 mm paper, of every profile at most */
const NARROW_DOTS = 420;

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    return; // it had ended already
  }
}

function tell(message: FromShopProcess): void {
  if (process.connected) process.send?.(message);
}

async function serve(shop: ShopProcess, { id, call, with: wish }: ToShopProcess): Promise<void> {
  try {
    tell({ kind: 'answer', id, value: await shop.calls[call](wish as never) });
  } catch (error) {
    tell({ kind: 'failed', id, reason: error instanceof Error ? error.message : String(error) });
  }
  if (call === 'close') process.disconnect();
}

const shop = new ShopProcess();
let closing = false;
process.on('message', (message: ToShopProcess) => {
  closing ||= message.call === 'close';
  void serve(shop, message);
});
process.once('disconnect', () => {
  if (!closing) void shop.orphaned().then(() => process.exit(1));
});
// the test ends this process by its channel: Ctrl-C at a terminal reaches both, and the test closes in its own order
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
