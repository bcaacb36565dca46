import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Shop } from '../../simulator/shop.ts';
import { systemClock } from '../../simulator/world/clock.ts';
import { locate } from '../components.ts';
import { needs } from '../needs.ts';
import { eventually, TILLWIRE, tillFolder } from './agent-process.ts';
import { readTrace, wrongOrder } from './strace-trace.ts';

const till = { tenant: 'demo', store: 'store-1', agent: 'till-traced' };
/** bytes shown of each call: more than any record or message of a sale */
const SHOWN = 4_096;
/** a slip begins with ESC @, as strace shows it */
const SLIP = /\/dev\/pts\/\d+>, "\\33@/;

/** The real agent, watched by the kernel. `-D`: strace stands aside, so that the process started here is the agent's. */
function tracedAgent(configFile: string, traceFile: string): ChildProcess {
  const calls = 'write,pwrite64,writev,pwritev,sendto,sendmsg,fsync,fdatasync';
  const strace = ['-D', '-f', '-y', '-s', String(SHOWN), '-e', `trace=${calls}`, '-o', traceFile];
  const program = [process.execPath, TILLWIRE, 'agent', '--config', configFile];
  return spawn(locate('strace') ?? 'strace', [...strace, ...program], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}

needs('strace')('write before you speak, as the kernel saw it', () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  /** One sale of a traced agent: its trace, and the attempt it was about. */
  async function tracedSale(): Promise<{ trace: string; attemptId: string }> {
    const shop = await Shop.open({ till, paper: 58, clock: systemClock });
    closing.push(() => shop.close());
    const place = tillFolder(shop);
    closing.push(() => place.remove());
    let attemptId = '';
    shop.backend.onRequest = (_till, request) => {
      attemptId = request.attemptId;
    };
    const traceFile = join(place.folder, 'trace');
    const agent = tracedAgent(place.configFile, traceFile);
    const gone = once(agent, 'exit');
    closing.push(() => (agent.exitCode === null ? agent.kill('SIGKILL') : undefined));
    await eventually('the devices are up', () => shop.devices.size === 2, 30_000);
    await shop.backend.collect(till, { orderId: 'ORDER-1', amountFen: 1250 });
    await shop.gun.scan('134622817080551492');
    await eventually('a slip comes out', () => shop.slips.length === 1, 30_000);
    agent.kill('SIGTERM');
    await gone;
    await eventually('the trace is whole', () => readFileSync(traceFile, 'utf8').trimEnd().endsWith('+++'));
    return { trace: readFileSync(traceFile, 'utf8'), attemptId };
  }

  it('the attempt is on disk before the pay request leaves, the payment before its slip', async () => {
    const { trace, attemptId } = await tracedSale();
    const calls = readTrace(trace);
    const attempt = { record: new RegExp(`${attemptId}.*CREATED`), speech: /req\/pay/ };
    const payment = { record: new RegExp(`${attemptId}.*PAID`), speech: SLIP };
    expect(wrongOrder(calls, attempt)).toBeUndefined();
    expect(wrongOrder(calls, payment)).toBeUndefined();
    // the request names its attempt, and nothing on disk holds the paycode
    expect(calls.some(({ text }) => text.includes('req/pay') && text.includes(attemptId))).toBe(true);
    expect(calls.filter(({ text }) => text.includes('134622817080551492') && !text.includes('req/pay'))).toEqual([]);

    // The same trace told in another order is found out: this test can fail.
    const lines = trace.split('\n');
    const said = lines.findIndex((line) => line.includes('req/pay'));
    const [pay = ''] = lines.splice(said, 1);
    const early = lines.findIndex((line) => line.includes(attemptId));
    expect(wrongOrder(readTrace(lines.toSpliced(early + 1, 0, pay).join('\n')), attempt)).toMatch(/^said in line/);
    const unsynced = lines.filter((line) => !/f(data)?sync/.test(line)).join('\n');
    expect(wrongOrder(readTrace(unsynced), attempt)).toMatch(/^no sync/);
  });
});
