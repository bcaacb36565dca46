import { beforeEach, describe, expect, it } from 'vitest';
import type { Incoming } from '../../agent/backend/broker-session.ts';
import { topicsOf } from '../../protocols/backend/topics.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';
import { memoryLog, TILL } from '../agent/backend/till-fixture.ts';
import { MemoryBroker, type Passing } from './broker.ts';
import { pass } from './pass.ts';
import { TillClock } from './till-clock.ts';

const topics = topicsOf(TILL);
let world: VirtualClock;
let broker: MemoryBroker;
let atBackend: Passing[];

beforeEach(() => {
  world = new VirtualClock(Date.UTC(2026, 10, 22, 2));
  broker = new MemoryBroker(world);
  atBackend = [];
  broker.attach({ receive: (message) => atBackend.push(message) });
});

/** A till's link with one route for commands, as the agent would have it. */
function aTill(handle: (message: Incoming) => Promise<(() => void) | undefined> = () => Promise.resolve(undefined)) {
  const clock = new TillClock(world);
  const info = { version: '0', node: 'v20', os: 'x', channels: [] };
  const link = broker.connect(
    { servers: [{ host: 'h', port: 1 }], clientId: 'till-1', till: TILL, boot: 'B', info },
    { clock, random: () => 0.5, log: memoryLog() },
  );
  const news: string[] = [];
  const got: string[] = [];
  link.listen({ up: () => news.push('up'), down: ({ detail }) => news.push(detail) });
  link.route({
    filter: topics.commands,
    qos: 1,
    handle: (message) => {
      got.push(new TextDecoder().decode(message.payload));
      return handle(message);
    },
  });
  link.start();
  return { link, clock, news, got };
}

const say = (n: number) => ({ topic: topics.event('attempt'), body: n, qos: 1 }) as const;
const told = () => atBackend.filter(({ topic }) => topic === topics.event('attempt')).map(({ text }) => Number(text));
const states = () =>
  atBackend.filter(({ topic }) => topic === topics.state).map(({ text }) => text.match(/"s":"(\w+)"/)?.[1]);

describe('a message on its way', () => {
  it('arrives, is lost, comes late, comes twice, overtakes', async () => {
    const { link } = aTill();
    await pass(world, 100);
    const fates: Record<string, number[]> = { 1: [2], 2: [], 3: [900], 4: [2, 50], 5: [1] };
    broker.fateOf = ({ text }) => fates[text] ?? [2];
    for (const n of [1, 2, 3, 4, 5]) expect(link.publish(say(n))).toBe(true);
    await pass(world, 1_000);
    expect(told()).toEqual([5, 1, 4, 4, 3]);
  });

  it('is refused before the connection stands, and while there is none', async () => {
    const { link, news } = aTill();
    expect(link.publish(say(1))).toBe(false);
    expect(link.online).toBe(false);
    await pass(world, 100);
    expect(link.online).toBe(true);
    broker.stop();
    expect(link.publish(say(2))).toBe(false);
    await pass(world, 10_000);
    broker.restart();
    await pass(world, 60_000);
    expect(link.publish(say(3))).toBe(true);
    await pass(world, 100);
    expect(told()).toEqual([3]);
    expect(news).toEqual(['up', 'broker stopped', 'up']);
    expect(states()).toEqual(['online', 'online']); // the will went down with the broker
  });

  it('is lost on a reset, but not when the process dies behind it', async () => {
    const first = aTill();
    await pass(world, 100);
    first.link.publish(say(1));
    broker.cut();
    await pass(world, 1_000);
    expect(told()).toEqual([]);
    first.link.publish(say(2));
    first.clock.kill();
    first.link.kill();
    await pass(world, 1_000);
    expect(told()).toEqual([2]);
    expect(states().at(-1)).toBe('lost');
  });
});

describe('a half-open connection', () => {
  it('takes messages, brings nothing, and is found out by the missing PUBACK', async () => {
    const { link, news, got } = aTill();
    await pass(world, 100);
    broker.halfOpen();
    expect(link.publish(say(1))).toBe(true);
    broker.publish(topics.command('collect'), { n: 1 }, 1);
    await pass(world, 4_900);
    expect([link.online, news]).toEqual([true, ['up']]);
    await pass(world, 1_000);
    expect(news).toEqual(['up', 'no PUBACK in time', 'up']);
    expect(told()).toEqual([]);
    expect(got).toEqual(['{"n":1}']); // the session kept it
  });

  it('is found out by the keep-alive when nothing is said', async () => {
    const { news } = aTill();
    await pass(world, 100);
    broker.halfOpen();
    await pass(world, 22_000);
    expect(news).toEqual(['up']);
    await pass(world, 2_000);
    expect(news.slice(0, 2)).toEqual(['up', 'keep-alive timed out']);
  });
});

describe('the session', () => {
  it('keeps QoS 1 for a till that is away, and nothing of QoS 0', async () => {
    const { got } = aTill();
    await pass(world, 100);
    broker.cut();
    broker.publish(topics.command('a'), 1, 1);
    broker.publish(topics.command('b'), 2, 0);
    await pass(world, 1_000);
    expect(got).toEqual(['1']);
  });

  it('forgets when the broker loses its disk', async () => {
    const { got } = aTill();
    await pass(world, 100);
    broker.cut();
    broker.publish(topics.command('a'), 1, 1);
    await pass(world, 10);
    broker.forgetSessions();
    await pass(world, 1_000);
    expect(got).toEqual([]);
  });

  it('delivers again what was not acknowledged, and not what was', async () => {
    let broken = true;
    const { got } = aTill(() => (broken ? Promise.reject(new Error('disk')) : Promise.resolve(undefined)));
    await pass(world, 100);
    broker.publish(topics.command('a'), 1, 1);
    await pass(world, 100);
    broken = false;
    broker.cut();
    await pass(world, 1_000);
    broker.cut();
    await pass(world, 1_000);
    expect(got).toEqual(['1', '1']);
  });

  it('runs what comes after the acknowledgement after it, and lets others pass a slow handler', async () => {
    const order: string[] = [];
    const { got, clock } = aTill(({ topic }) =>
      topic.endsWith('slow')
        ? new Promise((resolve) => clock.after(500, () => resolve(() => order.push('slow'))))
        : Promise.resolve(() => order.push('quick')),
    );
    await pass(world, 100);
    broker.publish(topics.command('slow'), 1, 1);
    broker.publish(topics.command('quick'), 2, 1);
    await pass(world, 1_000);
    expect([got, order]).toEqual([
      ['1', '2'],
      ['quick', 'slow'],
    ]);
  });

  it('goes over to the next process of the same till', async () => {
    const first = aTill();
    await pass(world, 100);
    first.clock.kill(); // the broker has not noticed
    const second = aTill();
    await pass(world, 100);
    broker.publish(topics.command('a'), 1, 1);
    await pass(world, 20);
    expect(first.news).toEqual(['up', 'session taken over']);
    expect(second.got).toEqual(['1']);
  });

  it('of a killed process gets nothing, and its successor everything', async () => {
    const first = aTill();
    await pass(world, 100);
    first.clock.kill();
    first.link.kill();
    broker.publish(topics.command('a'), 1, 1);
    await pass(world, 1_000);
    const second = aTill();
    await pass(world, 100);
    expect([first.got, second.got]).toEqual([[], ['1']]);
  });
});
