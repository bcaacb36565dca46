import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../agent/clock.ts';
import { canonicalHash } from '../../../protocols/backend/canonical.ts';
import type { CommandEnvelope } from '../../../protocols/backend/commands.ts';
import { startBroker } from '../../../simulator/backend/broker.ts';
import { MqttProxy, PUBACK, PUBLISH } from './mqtt-proxy.ts';
import { aQuery, Closing, hurried, openBackend, openTill, TILL, TillDisk, until } from './till-fixture.ts';

const closing = new Closing();
afterEach(() => closing.run());

const ORDER = { orderId: 'T20260101-0001', amountFen: 100 };

async function shop() {
  const broker = closing.add(await startBroker(), (it) => it.stop());
  const { backend } = await openBackend(broker.port);
  closing.add(backend, (it) => it.stop());
  const proxy = closing.add(await MqttProxy.to(broker.port), (it) => it.close());
  const disk = new TillDisk();
  const start = async (clock?: Clock) => {
    const till = closing.add(openTill({ port: proxy.port, disk, ...(clock && { clock }) }), ({ link }) => link.close());
    await until('online', () => till.link.online);
    return till;
  };
  return { broker, backend, proxy, disk, start };
}

/** PUBACKs of the till for what the broker delivered on cmd/. */
function commandAcks(proxy: MqttProxy): number {
  const id = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const delivered = proxy.packets.flatMap(({ from, type, topic, bytes, connection }) => {
    if (from !== 'broker' || type !== PUBLISH || !topic?.includes('/cmd/')) return [];
    const head = bytes.findIndex((byte, index) => index > 0 && byte < 0x80) + 1;
    return [`${connection} ${id(bytes, head + 2 + topic.length)}`];
  });
  return proxy.packets.filter(
    ({ from, type, bytes, connection }) =>
      from === 'client' && type === PUBACK && delivered.includes(`${connection} ${id(bytes, 2)}`),
  ).length;
}

describe('a command', () => {
  it('is journaled, accepted, acknowledged and executed, in this order', async () => {
    const { backend, disk, proxy, start } = await shop();
    const till = await start();
    const order: string[] = [];
    let release: () => void = () => undefined;
    disk.write = () =>
      new Promise((resolve) => {
        order.push(`journal, acks ${commandAcks(proxy)}`);
        release = resolve;
      });
    till.counter.execute = () => order.push('execute');
    const answer = backend.collect(TILL, ORDER);
    await until('at the journal', () => order.length === 1);
    expect(await till.requests.send(aQuery('X1'), 2_000)).toMatchObject({ kind: 'reply' }); // nothing waits behind it
    expect([commandAcks(proxy), order]).toEqual([0, ['journal, acks 0']]);
    release();
    expect(await answer).toMatchObject({ phase: 'accepted', status: 'ok' });
    await until('acknowledged', () => commandAcks(proxy) === 1);
    expect(order).toEqual(['journal, acks 0', 'execute']);
    const hash = canonicalHash({ ...ORDER, currency: 'CNY' });
    expect([...disk.accepted.values()]).toEqual([{ hash, result: undefined }]);
  });

  it('sent five times at once is executed once and answered five times', async () => {
    const { backend, start } = await shop();
    const till = await start();
    const command = backend.draft(ORDER);
    await Promise.all(Array.from({ length: 5 }, () => backend.command(TILL, command)));
    await until('five answers', () => backend.resultsOf(command.id).length === 5);
    expect(till.counter.executed).toHaveLength(1);
    expect(backend.resultsOf(command.id).filter(({ replayed }) => replayed)).toHaveLength(4);
  });

  it('known from before a restart is answered from memory and not executed again', async () => {
    const { backend, disk, start } = await shop();
    const first = await start();
    const command = backend.draft(ORDER);
    await backend.command(TILL, command);
    await until('executed', () => first.counter.executed.length === 1);
    const done = { v: 1, id: command.id, phase: 'final', status: 'ok', code: 'PAID', boot: first.boot, ts: 1 } as const;
    disk.accepted.set(command.id, { hash: command.hash, result: done });
    await first.link.close();
    const second = await start();
    expect(await backend.command(TILL, command)).toEqual({ ...done, replayed: true });
    const args = { ...command.args, amountFen: 101 };
    const other = { ...command, args, hash: canonicalHash(args) };
    expect(await backend.command(TILL, other)).toMatchObject({ phase: 'final', code: 'IDEMPOTENCY_CONFLICT' });
    expect(second.counter.executed).toHaveLength(0);
  });

  it('that never reached the journal of a dying till is delivered again to the next one and executed once', async () => {
    const { backend, disk, proxy, start } = await shop();
    const dying = await start();
    disk.write = () => new Promise(() => undefined); // the process is killed inside this write
    const command = backend.draft(ORDER);
    void backend.command(TILL, command).catch(() => undefined);
    await until('delivered', () => proxy.packets.some(({ topic }) => topic?.endsWith('/cmd/collect')));
    proxy.judge = () => 'hold'; // nothing of the dead till is heard any more
    proxy.cutAll();
    await dying.link.close();
    proxy.judge = () => 'pass';
    disk.write = () => Promise.resolve();
    const next = await start();
    await until('executed', () => next.counter.executed.length === 1);
    expect(dying.counter.executed).toHaveLength(0);
    expect(disk.accepted.size).toBe(1);
  });

  it('waits at the broker for a till that is away, and is refused when its time has passed', async () => {
    const { backend, start } = await shop();
    await (await start()).link.close();
    const [fresh, stale] = [backend.draft(ORDER), backend.draft({ ...ORDER, validForMs: 50 })];
    const answers = Promise.all([backend.command(TILL, fresh), backend.command(TILL, stale)]);
    await until('stale', () => Date.now() > stale.exp);
    const till = await start();
    expect(await answers).toMatchObject([{ phase: 'accepted' }, { phase: 'final', status: 'failed', code: 'EXPIRED' }]);
    await until('executed', () => till.counter.executed.length === 1);
    expect(till.counter.executed.map(({ id }) => id)).toEqual([fresh.id]);
  });
});

