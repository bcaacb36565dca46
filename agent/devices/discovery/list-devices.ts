import type { FoundDevice, SystemRoots } from './found-device.ts';
import { listLinuxDevices } from './linux-devices.ts';
import { listOtherDevices } from './other-devices.ts';

/** Everything with a cable that this machine shows. Opens nothing, takes a few ms, never rejects. */
export function listDevices(roots: SystemRoots): Promise<FoundDevice[]> {
  return process.platform === 'linux' ? listLinuxDevices(roots) : listOtherDevices().catch(() => []);
}
