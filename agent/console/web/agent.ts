import { signal } from '@preact/signals';
import type { Problem } from './types.ts';

// Calls of the agent that serves this page. The same origin, a bearer token, JSON; nothing is kept in cookies, which other
// programs on other ports of this PC would be sent too.

export type Answer<T> =
  | { readonly kind: 'ok'; readonly status: number; readonly body: T }
  | { readonly kind: 'no'; readonly status: number; readonly problem: Problem }
  /** no answer: the agent is away, or slow. What was asked may have been done */
  | { readonly kind: 'lost' };

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly key?: string;
  /** what a second person's PIN bought, for one act */
  readonly approval?: string;
  readonly waitMs?: number;
}

const ANSWER_MS = 8_000;
const KEPT = 'tillwire.token';

/** The token of this tab. Another tab has its own. */
export const token = signal<string | undefined>(sessionStorage.getItem(KEPT) ?? undefined);

export function keepToken(text: string | undefined): void {
  if (text === undefined) sessionStorage.removeItem(KEPT);
  else sessionStorage.setItem(KEPT, text);
  token.value = text;
}

export async function ask<T>(path: string, asking: Asking = {}): Promise<Answer<T>> {
  const { method = asking.body === undefined ? 'GET' : 'POST', body, waitMs = 0 } = asking;
  const used = token.peek();
  try {
    const response = await fetch(path, {
      method,
      headers: headersOf(asking, used),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS + waitMs),
    });
    return await read<T>(response, used);
  } catch {
    return LOST;
  }
}

const LOST = { kind: 'lost' } as const;

function headersOf({ body, key, approval }: Asking, used: string | undefined): Record<string, string> {
  return {
    ...(used === undefined ? {} : { Authorization: `Bearer ${used}` }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(key === undefined ? {} : { 'Idempotency-Key': key }),
    ...(approval === undefined ? {} : { Approval: approval }),
  };
}

async function read<T>(response: Response, used: string | undefined): Promise<Answer<T>> {
  const { status } = response;
  const text = await response.text();
  if (response.ok) return { kind: 'ok', status, body: (text === '' ? undefined : JSON.parse(text)) as T };
  // the session ended: by time, by another tab's sign-out, by a restart. What was wished is not forgotten
  if (status === 401 && used !== undefined && token.peek() === used) keepToken(undefined);
  return { kind: 'no', status, problem: JSON.parse(text) as Problem };
}

/** A name that nobody gave before: 96 random bits. */
export function freshName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
