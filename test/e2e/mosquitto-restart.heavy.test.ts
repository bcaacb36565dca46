import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startBroker } from '../../simulator/backend/broker.ts';
import { locate } from '../components.ts';
import { needs } from '../needs.ts';
import { eventually } from './agent-process.ts';
import { moments, TroubledCounter } from './troubled-sale.ts';

/** Brings a broker up on a port; what it returns takes it down again. */
type Bring = (port: number) => Promise<() => Promise<void>>;

const embedded: Bring = async (port) => {
  const broker = await startBroker({ port });
  return () => broker.stop();
};

function mosquitto(signal: NodeJS.Signals): Bring {
  return async (port) => {
    const folder = mkdtempSync(join(tmpdir(), 'tillwire-mosquitto-'));
    const conf = join(folder, 'mosquitto.conf');
    const lines = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'set_tcp_nodelay true', 'persistence false'];
    writeFileSync(conf, `${lines.join('\n')}\n`);
    const broker: ChildProcess = spawn(locate('mosquitto') ?? 'mosquitto', ['-c', conf], { stdio: 'ignore' });
    await eventually('mosquitto answers', answersOn(port));
    return async () => {
      const gone = once(broker, 'exit');
      broker.kill(signal);
      await gone;
      rmSync(folder, { recursive: true });
    };
  };
}

function answersOn(port: number): () => boolean {
  let answered = false;
  return () => {
    const socket = connect(port, '127.0.0.1', () => {
      answered = true;
      socket.destroy();
    }).on('error', () => undefined);
    return answered;
  };
}

/** Sales during each of which the broker goes away at some moment and comes back on the same port. */
async function salesOver(bring: Bring, agent: string, seed: number): Promise<void> {
  const moment = moments(seed);
  const counter = await TroubledCounter.open(agent);
  const port = counter.shop.broker.port;
  await counter.shop.broker.stop();
  let takeDown = await bring(port);
  const orders = ['ORDER-1', 'ORDER-2', 'ORDER-3', 'ORDER-4'];
  try {
    await counter.start();
    for (const orderId of orders) {
      const order = await counter.order(orderId);
      counter.scan();
      await moment(20);
      await takeDown();
      await moment(500);
      takeDown = await bring(port);
      expect(await counter.settled(order)).toMatchObject({ status: 'ok' });
    }
    await counter.audit(orders);
  } finally {
    await takeDown();
    await counter.close();
  }
}

describe('the broker is restarted in the middle of sales', () => {
  it('the embedded one: all is forgotten, no order is paid twice or lost', { timeout: 600_000 }, () =>
    salesOver(embedded, 'till-aedes', 11),
  );
});

needs('mosquitto')('Mosquitto is restarted in the middle of sales', () => {
  // side by side: where a request was lost they wait for the channel's own deadline
  it.concurrent.each(['SIGTERM', 'SIGKILL'] as const)(
    '%s: no order is paid twice or lost',
    { timeout: 600_000 },
    (signal) => salesOver(mosquitto(signal), `till-${signal.toLowerCase()}`, signal.length),
  );
});
