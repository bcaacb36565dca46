import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../agent/clock.ts';
import { serviceManagerOf } from '../../../agent/health/service-manager.ts';
import { Shop } from '../../../simulator/shop.ts';
import { TILLWIRE, tillFolder } from '../../e2e/agent-process.ts';
import { Closing } from '../backend/till-fixture.ts';
import { DatagramSocket } from './datagrams.ts';

const closing = new Closing();
let folder: string;
let socket: DatagramSocket;

beforeEach(() => {
  folder = closing.add(mkdtempSync(join(tmpdir(), 'tillwire-')), (it) => rmSync(it, { recursive: true }));
  socket = listening('notify');
});
afterEach(() => closing.run());

function listening(name: string): DatagramSocket {
  return closing.add(new DatagramSocket(join(folder, name)), (it) => it.close());
}

/** An agent that systemd started with a watchdog; it is told over this socket. */
async function service(told = socket, watchdogMs = 4_000): Promise<ChildProcess> {
  const shop = closing.add(
    await Shop.open({ till: { tenant: 'demo', store: 'store-1', agent: 'till-1' }, clock: systemClock, paper: 58 }),
    (it) => it.close(),
  );
  const { configFile } = closing.add(tillFolder(shop), (it) => it.remove());
  const env = { ...process.env, NOTIFY_SOCKET: told.path, WATCHDOG_USEC: String(watchdogMs * 1_000) };
  const agent = spawn(process.execPath, [TILLWIRE, 'agent', '--config', configFile], {
    env,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  closing.add(agent, (it) => it.kill('SIGKILL'));
  return agent;
}

/** As the kernel has it: T is stopped. */
function stateOf({ pid }: ChildProcess): string | undefined {
  return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
}

describe.runIf(process.platform === 'linux')('systemd', () => {
  it('hears that the till is ready, that it is alive, and that it stops', async () => {
    const agent = await service();
    const heard: string[] = [];
    const has = (word: string) => {
      heard.push(...socket.read());
      return heard.some((text) => text.startsWith(word));
    };
    await expect.poll(() => has('READY=1'), { timeout: 30_000 }).toBe(true);
    await expect.poll(() => has('WATCHDOG=1'), { timeout: 30_000 }).toBe(true);
    agent.kill('SIGTERM');
    await once(agent, 'exit');
    expect(has('STOPPING=1')).toBe(true);
  });

  it('hears nothing any more from one whose loop stands still, while another one says three times that it is alive', async () => {
    const other = listening('other');
    const [agent] = [await service(socket, 600), await service(other, 600)];
    for (const one of [socket, other])
      await expect.poll(() => one.read().join(), { timeout: 30_000 }).toContain('WATCHDOG=1');
    agent.kill('SIGSTOP');
    await expect.poll(() => stateOf(agent)).toBe('T');
    socket.read();
    other.read();
    const beats: string[] = [];
    await expect.poll(() => beats.push(...other.read()), { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
    expect(socket.read()).toEqual([]);
    agent.kill('SIGCONT');
    await expect.poll(() => socket.read().join(), { timeout: 30_000 }).toContain('WATCHDOG=1');
  });

  it('is left alone where it did not start the till', async () => {
    expect(await serviceManagerOf({}, process.pid)).toBeUndefined();
    const other = await serviceManagerOf(
      { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '4000000', WATCHDOG_PID: '1' },
      2,
    );
    expect(other?.watchdogMs).toBeUndefined();
  });

  it('with an abstract name is found too, and one that is gone harms nobody', async () => {
    const gone = await serviceManagerOf({ NOTIFY_SOCKET: '@tillwire-nobody' }, process.pid);
    expect(() => gone?.ready('x')).not.toThrow();
  });
});
