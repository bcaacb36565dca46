import { computed, signal } from '@preact/signals';
import type { FaultCard, Happening, Line, Problem, Sections, Words } from './types.ts';

// The counter as the simulator tells it: every section by name, the frames and what happened. The page keeps nothing of its own.

type Known = { readonly [N in keyof Sections]?: Sections[N] };

const known = signal<Known>({});
export const lines = signal<readonly Line[]>([]);
export const happenings = signal<readonly Happening[]>([]);
export const isConnected = signal(false);
/** why the last act was refused, until somebody read it */
export const refusal = signal<Words | undefined>(undefined);

/** As many as the simulator keeps. */
const MOST_LINES = 2_000;
const MOST_HAPPENINGS = 1_000;

export const sections = computed<Sections | undefined>(() => {
  const now = known.value;
  const { phone, gun, printer, terminal, pad, till, backend, ledger, faults, story } = now;
  if (!phone || !gun || !printer || !terminal || !pad || !till || !backend || !ledger || !faults || !story)
    return undefined;
  return { phone, gun, printer, terminal, pad, till, backend, ledger, faults, story };
});

interface News {
  readonly fresh: boolean;
  readonly lines: readonly Line[];
  readonly happenings: readonly Happening[];
  readonly sections: Known;
}

/** Watches the simulator until the page is gone; the browser comes back by itself with the number it saw last. */
export function follow(): void {
  const source = new EventSource('/v1/events');
  source.addEventListener('open', () => {
    isConnected.value = true;
  });
  source.addEventListener('error', () => {
    isConnected.value = false;
    // the browser gives up when it was answered with an error
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, AGAIN_MS);
  });
  source.addEventListener('news', ({ data }: MessageEvent<string>) => take(JSON.parse(data) as News));
}

const AGAIN_MS = 1_000;

function take(news: News): void {
  known.value = news.fresh ? news.sections : { ...known.peek(), ...news.sections };
  if (news.fresh || news.lines.length > 0)
    lines.value = [...(news.fresh ? [] : lines.peek()), ...news.lines].slice(-MOST_LINES);
  if (news.fresh || news.happenings.length > 0)
    happenings.value = [...(news.fresh ? [] : happenings.peek()), ...news.happenings].slice(-MOST_HAPPENINGS);
}

/** One act of a person; what was refused is shown. Resolves true when it was done. */
export async function act(path: string, body: object): Promise<boolean> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'omit',
    });
    if (response.ok) return true;
    refusal.value = ((await response.json()) as Problem).words;
  } catch {
    refusal.value = { zh: '模拟门店没有应答', en: 'the simulated shop does not answer' };
  }
  return false;
}

export interface FaultPanel {
  readonly groups: readonly { readonly group: string; readonly words: Words }[];
  readonly faults: readonly FaultCard[];
}

export interface Story {
  readonly name: string;
  readonly title: Words;
  readonly covers: readonly string[];
}

/** the catalogue */
export const stories = signal<readonly Story[]>([]);

export async function askStories(): Promise<void> {
  const response = await fetch('/v1/stories', { credentials: 'omit' });
  if (response.ok) stories.value = ((await response.json()) as { readonly stories: readonly Story[] }).stories;
}

export const faultPanel = signal<FaultPanel | undefined>(undefined);

export async function askFaults(): Promise<void> {
  const response = await fetch('/v1/faults', { credentials: 'omit' });
  if (response.ok) faultPanel.value = (await response.json()) as FaultPanel;
}
