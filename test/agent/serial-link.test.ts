import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerialPortStream } from '@serialport/stream';
import { SerialPort } from 'serialport';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import type { ByteLink, LinkProblem } from '../../agent/transport/link.ts';
import { linuxBinding } from '../../agent/transport/linux-binding.ts';
import { restPoller, takePoller } from '../../agent/transport/pollers.ts';
import { holderOf } from '../../agent/transport/port-holder.ts';
import { openProblem } from '../../agent/transport/port-problems.ts';
import { openSerialLink, type SerialOptions } from '../../agent/transport/serial.ts';
import { SerialConnection } from '../../agent/transport/serial-connection.ts';
import { PtyWire } from '../../simulator/wires/pty.ts';
import { LinkRecord } from './link-record.ts';

let pauses = 0;
const deps = { clock: systemClock, random: () => ((pauses += 1), 0.5) };
const bytes = (text: string) => Buffer.from(text, 'latin1');

function opened(port: SerialPortStream): Promise<void> {
  return new Promise((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
}

/** Resolves when the wire takes nothing more (the kernel's end holds about 20 KiB): whoever writes now waits. */
async function isFull(path: string): Promise<void> {
  const own = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  const takesNothing = () => {
    try {
      return writeSync(own, bytes('x')) === 0;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EAGAIN';
    }
  };
  await expect
    .poll(takesNothing, { timeout: 5_000, interval: 1 })
    .toBe(true)
    .finally(() => closeSync(own));
}

describe.runIf(process.platform === 'linux')('a serial link on a pty', () => {
  let folder: string;
  let path: string;
  const closers: (() => Promise<void>)[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tillwire-'));
    path = join(folder, 'port');
  });

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    rmSync(folder, { recursive: true });
  });

  function plug(): PtyWire {
    const wire = new PtyWire({ link: path });
    closers.push(() => wire.close());
    return wire;
  }

  function open(options: Partial<SerialOptions> = {}): { link: ByteLink; record: LinkRecord } {
    const record = new LinkRecord();
    const link = openSerialLink({ path, baudRate: 115_200, ...options }, record, deps);
    closers.push(() => link.close());
    return { link, record };
  }

  it('carries all byte values both ways, with every option serialport has', async () => {
    const wire = plug();
    let heard = Buffer.alloc(0);
    wire.listen((chunk) => (heard = Buffer.concat([heard, chunk])));
    const { link, record } = open({ dataBits: 8, parity: 'even', stopBits: 2, rtscts: true, lowLatency: true });
    await record.until(({ ups }) => ups === 1);
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(await wire.send(all)).toBe(true);
    expect(await link.write(all, 5000)).toEqual({ kind: 'written' });
    await record.until(({ heardBytes }) => heardBytes === 256);
    expect(bytes(record.heard)).toEqual(Buffer.from(all));
    await expect.poll(() => heard, { timeout: 5000 }).toEqual(Buffer.from(all));
  });

  it('notices an unplug at once, says the path is gone, and is back within 2 s of the replug', async () => {
    const wire = plug();
    const { link, record } = open();
    await record.until(({ ups }) => ups === 1);
    const pulled = systemClock.mono();
    await wire.hangup();
    await record.until(({ problems }) => problems.includes('PORT_LOST'));
    expect((record.told[1]?.at ?? 0) - pulled).toBeLessThan(200);
    expect(link.isUp).toBe(false);
    expect(await link.write(bytes('stale'), 1000)).toEqual({ kind: 'not-written', cause: 'DOWN' });
    const soFar = pauses;
    await expect.poll(() => pauses - soFar, { timeout: 10_000 }).toBeGreaterThan(3);
    const replugged = systemClock.mono();
    wire.replug();
    await record.until(({ ups }) => ups === 2);
    expect(systemClock.mono() - replugged).toBeLessThan(2000);
    expect(record.problems, 'each problem is told once, not at every attempt').toEqual(['PORT_LOST', 'PORT_NOT_FOUND']);
  });

  it('waits for a path that appears later', async () => {
    const { record } = open();
    await record.until(({ problems }) => problems[0] === 'PORT_NOT_FOUND');
    const wire = plug();
    await record.until(({ ups }) => ups === 1);
    await wire.send(bytes('hello'));
    await record.until(({ heard }) => heard !== '');
    expect(record.heard).toBe('hello');
  });

  it('names the holder of a port in use, without touching its line, and takes over when it is free', async () => {
    plug();
    const first = open();
    await first.record.until(({ ups }) => ups === 1);
    const line = () => execFileSync('stty', ['-a', '-F', path], { encoding: 'utf8' });
    const before = line();
    expect(before).toContain('speed 115200 baud');
    const second = open({ baudRate: 9600, dataBits: 7, parity: 'odd' });
    await second.record.until(({ problems }) => problems.length > 0);
    expect(line()).toBe(before);
    expect(second.record.told[0]).toMatchObject({ problem: { code: 'PORT_BUSY', path } });
    expect(JSON.stringify(second.record.told)).toContain(`process ${process.pid}`);
    expect(first.link.isUp).toBe(true);
    await first.link.close();
    await second.record.until(({ ups }) => ups === 1);
  });

  it('a path that is no serial port is told as that', async () => {
    writeFileSync(path, 'a file');
    const { record } = open();
    await record.until(({ problems }) => problems.length > 0);
    expect(record.problems).toEqual(['PORT_NOT_SERIAL']);
  });

  it('a write to a peer that never reads ends at its deadline as unknown; reading goes on meanwhile', async () => {
    const wire = plug(); // nobody listens: the kernel takes about 20 KiB, then nothing
    const { link, record } = open();
    await record.until(({ ups }) => ups === 1);
    const started = systemClock.mono();
    const outcome = link.write(new Uint8Array(256 * 1024), 700);
    expect(await link.write(bytes('x'), 700)).toEqual({ kind: 'not-written', cause: 'BUSY' });
    await isFull(path);
    await wire.send(bytes('PAPER-OUT;'));
    await record.until(({ heard }) => heard === 'PAPER-OUT;');
    expect(record.problems, 'heard while the write still waited').toEqual([]);
    expect(await outcome).toEqual({ kind: 'unknown', cause: 'DEADLINE' });
    expect(systemClock.mono() - started).toBeGreaterThan(650);
    await record.until(({ ups }) => ups === 2);
  });

  it('while a write waits the device is heard, and the write goes on when it takes again', async () => {
    const wire = plug();
    const { link, record } = open();
    await record.until(({ ups }) => ups === 1);
    const outcome = link.write(new Uint8Array(256 * 1024), 8_000);
    await isFull(path);
    for (const text of ['PAPER-OUT;', 'PAPER-IN;']) {
      await wire.send(bytes(text));
      await record.until(({ heard }) => heard.endsWith(text), 5_000);
    }
    wire.listen(() => undefined);
    expect(await outcome).toEqual({ kind: 'written' });
  });

  it('after a reopen nothing of the old write reaches the device', async () => {
    const wire = plug();
    const { link, record } = open();
    await record.until(({ ups }) => ups === 1);
    expect(await link.write(new Uint8Array(256 * 1024).fill(0x41), 200)).toMatchObject({ kind: 'unknown' });
    await record.until(({ problems }) => problems.length > 0);
    await wire.hangup();
    wire.replug();
    let heard = '';
    wire.listen((chunk) => (heard += Buffer.from(chunk).toString('latin1')));
    await record.until(({ ups }) => ups >= 2 && link.isUp);
    expect(await link.write(bytes('fresh'), 5000)).toEqual({ kind: 'written' });
    await expect.poll(() => heard, { timeout: 5000 }).toBe('fresh');
  });

  it('what is written while the cable is out is refused, and nothing of it leaves when it is back', async () => {
    const wire = plug();
    const { link, record } = open();
    await record.until(({ ups }) => ups === 1);
    await wire.hangup();
    await record.until(({ problems }) => problems.includes('PORT_LOST'));
    const stale = link.write(bytes('stale'), 5_000);
    wire.replug();
    let heard = '';
    wire.listen((chunk) => (heard += Buffer.from(chunk).toString('latin1')));
    await record.until(({ ups }) => ups === 2);
    expect(await stale).toEqual({ kind: 'not-written', cause: 'DOWN' });
    expect(await link.write(bytes('fresh'), 5000)).toEqual({ kind: 'written' });
    await expect.poll(() => heard, { timeout: 5000 }).toBe('fresh');
  });

  it('an unplug during a write is unknown, never failed', async () => {
    const wire = plug();
    const { link, record } = open();
    await record.until(({ ups }) => ups === 1);
    const outcome = link.write(new Uint8Array(256 * 1024), 10_000);
    await wire.hangup();
    expect(await outcome).toEqual({ kind: 'unknown', cause: 'LOST' });
    await record.until(({ problems }) => problems.includes('PORT_LOST'));
    expect(
      record.problems.filter((code) => code === 'PORT_LOST'),
      'close fires twice, it is told once',
    ).toHaveLength(1);
  });

  it('close is safe twice, during an open, and releases the port', async () => {
    plug();
    const early = openSerialLink({ path, baudRate: 9600 }, new LinkRecord(), deps);
    await Promise.all([early.close(), early.close()]);
    const { link, record } = open();
    await record.until(({ ups }) => ups === 1);
    await link.close();
    await link.close();
    expect(record.problems).toEqual([]);
    const next = open();
    await next.record.until(({ ups }) => ups === 1);
    expect(next.record.problems).toEqual([]);
  });

  it('notices a hang-up right after data, where the stock binding spins without a word (bindings-cpp issue 162)', async () => {
    for (let round = 0; round < 30; round++) {
      const wire = plug();
      const { link, record } = open();
      await record.until(({ ups }) => ups === 1);
      await wire.send(bytes('130012345'));
      const pulled = systemClock.mono();
      await wire.hangup();
      await record.until(({ problems }) => problems.includes('PORT_LOST'));
      expect(systemClock.mono() - pulled).toBeLessThan(1000);
      await link.close();
    }
  });

  it('the mended binding alone says close at a hang-up right after data, without any probe', async () => {
    for (let round = 0; round < 30; round++) {
      const wire = new PtyWire();
      const port = new SerialPortStream({ path: wire.path, baudRate: 9600, autoOpen: false, binding: linuxBinding });
      await opened(port);
      const closed = new Promise((done) => port.once('close', done));
      port.on('error', () => undefined).resume();
      await wire.send(bytes('130012345'));
      await wire.hangup();
      await closed;
    }
  });

  it('the probe alone finds the dead state of the stock binding, and ends its spinning', async () => {
    let unseen = 0;
    for (let round = 0; round < 400 && unseen < 3; round++) {
      const wire = new PtyWire();
      const port = new SerialPort({ path: wire.path, baudRate: 9600, autoOpen: false });
      await opened(port);
      let saidClose = false;
      port.on('close', () => (saidClose = true));
      const connection = new SerialConnection(port, systemClock);
      const lost = new Promise<LinkProblem>((resolve) => connection.start(() => undefined, resolve));
      await wire.send(bytes('130012345'));
      // it depends on whether the bytes are read before the hang-up: by now, in a moment, or not
      await new Promise<void>((done) => systemClock.after(round % 4, done));
      await wire.hangup();
      expect(await lost).toMatchObject({ code: 'PORT_LOST' });
      if (!saidClose) unseen += 1;
      await connection.close();
      expect(port.isOpen).toBe(false);
    }
    expect(unseen, 'the defect is still there; without it the mended binding can go').toBeGreaterThan(0);
  });

  it("the mended binding's own probe finds a dead port that nobody reads, and the device hears nothing of it", async () => {
    const wire = new PtyWire();
    const heard: Uint8Array[] = [];
    wire.listen((said) => heard.push(said));
    const port = await linuxBinding.open({ path: wire.path, baudRate: 9600 });
    for (let n = 0; n < 3; n++) port.probe();
    await port.write(Buffer.from('!'));
    await expect.poll(() => Buffer.concat(heard).toString()).toBe('!');
    await wire.hangup();
    expect(() => port.probe()).toThrow(/EIO/);
    await port.close();
  });

  it('opened again has the native poller it had: serialport frees none, and each kept its port (issues 1477 and 1582)', () => {
    const wire = new PtyWire();
    closers.push(() => wire.close());
    const visit = () => {
      const fd = openSync(wire.path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY);
      const poller = takePoller(fd);
      return { fd, poller, leave: () => (restPoller(fd, poller), closeSync(fd)) };
    };
    const first = visit();
    const second = visit();
    expect(second.poller).not.toBe(first.poller);
    first.leave();
    const again = visit();
    expect(again.fd).toBe(first.fd);
    expect(again.poller === first.poller, 'the same one').toBe(true);
    expect(again.poller.listenerCount('readable')).toBe(0);
    again.leave();
    second.leave();
  });

  it('does not spin while it waits for a scan', async () => {
    plug();
    const { record } = open();
    await record.until(({ ups }) => ups === 1);
    const before = process.cpuUsage();
    const started = systemClock.mono();
    await expect.poll(() => systemClock.mono() - started, { timeout: 5000, interval: 2000 }).toBeGreaterThan(1900);
    const { user, system } = process.cpuUsage(before);
    // vitest itself is in the figure; a spinning core would be 75 % and more
    expect((user + system) / 1000 / (systemClock.mono() - started)).toBeLessThan(0.05);
  });
});

