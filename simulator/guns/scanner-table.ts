import { toHex } from '../../protocols/bytes/hex.ts';
import type { GunPersonality } from '../personalities/guns.ts';

const ETX = 0x03;

/**
 * What a technician writes into the till's configuration for this gun, without its path: what it speaks, and what it puts
 * around a code.
 */
export function scannerTable(gun: GunPersonality): Readonly<Record<string, string | number>> {
  switch (gun.protocol) {
    case 'serial-line': {
      const { prefix, suffix, codeId } = gun.settings;
      const terminator = suffix.length === 0 ? 'none' : suffix[0] === ETX ? 'ETX' : 'auto';
      return { baudRate: gun.baudRate, terminator, codeId, ...(prefix && { prefix: toHex(prefix) }) };
    }
    case 'hid-keyboard':
      return { layout: gun.settings.layout, terminator: 'CR', codeId: 'aim' };
    case 'hid-pos':
    case 'vguang':
      return { codeId: 'aim' };
    default:
      return { baudRate: gun.baudRate, language: gun.protocol, codeId: 'aim' };
  }
}
