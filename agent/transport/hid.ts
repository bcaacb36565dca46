/** Whether this machine can speak to USB HID devices at all. */
export type HidFinding =
  | { readonly available: true; readonly devices: number }
  | { readonly available: false; readonly detail: string };

/**
 * Looks once. node-hid is loaded here and not at the top: its binary needs libusb and libudev, and a till with a serial
 * gun must start without them.
 */
export async function findHid(): Promise<HidFinding> {
  try {
    const { devicesAsync } = await import('node-hid');
    return { available: true, devices: (await devicesAsync()).length };
  } catch (error) {
    return { available: false, detail: firstLine(error) };
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? '';
}
