import { afterEach, describe, expect, it } from 'vitest';
import { startBroker } from '../../../simulator/backend/broker.ts';
import { MqttProxy } from './mqtt-proxy.ts';
import { Closing, hurried, openBackend, openTill, TILL, TillDisk, until } from './till-fixture.ts';

const closing = new Closing();
afterEach(() => closing.run());

async function shop() {
  const broker = closing.add(await startBroker(), (it) => it.stop());
  const { backend } = await openBackend(broker.port);
  closing.add(backend, (it) => it.stop());
  const proxy = closing.add(await MqttProxy.to(broker.port), (it) => it.close());
  const disk = new TillDisk();
  const start = () => closing.add(openTill({ port: proxy.port, disk, clock: hurried }), ({ link }) => link.close());
  const kept = () => backend.eventsOf(TILL).map(({ seq }) => seq);
  return { backend, proxy, disk, start, kept };
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('the outbox', () => {
  it('is emptied by the word of the backend, in order, 16 at a time', async () => {
    const { backend, proxy, disk, start, kept } = await shop();
    for (const seq of upTo(100)) disk.add(seq);
    backend.acknowledgesEvents = false;
    start();
    await until('a window', () => kept().length === 16);
    expect(proxy.published('/evt/scan-refused')).toHaveLength(16);
    expect(disk.acked).toBe(0); // every PUBACK has come; none of them counts
    backend.acknowledgesEvents = true;
    await until('all are kept and acknowledged', () => disk.events.length === 0, 12_000);
    expect(kept()).toEqual(upTo(100));
    disk.add(101);
    await until('the next one', () => disk.acked === 101);
  });

  it('loses nothing over cuts, and the backend keeps each event once', async () => {
    const { proxy, disk, start, kept } = await shop();
    const till = start();
    await until('online', () => till.link.online);
    for (const seq of upTo(60)) {
      disk.add(seq);
      if (seq % 20 === 0) {
        proxy.cutAll();
        await until('online again', () => till.link.online);
      }
    }
    await until('all are kept', () => disk.acked === 60, 10_000);
    expect(kept()).toEqual(upTo(60));
  });

  it('does not believe an acknowledgement of what was never sent', async () => {
    const { backend, disk, start } = await shop();
    backend.acknowledgesEvents = false;
    const till = start();
    await until('online', () => till.link.online);
    disk.add(1);
    await until('kept', () => backend.eventsOf(TILL).length === 1);
    till.link.publish({ topic: 'pos/v1/acme/s001/till-1/evt-ack', body: { v: 1, upto: 9_999 }, qos: 1 });
    await until('acknowledged', () => disk.acked > 0);
    expect(disk.acked).toBe(1);
    disk.add(2);
    await until('the second is sent', () => backend.eventsOf(TILL).length === 2);
  });
});
