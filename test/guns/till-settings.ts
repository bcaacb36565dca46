import type { Peer } from '../../agent/transport/link.ts';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { decodeLatin1 } from '../../protocols/bytes/latin1.ts';
import type { GunPersonality } from '../../simulator/personalities/guns.ts';

// What a technician writes into the till's configuration for a gun of this personality.

type LinePersonality = Extract<GunPersonality, { protocol: 'serial-line' }>;

/** The scanner part of the configuration; `path` is the serial port, and for HID guns an address of their own. */
export function scannerSettings(personality: GunPersonality, path: string) {
  if (personality.protocol === 'serial-line')
    return { path, baudRate: personality.baudRate, ...lineSettings(personality) };
  if (personality.protocol === 'hid-keyboard')
    return { path, layout: personality.settings.layout, terminator: 'CR', codeId: 'aim' } as const;
  if ('usb' in personality) return { path, codeId: 'aim' } as const;
  const { baudRate, protocol: language, flow = 'none' } = personality;
  return { path, baudRate, language, flow, codeId: 'aim' } as const;
}

function lineSettings({ settings: { prefix, suffix, codeId } }: LinePersonality) {
  const terminator = suffix.length === 0 ? 'none' : suffix[0] === 0x03 ? 'ETX' : 'auto';
  return { terminator, codeId, ...(prefix && { prefix: toHex(prefix) }) } as const;
}

/** The same as the gun's own class takes it: the prefix as characters. */
export function gunSettings(personality: GunPersonality, path: string) {
  const { prefix, ...settings } = {
    prefix: undefined,
    baudRate: 9600,
    terminator: 'auto' as const,
    ...scannerSettings(personality, path),
  };
  const bytes = prefix === undefined ? undefined : fromHex(prefix);
  return { encoding: 'auto' as const, ...settings, ...(bytes && { prefix: decodeLatin1(bytes) }) };
}

/** What a HID gun says of itself. */
export function peerOf(personality: GunPersonality): Peer | undefined {
  if (!('usb' in personality)) return undefined;
  const { vendorId, productId, serialNumber, product, descriptor } = personality.usb;
  return { vendorId, productId, serialNumber, product, descriptor: fromHex(descriptor) ?? new Uint8Array() };
}
