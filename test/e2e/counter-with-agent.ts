import { join } from 'node:path';
import { Shop } from '../../simulator/shop.ts';
import { systemClock } from '../../simulator/world/clock.ts';
import { AgentProcess, tillFolder } from './agent-process.ts';

/** A simulated shop, a data folder, and the agent's processes that come and go on it. */
export class CounterWithAgent {
  readonly shop: Shop;
  readonly #place: ReturnType<typeof tillFolder>;
  #agent: AgentProcess | undefined;

  static async open(name: string): Promise<CounterWithAgent> {
    const till = { tenant: 'demo', store: 'store-1', agent: name };
    return new CounterWithAgent(await Shop.open({ till, paper: 58, clock: systemClock }));
  }

  private constructor(shop: Shop) {
    this.shop = shop;
    this.#place = tillFolder(shop);
  }

  get dataDir(): string {
    return join(this.#place.folder, 'data');
  }

  /** The next process; the one before has ended. */
  start(): AgentProcess {
    this.#agent = new AgentProcess(this.#place.configFile);
    return this.#agent;
  }

  async close(): Promise<void> {
    await this.#agent?.kill('SIGKILL');
    await this.shop.close();
    this.#place.remove();
  }
}
