import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { LabCounter } from '../../simulator/lab/counter.ts';
import { type LabServer, openLab } from '../../simulator/lab/server.ts';
import type { TerminalMake } from '../../simulator/personalities/terminal-makes.ts';
import { STAGE_TILL } from '../../simulator/scenarios/process-stage.ts';
import { locate } from '../components.ts';
import { AgentProcess } from '../e2e/agent-process.ts';

export interface Look {
  readonly size?: 'desk' | 'touch';
  readonly theme?: 'light' | 'dark';
  readonly language?: 'zh' | 'en';
}

const SIZES = { desk: { width: 1440, height: 900 }, touch: { width: 1024, height: 768 } } as const;

/** The simulated shop with its lab page, a real agent at its counter, and the system's Chromium before it. */
export class LabBench {
  readonly counter: LabCounter;
  readonly server: LabServer;
  readonly agent: AgentProcess;
  readonly #folder: string;
  readonly #browser: Browser | undefined;
  readonly #contexts: BrowserContext[] = [];
  /** what the browser complained about, and every address off the lab that the page asked for */
  readonly complaints: string[] = [];

  static async open({ browser = true, card }: { browser?: boolean; card?: TerminalMake } = {}): Promise<LabBench> {
    const launched = browser
      ? chromium.launch({ executablePath: locate('chromium') ?? '', args: ['--no-sandbox', '--disable-gpu'] })
      : Promise.resolve(undefined);
    const folder = mkdtempSync(join(tmpdir(), 'tillwire-lab-'));
    const counter = await LabCounter.open({ till: STAGE_TILL, paper: 58, portFolder: folder }, { folder }, card);
    const server = await openLab(counter, 0);
    const configFile = join(folder, 'till.json');
    writeFileSync(configFile, JSON.stringify(counter.stage.config));
    const bench = new LabBench(counter, server, new AgentProcess(configFile), folder, await launched);
    await bench.ready();
    return bench;
  }

  private constructor(
    counter: LabCounter,
    server: LabServer,
    agent: AgentProcess,
    folder: string,
    browser: Browser | undefined,
  ) {
    this.counter = counter;
    this.server = server;
    this.agent = agent;
    this.#folder = folder;
    this.#browser = browser;
  }

  async ready(): Promise<void> {
    await this.agent.said('broker session up');
    await this.agent.said('gun connected');
    await this.agent.said('printer connected');
  }

  get ledger() {
    return this.counter.shop.acquirer.ledger;
  }

  async visit({ size = 'desk', theme = 'light', language = 'zh' }: Look = {}): Promise<Page> {
    if (!this.#browser) throw new Error('this bench has no browser');
    const context = await this.#browser.newContext({
      viewport: SIZES[size],
      colorScheme: theme,
      hasTouch: size === 'touch',
      reducedMotion: 'reduce',
    });
    this.#contexts.push(context);
    await context.addInitScript({ content: `localStorage['tillwire.lab.language'] ??= '${language}'` });
    const page = await context.newPage();
    page.setDefaultTimeout(8_000);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(this.server.url)) this.complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(this.server.url);
    return page;
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    if (this.agent.alive) await this.agent.kill('SIGTERM');
    await this.server.close();
    await this.counter.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
