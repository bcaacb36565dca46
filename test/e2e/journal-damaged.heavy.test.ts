import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Entry } from '../../agent/journal/entry.ts';
import type { LogReport } from '../../agent/journal/verify.ts';
import { eventually, TILLWIRE } from './agent-process.ts';
import { CounterWithAgent } from './counter-with-agent.ts';

let counter: CounterWithAgent;
beforeEach(async () => {
  counter = await CounterWithAgent.open('till-8');
});
afterEach(() => counter.close());

/** The technician's command, beside whatever runs. */
function journal(...args: string[]): { readonly status: number | null; readonly stdout: string } {
  return spawnSync(process.execPath, [TILLWIRE, 'journal', ...args, '--data', counter.dataDir], { encoding: 'utf8' });
}

it('the slip, the backend and the journal name the same entries; damage is told and stops new payments until a person has looked', async () => {
  const { shop } = counter;
  const text = () => shop.slips.map((bytes) => Buffer.from(bytes).toString('latin1')).join('\n');
  let agent = counter.start();
  await agent.said('broker session up');
  await shop.backend.collect(shop.till, { orderId: 'ORDER-1', amountFen: 1250 });
  await agent.said('gun connected');
  await shop.gun.scan('134622817080551492');
  await eventually('a slip', () => shop.slips.length === 1);
  const verified = () => JSON.parse(journal('verify', '--json').stdout) as LogReport;
  await eventually('the journal is anchored', () => verified().anchor !== undefined);

  const entries = JSON.parse(journal('show', 'ORDER-1', '--json').stdout) as (Entry & {
    data: { record?: { attempt: { state: string } } };
  })[];
  const paid = entries.find(({ data }) => data.record?.attempt.state === 'PAID');
  expect(text(), 'the slip carries the short hash of the entry that says PAID').toContain(paid?.hash.slice(0, 8));
  const { anchor } = JSON.parse(journal('verify', '--json').stdout) as LogReport;
  expect(journal('verify', '--anchor', `${anchor?.seq}:${anchor?.hash}`).status).toBe(0);

  await agent.kill('SIGKILL');
  const segment = join(counter.dataDir, 'journal', 'journal-000001.log');
  writeFileSync(segment, readFileSync(segment, 'utf8').replace('"amountFen":1250', '"amountFen":1350'));
  expect(journal('verify').status).toBe(1);

  agent = counter.start();
  const told = await agent.said('JOURNAL_DAMAGED');
  expect(told.level).toBe('error');
  await agent.said('broker session up');
  expect(await shop.backend.collect(shop.till, { orderId: 'ORDER-2', amountFen: 100 })).toMatchObject({
    phase: 'final',
    status: 'failed',
    code: 'JOURNAL_UNAVAILABLE',
  });
  expect(journal('review', '--by', '王丽').status, 'not beside a running agent').toBe(2);
  await agent.kill('SIGTERM');
  expect(journal('review', '--by', '王丽').status).toBe(0);
  expect(journal('verify').status).toBe(0);

  agent = counter.start();
  await agent.said('broker session up');
  expect(await shop.backend.collect(shop.till, { orderId: 'ORDER-2', amountFen: 100 })).toMatchObject({
    code: 'ACCEPTED',
  });
  await agent.said('gun connected');
  await shop.gun.scan('134622817080551493');
  await eventually('a second slip', () => shop.slips.length === 2);
  expect(shop.acquirer.ledger.ofOrder('ORDER-2').netFen).toBe(100);
  rmSync(join(counter.dataDir, 'projection.db'));
  expect(JSON.parse(journal('list', '--json').stdout)).toHaveLength(2);
});
