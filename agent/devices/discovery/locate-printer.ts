import type { UsbChoice } from '../../transport/address.ts';
import type { LinkProblem } from '../../transport/link.ts';
import type { FoundDevice } from './found-device.ts';
import { matchPoints } from './identity.ts';

/** The file of the one USB printer that is meant, among the devices that are there now. */
export function locatePrinter(
  devices: readonly FoundDevice[],
  wish: UsbChoice,
  text: string,
): { readonly path: string } | LinkProblem {
  const nodes = devices
    .filter((device) => matchPoints(device, wish) !== undefined)
    .flatMap((device) => device.nodes.filter(({ kind }) => kind === 'printer').map(({ path }) => ({ path, device })));
  const [first, second] = nodes;
  if (!first) return { code: 'PORT_NOT_FOUND', path: text, detail: 'no such printer is plugged in' };
  if (!second) return { path: first.path };
  const sockets = nodes.map(({ device }) => device.port ?? '?').join(' and ');
  return {
    code: 'PORT_BUSY',
    path: text,
    detail: `more than one fits, in the sockets ${sockets}: name one with @socket`,
  };
}
