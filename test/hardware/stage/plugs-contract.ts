import { z } from 'zod';

/** The guest's serial port to the host's hands. */
export const PLUGS_PORT = '/dev/ttyS1';

const id = z.int();

export const GuestCall = z.discriminatedUnion('do', [
  /** plugs in one of QEMU's devices: the arguments of its device_add */
  z.object({ id, do: z.literal('plug'), device: z.looseObject({ driver: z.string(), id: z.string() }) }),
  z.object({ id, do: z.literal('unplug'), device: z.string() }),
  /** bytes from the far end of the USB serial adapter */
  z.object({ id, do: z.literal('say'), hex: z.string() }),
  /** keys on QEMU's USB keyboard */
  z.object({ id, do: z.literal('type'), text: z.string() }),
]);
export type GuestCall = z.infer<typeof GuestCall>;

export const HostReply = z.object({ id, error: z.string().optional() });
export type HostReply = z.infer<typeof HostReply>;