describe('why a port did not open, in the words of the error table', () => {
  it.each([
    ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'PORT_NOT_FOUND'],
    ['Error Resource temporarily unavailable Cannot lock port', 'PORT_BUSY'],
    ['Error: Device or resource busy, cannot open /dev/ttyUSB0', 'PORT_BUSY'],
    ['Opening COM3: Access denied', 'PORT_BUSY'],
    ['Opening COM3: File not found', 'PORT_NOT_FOUND'],
    ['Error: Permission denied, cannot open /dev/ttyUSB0', 'PORT_DENIED'],
    ['Error: Inappropriate ioctl for device setting custom baud rate of 9600', 'PORT_NOT_SERIAL'],
    ['Error: Input/output error, cannot open /dev/ttyUSB0', 'PORT_FAILED'],
  ])('%s', (message, code) => {
    expect(openProblem('/dev/x', new Error(message))).toMatchObject({ code, path: '/dev/x' });
  });

  it('reads the holder out of /proc/locks', () => {
    const locks = '1: POSIX  ADVISORY  WRITE 11 00:1a:3 0 EOF\n2: FLOCK  ADVISORY  WRITE 20224 00:1a:3 0 EOF\n';
    expect(holderOf(locks, 0x1a, 3)).toBe(20224);
    expect(holderOf(locks, 0x1a, 4)).toBeUndefined();
    expect(holderOf('3: FLOCK  ADVISORY  WRITE 7 103:02:99 0 EOF', (0x103 << 8) | 2, 99)).toBe(7);
  });
});
