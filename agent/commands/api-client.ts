import { readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import type { Exit } from '../cli.ts';
import { ConfigError, readConfig } from '../config.ts';
import { addressFile, readAddress } from '../console/address-file.ts';
import type { Problem } from '../console/problems.ts';
import { explain } from '../errors.ts';

// The commands that speak to a running agent: where it listens and who calls stand beside its data, or are given. A secret
// is never an argument: every user of the machine sees arguments.

/** What every one of these commands takes. */
export interface Where {
  readonly config?: string;
  readonly url?: string;
  readonly tokenFile?: string;
  readonly token?: string;
  readonly json?: boolean;
}

/** Wrong usage or configuration: exit code 2. */
export class Usage extends Error {}

/** The till said no, or did not answer: exit code 1. */
export class NotDone extends Error {
  readonly problem: Partial<Problem>;

  constructor(problem: Partial<Problem>) {
    super(problem.code ?? 'no answer');
    this.problem = problem;
  }
}

export function reach(command: Command): Command {
  return command
    .option('--config <file>', 'configuration of the till whose agent runs here')
    .option('--url <url>', 'address of the local API, e.g. http://127.0.0.1:8421')
    .option('--token-file <file>', 'file with your token, readable by you alone')
    .option('--token <->', 'only "-": read your token from standard input')
    .option('--json', 'one JSON value on stdout');
}

/** Runs a command's work; tells people and scripts how it ended. */
export function guarded<T extends Where>(exit: Exit, act: (options: T) => Promise<number>) {
  return async (options: T): Promise<void> => {
    try {
      exit.code = await act(options);
    } catch (error) {
      exit.code = tell(error, options.json === true);
    }
  };
}

function tell(error: unknown, json: boolean): number {
  if (error instanceof ConfigError) {
    console.error(explain(error.code, error.message));
    return 2;
  }
  if (error instanceof Usage) {
    console.error(`tillwire: ${error.message}`);
    return 2;
  }
  if (!(error instanceof NotDone)) throw error;
  const { code, cause, remedy, detail } = error.problem;
  if (json) console.log(JSON.stringify(error.problem));
  console.error(
    `${code}: ${cause?.en ?? ''}${detail ? ` (${detail})` : ''}. ${remedy?.en ?? ''}. / ${cause?.zh ?? ''}，${remedy?.zh ?? ''}`,
  );
  return 1;
}

export interface Asking {
  readonly key?: string;
  readonly body?: object;
  /** how long the answer may take, ms */
  readonly withinMs?: number;
}

/** The local API of a running agent. */
export class ApiClient {
  readonly #url: string;
  readonly #token: string;

  /** Finds the agent and the right to call it. `stdin` gives the token when `--token -` asks for it. */
  static async find(where: Where, stdin: () => Promise<string>): Promise<ApiClient> {
    const known = where.config === undefined ? undefined : readAddress(addressFile(readConfig(where.config).dataDir));
    const url = where.url ?? known?.url;
    if (url === undefined && where.config === undefined) throw new Usage('give --config FILE, or --url and a token');
    if (url === undefined) throw new NotDone(NOT_RUNNING);
    const token = (await givenToken(where, stdin)) ?? known?.token;
    if (token === undefined)
      throw new Usage('give --token-file FILE or --token - with a token of `tillwire token create`');
    return new ApiClient(url, token);
  }

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** Throws {@link NotDone} with the till's own words when it says no. */
  async ask<T>(path: string, asking: Asking = {}): Promise<T> {
    return (await (await this.#fetched(path, asking)).json()) as T;
  }

  /** The same for an answer that is text. */
  async text(path: string): Promise<string> {
    return (await this.#fetched(path, {})).text();
  }

  /** Server-sent events until the agent ends them: each one's name and data. */
  async events(path: string, withinMs: number, each: (event: string, data: unknown) => void): Promise<void> {
    const { body } = await this.#fetched(path, { withinMs });
    let rest = '';
    for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const told = (rest + part).split('\n\n');
      rest = told.pop() ?? '';
      for (const text of told) {
        const [, event, data] = /^event: (.*)\ndata: (.*)$/s.exec(text) ?? [];
        if (event !== undefined && data !== undefined) each(event, JSON.parse(data));
      }
    }
  }

  async #fetched(path: string, { key, body, withinMs = 10_000 }: Asking): Promise<Response> {
    const response = await fetch(new URL(path, this.#url), {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(withinMs),
    }).catch((error: unknown) => {
      throw new NotDone({ ...NOT_RUNNING, detail: error instanceof Error ? error.message : String(error) });
    });
    if (!response.ok) throw new NotDone((await response.json()) as Problem);
    return response;
  }
}

const NOT_RUNNING = {
  code: 'AGENT_NOT_RUNNING',
  cause: { zh: '本机的 tillwire 没有应答', en: 'no agent answers here' },
  remedy: {
    zh: '启动 tillwire agent 后重试；之前的请求可用同一 --key 再发',
    en: 'start tillwire agent and try again; a call that was sent may be repeated with the same --key',
  },
  retryable: true,
} as const;

async function givenToken({ token, tokenFile }: Where, stdin: () => Promise<string>): Promise<string | undefined> {
  if (token !== undefined && token !== '-') throw new Usage('--token takes only "-": a token is no argument');
  if (token === '-') return stdin();
  if (tokenFile === undefined) return undefined;
  try {
    if (process.platform !== 'win32' && (statSync(tokenFile).mode & 0o077) !== 0)
      throw new Usage(`${tokenFile} can be read by others: chmod 600`);
    return readFileSync(tokenFile, 'utf8').trim();
  } catch (error) {
    if (error instanceof Usage) throw error;
    throw new Usage(`${tokenFile}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
