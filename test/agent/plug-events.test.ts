import fs, { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../agent/clock.ts';
import { openDeviceLink } from '../../agent/devices/device-link.ts';
import type { LinkProblem } from '../../agent/transport/link.ts';
import { LinuxPort } from '../../agent/transport/linux-binding.ts';
import { type EventSocket, PlugEvents } from '../../agent/transport/plug-events.ts';
import { openSerialLink } from '../../agent/transport/serial.ts';
import { SupervisedLink } from '../../agent/transport/supervised-link.ts';
import { isNewNode } from '../../agent/transport/uevent.ts';
import { PtyWire } from '../../simulator/wires/pty.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';
import { LinkRecord } from './link-record.ts';

/** What udev 252 of Debian 12 sent when a HID gun was plugged into the virtual machine of `npm run test:hardware`. */
const HEADER = Buffer.from('6c69627564657600feedcafe28000000280000006a010000c2caf397000000000000000000000000', 'hex');
const PROPERTIES = [
  'UDEV_DATABASE_VERSION=1',
  'ACTION=add',
  'DEVPATH=/devices/platform/vhci_hcd.0/usb3/3-1/3-1:1.0/0003:05E0:1500.0001/hidraw/hidraw0',
  'SUBSYSTEM=hidraw',
  'DEVNAME=/dev/hidraw0',
  'SEQNUM=1087',
  'USEC_INITIALIZED=70381906',
  'MAJOR=246',
  'MINOR=0',
  'ID_USB_CLASS_FROM_DATABASE=Miscellaneous Device',
  'ID_USB_PROTOCOL_FROM_DATABASE=Interface Association',
  'ID_VENDOR_FROM_DATABASE=Symbol Technologies',
];
const PLUGGED = HEADER.toString('latin1') + PROPERTIES.map((line) => `${line}\0`).join('');

describe('a message of udev', () => {
  it('says that there is a new node to open', () => {
    expect(HEADER.readUInt32LE(20), 'the header names the length of what follows').toBe(PLUGGED.length - HEADER.length);
    expect(isNewNode(PLUGGED)).toBe(true);
    for (const subsystem of ['tty', 'input', 'usbmisc'])
      expect(isNewNode(PLUGGED.replace('SUBSYSTEM=hidraw', `SUBSYSTEM=${subsystem}`))).toBe(true);
  });

  it('is of no interest when a device goes, when it has no node yet, and when it is no message of udev', () => {
    expect(isNewNode(PLUGGED.replace('ACTION=add', 'ACTION=remove'))).toBe(false);
    expect(isNewNode(PLUGGED.replace('SUBSYSTEM=hidraw', 'SUBSYSTEM=usb'))).toBe(false);
    expect(isNewNode('add@/devices/x')).toBe(false);
    expect(isNewNode('')).toBe(false);
  });
});

/** udev's socket, or a machine without one, in virtual time. */
class Udev {
  readonly clock = new VirtualClock(0);
  readonly events: PlugEvents;
  /** how many sockets were opened, and how many are */
  opened = 0;
  open = 0;
  #hear: ((text: string) => void) | undefined;
  #fail: (error: Error) => void = () => undefined;

  constructor(isThere = true) {
    this.events = new PlugEvents(this.clock, async () => {
      if (!isThere) throw new Error('netlink is Linux');
      this.opened += 1;
      this.open += 1;
      return this.#socket();
    });
  }

  readonly onPlug = (run: () => void): (() => void) => this.events.watch(run);

  /** A message to whoever has the socket open. */
  say(text: string): void {
    this.#hear?.(text);
  }

  /** ENOBUFS: so much came at once that the kernel dropped some of it. */
  overflow(): void {
    this.#fail(new Error('ENOBUFS'));
  }

  /** So many virtual milliseconds, in steps, with everything that they set going. */
  async pass(ms: number, atEach: () => void = () => undefined): Promise<void> {
    for (let step = 0; step < ms / 5; step++) {
      atEach();
      await turn();
      this.clock.advance(5);
    }
    await turn();
  }

  /** As a real one: closing it ends the read that is under way with an error. */
  #socket(): EventSocket {
    return {
      read: (buffer) =>
        new Promise((resolve, reject) => {
          this.#hear = (text) => resolve({ bytesRead: buffer.write(text, 'latin1') });
          this.#fail = reject;
        }),
      close: async () => {
        this.open -= 1;
        this.#fail(new Error('Port is not open'));
      },
    };
  }
}

