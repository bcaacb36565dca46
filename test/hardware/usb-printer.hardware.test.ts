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
const PRINTER = `usblp:05e0:1500:${SERIAL}`;
const EMPTY_MS = 4_000;
/** One look in 250 ms, and the first ones at the pace of a printer that was just opened */
const MOST_EMPTY = 40;

describe.runIf(process.env['TILLWIRE_VM'] === '1')('a printer on usblp', () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  /** `asleep`: once it is open no timer ends any more */
  async function opened(asleep: boolean): Promise<{ readonly usb: UsbGun; readonly record: LinkRecord }> {
    const usb = new UsbGun(SERIAL, 'counter');
    closers.push(() => usb.close());
    await usb.plug();
    const [record, address] = [new LinkRecord(), parseAddress(PRINTER)];
    if (!address) throw new Error(PRINTER);
    const clock: Clock = {
      ...systemClock,
      after: (ms, run) => systemClock.after(asleep && record.ups > 0 ? 1e9 : ms, run),
    };
    const link = openDeviceLink(address, { path: PRINTER, baudRate: 9600 }, record, { clock, random: () => 0.5 });
    closers.push(() => link.close());
    await record.until(({ ups }) => ups === 1, SLOW_MS);
    return { usb, record };
  }

  it('is heard, and its pulled cable noticed, without a look at it from time to time', async () => {
    const { usb, record } = await opened(true);
    for (const text of ['PAPER-OUT;', 'PAPER-IN;']) {
      usb.order({ do: 'printer-says', text });
      await record.until(({ heard }) => heard.endsWith(text), SLOW_MS);
    }
    usb.order({ do: 'pull' });
    await record.until(({ problems }) => problems.includes('PORT_LOST'), SLOW_MS);
  });

  it('that answers the asking with empty packets is asked at a calm pace, and heard', async () => {
    const { usb, record } = await opened(false);
    usb.order({ do: 'empty-packets', forMs: EMPTY_MS });
    await usb.until((facts) => facts.some((fact) => 'empty' in fact), SLOW_MS);
    const { empty } = usb.facts.find((fact) => 'empty' in fact) ?? {};
    expect(empty).toBeGreaterThan(2);
    expect(empty).toBeLessThan(MOST_EMPTY);
    usb.order({ do: 'printer-says', text: 'PAPER-OUT;' });
    await record.until(({ heard }) => heard.endsWith('PAPER-OUT;'), SLOW_MS);
    expect(record.problems).not.toContain('PORT_LOST');
  });
});
