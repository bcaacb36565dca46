import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { followDevices, showDevices } from '../../agent/commands/devices.ts';
import { openDeviceLink } from '../../agent/devices/device-link.ts';
import { type DeviceFinding, findingsOf } from '../../agent/devices/discovery/findings.ts';
import { listDevices } from '../../agent/devices/discovery/list-devices.ts';
import { locatePrinter } from '../../agent/devices/discovery/locate-printer.ts';
import { AWAY_MS, Presence } from '../../agent/devices/discovery/presence.ts';
import { settingSheet } from '../../agent/devices/discovery/setting-code.ts';
import { parseAddress, type UsbChoice } from '../../agent/transport/address.ts';
import { documentImage } from '../../protocols/document/images.ts';
import { modeSwitch } from '../../protocols/scanner/mode-switch.ts';
import { PtyWire } from '../../simulator/wires/pty.ts';
import { deps, GunRecord } from './gun-record.ts';
import { MachineTree, type TreeDevice } from './machine-tree.ts';
import { descriptorOf } from './report-device.ts';

const CODE = '130012345678901234';
const soon = { timeout: 10_000, interval: 5 };

const serialGun: TreeDevice = {
  port: '1-1.2',
  vendor: '0c2e',
  product: '0b6a',
  serial: '15232B1F0C',
  maker: 'Honeywell Scanning',
  name: '3310g Area-Imaging Scanner',
  nodes: [{ class: '02', tty: 'ttyACM0', byId: 'usb-Honeywell_3310g_15232B1F0C-if00' }],
};
const keyboardGun: TreeDevice = {
  port: '1-1.3',
  vendor: '0c2e',
  product: '0b61',
  serial: '15232B1F0C',
  name: '3310g',
  nodes: [{ class: '03', hidraw: 'hidraw0', descriptor: descriptorOf('boot_keyboard'), event: 'event3' }],
};
const keyboard: TreeDevice = {
  port: '1-2',
  vendor: '046d',
  product: 'c31c',
  maker: 'Logitech',
  name: 'USB Keyboard',
  nodes: [{ class: '03', hidraw: 'hidraw1', descriptor: descriptorOf('boot_keyboard'), event: 'event5' }],
};
const posGun: TreeDevice = {
  port: '1-1.4',
  vendor: '1eab',
  product: '1d10',
  name: 'FM430',
  nodes: [{ class: '03', hidraw: 'hidraw2', descriptor: descriptorOf('hidpos_newland64_constructed') }],
};