describe('a link that opens and breaks at once', () => {
  const broken: LinkProblem = { code: 'PORT_LOST', path: 'gun', detail: 'broken' };

  /** How often it is opened in ten seconds. */
  async function connections(udev: Udev, onPlug: Udev['onPlug'] | undefined, atEach?: () => void): Promise<number> {
    let opened = 0;
    const connect = async () => {
      opened += 1;
      return {
        start: (_: unknown, lost: (problem: LinkProblem) => void) => void udev.clock.after(1, () => lost(broken)),
        write: () => Promise.reject(new Error('broken')),
        close: () => Promise.resolve(),
      };
    };
    const deps = { clock: udev.clock, random: () => 0.5, ...(onPlug === undefined ? {} : { onPlug }) };
    const link = new SupervisedLink(connect, new LinkRecord(), deps);
    await udev.pass(10_000, atEach);
    await link.close();
    return opened;
  }

  it.each([
    ['where udev can be heard', true],
    ['where it cannot (Windows, a container)', false],
  ])('keeps its pauses %s', async (_, isThere) => {
    const without = new Udev();
    const pauses = await connections(without, undefined);
    expect(pauses).toBeLessThan(20);
    const udev = new Udev(isThere);
    expect(await connections(udev, udev.onPlug)).toBe(pauses);
    expect(udev.open, 'no socket is left open').toBe(0);
  });

  it('is tried twice for a plug, and keeps its pauses otherwise, while another device comes and goes', async () => {
    const udev = new Udev();
    const alone = await connections(udev, undefined);
    let step = 0;
    const each = await connections(udev, udev.onPlug, () => {
      if (step++ % 400 === 200) udev.say(PLUGGED);
    });
    expect(each).toBeLessThanOrEqual(alone + 2 * 5);
  });

  it('does not go round and round in a storm of plugs', async () => {
    const udev = new Udev();
    expect(await connections(udev, udev.onPlug, () => udev.say(PLUGGED))).toBeLessThan(250);
  });
});

describe('who waits for a plug', () => {
  it('hears of it once when the kernel dropped messages, and of the next one too', async () => {
    const udev = new Udev();
    let told = 0;
    const unwatch = udev.onPlug(() => (told += 1));
    await udev.pass(100);
    udev.overflow();
    await udev.pass(100);
    expect([told, udev.open], 'told, and that socket is closed').toEqual([1, 0]);
    await udev.pass(2_000);
    expect([told, udev.open]).toEqual([1, 1]);
    udev.say(PLUGGED);
    await udev.pass(100);
    expect(told).toBe(2);
    unwatch();
    await udev.pass(2_000);
    expect([udev.open, udev.opened]).toEqual([0, 2]);
  });

  it('hears nothing because somebody else stopped waiting, or because nothing can be heard here', async () => {
    for (const udev of [new Udev(), new Udev(false)]) {
      let told = 0;
      for (let time = 0; time < 5; time++) {
        const unwatch = udev.onPlug(() => (told += 1));
        await udev.pass(30);
        unwatch();
      }
      udev.onPlug(() => (told += 1));
      await udev.pass(1_000);
      expect(told).toBe(0);
    }
  });

  it('is no link to a device on the network: what is plugged in here brings none of those back', async () => {
    const udev = new Udev();
    const at = { host: '127.0.0.1', port: 1 };
    const deps = { clock: systemClock, random: () => 0.5, onPlug: udev.onPlug };
    for (const kind of ['tcp', 'reports'] as const) {
      const record = new LinkRecord();
      const link = openDeviceLink({ kind, at }, { path: kind, baudRate: 9600 }, record, deps);
      await record.until(({ problems }) => problems.length > 0);
      await link.close();
    }
    expect(udev.opened).toBe(0);
  });
});

