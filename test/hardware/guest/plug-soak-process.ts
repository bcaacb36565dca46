import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { systemClock } from '../../../agent/clock.ts';
import { openDeviceLink } from '../../../agent/devices/device-link.ts';
import { parseAddress } from '../../../agent/transport/address.ts';
import { PlugEvents } from '../../../agent/transport/plug-events.ts';
import { CycleListener, type Sample, sample } from '../../agent/plug-cycles.ts';
import { posReport } from './pos-report.ts';
import { UsbGun } from './usb-gun.ts';

// So many plugs of a counter whose gun and printer hang on one cable: each is a plug of hidraw, of cdc_acm and of usblp. In a
// process of its own, as the pty's plug-cycler is: what is measured is the agent's links and not the test. The links are
// those of the agent, at the agent's own pace.

const [, , plugs = '10'] = process.argv;
const SERIAL = 'SN41';
const ADDRESSES = {
  hidraw: `hid:05e0:1500:${SERIAL}`,
  cdc_acm: `/dev/serial/by-id/usb-ACME_Counter_${SERIAL}-if01`,
  usblp: `usblp:05e0:1500:${SERIAL}`,
};
/** How often it is said how far it has come: an hour without a word looks like a hang. */
const TELL_EVERY = 50;

const usb = new UsbGun(SERIAL, 'counter');
const plugEvents = new PlugEvents(systemClock);
const deps = { clock: systemClock, random: Math.random, onPlug: (run: () => void) => plugEvents.watch(run) };
const links = Object.entries(ADDRESSES).map(([driver, path]) => {
  const address = parseAddress(path);
  if (!address) throw new Error(path);
  const listener = new CycleListener();
  return { driver, listener, link: openDeviceLink(address, { path, baudRate: 9600 }, listener, deps) };
});
const samples: Sample[] = [];
/** a collection takes the emulated machine a tenth of a plug */
const every = Math.ceil(Number(plugs) / 50);
/** milliseconds of each step, of all plugs */
const took: Record<string, number[]> = {};

async function timed(what: string, run: () => Promise<unknown>): Promise<void> {
  const from = performance.now();
  await run();
  (took[what] ??= []).push(Math.round(performance.now() - from));
}

/** In, up, one code over each gun and some bytes to the printer, out. Measured while all is open. */
async function plug(n: number): Promise<void> {
  const code = `13${String(n).padStart(16, '0')}`;
  await timed('plug', () => usb.plug());
  await Promise.all(links.map(({ driver, listener }) => timed(`${driver} up`, () => listener.isUp())));
  usb.order({ do: 'reports', hex: [posReport(code)] });
  usb.order({ do: 'serial', text: code });
  await Promise.all(
    links.map(({ driver, listener, link }) =>
      driver === 'usblp' ? link.write(Buffer.from(code), 10_000) : listener.hears(code),
    ),
  );
  if (n % every === 0) samples.push(sample(n));
  usb.order({ do: 'pull' });
  await Promise.all(links.map(({ driver, listener }) => timed(`${driver} down`, () => listener.isDown())));
  usb.forget();
}

for (let n = 1; n <= Number(plugs); n++) {
  await plug(n);
  if (n % TELL_EVERY === 0) process.stdout.write(`${n} plugs; ${JSON.stringify(samples.at(-1))}\n`);
}
process.send?.({ samples, took });
for (const { link } of links) await link.close();
await usb.close();
process.disconnect?.();
