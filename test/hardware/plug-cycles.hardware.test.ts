import { existsSync } from 'node:fs';
import process from 'node:process';
import { expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { openDeviceLink } from '../../agent/devices/device-link.ts';
import { parseAddress } from '../../agent/transport/address.ts';
import { type CycledDevice, CycleListener, curve, cycle, type Sample, slope } from '../agent/plug-cycles.ts';
import { SLOW_MS, slow } from './guest/slow-machine.ts';
import { UsbGun } from './guest/usb-gun.ts';

// What a plug leaves behind, with node-hid and the kernel's own drivers. A cycle takes the emulated machine some seconds, so
// this suite runs with `npm run test:hardware -- --cycles N` only; test/agent/serial-plug-cycles.heavy.test.ts makes a thousand on a pty.

const CYCLES = Number(process.env['TILLWIRE_PLUG_CYCLES'] ?? 6);
const TTY = '/dev/serial/by-id/usb-ACME_Counter_gun_SN41-if01';

it.runIf(process.env['TILLWIRE_VM'] === '1').each([
  ['hidraw', 'hid:05e0:1400:SN41'],
  ['cdc_acm', TTY],
])(
  `a gun on %s that is unplugged ${CYCLES} times leaves nothing behind`,
  async (_, path) => {
    const usb = new UsbGun('SN41');
    const listener = new CycleListener();
    const address = parseAddress(path);
    if (!address) throw new Error(path);
    await usb.plug();
    const clock = systemClock;
    const link = openDeviceLink(address, { path, baudRate: 9600 }, listener, { clock, random: () => 0.5 });
    const device: CycledDevice = {
      say: (code) =>
        Promise.resolve(
          usb.order(path === TTY ? { do: 'serial', text: code } : { do: 'reports', hex: [report(code)] }),
        ),
      pull: () => Promise.resolve(usb.order({ do: 'pull' })),
      plug: async () => {
        await expect.poll(() => existsSync(TTY), slow).toBe(false);
        await usb.plug();
      },
    };
    const samples = await cycle(device, listener, CYCLES, Math.max(1, Math.floor(CYCLES / 50)));
    await link.close();
    await usb.close();
    judge(samples);
  },
  2 * SLOW_MS + CYCLES * 10_000,
);

function judge(samples: readonly Sample[]): void {
  const growth = { rss: slope(samples, 'rssKb'), heap: slope(samples, 'heapKb'), files: slope(samples, 'files') };
  process.stdout.write(`${CYCLES} plug cycles: ${curve(samples)}; growth of each: ${JSON.stringify(growth)}\n`);
  expect(samples.at(-1)?.files).toBe(samples[1]?.files);
  if (CYCLES >= 500) expect(growth.rss).toBeLessThan(4);
}

function report(code: string): string {
  const bytes = Buffer.alloc(64);
  bytes.set([2, code.length]);
  bytes.write(code, 5, 'latin1');
  return bytes.toString('hex');
}
