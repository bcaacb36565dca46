import type { GunCommand } from './gun-language.ts';

// CipherLab on RS-232, virtual COM and Bluetooth SPP (scanners.md 3.4; 1664 guide p.252). One letter, or #@, four times the
// same character and CR. Nothing is answered: what a command did is heard and seen at the gun only.
//
//   44                          D: disable          45     E: enable
//   23 40 2F 2F 2F 2F 0D        #@//// CR: it beeps

export interface CipherlabRow {
  readonly bytes: readonly number[];
  readonly meaning: string;
}

/** How halt differs from D, and resume from E, no page says: nothing here sends them. */
export const CIPHERLAB_COMMANDS = {
  E: { bytes: [0x45], meaning: 'enable' },
  D: { bytes: [0x44], meaning: 'disable' },
  '#@//// CR': { bytes: [0x23, 0x40, 0x2f, 0x2f, 0x2f, 0x2f, 0x0d], meaning: 'beep' },
  '#@---- CR': { bytes: [0x23, 0x40, 0x2d, 0x2d, 0x2d, 0x2d, 0x0d], meaning: 'halt' },
  '#@.... CR': { bytes: [0x23, 0x40, 0x2e, 0x2e, 0x2e, 0x2e, 0x0d], meaning: 'resume' },
} as const satisfies Record<string, CipherlabRow>;

export type CipherlabName = keyof typeof CIPHERLAB_COMMANDS;

export function cipherlabCommand(name: CipherlabName): GunCommand {
  return { name, bytes: Uint8Array.from(CIPHERLAB_COMMANDS[name].bytes) };
}

/** Which command these bytes are. */
export function cipherlabName(bytes: Uint8Array): CipherlabName | undefined {
  return (Object.keys(CIPHERLAB_COMMANDS) as CipherlabName[]).find((name) => {
    const { bytes: known } = CIPHERLAB_COMMANDS[name];
    return known.length === bytes.length && known.every((byte, at) => byte === bytes[at]);
  });
}
