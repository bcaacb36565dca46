import type { FoundDevice, SystemRoots } from './found-device.ts';
import { listLinuxDevices } from './linux-devices.ts';
import { listOtherDevices } from './other-devices.ts';

/** Looks that begin now. */
const looks = new Map<SystemRoots, Promise<readonly FoundDevice[]>>();

/**
 * Everything with a cable that this machine shows. Opens nothing, takes a few ms, never rejects. All who hear of the same plug
 * ask at once, and have one look together.
 */
export function listDevices(roots: SystemRoots): Promise<readonly FoundDevice[]> {
  const begun = looks.get(roots);
  if (begun) return begun;
  const look = process.platform === 'linux' ? listLinuxDevices(roots) : listOtherDevices().catch(() => []);
  looks.set(roots, look);
  queueMicrotask(() => looks.delete(roots));
  return look;
}
