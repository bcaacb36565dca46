import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { systemClock } from '../../../agent/clock.ts';
import { addressFile } from '../../../agent/console/address-file.ts';
import type { Caller } from '../../../agent/console/scopes.ts';
import { createToken, tokenFile } from '../../../agent/console/tokens.ts';
import { showCode, type Wallet } from '../../../simulator/devices/phone.ts';
import { Shop } from '../../../simulator/shop.ts';
import { AgentProcess, tillFolder } from '../../e2e/agent-process.ts';

const TILL = { tenant: 'demo', store: 'store-1', agent: 'till-1' } as const;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export interface Asking {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** sent as it is, instead of `body` */
  readonly raw?: string;
}

/** A real agent process with its local API, in a simulated shop. */
export class TillWithApi {
  readonly shop: Shop;
  readonly dataDir: string;
  readonly #folder: ReturnType<typeof tillFolder>;
  agent: AgentProcess;
  url = '';

  /** `listen`: hears the shop from before the agent's first word. */
  static async open(
    change: Record<string, unknown> | ((shop: Shop) => Record<string, unknown>) = {},
    listen: (shop: Shop) => void = () => undefined,
  ): Promise<TillWithApi> {
    const shop = await Shop.open({ till: TILL, clock: systemClock, paper: 58 });
    listen(shop);
    const till = new TillWithApi(shop, typeof change === 'function' ? change(shop) : change);
    try {
      await till.ready();
      return till;
    } catch (error) {
      await till.close();
      throw error;
    }
  }

  private constructor(shop: Shop, change: Record<string, unknown>) {
    this.shop = shop;
    this.#folder = tillFolder(shop, change);
    this.dataDir = join(this.#folder.folder, 'data');
    this.agent = new AgentProcess(this.#folder.configFile);
  }

  get configFile(): string {
    return this.#folder.configFile;
  }

  get addressFile(): string {
    return addressFile(this.dataDir);
  }

  /** The agent listens and the backend hears it. */
  async ready(): Promise<void> {
    const open = await this.agent.said('local API open');
    this.url = String(open['url']);
    await this.agent.said('broker session up');
    await this.agent.said('gun connected');
    await this.agent.said('printer connected');
  }

  async restart(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.agent.kill(signal);
    this.agent = new AgentProcess(this.#folder.configFile);
    await this.ready();
  }

  token(caller: Partial<Caller> & Pick<Caller, 'scopes'>): string {
    return createToken(tokenFile(this.dataDir), { program: 'cashier', ...caller }, new Date().toISOString()).token;
  }

  /** One call over real HTTP, with any header a caller may send (fetch forbids some). */
  ask(path: string, { method, token, key, body, headers = {}, raw }: Asking = {}): Promise<Answer> {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const url = new URL(path, this.url);
    return new Promise((resolve, reject) => {
      const asking = request(
        url,
        {
          method: method ?? (sent === undefined ? 'GET' : 'POST'),
          agent: false,
          headers: {
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...(key === undefined ? {} : { 'idempotency-key': key }),
            ...(sent === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
            ...headers,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => {
            text += part;
          });
          response.on('end', () => {
            const isJson = String(response.headers['content-type']).includes('json');
            const json = (isJson ? JSON.parse(text) : {}) as Record<string, unknown>;
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
          });
          response.on('error', reject);
        },
      );
      asking.on('error', reject);
      asking.end(sent);
    });
  }

  /** The customer shows a code and the gun reads it. */
  async scan(wallet: Wallet = 'wechat'): Promise<void> {
    await this.shop.gun.scan(showCode(wallet, Math.random));
  }

  async close(): Promise<void> {
    if (this.agent.alive) await this.agent.kill('SIGTERM');
    await this.shop.close();
    rmSync(this.#folder.folder, { recursive: true, force: true });
  }
}
