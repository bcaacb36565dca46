import { expect, it } from 'vitest';
import type { Connection } from '../../agent/transport/supervised-link.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';
import { SerialPort } from './serial-port.ts';

const LONG = 600;
const DEADLINE_MS = 60_000;

function at9600() {
  const clock = new VirtualClock(Date.UTC(2026, 10, 23, 9));
  const port = new SerialPort('/printer', clock, 9_600);
  let heard = '';
  port.onBytes = (bytes) => {
    heard += Buffer.from(bytes).toString('latin1');
  };
  const connected = async (): Promise<Connection> => {
    const connection = await port.connect(() => undefined);
    if (!('write' in connection)) throw new Error(connection.code);
    return connection;
  };
  return { clock, port, connected, heard: () => heard };
}

const text = (of: string) => Buffer.from(of.repeat(LONG), 'latin1');

it('what a dead process had given to the kernel leaves before anything of the next one', async () => {
  const { clock, port, connected, heard } = at9600();
  void (await connected()).write(text('a'), DEADLINE_MS);
  port.holderDied(true);
  void (await connected()).write(text('b'), DEADLINE_MS);
  clock.advance(5_000);
  expect(heard()).toBe('a'.repeat(LONG) + 'b'.repeat(LONG));
});

it('the same where the device took nothing for a while, and two of them died over it', async () => {
  const { clock, port, connected, heard } = at9600();
  port.stall();
  for (const one of ['a', 'b', 'c']) {
    void (await connected()).write(text(one), DEADLINE_MS);
    port.holderDied(one !== 'b');
  }
  port.flow();
  clock.advance(5_000);
  expect(heard()).toBe('a'.repeat(LONG) + 'c'.repeat(LONG));
});

it('a pulled cable leaves nothing for later', async () => {
  const { clock, port, connected, heard } = at9600();
  const written = (await connected()).write(text('a'), DEADLINE_MS);
  clock.advance(1);
  port.pull();
  clock.advance(1_000);
  expect(await written).toEqual({ kind: 'unknown', cause: 'LOST' });
  port.plug();
  clock.advance(1_000);
  expect(heard()).toBe('a'.repeat(256));
});
