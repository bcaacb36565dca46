import { listHidDevices, listSerialPorts } from '../../transport/port-lists.ts';
import type { DeviceNode, FoundDevice } from './found-device.ts';

/**
 * What macOS and Windows say through serialport and node-hid. Written from their documentation and types; untested on real
 * machines, and said so wherever it is shown.
 */
export async function listOtherDevices(): Promise<FoundDevice[]> {
  return [...(await serialPorts()), ...(await hidDevices())];
}

async function serialPorts(): Promise<FoundDevice[]> {
  const ports = await listSerialPorts().catch(() => []);
  return ports.map(({ path, vendorId, productId, serialNumber, manufacturer, locationId }) => ({
    bus: vendorId === undefined ? 'board' : 'usb',
    ...(vendorId !== undefined && { vendorId: Number.parseInt(vendorId, 16) }),
    ...(productId !== undefined && { productId: Number.parseInt(productId, 16) }),
    ...(serialNumber !== undefined && { serialNumber }),
    ...(manufacturer !== undefined && { manufacturer }),
    port: locationId ?? path,
    classes: [],
    nodes: [{ kind: 'serial', path, stable: path }],
  }));
}

const KEYBOARD = { usagePage: 1, usage: 6 };

async function hidDevices(): Promise<FoundDevice[]> {
  const found = await listHidDevices().catch(() => []);
  return found.flatMap(({ path, vendorId, productId, serialNumber, manufacturer, product, usagePage, usage }) => {
    if (path === undefined) return [];
    const isKeyboard = usagePage === KEYBOARD.usagePage && usage === KEYBOARD.usage;
    const node: DeviceNode = { kind: isKeyboard ? 'input' : 'hid', path, isKeyboard };
    return [
      {
        bus: 'usb' as const,
        vendorId,
        productId,
        ...(serialNumber && { serialNumber }),
        ...(manufacturer && { manufacturer }),
        ...(product && { product }),
        port: path,
        classes: [3],
        nodes: [node],
      },
    ];
  });
}
