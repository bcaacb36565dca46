import type { EventEnvelope } from '../../protocols/backend/events.ts';

/** What an event tells once in its time, and when it was told or what period it speaks of: a restart does not tell it again. */
export function toldBy({ data, ts }: Pick<EventEnvelope, 'data' | 'ts'>): (readonly [what: string, at: number])[] {
  if (data.type === 'limit') return [[limitKey(data.limit, data.level), data.since]];
  if (data.type === 'signal') return [[data.signal, ts]];
  if (data.type === 'alert') return [[data.alert, ts]];
  return [];
}

export function limitKey(limit: string, level: 'warn' | 'reached'): string {
  return `${limit}:${level}`;
}