describe.runIf(process.platform === 'linux')('what is plugged in', () => {
  let tree: MachineTree;
  const closers: (() => unknown)[] = [];

  beforeEach(() => {
    tree = new MachineTree();
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    tree.remove();
  });

  /**
   * Plugs a gun in whose tty is a pseudo-terminal, and waits until it is up for the `ups`th time. Their numbers are used
   * again: where another program still looks for its own dead one and takes ours first, the next is tried.
   */
  async function plugUntilUp(record: GunRecord, ups: number, device: TreeDevice, tty: string): Promise<PtyWire> {
    for (;;) {
      const wire = new PtyWire();
      closers.push(() => wire.close());
      record.downs.length = 0;
      tree.plug({ ...device, nodes: [{ class: '02', tty, target: wire.path }] });
      const isTaken = () => record.downs.at(-1)?.code === 'PORT_BUSY';
      await expect.poll(() => record.ups === ups || isTaken(), soon).toBe(true);
      if (record.ups === ups) return wire;
      tree.unplug(device.port);
    }
  }

  const found = async (): Promise<DeviceFinding[]> => findingsOf(await listDevices(tree), 'linux');

  it('a serial gun, with the address that stays and the language of its maker', async () => {
    tree.plug(serialGun);
    expect(await found()).toMatchObject([
      {
        id: '0c2e:0b6a:15232B1F0C',
        kind: 'scanner',
        mode: 'serial',
        usable: 'ready',
        address: 'usb:0c2e:0b6a:15232B1F0C',
        language: 'honeywell',
        make: 'Honeywell Scanning',
        port: '1-1.2',
        hasTwin: false,
      },
    ]);
    expect((await found())[0]?.paths[0]).toMatch(/serial\/by-id\/usb-Honeywell_3310g/);
  });

  it('a gun in keyboard mode is named, with the barcode that switches it; a keyboard for people is none', async () => {
    tree.plug(keyboardGun);
    tree.plug(keyboard);
    const [gun, other] = await found();
    expect(gun).toMatchObject({ kind: 'scanner', mode: 'keyboard', usable: 'better', setting: { says: 'TRMUSB130.' } });
    expect(gun?.advice.zh).toContain('键盘模式');
    expect(other).toMatchObject({ kind: 'keyboard', usable: 'no' });
    const elsewhere = findingsOf(await listDevices(tree), 'win32')[0];
    expect(elsewhere).toMatchObject({ usable: 'switch' });
  });

  it('HID POS by its own descriptor, unknown boxes as what they are', async () => {
    tree.plug(posGun);
    tree.plug({
      ...posGun,
      port: '1-4',
      vendor: '1234',
      product: '0001',
      name: 'Box',
      nodes: [{ class: '03', hidraw: 'hidraw4', descriptor: descriptorOf('hidpos_61_bytes_no_count') }],
    });
    tree.plug({
      port: '1-5',
      vendor: '1a86',
      product: '7523',
      name: 'USB2.0-Serial',
      nodes: [{ class: 'ff', tty: 'ttyUSB0' }],
    });
    tree.plug({ port: '1-6', vendor: '05e0', product: '1900', name: 'SNAPI Imaging Device', nodes: [{ class: 'ff' }] });
    tree.plug({
      port: '1-7',
      vendor: '0416',
      product: '5011',
      name: 'POS58 USB Printer',
      nodes: [{ class: '07', lp: 'lp0' }],
    });
    tree.plug({ port: '1-8', vendor: '0781', product: '5567', name: 'Cruzer Blade', nodes: [{ class: '08' }] });
    tree.board('ttyS0', '4');
    tree.board('ttyS1', '0');
    const kinds = (await found()).map(({ kind, mode, usable, port }) => [port, kind, mode, usable]);
    expect(new Set(kinds)).toEqual(
      new Set([
        ['1-1.4', 'scanner', 'hid-pos', 'ready'],
        ['1-4', 'scanner', 'hid-pos', 'ready'],
        ['1-5', 'adapter', undefined, 'unknown'],
        ['1-6', 'scanner', 'snapi', 'switch'],
        ['1-7', 'printer', undefined, 'ready'],
        ['1-8', 'other', undefined, 'no'],
        ['ttyS0', 'adapter', undefined, 'unknown'],
      ]),
    );
  });

  it('two equal guns are told apart by their sockets, a number of zeros is none', async () => {
    const twin = { ...posGun, serial: '0000000' };
    tree.plug(twin);
    tree.plug({ ...twin, port: '1-3', nodes: [{ ...(twin.nodes[0] ?? { class: '03' }), hidraw: 'hidraw7' }] });
    tree.plug({ ...serialGun, port: '1-5' });
    tree.plug({ ...serialGun, port: '1-6', nodes: [{ class: '02', tty: 'ttyACM1' }] });
    const ids = (await found()).map(({ id, hasTwin }) => [id, hasTwin]);
    expect(ids).toEqual([
      ['1eab:1d10@1-1.4', true],
      ['1eab:1d10@1-3', true],
      ['0c2e:0b6a@1-5', true],
      ['0c2e:0b6a@1-6', true],
    ]);
    const record = new GunRecord({}, (listener) =>
      openDeviceLink({ kind: 'usb', which: { vendorId: 0x0c2e, productId: 0x0b6a } }, LINE, listener, {
        ...deps,
        roots: tree,
      }),
    );
    closers.push(() => record.gun.close());
    await expect.poll(() => record.downs[0]?.detail, soon).toMatch(/more than one fits, in the sockets 1-5 and 1-6/);
  });

  it('a gun is found again under another name, and read', async () => {
    const address = parseAddress('usb:0c2e:0b6a:15232B1F0C');
    if (!address) throw new Error('not an address');
    const record = new GunRecord({}, (listener) => openDeviceLink(address, LINE, listener, { ...deps, roots: tree }));
    closers.push(() => record.gun.close());
    const first = await plugUntilUp(record, 1, serialGun, 'ttyACM0');
    await first.send(Buffer.from(`${CODE}\r`));
    await expect.poll(() => record.codes, soon).toEqual([CODE]);
    record.downs.length = 0;
    tree.unplug('1-1.2');
    await first.hangup();
    await expect.poll(() => record.downs.map(({ code }) => code), soon).toEqual(['PORT_LOST', 'PORT_NOT_FOUND']);
    // in the meantime it is in keyboard mode, with another product number; then in another socket under another name
    tree.plug(keyboardGun);
    await expect.poll(() => record.downs.at(-1)?.code, soon).not.toBe('PORT_NOT_FOUND');
    tree.unplug('1-1.3');
    const second = await plugUntilUp(record, 2, { ...serialGun, port: '1-4' }, 'ttyACM1');
    await second.send(Buffer.from(`${CODE}\r`));
    await expect.poll(() => record.codes.length, soon).toBe(2);
  });

  it('of two guns of one model each has its own link, by its serial number', async () => {
    const records = [0, 1].map((n) => {
      const which = { vendorId: 0x0c2e, productId: 0x0b6a, serialNumber: `S${n}` };
      const roots = { ...deps, roots: tree };
      const record = new GunRecord({}, (listener) => openDeviceLink({ kind: 'usb', which }, LINE, listener, roots));
      closers.push(() => record.gun.close());
      return record;
    });
    const wires: PtyWire[] = [];
    for (const [n, record] of records.entries()) {
      const device = { ...serialGun, port: `1-${n + 1}`, serial: `S${n}` };
      wires.push(await plugUntilUp(record, 1, device, `ttyACM${n}`));
    }
    for (const [n, wire] of wires.entries()) await wire.send(Buffer.from(`${CODE}${n}\r`));
    await expect.poll(() => records.map(({ codes }) => codes), soon).toEqual([[`${CODE}0`], [`${CODE}1`]]);
  });

  it('a USB printer is the one with its number, whatever lp the driver gives it; two without a number want their socket', async () => {
    const printer = { port: '1-7', vendor: '0519', product: '0003', name: 'TSP100', serial: 'P1' };
    const wish = { vendorId: 0x0519, productId: 0x0003, serialNumber: 'P1' };
    const where = async (which: UsbChoice) => locatePrinter(await listDevices(tree), which, 'usblp:0519:0003');
    tree.plug({ ...printer, nodes: [{ class: '07', lp: 'lp0' }] });
    expect(await where(wish)).toEqual({ path: join(tree.dev, 'usb', 'lp0') });
    expect(await found()).toMatchObject([{ kind: 'printer', usable: 'ready', address: 'usblp:0519:0003:P1' }]);
    tree.unplug('1-7');
    expect(await where(wish)).toMatchObject({ code: 'PORT_NOT_FOUND' });
    tree.plug({ ...printer, nodes: [{ class: '07', lp: 'lp1' }] });
    tree.plug({ ...printer, port: '1-8', serial: 'P2', nodes: [{ class: '07', lp: 'lp0' }] });
    expect(await where(wish)).toEqual({ path: join(tree.dev, 'usb', 'lp1') });
    expect(await where({ vendorId: 0x0519 })).toMatchObject({ code: 'PORT_BUSY' });
    expect(await where({ vendorId: 0x0519, port: '1-8' })).toEqual({ path: join(tree.dev, 'usb', 'lp0') });
  });

  it('the wrong mode is told by name', async () => {
    tree.plug(keyboardGun);
    const record = new GunRecord({}, (listener) =>
      openDeviceLink({ kind: 'hid', which: { vendorId: 0x0c2e, productId: 0x0b67 } }, LINE, listener, {
        ...deps,
        roots: tree,
      }),
    );
    closers.push(() => record.gun.close());
    await expect.poll(() => record.downs[0]?.code, soon).toBe('DEVICE_WRONG_MODE');
    expect(record.downs[0]?.detail).toBe('usb:0c2e:0b61 is in keyboard mode, wanted: HID POS');
  });

  it('tillwire devices shows them all, in two languages', async () => {
    const lines: string[] = [];
    expect(await showDevices({}, tree, (line) => lines.push(line))).toBe(0);
    expect(lines.join()).toContain('没有发现设备');
    tree.plug(keyboardGun);
    tree.plug(keyboard);
    lines.length = 0;
    await showDevices({}, tree, (line) => lines.push(line));
    expect(lines[0]).toContain('扫码枪 scanner');
    expect(lines.join('\n')).toContain('"path": "usb:0c2e:0b61:15232B1F0C"');
    expect(lines.join('\n')).toContain('FNC3 + "TRMUSB130."');
    const json: string[] = [];
    await showDevices({ json: true }, tree, (line) => json.push(line));
    expect(JSON.parse(json.join(''))).toMatchObject([{ kind: 'scanner' }, { kind: 'keyboard' }]);
  });

  it('tillwire devices --watch tells what comes and goes', async () => {
    const lines: string[] = [];
    closers.push(followDevices({}, tree, systemClock, (line) => lines.push(line)));
    tree.plug(serialGun);
    await expect.poll(() => lines.join('\n'), soon).toContain('+ 接入 arrived   扫码枪 scanner 0c2e:0b6a:15232B1F0C');
    tree.unplug('1-1.2');
    await expect.poll(() => lines.join('\n'), soon).toContain('- 拔出 left');
  });
});

