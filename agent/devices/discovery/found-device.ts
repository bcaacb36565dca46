/** Where the kernel shows devices; a test builds its own. */
export interface SystemRoots {
  readonly dev: string;
  readonly sys: string;
}

export const SYSTEM_ROOTS: SystemRoots = { dev: '/dev', sys: '/sys' };

/** One way to speak to a device. */
export interface DeviceNode {
  readonly kind: 'serial' | 'hid' | 'input' | 'printer';
  readonly path: string;
  /** a name that stays when it is plugged in again: /dev/serial/by-id/... */
  readonly stable?: string;
  /** HID report descriptor, where it can be read */
  readonly descriptor?: Uint8Array;
  /** of an input node: it has the keys of a keyboard */
  readonly isKeyboard?: boolean;
  /** why this program may not open it, as far as can be seen without opening it */
  readonly trouble?: 'denied';
}

/** A thing with a cable, and all its nodes. */
export interface FoundDevice {
  readonly bus: 'usb' | 'bluetooth' | 'board';
  readonly vendorId?: number;
  readonly productId?: number;
  readonly serialNumber?: string;
  readonly manufacturer?: string;
  readonly product?: string;
  /** the socket it is in: `1-1.4` is hub 1, port 1, its port 4 */
  readonly port?: string;
  /** USB interface classes */
  readonly classes: readonly number[];
  readonly nodes: readonly DeviceNode[];
}

/** `0c2e` */
export function hex4(id: number): string {
  return id.toString(16).padStart(4, '0');
}
