import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { DeviceServerWire } from '../../simulator/wires/device-server.ts';

it('a device whose cable is pulled knows that its visitor has gone, once, and takes the next one', async () => {
  const wire = await DeviceServerWire.listening();
  const { port } = new URL(wire.path);
  let gone = 0;
  wire.onGone = () => (gone += 1);
  const visit = async () => {
    const arrived = new Promise<void>((resolve) => (wire.onVisitor = resolve));
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    await arrived;
    return socket;
  };
  const first = await visit();
  const closed = once(first, 'close');
  await wire.hangup();
  await closed;
  expect([gone, wire.hasVisitor]).toEqual([1, false]);
  await wire.replug();
  const second = await visit();
  second.destroy();
  await expect.poll(() => gone).toBe(2);
  await wire.close();
  expect(gone).toBe(2);
});
