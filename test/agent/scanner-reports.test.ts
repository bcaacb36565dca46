import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { openReportLink } from '../../agent/transport/report-stream.ts';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { encodeKeyboard } from '../../protocols/scanner/hid-keyboard.ts';
import { encodeHidPos } from '../../protocols/scanner/hid-pos.ts';
import { HONEYWELL64, NEWLAND64 } from '../../protocols/scanner/hid-pos-layout.ts';
import { ForwardClock } from '../world/forward-clock.ts';
import { deps, GunRecord } from './gun-record.ts';
import { descriptorOf, ReportDevice } from './report-device.ts';

const CODE = '130012345678901234';
const closers: (() => Promise<unknown>)[] = [];
const soon = { timeout: 10_000, interval: 5 };

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function shop(vendorId: number, productId: number, descriptor: string | undefined, clock = systemClock) {
  const device = new ReportDevice(
    vendorId,
    productId,
    descriptor === undefined ? new Uint8Array() : descriptorOf(descriptor),
  );
  await device.plug();
  const at = { host: '127.0.0.1', port: device.port };
  const record = new GunRecord({}, (listener) => openReportLink(at, listener, { ...deps, clock }), clock);
  closers.push(
    () => device.unplug(),
    () => record.gun.close(),
  );
  return { device, record };
}

