import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hireStaff } from '../rehearsal/staff.ts';
import { Program } from './program.ts';
import { reasonOf, TestkitError } from './trouble.ts';

const TILLWIRE = fileURLToPath(new URL('../../bin/tillwire.js', import.meta.url));
/** A cold start of a command on a busy machine. */
const COMMAND_MS = 30_000;
const CALL_MS = 30_000;

/** A call of the agent's local API; see docs/api.md. */
export interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: object;
  /** of a call that changes something; the same again is the same call */
  readonly idempotencyKey?: string;
}

export interface ApiAnswer<T = unknown> {
  readonly status: number;
  readonly body: T;
}

/** Where and with what another program may call the local API. */
export interface ApiAccess {
  readonly url: string;
  readonly tokenFile: string;
}

/** Our agent as a process, with its data in the shop's folder; it can be killed and started again on what it left. */
export class AgentProcess {
  readonly #folder: string;
  readonly #onChange: () => void;
  #program: Program | undefined;

  constructor(folder: string, config: object, onChange: () => void) {
    this.#folder = folder;
    this.#onChange = onChange;
    writeFileSync(this.configFile, JSON.stringify(config, undefined, 2));
  }

  get configFile(): string {
    return join(this.#folder, 'till.json');
  }

  /** the process that runs, or the last one */
  get program(): Program | undefined {
    return this.#program;
  }

  start(): Program {
    if (this.#program && !this.#program.ended) throw new TestkitError('the agent runs already');
    const args = [TILLWIRE, 'agent', '--config', this.configFile];
    this.#program = new Program({ name: 'agent', command: process.execPath, args }, true);
    this.#program.onChange = this.#onChange;
    return this.#program;
  }

  /** Where its local API is; undefined: it has not told yet. */
  get address(): { readonly url: string; readonly token: string } | undefined {
    try {
      const { url, token, pid } = JSON.parse(
        readFileSync(join(this.#folder, 'data', 'console', 'address.json'), 'utf8'),
      ) as { readonly url: string; readonly token: string; readonly pid: number };
      return pid === this.#program?.pid ? { url, token } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Calls the local API with every right. */
  async call<T>(path: string, { method, body, idempotencyKey }: ApiCall = {}): Promise<ApiAnswer<T>> {
    const at = this.address;
    if (!at) throw new TestkitError('the agent has not opened its local API; is it running? See shop.agent');
    try {
      const answer = await fetch(new URL(path, at.url), {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: {
          authorization: `Bearer ${at.token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(CALL_MS),
      });
      const text = await answer.text();
      return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
    } catch (error) {
      throw new TestkitError(`the local API at ${at.url} did not answer ${path}: ${reasonOf(error)}`);
    }
  }

  /** A token for another program, in a file that it alone can read. */
  async giveAccess(program: string, scopes: readonly string[]): Promise<ApiAccess> {
    const at = this.address;
    if (!at)
      throw new TestkitError('the agent has not opened its local API; start it before the program that calls it');
    const said = await this.#tillwire('token', 'create', '--program', program, '--scopes', scopes.join(','), '--json');
    const tokenFile = join(this.#folder, `${program}.token`);
    writeFileSync(tokenFile, (JSON.parse(said) as { readonly token: string }).token, { mode: 0o600 });
    return { url: at.url, tokenFile };
  }

  /** An address of the clerk's page that signs a clerk in, once. */
  async signInAddress(): Promise<string> {
    const at = this.address;
    if (!at) throw new TestkitError('the agent has not opened its page yet');
    const till = {
      program: TILLWIRE,
      configFile: this.configFile,
      url: at.url,
      signal: AbortSignal.timeout(COMMAND_MS),
    };
    return (await hireStaff(till)).address;
  }

  #tillwire(...args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile(
        process.execPath,
        [TILLWIRE, ...args, '--config', this.configFile],
        { timeout: COMMAND_MS },
        (error, stdout, stderr) => {
          if (error) reject(new TestkitError(stderr.trim() || error.message));
          else resolve(stdout);
        },
      );
    });
  }
}
