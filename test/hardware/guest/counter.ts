import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { showCode } from '../../../simulator/devices/phone.ts';
import { type CounterDevice, CounterNews, type CounterOrder, type Gun } from './counter-contract.ts';

/** The built program: it shares no event loop with whoever opens its devices. */
const PROGRAM = fileURLToPath(new URL('../../../dist/test/hardware/guest/counter-process.js', import.meta.url));
/** An agent starts in ten seconds on two quiet cores, emulated; and in a minute on busy ones. */
const DEADLINE_MS = 120_000;

type News<K extends CounterNews['kind']> = Extract<CounterNews, { kind: K }>;
type Wish = CounterOrder extends infer Order ? (Order extends CounterOrder ? Omit<Order, 'id'> : never) : never;

/** A counter with three guns and a printer on this machine's USB, and the shop around it. All that it told is kept. */
export class Counter {
  readonly news: CounterNews[] = [];
  readonly #process: ChildProcess;
  readonly #waiting = new Set<() => void>();
  readonly #ended: Promise<unknown>;
  #orders = 0;

  constructor() {
    this.#process = fork(PROGRAM, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.on('message', (message) => {
      this.news.push(CounterNews.parse(message));
      for (const check of this.#waiting) check();
    });
  }

  opened(): Promise<News<'open'>> {
    return this.hear('open', () => true);
  }

  /** All that was told since, of one kind. */
  told<K extends CounterNews['kind']>(kind: K, from = 0): News<K>[] {
    return this.news.slice(from).filter((news): news is News<K> => news.kind === kind);
  }

  async plug(device: CounterDevice): Promise<void> {
    await this.#order({ do: 'plug', device });
  }

  async pull(device: CounterDevice): Promise<void> {
    await this.#order({ do: 'pull', device });
  }

  async collect(orderId: string, answerAfterMs: number): Promise<void> {
    await this.#order({ do: 'collect', orderId, answerAfterMs });
  }

  async scan(gun: Gun, code = freshCode()): Promise<void> {
    await this.#order({ do: 'scan', gun, code });
  }

  async ledger(orderId: string): Promise<News<'done'>['ledger']> {
    return (await this.#order({ do: 'ledger', orderId })).ledger;
  }

  /** The agent has told its backend that this is so, since `from`. */
  async device(dev: 'scanner' | 'printer', avail: 'online' | 'offline', from: number): Promise<void> {
    await this.hear('device', ({ state }) => state.dev === dev && state.avail === avail, from);
  }

  /** The first news of a kind that fits, of those since `from`. */
  hear<K extends CounterNews['kind']>(kind: K, fits: (news: News<K>) => boolean, from = 0): Promise<News<K>> {
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#waiting.delete(check);
        clearTimeout(timer);
      };
      const fail = (why: string) => {
        end();
        reject(new Error(`${why}: ${kind}; told ${JSON.stringify(this.news.slice(from))}`));
      };
      const check = () => {
        const found = this.told(kind, from).find(fits);
        if (!found) return;
        end();
        resolve(found);
      };
      const timer = setTimeout(() => fail('the counter never told'), DEADLINE_MS);
      void this.#ended.then(() => fail('the counter ended and never told'));
      this.#waiting.add(check);
      check();
    });
  }

  async close(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  async #order(wish: Wish): Promise<News<'done'>> {
    const id = ++this.#orders;
    const from = this.news.length;
    this.#process.send({ id, ...wish });
    const done = await this.hear('done', (news) => news.id === id, from);
    if (done.error !== undefined) throw new Error(done.error);
    return done;
  }
}

export function freshCode(): string {
  return showCode('wechat', Math.random);
}
