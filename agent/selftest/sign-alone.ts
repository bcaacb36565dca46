import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { padDialect } from '../devices/china-dialects.ts';
import { openDeviceLink } from '../devices/device-link.ts';
import { SignaturePad } from '../devices/signature-pad.ts';
import { within } from '../doctor/device-looks.ts';
import { parseAddress } from '../transport/address.ts';
import type { TrialSignature } from './self-test.ts';
import { tryPad } from './try-pad.ts';

const OPEN_MS = 2_000;

/** Has somebody sign without an agent: opens the pad, asks, lets it go. */
export async function signAlone(pad: NonNullable<Config['pad']>, clock: Clock, ms: number): Promise<TrialSignature> {
  let up = () => {};
  const isUp = new Promise<true>((resolve) => {
    up = () => resolve(true);
  });
  const events = { onUp: () => up(), onDown: () => undefined };
  const address = parseAddress(pad.path) ?? { kind: 'serial', path: pad.path };
  const device = new SignaturePad(padDialect(pad.dialect), events, clock, (listener) =>
    openDeviceLink(address, { path: pad.path, baudRate: pad.baudRate }, listener, { clock, random: () => 0.5 }),
  );
  try {
    if ((await within(clock, OPEN_MS, isUp)) === undefined) return { kind: 'unsigned', why: 'PORT_FAILED' };
    return await tryPad(device, clock, ms);
  } finally {
    await device.close();
  }
}
