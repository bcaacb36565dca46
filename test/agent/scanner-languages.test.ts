import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import type { ScannerConfig } from '../../agent/devices/scanner/languages.ts';
import type { LinkListener } from '../../agent/transport/link.ts';
import { openSerialLink } from '../../agent/transport/serial.ts';
import { openTcpLink } from '../../agent/transport/tcp.ts';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { PtyWire } from '../../simulator/wires/pty.ts';
import { ForwardClock } from '../world/forward-clock.ts';
import { deps, GunRecord } from './gun-record.ts';

// Each gun is played by hand with bytes of the makers' manuals (scanners.md 2.2, 3), on a real port.

const CODE = '130012345678901234';
const CODE_HEX = Buffer.from(CODE).toString('hex');
const soon = { timeout: 10_000, interval: 5 };
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A gun on a pty that answers what the script says, and nothing to the rest. */
async function shop(config: Partial<ScannerConfig>, script: Readonly<Record<string, string>>, clock = systemClock) {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-'));
  const path = join(folder, 'gun');
  const wire = new PtyWire({ link: path });
  const said: string[] = [];
  wire.listen((bytes) => {
    const hex = toHex(bytes);
    said.push(hex);
    const answer = Object.entries(script).find(([command]) => hex.includes(command.replaceAll(' ', '')));
    if (answer) void say(answer[1]);
  });
  const say = (hex: string) => wire.send(fromHex(hex) ?? new Uint8Array());
  const openLink = (listener: LinkListener) =>
    openSerialLink({ path, baudRate: 115_200 }, listener, { ...deps, clock });
  const record = new GunRecord({ path, ...config }, openLink, clock);
  closers.push(
    () => Promise.resolve(rmSync(folder, { recursive: true })),
    () => wire.close(),
    () => record.gun.close(),
  );
  await expect.poll(() => record.ups, soon).toBe(1);
  return { record, wire, said: () => said.join(''), say };
}

const SSI_ACK = '04 D0 00 00 FF 2C';

