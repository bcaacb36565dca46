import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { changePeople, peopleFile } from '../../agent/people/people-file.ts';
import { hashOfPin } from '../../agent/people/pin-hash.ts';
import type { Role } from '../../agent/people/roles.ts';
import { TillWithApi } from '../agent/console/till-with-api.ts';
import { locate } from '../components.ts';

/** Who works at this counter. PINs of these tests, not of any shop. */
export const PEOPLE = {
  li: { name: '李小红', role: 'clerk', pin: '802746' },
  wang: { name: '王店长', role: 'manager', pin: '914053' },
} as const satisfies Record<string, { readonly name: string; readonly role: Role; readonly pin: string }>;
export type PersonName = keyof typeof PEOPLE;

export interface Look {
  readonly size?: 'desk' | 'touch';
  readonly theme?: 'light' | 'dark';
  readonly language?: 'zh' | 'en';
}

const SIZES = { desk: { width: 1440, height: 900 }, touch: { width: 1024, height: 768 } } as const;

/** A real agent in a simulated shop, people who work there, and the system's Chromium before it. */
export class Counter {
  readonly till: TillWithApi;
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];
  /** what the browser complained about, and every address off this till that a page asked for */
  readonly complaints: string[] = [];

  static async open(change: Record<string, unknown> = {}): Promise<Counter> {
    const [till, browser] = await Promise.all([
      TillWithApi.open(change),
      chromium.launch({ executablePath: locate('chromium') ?? '', args: ['--no-sandbox', '--disable-gpu'] }),
    ]);
    const counter = new Counter(till, browser);
    await counter.#hire();
    return counter;
  }

  private constructor(till: TillWithApi, browser: Browser) {
    this.till = till;
    this.#browser = browser;
  }

  get shop() {
    return this.till.shop;
  }

  /** A browser of its own: nothing kept of an earlier one. */
  async visit({ size = 'desk', theme = 'light', language = 'zh' }: Look = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: SIZES[size],
      colorScheme: theme,
      hasTouch: size === 'touch',
      reducedMotion: 'reduce',
    });
    this.#contexts.push(context);
    await context.addInitScript({ content: `localStorage['tillwire.language'] ??= '${language}'` });
    return this.tab(context);
  }

  /** One more tab of the same browser. */
  async tab(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    page.setDefaultTimeout(12_000);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      const isNetwork = /Failed to load resource|net::ERR/.test(message.text());
      if (message.type() === 'error' && !isNetwork) this.complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(`${this.till.url}/`)) this.complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(`${this.till.url}/`);
    return page;
  }

  /** Signs in with the key pad's own field, as anybody does. */
  async signIn(page: Page, who: PersonName = 'li'): Promise<void> {
    await page.locator(`[data-person="${who}"]`).click();
    await page.locator('input[type=password]').fill(PEOPLE[who].pin);
    await page.keyboard.press('Enter');
    await page.locator('.amount-screen, .payment, .block').waitFor();
  }

  async visitSignedIn(look: Look = {}, who: PersonName = 'li'): Promise<Page> {
    const page = await this.visit(look);
    await this.signIn(page, who);
    return page;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.till.close();
  }

  /** As `tillwire person add` and the first sign-in do, without waiting for either. */
  async #hire(): Promise<void> {
    const people = await Promise.all(
      Object.entries(PEOPLE).map(async ([personId, { name, role, pin }]) => ({
        personId,
        name,
        role,
        created: new Date().toISOString(),
        pin: await hashOfPin(pin),
        pinSetAt: Date.now(),
      })),
    );
    await changePeople(peopleFile(this.till.dataDir), () => ({ people, answer: undefined }));
  }
}

/** A port that nobody has now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until the page says this state in its large letters. */
export async function untilState(page: Page, word: string, withinMs = 6_000): Promise<void> {
  await page.locator('.state-word', { hasText: word }).first().waitFor({ timeout: withinMs });
}

/** Keys in an amount and presses Enter; resolves when the counter waits for the customer. */
export async function keyIn(page: Page, yuan: string): Promise<string> {
  await page.locator('.amount-input').fill(yuan);
  await page.keyboard.press('Enter');
  await untilState(page, '请扫码');
  return orderOf(page);
}

/** The link of the one record that was found; there while exactly one is. */
export function onlyRecord(page: Page) {
  return page.locator('.record-table tbody:has(tr:only-child) a');
}

/** The number of the order on the screen. */
export async function orderOf(page: Page): Promise<string> {
  return (await page.locator('.facts dd').first().textContent()) ?? '';
}

/** A gun that types: an even 4 ms a key, a rhythm that no hand has, then Enter. */
export const typeAsGun = (page: Page, text: string, at = Date.now()): Promise<void> => strike(page, text, at);

/**
 * Keys 4 ms apart, then Enter, from a time of the wall clock on. Their times are told as a keyboard's interrupts would give
 * them, however busy this machine is.
 */
export async function strike(page: Page, text: string, at: number): Promise<void> {
  const keyboard = await page.context().newCDPSession(page);
  const strokes = [...text].map((key) => ({ key, text: key })).concat({ key: 'Enter', text: '\r' });
  const sent = strokes.flatMap((stroke, nth) =>
    (['keyDown', 'keyUp'] as const).map((type) =>
      keyboard.send('Input.dispatchKeyEvent', {
        type,
        key: stroke.key,
        ...(type === 'keyDown' ? { text: stroke.text } : {}),
        timestamp: (at + nth * 4 + (type === 'keyUp' ? 2 : 0)) / 1000,
      }),
    ),
  );
  await Promise.all(sent);
  await keyboard.detach();
}
