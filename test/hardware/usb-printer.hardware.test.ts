import process from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../agent/clock.ts';
import { openDeviceLink } from '../../agent/devices/device-link.ts';
import { parseAddress } from '../../agent/transport/address.ts';
import { LinkRecord } from '../agent/link-record.ts';
import { SLOW_MS } from './guest/slow-machine.ts';
import { UsbGun } from './guest/usb-gun.ts';

// usblp tells by itself when a printer has spoken and when its cable is out (agent/transport/usb-printer.ts): who sleeps until
// then misses nothing. The pseudo-terminal that stands in for it elsewhere shows neither that nor an empty packet.

const SERIAL = 'SN51';
const PRINTERS = { counter: `usblp:05e0:1500:${SERIAL}`, 'one-way': `usblp:05e0:1600:${SERIAL}` };
const EMPTY_MS = 4_000;
/** One look in 250 ms, and the first ones at the pace of a printer that was just opened */
const MOST_EMPTY = 40;
/** It is looked at this often, so that a test need not wait for it. */
const LOOK_MS = 5_000;
const SOON_MS = 20;

describe.runIf(process.env['TILLWIRE_VM'] === '1')('a printer on usblp', () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  /** `asleep`: once it is open no timer ends any more. `looked at`: the second witness comes all the time */
  async function opened(how: 'asleep' | 'looked at' | 'as usual', kind: keyof typeof PRINTERS = 'counter') {
    const path = PRINTERS[kind];
    const usb = new UsbGun(SERIAL, kind);
    closers.push(() => usb.close());
    await usb.plug();
    const [record, address] = [new LinkRecord(), parseAddress(path)];
    if (!address) throw new Error(path);
    let looks = 0;
    const after = (ms: number) => {
      if (how === 'asleep' && record.ups > 0) return 1e9;
      const isLook = how === 'looked at' && ms === LOOK_MS;
      if (isLook) looks += 1;
      return isLook ? SOON_MS : ms;
    };
    const clock: Clock = { ...systemClock, after: (ms, run) => systemClock.after(after(ms), run) };
    const link = openDeviceLink(address, { path, baudRate: 9600 }, record, { clock, random: () => 0.5 });
    closers.push(() => link.close());
    await record.until(({ ups }) => ups === 1, SLOW_MS);
    return { usb, record, link, looks: () => looks };
  }

  it('is heard, and its pulled cable noticed, without a look at it from time to time', async () => {
    const { usb, record } = await opened('asleep');
    for (const text of ['PAPER-OUT;', 'PAPER-IN;']) {
      usb.order({ do: 'printer-says', text });
      await record.until(({ heard }) => heard.endsWith(text), SLOW_MS);
    }
    usb.order({ do: 'pull' });
    await record.until(({ problems }) => problems.includes('PORT_LOST'), SLOW_MS);
  });

  it('that answers the asking with empty packets is asked at a calm pace, and heard', async () => {
    const { usb, record } = await opened('as usual');
    usb.order({ do: 'empty-packets', forMs: EMPTY_MS });
    await usb.until((facts) => facts.some((fact) => 'empty' in fact), SLOW_MS);
    const { empty } = usb.facts.find((fact) => 'empty' in fact) ?? {};
    expect(empty).toBeGreaterThan(2);
    expect(empty).toBeLessThan(MOST_EMPTY);
    usb.order({ do: 'printer-says', text: 'PAPER-OUT;' });
    await record.until(({ heard }) => heard.endsWith('PAPER-OUT;'), SLOW_MS);
    expect(record.problems).not.toContain('PORT_LOST');
  });

  // usblp_read() says EINVAL of a printer that has no way back
  it('that never answers takes its slip, is not called lost, and its pulled cable is noticed', async () => {
    const { usb, record, link } = await opened('asleep', 'one-way');
    // one call of the driver's: whoever sleeps offers no second one
    const slip = Uint8Array.from({ length: 3_000 }, (_, n) => n & 0xff);
    expect(await link.write(slip, SLOW_MS, 'taken')).toEqual({ kind: 'written' });
    const printed = () => usb.facts.map(({ printed: hex }) => (typeof hex === 'string' ? hex : '')).join('');
    await usb.until(() => printed().length >= 2 * slip.length, SLOW_MS);
    expect(printed()).toBe(Buffer.from(slip).toString('hex'));
    expect(record.problems).not.toContain('PORT_LOST');
    usb.order({ do: 'pull' });
    await record.until(({ problems }) => problems.includes('PORT_LOST'), SLOW_MS);
  });

  it('that never answers stays in use however often it is looked at, and comes back when it is plugged in again', async () => {
    const { usb, record, looks } = await opened('looked at', 'one-way');
    await expect.poll(looks, { timeout: SLOW_MS }).toBeGreaterThan(5);
    expect(record.problems).not.toContain('PORT_LOST');
    usb.order({ do: 'pull' });
    await record.until(({ problems }) => problems.includes('PORT_LOST'), SLOW_MS);
    await usb.plug();
    await record.until(({ ups }) => ups === 2, SLOW_MS);
  });
});
