import { systemClock } from '../world/clock.ts';
import type { AgentProcess } from './agent-process.ts';
import { says } from './slip.ts';
import { reasonOf, TestkitError } from './trouble.ts';

/** What is needed of a browser's page: Playwright's and Puppeteer's fit. */
export interface BrowserPage {
  goto(url: string): Promise<unknown>;
  evaluate(script: string): Promise<unknown>;
}

export interface Sight {
  /** absent: the counter as it is now */
  readonly orderId?: string;
  /** how long it may take, ms; default: the plan's `patienceMs` */
  readonly withinMs?: number;
}

const LOOK_MS = 100;

/** What the clerk sees: the till's state as the page shows it, and the page itself in a browser. */
export class Clerk {
  readonly #agent: AgentProcess;
  readonly #patienceMs: number;

  constructor(agent: AgentProcess, patienceMs: number) {
    this.#agent = agent;
    this.#patienceMs = patienceMs;
  }

  /** Everything that the page can show now: docs/api.md, /v1/state. */
  async state(): Promise<Readonly<Record<string, unknown>>> {
    const { status, body } = await this.#agent.call<Record<string, unknown>>('/v1/state');
    if (status !== 200) throw new TestkitError(`/v1/state answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  /**
   * The sentences for people, Chinese and English: of the counter as it is now, or of an order, also one that has left the
   * counter because it is paid or given up.
   */
  async sentences(orderId?: string): Promise<readonly string[]> {
    return [...sentencesOf(orderId === undefined ? await this.state() : await this.#order(orderId))];
  }

  /** Waits until one of those sentences says so. */
  async expectSees(wanted: string | RegExp, sight: Sight = {}): Promise<void> {
    const { orderId, withinMs = this.#patienceMs } = sight;
    await this.#expect(`the clerk sees ${String(wanted)}`, wanted, withinMs, () => this.sentences(orderId));
  }

  async #order(orderId: string): Promise<unknown> {
    return (await this.#agent.call(`/v1/orders/${encodeURIComponent(orderId)}`)).body;
  }

  /** Opens the clerk's page in a browser and signs a clerk in. */
  async open(page: BrowserPage): Promise<void> {
    await page.goto(await this.#agent.signInAddress());
  }

  /** Waits until the page shows a text. */
  async expectPage(page: BrowserPage, wanted: string | RegExp, { withinMs = this.#patienceMs } = {}): Promise<void> {
    await this.#expect(`the clerk's page shows ${String(wanted)}`, wanted, withinMs, async () => [
      String(await page.evaluate('document.body.innerText')),
    ]);
  }

  async #expect(
    what: string,
    wanted: string | RegExp,
    withinMs: number,
    look: () => Promise<readonly string[]>,
  ): Promise<void> {
    const until = systemClock.mono() + withinMs;
    for (;;) {
      const texts = await look().catch((error: unknown) => [`(${reasonOf(error)})`]);
      if (says(texts, wanted)) return;
      if (systemClock.mono() > until)
        throw new TestkitError(`${what}: not within ${withinMs / 1000} s; there is:\n${texts.join('\n')}`);
      await new Promise<void>((resolve) => systemClock.after(LOOK_MS, resolve));
    }
  }
}

/** Every text that stands there in two languages. */
function* sentencesOf(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  if ('zh' in value && 'en' in value && typeof value.zh === 'string' && typeof value.en === 'string') {
    yield value.zh;
    yield value.en;
  }
  for (const part of Object.values(value)) yield* sentencesOf(part);
}
