import { realpath, stat } from 'node:fs/promises';
import { parseAddress } from '../../transport/address.ts';
import type { LinkProblem } from '../../transport/link.ts';
import type { FoundDevice } from './found-device.ts';
import { locate, type Wanted } from './locate.ts';
import { locatePrinter } from './locate-printer.ts';

/** Where a configured device is, found without opening it. */
export type Place =
  | { readonly kind: 'node'; readonly path: string }
  /** behind a socket: only a connection tells */
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'missing'; readonly problem: LinkProblem };

/** `text`: as it stands in the configuration. */
export async function placeOf(devices: readonly FoundDevice[], text: string): Promise<Place> {
  const address = parseAddress(text);
  if (!address || address.kind === 'serial') return existing(text);
  if (address.kind === 'tcp' || address.kind === 'reports') return { kind: 'socket', path: text };
  if (address.kind === 'usblp') {
    if ('path' in address.which) return existing(address.which.path);
    return asPlace(locatePrinter(devices, address.which, text));
  }
  const wanted: Wanted = address.kind === 'usb' ? 'gun' : address.kind;
  return asPlace(locate(devices, wanted, address.which, text));
}

function asPlace(found: { readonly path: string } | LinkProblem): Place {
  return 'code' in found ? { kind: 'missing', problem: found } : { kind: 'node', path: found.path };
}

async function existing(path: string): Promise<Place> {
  const isThere = process.platform === 'win32' || (await stat(path).catch(() => undefined)) !== undefined;
  if (isThere) return { kind: 'node', path };
  return { kind: 'missing', problem: { code: 'PORT_NOT_FOUND', path, detail: `${path} is not there` } };
}

/** The plugged-in thing behind a path, if it is one. */
export async function deviceAt(devices: readonly FoundDevice[], path: string): Promise<FoundDevice | undefined> {
  const target = await realpath(path).catch(() => path);
  for (const device of devices)
    for (const node of device.nodes) if ((await realpath(node.path).catch(() => node.path)) === target) return device;
  return undefined;
}

/** The plugged-in thing that the configuration means. */
export async function deviceOf(devices: readonly FoundDevice[], text: string): Promise<FoundDevice | undefined> {
  const place = await placeOf(devices, text);
  return place.kind === 'node' ? deviceAt(devices, place.path) : undefined;
}
