import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Alert, Health } from '../../../protocols/backend/health.ts';
import { eventually } from '../../e2e/agent-process.ts';
import { TillWithApi } from '../console/till-with-api.ts';

// a whole process, beside others that test: a busy machine starts it slowly
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

// A real agent in a simulated shop where all is well, asked as a monitor and a scraper ask it.

let till: TillWithApi;
const healths: Health[] = [];
const alerts = new Map<string, Alert | undefined>();

beforeAll(async () => {
  till = await TillWithApi.open({}, (shop) => {
    shop.backend.onHealth = (_till, health) => healths.push(health);
    shop.backend.onAlert = (_till, code, alert) => alerts.set(code, alert);
  });
});
afterAll(() => till.close());

describe('a till in good health', () => {
  it('says so to whoever asks, and to the backend', async () => {
    const alive = await till.ask('/livez');
    expect([alive.status, alive.json['ok']]).toEqual([200, true]);
    expect((await till.ask('/readyz')).json).toEqual({ ok: true, why: [] });
    await eventually('health at the backend', () => healths.length > 0);
    expect(healths[0]).toMatchObject({ v: 1, scans: { good: 0 }, unknown: 0 });
    expect([...alerts.values()].filter((alert) => alert !== undefined)).toEqual([]);
  });

  it('shows its metrics to a token with the right, and to nobody else', async () => {
    expect((await till.ask('/metrics')).status).toBe(401);
    expect((await till.ask('/metrics', { token: till.token({ scopes: ['read', 'collect'] }) })).status).toBe(403);
    const token = till.token({ program: 'monitor', scopes: ['diagnose'] });
    const { text } = await till.ask('/metrics', { token });
    for (const name of NAMES) expect(text, name).toMatch(new RegExp(`^# TYPE ${name} `, 'm'));
  });
});

/** field-lessons.md 5.4 */
const NAMES = [
  'pos_scan_good_total',
  'pos_scan_duplicate_total',
  'pos_scan_rejected_total',
  'pos_serial_crc_errors_total',
  'pos_serial_resync_bytes_total',
  'pos_device_up',
  'pos_device_reconnects_total',
  'pos_cmd_total',
  'pos_cmd_seconds',
  'pos_unknown_open',
  'pos_inquiry_total',
  'pos_print_jobs_total',
  'pos_print_paper',
  'pos_mqtt_connected',
  'pos_mqtt_offline_seconds_total',
  'pos_outbox_entries',
  'pos_outbox_oldest_seconds',
  'pos_outbox_dropped_total',
  'pos_journal_fsync_seconds',
  'pos_clock_skew_seconds',
];
