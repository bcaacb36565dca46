import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { SlipPrinter } from '../../agent/devices/printer.ts';
import { openTcpLink } from '../../agent/transport/tcp.ts';

const nothing = () => undefined;

// Ten seconds of silence are waited for in real time.
it('a network printer that went away without a word leaves a slip in doubt and not called sent', async () => {
  const server = createServer((socket) => {
    socket.on('error', nothing);
    // answers the question before the slip, then never anything again
    socket.once('data', () => socket.write(Uint8Array.of(0x12, 0x12, 0x12)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const printer = new SlipPrinter(
    { confirms: false, holdsLine: true, mustAnswer: true },
    { onUp: nothing, onDown: nothing, onStatus: nothing, onHeld: nothing, onLateProof: nothing },
    systemClock,
    (listener) => openTcpLink({ host: '127.0.0.1', port }, listener, { clock: systemClock, random: () => 0.5 }),
  );
  try {
    await expect.poll(() => printer.isUp, { timeout: 8_000 }).toBe(true);
    expect(await printer.print(Buffer.from('slip\n'), { id: 'a' })).toMatchObject({ state: 'unknown', proof: 'none' });
  } finally {
    await printer.close();
    await new Promise((done) => server.close(done));
  }
});
