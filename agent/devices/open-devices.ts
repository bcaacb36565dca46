import type { Config } from '../config.ts';
import type { Outside } from '../outside.ts';
import { parseAddress } from '../transport/address.ts';
import type { ByteLink, LinkListener } from '../transport/link.ts';

type PrinterConfig = NonNullable<Config['printer']>;

/** Opens whatever the path names: a serial port, or a device that is none where this machine has such. */
export function openLink(
  outside: Outside,
  line: Parameters<Outside['openSerial']>[0],
  listener: LinkListener,
): ByteLink {
  const address = parseAddress(line.path);
  if (!address || address.kind === 'serial' || !outside.openDevice) return outside.openSerial(line, listener);
  return outside.openDevice(address, line, listener);
}

/** What the gun's reader needs to know. */
export function gunConfig({ scanner: { prefix, idleMs, ...rest } }: Config) {
  return { ...rest, ...(prefix === undefined ? {} : { prefix }), ...(idleMs === undefined ? {} : { idleMs }) };
}

/** What the printer's supervisor needs to know. */
export function slipPrinterConfig({ path, baudRate, confirms, barrier, flow, answers }: PrinterConfig) {
  const isSerial = parseAddress(path)?.kind === 'serial';
  const link = isSerial ? { baudRate, holdsLine: flow !== 'none' } : { holdsLine: true, mustAnswer: answers };
  return { confirms, barrier, ...link };
}

export function openPrinter({ flow, ...line }: PrinterConfig, outside: Outside, listener: LinkListener): ByteLink {
  return openLink(outside, { ...line, rtscts: flow === 'rtscts', xon: flow === 'xonxoff' }, listener);
}

export function openGun({ scanner }: Config, outside: Outside, listener: LinkListener): ByteLink {
  return openLink(outside, scanner, listener);
}