function code(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

describe('a HID gun at the other end of a socket', () => {
  it('is read by its own descriptor, and its beep is the verdict on what was read', async () => {
    const { device, record } = await shop(0x0c2e, 0x0db3, 'hidpos_honeywell64_constructed');
    await expect.poll(() => record.ups, soon).toBe(1);
    device.send(...encodeHidPos(HONEYWELL64, { bytes: code(CODE), aim: ']Q1', codeId: 's' }));
    await expect.poll(() => record.codes, soon).toEqual([CODE]);
    expect(record.scans[0]).toMatchObject({ source: 'hid-pos', aim: ']Q1', codeId: 's', symbology: 'QR' });
    expect(record.scans[0]?.suspect, 'it came with the plug').toEqual(['just-after-open']);
    record.gun.sound('good');
    record.gun.sound('low-short');
    record.gun.sound('fail');
    const heard = () => device.heard.flatMap((message) => (message.kind === 'output' ? [toHex(message.report)] : []));
    await expect.poll(heard, soon).toEqual(Array(4).fill('fd0316070d'));
  });

  it('a captured menu answer of a real gun is no code (python_hon_usbhid README)', async () => {
    const { device, record } = await shop(0x0c2e, 0x0db3, undefined);
    await expect.poll(() => record.ups, soon).toBe(1);
    const answer = new Uint8Array(64);
    answer.set(fromHex('02 08 5d 5a 36 52 45 56 49 4e 46 06 2e') ?? []);
    device.send(answer, ...encodeHidPos(HONEYWELL64, { bytes: code(CODE), aim: ']C0' }));
    await expect.poll(() => record.codes, soon).toEqual([CODE]);
  });

  it('a Newland gun is triggered while a payment waits', async () => {
    const device = new ReportDevice(0x1eab, 0x1d10, descriptorOf('hidpos_newland64_constructed'));
    await device.plug();
    const at = { host: '127.0.0.1', port: device.port };
    const record = new GunRecord({ hostTrigger: true }, (listener) => openReportLink(at, listener, deps));
    closers.push(
      () => device.unplug(),
      () => record.gun.close(),
    );
    await expect.poll(() => record.ups, soon).toBe(1);
    expect(device.heard).toEqual([]);
    record.gun.wait(true);
    await expect.poll(() => device.heard.length, soon).toBe(1);
    const [trigger] = device.heard;
    expect(trigger?.kind === 'output' && toHex(trigger.report)).toMatch(/^04097e000801000201/);
    const reply = new Uint8Array(64);
    reply.set(fromHex('02 07 02 00 00 01 00 33 31') ?? []);
    device.send(reply, ...encodeHidPos(NEWLAND64, { bytes: code(CODE) }));
    await expect.poll(() => record.codes, soon).toEqual([CODE]);
  });

  it('a 微光 box is told the verdict in light and sound', async () => {
    const { device, record } = await shop(0x0525, 0xa4ac, undefined);
    await expect.poll(() => record.ups, soon).toBe(1);
    const report = new Uint8Array(64);
    const frame = [0x55, 0xaa, 0x30, 0x00, 18, 0, ...code(CODE)];
    report.set([...frame, frame.reduce((xor, byte) => xor ^ byte, 0)]);
    device.send(report);
    await expect.poll(() => record.codes, soon).toEqual([CODE]);
    record.gun.sound('fail');
    await expect.poll(() => device.heard.length, soon).toBe(1);
    // mask red 02 and buzzer 08, three times, 100 ms on and off in units of 50 ms
    expect(device.heard).toMatchObject([{ kind: 'output', report: fromHex('00 55aa04 0500 0a03020200 f7') }]);
  });

  it('keys are read as a code, and what was typed in another layout is marked', async () => {
    const { device, record } = await shop(0x05f9, 0x2210, 'datalogic_gd4430_keyboard');
    await expect.poll(() => record.ups, soon).toBe(1);
    const opened = systemClock.mono();
    await expect.poll(() => systemClock.mono() - opened, soon).toBeGreaterThan(250);
    device.send(...(encodeKeyboard(`${CODE}\r`) ?? []));
    await expect.poll(() => record.codes, soon).toEqual([CODE]);
    expect(record.scans[0]).toMatchObject({ source: 'hid-keyboard', suspect: [] });
    device.send(...(encodeKeyboard(`${CODE}\r`, 'fr') ?? []));
    await expect.poll(() => record.scans.length, soon).toBe(2);
    expect(record.scans[1]?.suspect).toContain('wrong-layout');
    expect(record.codes[1]).not.toBe(CODE);
  });

  it('one that nobody can read is named, not guessed at', async () => {
    const { record } = await shop(0x05e0, 0x1900, undefined);
    await expect.poll(() => record.downs.map((problem) => problem.code), soon).toEqual(['DEVICE_UNSUPPORTED']);
    expect(record.ups).toBe(0);
    expect(record.gun.isUp).toBe(false);
  });

  it('an unplug is noticed at once, half a code is dropped, and it is back within 2 s', async () => {
    const { device, record } = await shop(0x0c2e, 0x0db3, 'hidpos_honeywell64_constructed');
    await expect.poll(() => record.ups, soon).toBe(1);
    const [first, ...rest] = encodeHidPos(HONEYWELL64, { bytes: code('A'.repeat(100)), aim: ']Q1' });
    if (first) device.send(first);
    await expect.poll(() => record.gun.counts.bytes, soon).toBe(64);
    const pulled = systemClock.mono();
    await device.unplug();
    await expect.poll(() => record.downs.length, soon).toBeGreaterThan(0);
    expect(systemClock.mono() - pulled).toBeLessThan(200);
    const replugged = systemClock.mono();
    await device.plug();
    await expect.poll(() => record.ups, soon).toBe(2);
    expect(systemClock.mono() - replugged).toBeLessThan(2000);
    device.send(...rest);
    device.send(...encodeHidPos(HONEYWELL64, { bytes: code(CODE), aim: ']Q1' }));
    await expect.poll(() => record.codes.at(-1), soon).toBe(CODE);
    expect(record.codes.some((text) => text.length > 44)).toBe(false);
  });

  it('a network cable that was pulled is noticed without a goodbye', async () => {
    const clock = new ForwardClock();
    const { device, record } = await shop(0x0c2e, 0x0db3, 'hidpos_honeywell64_constructed', clock);
    await expect.poll(() => record.ups, soon).toBe(1);
    device.fallSilent();
    const down = () => {
      if (record.downs.length === 0) clock.forward(400); // less than a ping and its write may take
      return record.downs;
    };
    await expect.poll(down, soon).toMatchObject([{ code: 'PORT_LOST', detail: 'silent for 3500 ms' }]);
    await expect.poll(() => record.ups, soon).toBe(2);
  });

  it('a port where something else answers is told as that, and asked again later', async () => {
    const server: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('SSH-2.0-OpenSSH_9.2\r\n');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const record = new GunRecord({}, (listener) => openReportLink({ host: '127.0.0.1', port }, listener, deps));
    closers.push(
      () => new Promise((done) => server.close(done)),
      () => record.gun.close(),
    );
    await expect
      .poll(() => record.downs.map(({ detail }) => detail).join(), soon)
      .toContain('no message begins with 83');
    expect(record.downs[0]?.code).toBe('PORT_FAILED');
  });
});
