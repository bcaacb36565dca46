import type { DeviceChoice, UsbChoice } from '../../transport/address.ts';
import { type FoundDevice, hex4 } from './found-device.ts';

// A path such as /dev/ttyACM0 is no identity: it depends on the order of plugging (real-drivers.md 3.5, field-lessons F10).
// What stays is what the device says of itself; where two say the same, the socket tells them apart.

/**
 * One name for each device: `0c2e:0db3:S12`, or `0c2e:0db3@1-1.4` where no serial number tells it from the others, or the
 * port's own name on the board.
 */
export function identities(devices: readonly FoundDevice[]): Map<FoundDevice, string> {
  const full = devices.map((device) => [device, fullName(device)] as const);
  const counts = new Map<string, number>();
  for (const [, name] of full) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(full.map(([device, name]) => [device, (counts.get(name) ?? 0) > 1 ? bySocket(device) : name]));
}

function fullName(device: FoundDevice): string {
  return device.vendorId === undefined || !isTelling(device.serialNumber)
    ? bySocket(device)
    : `${typeName(device)}:${device.serialNumber}`;
}

function bySocket(device: FoundDevice): string {
  return device.vendorId === undefined ? (device.port ?? 'unknown') : `${typeName(device)}@${device.port ?? '?'}`;
}

function typeName({ vendorId = 0, productId = 0 }: FoundDevice): string {
  return `${hex4(vendorId)}:${hex4(productId)}`;
}

/** Makers that number nothing write zeros, or the same words into each. */
function isTelling(serialNumber: string | undefined): serialNumber is string {
  return serialNumber !== undefined && !/^[0\s]*$/.test(serialNumber);
}

/** Marks of a wish that a device bears; `undefined`: it bears another. */
export function matchPoints(device: FoundDevice, wish: DeviceChoice): number | undefined {
  if ('path' in wish)
    return device.nodes.some(({ path, stable }) => path === wish.path || stable === wish.path) ? 10 : undefined;
  let points = 0;
  for (const mark of [
    'vendorId',
    'productId',
    'serialNumber',
    'port',
  ] as const satisfies readonly (keyof UsbChoice)[]) {
    if (wish[mark] === undefined) continue;
    if (device[mark] !== wish[mark]) return undefined;
    points += POINTS[mark];
  }
  return points;
}

const POINTS = { vendorId: 1, productId: 2, serialNumber: 4, port: 3 } as const;

/** A gun that was set to another mode bears another product number: its maker, and its serial number if any, remain. */
export function isSameGunElsewise(device: FoundDevice, wish: UsbChoice): boolean {
  if (wish.vendorId === undefined || device.vendorId !== wish.vendorId) return false;
  return (
    wish.serialNumber === undefined || device.serialNumber === undefined || device.serialNumber === wish.serialNumber
  );
}
