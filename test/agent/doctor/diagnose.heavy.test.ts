import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandEnvelope, CommandResult } from '../../../protocols/backend/commands.ts';
import { eventually } from '../../e2e/agent-process.ts';
import { tillwire } from '../../e2e/run-tillwire.ts';
import { TillWithApi } from '../console/till-with-api.ts';

interface Finding {
  readonly code: string;
  readonly status: string;
  readonly cause: string;
  readonly remedy: string;
}

let till: TillWithApi;
beforeAll(async () => {
  till = await TillWithApi.open();
});
afterAll(() => till.close());

async function diagnosed(args: CommandEnvelope['args'] = {}): Promise<CommandResult> {
  const { id } = await till.shop.backend.order(till.shop.till, 'diagnose', args);
  return till.shop.backend.finalOf(id, 50_000);
}

function attemptOf(orderId: string): string {
  const attempts = till.shop.backend
    .eventsOf(till.shop.till)
    .flatMap(({ data }) => (data.type === 'attempt' ? data : []));
  return attempts.find((attempt) => attempt.orderId === orderId)?.attemptId ?? '';
}

const findingsIn = ({ data }: CommandResult) => (data as unknown as { ok: boolean; checks: Finding[] }).checks;

describe('the backend asks a till how it is', () => {
  it('and reads what a technician would read at the counter', async () => {
    const { stdout } = await tillwire(['doctor', '--config', till.configFile, '--json']);
    const { checks } = JSON.parse(stdout) as { checks: Finding[] };
    const result = await diagnosed({ lang: 'en' });
    expect(result).toMatchObject({ status: 'ok', code: 'DIAGNOSIS' });
    const worstFirst = ['fail', 'warn', 'not-run', 'ok'].flatMap((status) =>
      checks.filter((one) => one.status === status),
    );
    expect(findingsIn(result).map(({ code }) => code)).toEqual(worstFirst.map(({ code }) => code));
    const printer = findingsIn(result).find(({ code }) => code === 'PRINTER_STATUS');
    expect(printer).toMatchObject({ status: 'ok', cause: expect.stringMatching(/[a-z]/) });
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThan(64 * 1024);
  });

  it('some checks, in Chinese, beside one attempt', async () => {
    await till.shop.backend.collect(till.shop.till, { orderId: 'D-1', amountFen: 1250 });
    await till.scan();
    await eventually('paid', () => till.shop.slips.length > 0);
    const attemptId = attemptOf('D-1');
    const result = await diagnosed({ checks: ['JOURNAL_INTEGRITY', 'CLOCK_SKEW'], attemptId });
    expect(findingsIn(result).map(({ code }) => code)).toEqual(['CLOCK_SKEW', 'JOURNAL_INTEGRITY']);
    expect(findingsIn(result)[0]?.cause).toMatch(/[一-龥]/);
    expect(result.data).toMatchObject({ ok: true, attempt: { attemptId, state: 'PAID', amountFen: 1250 } });
  });

  it('what it does not know it says: a check, an attempt', async () => {
    expect(await diagnosed({ checks: ['NO_SUCH_CHECK'] })).toMatchObject({ status: 'failed', code: 'BAD_REQUEST' });
    expect(await diagnosed({ attemptId: 'A-unknown' })).toMatchObject({ status: 'failed', code: 'NOT_FOUND' });
  });

  it('one at a time, and a sale goes on beside it', async () => {
    const first = diagnosed();
    const second = await diagnosed();
    expect(second).toMatchObject({ status: 'failed', code: 'DEVICE_BUSY' });
    const before = till.shop.slips.length;
    await till.shop.backend.collect(till.shop.till, { orderId: 'D-2', amountFen: 900 });
    await till.scan();
    await eventually('paid beside it', () => till.shop.slips.length > before);
    expect(await first).toMatchObject({ status: 'ok' });
  });

  it('an agent that stops in the middle of it: the next one answers', async () => {
    const { id } = await till.shop.backend.order(till.shop.till, 'diagnose', {});
    await till.restart('SIGTERM');
    expect(await till.shop.backend.finalOf(id, 50_000)).toMatchObject({ status: 'ok', code: 'DIAGNOSIS' });
  });
});
