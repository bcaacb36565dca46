import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerialPort } from 'serialport';
import { describe, expect, it } from 'vitest';
import { linuxBinding } from '../../agent/transport/linux-binding.ts';
import { PtyWire } from '../../simulator/wires/pty.ts';
import { memoryWires } from '../../simulator/wires/wire.ts';

/** With the mended binding: the stock one forgets a waiting write when it reads (real-drivers.md 5.2). */
async function openPort(path: string): Promise<SerialPort> {
  const settings = { path, baudRate: 9600, autoOpen: false, binding: linuxBinding };
  const port = new SerialPort(settings);
  port.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  return port;
}

describe.runIf(process.platform === 'linux')('a wire that is a real pty', () => {
  it('carries every byte unchanged both ways, and echoes nothing', async () => {
    const wire = new PtyWire();
    const port = await openPort(wire.path);
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const [atDevice, atAgent]: number[][] = [[], []];
    wire.listen((bytes) => atDevice?.push(...bytes));
    port.on('data', (bytes: Buffer) => atAgent?.push(...bytes));
    port.write(Buffer.from(all));
    await wire.send(all);
    await expect.poll(() => [atDevice, atAgent], { timeout: 5000 }).toEqual([[...all], [...all]]);
    await new Promise((done) => port.close(done));
    await wire.close();
  });

  it('comes back under a name that it never had, also when its first one ends in a number', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tillwire-names-'));
    const link = join(folder, 'gun-1');
    const wire = new PtyWire({ link });
    const names = new Set([wire.path]);
    for (let n = 0; n < 3; n++) {
      await wire.hangup();
      wire.replug('new-name');
      names.add(wire.path);
      expect(existsSync(wire.path)).toBe(true);
    }
    expect(names.size).toBe(4);
    expect(existsSync(link)).toBe(false);
    await wire.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('the device may stop listening: the agent waits, nothing is lost, and the device can still speak', async () => {
    const wire = new PtyWire();
    const port = await openPort(wire.path);
    let heard = 0;
    let spoken = '';
    wire.listen((bytes) => (heard += bytes.length));
    port.on('data', (bytes: Buffer) => (spoken += bytes.toString()));
    wire.pause();
    let written = false;
    port.write(Buffer.alloc(100_000), () => (written = true));
    await wire.send(Buffer.from('PAPER OUT'));
    expect([written, heard]).toEqual([false, 0]);
    wire.resume();
    await expect.poll(() => [written, heard, spoken], { timeout: 5000 }).toEqual([true, 100_000, 'PAPER OUT']);
    await new Promise((done) => port.close(done));
    await wire.close();
  });

  it('keeps its path over unplug and replug, and owns no path while unplugged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tillwire-'));
    const link = join(folder, 'printer');
    const wire = new PtyWire({ link });
    const first = realpathSync(wire.path);
    expect(first).toMatch(/^\/dev\/pts\/\d+$/);
    const stuck = wire.send(new Uint8Array(1_000_000));
    await wire.hangup();
    expect(await stuck, 'a send under way ends').toBe(false);
    expect([existsSync(link), wire.isPlugged, await wire.send(Uint8Array.of(1))]).toEqual([false, false, false]);
    wire.replug();
    wire.replug();
    let heard = '';
    wire.listen((bytes) => (heard += Buffer.from(bytes).toString()));
    const port = await openPort(link);
    port.write('again');
    await expect.poll(() => heard, { timeout: 5000 }).toBe('again');
    await wire.close();
    await wire.close();
    rmSync(folder, { recursive: true });
  });
});

describe('a wire in memory', () => {
  it('is heard in order, once somebody listens and does not pause', async () => {
    const [device, host] = memoryWires();
    const heard: number[] = [];
    const first = device.send(Uint8Array.of(1, 2));
    host.listen((bytes) => heard.push(...bytes));
    expect(await first).toBe(true);
    host.pause();
    const second = device.send(Uint8Array.of(3));
    expect(heard).toEqual([1, 2]);
    host.resume();
    expect(await second).toBe(true);
    expect(heard).toEqual([1, 2, 3]);
  });
});
