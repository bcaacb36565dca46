import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { openDeviceLink } from '../devices/device-link.ts';
import { type PrintResult, SlipPrinter } from '../devices/printer.ts';
import type { Laid } from '../slips/print-form.ts';
import { parseAddress } from '../transport/address.ts';
import { within } from './device-looks.ts';

const OPEN_MS = 2_000;

/** Prints without an agent: opens the printer, hands the slip over, lets it go. `undefined`: the printer is not there. */
export async function printAlone(
  printer: NonNullable<Config['printer']>,
  { bytes }: Laid,
  clock: Clock,
): Promise<PrintResult | undefined> {
  let up = () => {};
  const isUp = new Promise<true>((resolve) => {
    up = () => resolve(true);
  });
  const nothing = () => undefined;
  const events = { onUp: () => up(), onDown: nothing, onStatus: nothing, onHeld: nothing, onLateProof: nothing };
  const address = parseAddress(printer.path) ?? { kind: 'serial', path: printer.path };
  const serial = { ...printer, rtscts: printer.flow === 'rtscts', xon: printer.flow === 'xonxoff' };
  const device = new SlipPrinter(printer, events, clock, (listener) =>
    openDeviceLink(address, serial, listener, { clock, random: () => 0.5 }),
  );
  try {
    if ((await within(clock, OPEN_MS, isUp)) === undefined) return undefined;
    return await device.print(bytes, { id: 'alone' });
  } finally {
    await device.close();
  }
}
