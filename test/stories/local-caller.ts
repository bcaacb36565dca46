import { consoleApp } from '../../agent/console/app.ts';
import type { Scope } from '../../agent/console/scopes.ts';
import { hashOfToken } from '../../agent/console/tokens.ts';
import type { MemoryShop } from '../world/shop.ts';

/** A body that comes in pieces. */
export interface SlowFile {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly length: number;
}

interface Asking {
  readonly key?: string;
  readonly body?: object;
  /** sent as it is, instead of `body` */
  readonly file?: Uint8Array<ArrayBuffer> | SlowFile;
}

/** A cashier program that calls the local API of a shop in virtual time: real requests and answers, no socket. */
export class LocalCaller {
  readonly #shop: MemoryShop;
  readonly #program: string;
  readonly #person: { readonly personId?: string };
  readonly #scopes: readonly Scope[];

  constructor(shop: MemoryShop, program = 'cashier', personId?: string, scopes: readonly Scope[] = CASHIER) {
    this.#scopes = scopes;
    this.#shop = shop;
    this.#program = program;
    this.#person = personId === undefined ? {} : { personId };
  }

  /** Asks, and lets time pass until the answer is there. */
  async ask(
    path: string,
    { key, body, file }: Asking = {},
  ): Promise<{ status: number; json: Record<string, unknown>; headers: Headers }> {
    let answer: Response | undefined;
    const asking = {
      ...(key === undefined ? {} : { key }),
      ...(body === undefined ? {} : { body }),
      ...(file === undefined ? {} : { file }),
    };
    void this.begin(path, asking).then((response) => {
      answer = response;
    });
    await this.#shop.passUntil(`an answer to ${path}`, () => answer !== undefined);
    if (!answer) throw new Error('no answer');
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown>, headers: answer.headers };
  }

  /** Sends the call and does not wait. */
  begin(path: string, { key, body, file }: Asking = {}): Promise<Response> {
    const { consoleParts: parts } = this.#shop;
    if (!parts) throw new Error('the agent is not running');
    const tokens = {
      callerOf: (token: string) =>
        token === TOKEN ? { ...this.#person, program: this.#program, scopes: this.#scopes } : undefined,
    };
    const app = consoleApp({ ...parts, tokens }, () => PORT);
    const headers = {
      host: `127.0.0.1:${PORT}`,
      authorization: `Bearer ${TOKEN}`,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(file === undefined
        ? {}
        : { 'content-type': 'application/octet-stream', 'content-length': String(file.length) }),
    };
    const method = body === undefined && file === undefined ? 'GET' : 'POST';
    const bytes = file && 'stream' in file ? file.stream : file;
    const sent = bytes ?? (body === undefined ? undefined : JSON.stringify(body));
    const url = `http://127.0.0.1:${PORT}${path}`;
    const request = { method, headers, duplex: 'half', ...(sent === undefined ? {} : { body: sent }) } as const;
    return Promise.resolve(app.fetch(new Request(url, request)));
  }
}

const CASHIER = ['read', 'collect', 'refund', 'resolve'] as const satisfies readonly Scope[];
const PORT = 8421;
const TOKEN = `tw_${hashOfToken('story')}`;
