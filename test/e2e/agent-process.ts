import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Shop } from '../../simulator/shop.ts';

/** The bench runs compiled, beside the program. */
const isCompiled = import.meta.url.endsWith('.js');
/** The built program: these tests meet what a shop runs. */
export const TILLWIRE = fileURLToPath(
  new URL(isCompiled ? '../../bin/tillwire.js' : '../../dist/bin/tillwire.js', import.meta.url),
);

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A real agent process with its own data folder, its log read line by line. */
export class AgentProcess {
  readonly lines: LogLine[] = [];
  readonly text: string[] = [];
  stderr = '';
  readonly process: ChildProcess;
  readonly #exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #waiting: { wanted: (line: LogLine) => boolean; found: (line: LogLine) => void }[] = [];

  /** `env`: beside this process's own */
  constructor(configFile: string, env: NodeJS.ProcessEnv = {}) {
    this.process = spawn(process.execPath, [TILLWIRE, 'agent', '--config', configFile], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'], // by the channel it ends with this process, whatever kills it
      env: { ...process.env, ...env },
    });
    this.#exit = new Promise((resolve) => this.process.once('close', (code, signal) => resolve({ code, signal })));
    let rest = '';
    this.process.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) this.#take(part);
    });
    this.process.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.stderr += chunk;
    });
  }

  /** The first line, also an earlier one, that fits. */
  line(what: string, wanted: (line: LogLine) => boolean, withinMs = 15_000): Promise<LogLine> {
    const seen = this.lines.find(wanted);
    if (seen) return Promise.resolve(seen);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no log line: ${what}\n${this.text.slice(-20).join('\n')}\n${this.stderr}`)),
        withinMs,
      );
      this.#waiting.push({
        wanted,
        found: (line) => {
          clearTimeout(timer);
          resolve(line);
        },
      });
    });
  }

  said(phrase: string, withinMs?: number): Promise<LogLine> {
    return this.line(phrase, ({ msg }) => msg.includes(phrase), withinMs);
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  get alive(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.process.kill(signal);
    return this.#exit;
  }

  get ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    return this.#exit;
  }

  #take(part: string): void {
    this.text.push(part);
    const line = JSON.parse(part) as LogLine;
    this.lines.push(line);
    const fitting = this.#waiting.filter(({ wanted }) => wanted(line));
    this.#waiting = this.#waiting.filter((waiter) => !fitting.includes(waiter));
    for (const { found } of fitting) found(line);
  }
}

/** A data folder and a configuration for the shop, with changes on top. */
export function tillFolder(
  shop: Pick<Shop, 'broker' | 'gunPort' | 'printerPort' | 'till'>,
  change: Record<string, unknown> = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-e2e-'));
  const configFile = join(folder, 'till.json');
  const config = {
    address: shop.till,
    merchant: { name: '街角小店', merchantNo: '898310054110001', terminalNo: 'T0000001' },
    broker: { url: `mqtt://127.0.0.1:${shop.broker.port}` },
    scanner: { path: shop.gunPort.path },
    printer: { path: shop.printerPort.path },
    dataDir: 'data',
    ...change,
  };
  writeFileSync(configFile, JSON.stringify(config));
  return { folder, configFile, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Resolves when `is` holds; looks again every few milliseconds. */
export async function eventually(what: string, is: () => boolean, withinMs = 15_000): Promise<void> {
  const until = Date.now() + withinMs;
  while (!is()) {
    if (Date.now() > until) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