describe.runIf(process.platform === 'linux')('a gun and its language', () => {
  it('Zebra SSI: packeted and disabled at first, enabled by the order, acknowledged, and it beeps the verdict', async () => {
    const acked = { '04e9': SSI_ACK, '04ea': SSI_ACK, '05e6': SSI_ACK, '07c6': SSI_ACK };
    const { record, said, say } = await shop({ language: 'ssi' }, acked);
    await expect.poll(said, soon).toBe('07c60400ffee01fd4104ea0400ff0e');
    record.gun.wait(true);
    await expect.poll(said, soon).toContain('04e90400ff0f');
    await say('17 F3 00 00 1C 31 33 30 30 31 32 33 34 35 36 37 38 39 30 31 32 33 34 FB 3F');
    await expect.poll(() => record.codes, soon).toEqual([CODE]);
    expect(record.scans[0]?.symbology).toBe('QR');
    await expect.poll(said, soon).toMatch(/04d00400ff28$/);
    // the gun did not hear the ACK: the same code, one payment
    await say('17 F3 00 01 1C 31 33 30 30 31 32 33 34 35 36 37 38 39 30 31 32 33 34 FB 3E');
    await expect.poll(() => record.gun.counts.duplicates, soon).toBe(1);
    record.gun.sound('good');
    record.gun.wait(false);
    await expect.poll(said, soon).toMatch(/05e6040001ff1004ea0400ff0e$/);
    expect(record.codes).toEqual([CODE]);
    expect(record.failed).toEqual([]);
  });

  it('Honeywell: triggered by the order, answers told from codes, three beeps are a no', async () => {
    // a code, then "BEPDEC0" ACK "!"
    const script = { '16 4d 0d': `${CODE_HEX} 0d 42455044454330 06 21` };
    const { record, said } = await shop({ language: 'honeywell', hostTrigger: true, quiet: true }, script);
    await expect.poll(() => record.codes, soon).toEqual([CODE]);
    record.gun.wait(true);
    await expect.poll(said, soon).toMatch(/16540d$/);
    record.gun.sound('fail');
    await expect.poll(said, soon).toMatch(/16070d16070d16070d16540d$/);
    expect(record.noise).toEqual([]);
    expect(record.failed).toEqual([]);
  });

  it('a gun that reads by itself for a while only is triggered again, and at once behind a repeated code', async () => {
    const ok = '02 00 00 01 00 33 31';
    const clock = new ForwardClock();
    const config = { language: 'grow', hostTrigger: true, dedupeMs: 60_000 } as const;
    const { record, said, say } = await shop(config, { '7e00': ok }, clock);
    const triggers = () => said().split('7e00080100020102da').length - 1;
    record.gun.wait(true);
    await expect.poll(triggers, soon).toBe(1);
    clock.forward(1_000); // what comes just after the port was opened is never a repetition
    await say(`${CODE_HEX} 0d`);
    await expect.poll(() => record.codes, soon).toEqual([CODE]);
    await say(`${CODE_HEX} 0d`);
    await expect.poll(() => record.gun.counts.duplicates, soon).toBe(1);
    await expect.poll(triggers, { timeout: 2_000 }).toBe(2);
    clock.forward(4_000);
    expect(triggers()).toBe(2);
    clock.forward(1_000);
    // a machine that stood still for seconds has the gun triggered once more
    await expect.poll(triggers, { timeout: 2_000 }).toBeGreaterThanOrEqual(3);
    record.gun.wait(false);
    expect(record.failed).toEqual([]);
  });

  it('Datalogic: "not on file" disables it too, so it is enabled again behind it', async () => {
    const { record, said } = await shop({ language: 'datalogic' }, {});
    await expect.poll(said, soon).toBe('44');
    record.gun.wait(true);
    await expect.poll(said, soon).toBe('4445');
    record.gun.sound('fail');
    await expect.poll(said, soon).toBe('44454645');
    record.gun.sound('good');
    record.gun.wait(false);
    await expect.poll(said, soon).toBe('444546454244');
    await record.gun.close();
    // a stopped agent leaves the gun reading
    await expect.poll(said, soon).toBe('44454645424445');
  });

  it('DE2120: a refused command is told once, and the codes come all the same', async () => {
    const { record, say } = await shop({ language: 'de2120', hostTrigger: true }, { '5e5f5e': '15' });
    record.gun.wait(true);
    await expect.poll(() => record.failed, soon).toContain('scan denied');
    await say(`${CODE_HEX} 0d`);
    await expect.poll(() => record.codes, soon).toEqual([CODE]);
  });

  it('a gun that answers nothing is asked three times, then let be until the next order', async () => {
    const { record, said, say } = await shop({ language: 'grow', hostTrigger: true }, {});
    record.gun.wait(true);
    await expect.poll(() => record.failed, soon).toEqual(['trigger no-answer']);
    record.gun.wait(false);
    expect(said()).toBe('7e000801000201 02da'.replace(' ', '').repeat(3));
    await say(`${CODE_HEX} 0d`);
    await expect.poll(() => record.codes, soon).toEqual([CODE]);
  });
});

describe('a serial gun behind a terminal server', () => {
  it('is read over TCP, and waited for while the server is away', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.write(`${CODE}\r`);
    });
    const listen = (port: number) => new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    await listen(0);
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await new Promise((done) => server.close(done));
    closers.push(() => new Promise((done) => server.close(done)));
    const record = new GunRecord({}, (listener) => openTcpLink({ host: '127.0.0.1', port }, listener, deps));
    closers.push(() => record.gun.close());
    await expect.poll(() => record.downs.map(({ code }) => code), soon).toEqual(['PORT_NOT_FOUND']);
    await listen(port);
    await expect.poll(() => record.codes, soon).toEqual([CODE]);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => record.codes, soon).toEqual([CODE, CODE]);
    expect(record.downs.map(({ code }) => code)).toEqual(['PORT_NOT_FOUND', 'PORT_LOST']);
  });
});