describe.runIf(process.platform === 'linux')('a device that was pulled', () => {
  let folder: string;
  const closers: (() => unknown)[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tillwire-'));
  });
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
    rmSync(folder, { recursive: true });
  });

  function wire(name: string): PtyWire {
    const made = new PtyWire({ link: join(folder, name) });
    closers.push(() => made.close());
    return made;
  }

  /** udev as the far end of a line. */
  function udev(): { readonly events: PlugEvents; readonly say: (text: string) => Promise<boolean> } {
    const line = wire('udev');
    const { O_RDWR, O_NONBLOCK, O_NOCTTY } = fs.constants;
    const open = async () =>
      new LinuxPort(
        fs.openSync(line.path, O_RDWR | O_NONBLOCK | O_NOCTTY),
        {} as ConstructorParameters<typeof LinuxPort>[1],
      );
    return { events: new PlugEvents(systemClock, open), say: (text) => line.send(Buffer.from(text, 'latin1')) };
  }

  it('is open again because udev says that one was plugged in: no pause has to end', async () => {
    const { events, say } = udev();
    const gun = wire('gun');
    // pauses between attempts never end here
    let later = 0;
    const clock: Clock = {
      ...systemClock,
      mono: () => systemClock.mono() + later,
      after: (ms, run) => (ms < 2_000 ? NOTHING : systemClock.after(ms, run)),
    };
    const record = new LinkRecord();
    let watching = 0;
    const onPlug = (run: () => void) => {
      watching += 1;
      const unwatch = events.watch(run);
      return () => {
        watching -= 1;
        unwatch();
      };
    };
    const link = openSerialLink({ path: gun.path, baudRate: 9600 }, record, { clock, random: Math.random, onPlug });
    closers.push(() => link.close());
    for (let time = 1; time <= 3; time++) {
      await record.until(({ ups }) => ups === time);
      expect(watching, 'nobody listens to udev while the device is there').toBe(0);
      later += 60_000; // it has worked for a while
      await gun.hangup();
      await record.until(({ problems }) => problems.at(-1) === 'PORT_LOST');
      gun.replug();
      await expect
        .poll(async () => {
          await say(PLUGGED);
          return record.ups;
        })
        .toBe(time + 1);
    }
  });

  it('that was not ready when it was tried is tried again soon, not after the long pause of one that is gone', async () => {
    const { events, say } = udev();
    const gone: LinkProblem = { code: 'PORT_NOT_FOUND', path: 'gun', detail: 'not yet' };
    const pauses: number[] = [];
    let finish: () => void = () => undefined;
    const clock: Clock = {
      ...systemClock,
      after(ms, run) {
        pauses.push(ms);
        return systemClock.after(1, run);
      },
    };
    let told = 0;
    const onPlug = (run: () => void) =>
      events.watch(() => {
        told += 1;
        run();
      });
    const connect = async () => {
      // the seventh waits for its end
      if (pauses.length === 6) await new Promise<void>((done) => (finish = done));
      return gone;
    };
    const link = new SupervisedLink(connect, new LinkRecord(), { clock, random: () => 0, onPlug });
    closers.push(() => link.close());
    await expect.poll(() => pauses).toEqual([50, 100, 200, 400, 500, 500]);
    await say(PLUGGED);
    await expect.poll(() => told).toBe(1);
    finish();
    await expect.poll(() => pauses[6]).toBe(50);
  });

  it('and is back leaves no socket open: with all devices in place nothing listens to udev', async () => {
    const open = () => readdirSync('/proc/self/fd').length;
    await import('../../agent/transport/netlink.ts');
    const before = open();
    const events = new PlugEvents(systemClock);
    events.watch(() => undefined)();
    await expect.poll(open).toBe(before);
    const unwatch = [events.watch(() => undefined), events.watch(() => undefined)];
    await expect.poll(open).toBe(before + 1);
    for (const end of unwatch) end();
    await expect.poll(open).toBe(before);
  });
});

const NOTHING = (): void => undefined;
