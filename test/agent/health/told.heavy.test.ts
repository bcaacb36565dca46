import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alert, Health } from '../../../protocols/backend/health.ts';
import { AgentProcess, eventually } from '../../e2e/agent-process.ts';
import { tillwire } from '../../e2e/run-tillwire.ts';
import { TillWithApi } from '../console/till-with-api.ts';

// A real agent in a simulated shop, asked as a monitor, a scraper and a technician ask it.

let till: TillWithApi;
const healths: Health[] = [];
const alerts = new Map<string, Alert | undefined>();

beforeEach(async () => {
  healths.length = 0;
  alerts.clear();
  till = await TillWithApi.open({}, (shop) => {
    shop.backend.onHealth = (_till, health) => healths.push(health);
    shop.backend.onAlert = (_till, code, alert) => alerts.set(code, alert);
  });
});
afterEach(() => till.close());

const diagnose = () => till.token({ program: 'monitor', scopes: ['diagnose'] });
const metrics = async () => (await till.ask('/metrics', { token: diagnose() })).text;

describe('what happens at the counter', () => {
  it('is counted: a sale, its slip, a refused scan', async () => {
    const collect = till.shop.backend.collect(till.shop.till, { orderId: 'D-1', amountFen: 1250 });
    await collect;
    await till.scan('wechat');
    await eventually('a slip', () => till.shop.slips.length > 0);
    await till.agent.said('slip');
    await till.shop.gun.scan('6901234567892');
    await till.agent.said('scan refused');
    await expect.poll(metrics).toContain('pos_print_jobs_total{status="sent"} 1');
    const text = await metrics();
    expect(text).toContain('pos_scan_good_total{dev="scanner",serial=""} 2');
    expect(text).toContain('pos_cmd_total{type="collect",status="ok"} 1');
    expect(text).toMatch(/pos_scan_rejected_total\{reason="[A-Z_]+"\} 1/);
    expect(text).toMatch(/pos_scan_to_paid_seconds_count 1/);
    expect(Number(/pos_journal_fsync_seconds_count (\d+)/.exec(text)?.[1])).toBeGreaterThan(5);
  });

  it('is not ready without paper, tells the backend, and takes it back', async () => {
    till.shop.printer.change({ paper: 'end' });
    await till.shop.gun.scan('6901234567892');
    await till.shop.backend.collect(till.shop.till, { orderId: 'D-2', amountFen: 100 });
    await till.scan('wechat');
    await eventually('an alert', () => alerts.get('printer-paper-out') !== undefined);
    expect(alerts.get('printer-paper-out')).toMatchObject({ code: 'PRINTER_PAPER_OUT', dev: 'printer' });
    const ready = await till.ask('/readyz');
    expect([ready.status, ready.json['why']]).toEqual([503, ['printer: PRINTER_PAPER_OUT']]);
    till.shop.printer.change({ paper: 'ok' });
    await eventually('taken back', () => alerts.get('printer-paper-out') === undefined);
  });

  it('an alert of a dead process is taken away by the next one', async () => {
    till.shop.printer.change({ cover: 'open' });
    await till.shop.backend.collect(till.shop.till, { orderId: 'D-3', amountFen: 100 });
    await till.scan('wechat');
    await eventually('an alert', () => alerts.get('printer-cover-open') !== undefined);
    await till.agent.kill('SIGKILL');
    till.shop.printer.change({ cover: 'closed' });
    await till.restart();
    await eventually('taken away', () => alerts.get('printer-cover-open') === undefined);
  });
});

describe('a technician', () => {
  it('turns the log up, and it says when it falls back', async () => {
    const { code, stdout } = await tillwire([
      'log-level',
      'debug',
      '--minutes',
      '5',
      '--config',
      till.configFile,
      '--json',
    ]);
    expect(code).toBe(0);
    const { level, usual, fallsBackInMs } = JSON.parse(stdout) as Record<string, unknown>;
    expect([level, usual]).toEqual(['debug', 'info']);
    expect(fallsBackInMs).toBeGreaterThan(290_000);
    expect((await tillwire(['log-level', 'info', '--config', till.configFile])).stdout).toBe('info\n');
  });

  it('sees what waits for the backend beside the running agent', async () => {
    till.shop.backend.acknowledgesEvents = false;
    await till.shop.backend.collect(till.shop.till, { orderId: 'D-4', amountFen: 100 });
    await till.scan('alipay');
    await eventually('a slip', () => till.shop.slips.length > 0);
    const { code, stdout } = await tillwire(['outbox', 'stats', '--config', till.configFile, '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { waiting: number }).waiting).toBeGreaterThan(0);
  });

  it('runs doctor beside it: nothing is opened twice, and the result is printed in its turn', async () => {
    const { stdout, stderr } = await tillwire(['doctor', '--config', till.configFile, '--json', '--print']);
    const { checks } = JSON.parse(stdout) as { checks: { code: string; status: string; cause: string }[] };
    const of = (code: string) => checks.find((one) => one.code === code);
    expect(of('AGENT_RUNNING')?.cause).toBe(`runs (process ${till.agent.pid})`);
    expect(
      [of('SCANNER_PORT'), of('SCANNER_HANDSHAKE'), of('PRINTER_STATUS'), of('PORT_LOCK')].map((one) => one?.status),
    ).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(stderr).toBe('');
    await eventually('the paper', () => till.shop.slips.length > 0);
    expect((await till.ask('/readyz')).status).toBe(200);
  });
});

describe('a second agent under the same name', () => {
  it('is told to the backend as an alert by the one that works', async () => {
    const copied = join(till.dataDir, '..', 'copied.json');
    const config = JSON.parse(readFileSync(till.configFile, 'utf8')) as object;
    writeFileSync(copied, JSON.stringify({ ...config, dataDir: 'copied' }));
    const other = new AgentProcess(copied);
    try {
      await eventually('the alert', () => alerts.get('agent-twice') !== undefined, 45_000);
      expect(alerts.get('agent-twice')).toMatchObject({ code: 'AGENT_TWICE', remedy: expect.anything() });
      const [older, younger] = [till.agent, other];
      await older.line('it gives way', ({ msg }) => msg.includes('AGENT_TWICE'));
      expect([older.alive, younger.alive]).toEqual([true, true]);
    } finally {
      await other.kill('SIGTERM');
    }
  });
});