const LINE = { path: 'gun', baudRate: 9600 };

describe('who is there', () => {
  const here = (state = 'a') => new Map([['gun', state]]);
  const nobody = new Map<string, string>();

  it('a restart is no unplug, a longer absence is', () => {
    const presence = new Presence();
    expect(presence.see(here(), 0)).toEqual([{ kind: 'arrived', id: 'gun' }]);
    expect(presence.see(nobody, 1000)).toEqual([]);
    expect(presence.nextDeadline).toBe(1000 + AWAY_MS);
    expect(presence.see(here('b'), 2500)).toEqual([{ kind: 'changed', id: 'gun' }]);
    expect(presence.see(nobody, 3000)).toEqual([]);
    expect(presence.see(nobody, 3000 + AWAY_MS)).toEqual([{ kind: 'left', id: 'gun' }]);
    expect(presence.nextDeadline).toBeUndefined();
  });

  it('a loose plug is told once', () => {
    const presence = new Presence();
    const told = Array.from({ length: 20 }, (_, n) => presence.see(n % 2 === 0 ? here() : nobody, n * 500)).flat();
    expect(told.map(({ kind }) => kind)).toEqual(['arrived', 'flapping']);
  });
});

describe('the setting barcode', () => {
  it('is printed as CODE128 with FNC3 in front, on 58 mm paper', () => {
    const row = modeSwitch('0c2e', 'serial');
    if (!row) throw new Error('no row');
    const { images } = settingSheet(row, 'Honeywell 1950g');
    const picture = images?.['code'];
    if (!picture) throw new Error('no picture');
    expect(picture.width).toBeLessThanOrEqual(384);
    // quiet zones; START, FNC3, ten characters and the check of 11 modules each; STOP
    expect(documentImage('code', picture).width / 2).toBe(2 * 12 + 11 * 13 + 13);
    // START B, then FNC3
    const bits = Array.from({ length: 22 }, (_, n) => dot(picture.rows, 2 * (12 + n)));
    expect(bits.join('')).toBe('1101001000010111100010');
  });
});

function dot(rows: string, x: number): number {
  return ((Buffer.from(rows, 'base64')[x >> 3] ?? 0) >> (7 - (x & 7))) & 1;
}