describe('a command is refused', () => {
  it('when it is retained, at every start again', async () => {
    const { backend, start } = await shop();
    const command = backend.draft(ORDER);
    const answer = backend.command(TILL, command, true);
    const till = await start();
    expect(await answer).toMatchObject({ status: 'failed', code: 'RETAINED_REJECTED' });
    expect(till.counter.executed).toHaveLength(0);
  });

  it('when its form, hash, verb or version is wrong', async () => {
    const { backend, start } = await shop();
    const till = await start();
    const refused = async (change: Partial<Record<keyof CommandEnvelope, unknown>>) => {
      const command = { ...backend.draft(ORDER), ...change } as CommandEnvelope;
      return (await backend.command(TILL, command)).code;
    };
    expect(await refused({ hash: '0'.repeat(64) })).toBe('BAD_REQUEST');
    expect(await refused({ exp: 'soon' })).toBe('BAD_REQUEST');
    expect(await refused({ v: 2 })).toBe('UNSUPPORTED_VERSION');
    expect(await refused({ args: undefined })).toBe('BAD_REQUEST');
    expect(till.counter.executed).toHaveLength(0);
  });

  it('when the counter says no, with its code', async () => {
    const { backend, start } = await shop();
    const till = await start();
    till.counter.refuse = () => ({ code: 'DEVICE_BUSY', message: 'another order is open' });
    expect(await backend.collect(TILL, ORDER)).toMatchObject({ status: 'failed', code: 'DEVICE_BUSY' });
    expect(till.counter.executed).toHaveLength(0);
  });

  it('when the journal cannot be written, and taken when it can again', async () => {
    const { backend, disk, start } = await shop();
    const till = await start();
    disk.write = () => Promise.reject(new Error('ENOSPC'));
    const command = backend.draft(ORDER);
    expect(await backend.command(TILL, command)).toMatchObject({ status: 'failed', code: 'JOURNAL_UNAVAILABLE' });
    disk.write = () => Promise.resolve();
    expect(await backend.command(TILL, command)).toMatchObject({ phase: 'accepted' });
    await until('executed', () => till.counter.executed.length === 1);
  });

  it('by neither word when the journal is stuck: it decides later, the others go on', async () => {
    const { backend, disk, proxy, start } = await shop();
    const till = await start(hurried);
    let release: () => void = () => undefined;
    disk.write = () => new Promise((resolve) => (release = resolve));
    const stuck = backend.draft(ORDER);
    const answer = backend.command(TILL, stuck);
    await until('given up waiting', () => till.log.text().includes('did not answer in time'), 7_000);
    expect([backend.resultsOf(stuck.id).length, commandAcks(proxy)]).toEqual([0, 0]);
    disk.write = () => Promise.resolve();
    expect(await backend.collect(TILL, { ...ORDER, orderId: 'T2' })).toMatchObject({ phase: 'accepted' });
    release();
    expect(await answer).toMatchObject({ phase: 'accepted' });
    expect(till.counter.executed.map(({ args }) => args['orderId'])).toEqual(['T2', ORDER.orderId]);
  });
});
