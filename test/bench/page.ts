import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { locate } from '../components.ts';
import { Counter } from '../page/counter.ts';
import { type Row, type Run, rowOf } from './rows.ts';

// The clerk's page: what it weighs, when it can be used, and how soon a key is on the screen; against an empty page of one
// field, served and measured in the same run by the same browser.

const LIMIT_BYTES = 60_000;
const VISITS = 8;
const KEYS = 60;
const EMPTY = '<!doctype html><title>empty</title><input class="amount-input">';

/** Milliseconds from the start of the navigation until the field for the amount is there and painted. */
const USABLE = `new Promise((resolve) => {
  const look = () => document.querySelector('.amount-input')
    ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
    : requestAnimationFrame(look);
  look();
})`;

/** Milliseconds from each key to the frame that shows it. */
const PAINTS = `globalThis.paints = []; addEventListener('keydown', ({ timeStamp }) => requestAnimationFrame(() =>
  setTimeout(() => globalThis.paints.push(performance.now() - timeStamp))), true);`;

/** Rows of the page, or none where there is no Chromium: it is said. */
export async function measurePage(say: (text: string) => void): Promise<Row[]> {
  const weighed = weight();
  if (locate('chromium') === undefined) {
    say('no Chromium on this machine: the page is weighed only');
    return [weighed];
  }
  const counter = await Counter.open();
  const browser = await chromium.launch({ executablePath: locate('chromium') ?? '', args: ['--no-sandbox'] });
  const empty = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end(EMPTY));
  await new Promise<void>((resolve) => empty.listen(0, '127.0.0.1', resolve));
  try {
    const emptyUrl = `http://127.0.0.1:${(empty.address() as AddressInfo).port}/`;
    const ours = await counter.visitSignedIn();
    const floor = await (await browser.newContext()).newPage();
    await floor.goto(emptyUrl);
    const usable = await inTurn(
      VISITS,
      () => reload(ours),
      () => reload(floor),
    );
    const paint = await inTurn(
      1,
      () => paints(ours),
      () => paints(floor),
    );
    const base = 'an empty page with one field';
    return [
      weighed,
      rowOf({ name: 'page usable after a reload, p50', baseline: base, quantile: 0.5, limit: 5 }, [usable]),
      rowOf({ name: 'page input to paint, p50', baseline: base, quantile: 0.5, limit: 2.5 }, [paint]),
    ];
  } finally {
    empty.close();
    await close(browser);
    await counter.close();
  }
}

const close = (browser: Browser) => browser.close();

async function inTurn(times: number, ours: () => Promise<number[]>, floor: () => Promise<number[]>): Promise<Run> {
  const run = { ours: [] as number[], floor: [] as number[] };
  for (let time = 0; time < times; time++) {
    run.ours.push(...(await ours()));
    run.floor.push(...(await floor()));
  }
  return run;
}

async function reload(page: Page): Promise<number[]> {
  await page.reload();
  return [await page.evaluate<number>(USABLE)];
}

async function paints(page: Page): Promise<number[]> {
  await page.evaluate(PAINTS);
  await page.locator('.amount-input').focus();
  for (let key = 0; key < KEYS; key++)
    await page.keyboard.press(key % 4 === 3 ? 'Control+A' : String(key % 10), { delay: 20 });
  return page.evaluate<number[]>('globalThis.paints');
}

/** Script and style of the first load as gzip sends them, against what the issue allows. What is fetched later is not in it. */
function weight(): Row {
  const bytes = firstLoad()
    .map((name) => gzipSync(readFileSync(join(WEB, name)), { level: 9 }).length)
    .reduce((sum, one) => sum + one, 0);
  return {
    name: 'page: script and style, gzip',
    value: bytes / 1_000,
    unit: 'kB',
    baseline: 'the 60 kB that are allowed',
    baselineValue: LIMIT_BYTES / 1_000,
    ratio: bytes / LIMIT_BYTES,
    better: 'lower',
    limit: 1,
  };
}

const WEB = fileURLToPath(new URL('../../web', import.meta.url));

/** What the document names, and what those import at once. */
export function firstLoad(): string[] {
  const named = [...readFileSync(join(WEB, 'index.html'), 'utf8').matchAll(/"\/(assets\/[^"]+\.(?:js|css))"/g)];
  const found = new Set(named.map(([, name = '']) => name));
  for (const name of found) {
    if (!name.endsWith('.js')) continue;
    const text = readFileSync(join(WEB, name), 'utf8');
    for (const [, file = ''] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
      found.add(`assets/${file}`);
  }
  return [...found];
}
