// The small tables of ZVT (PA00P015 rev 13.08): bits, kinds and codes with the words of the specification.

type Words = Readonly<Record<string, string>>;

/** Registration 06 00: who controls and prints what. */
export const CONFIG_BITS = {
  '02': 'ECR prints payment receipts',
  '04': 'ECR prints administration receipts',
  '08': 'PT sends 04 FF intermediate status',
  '10': 'ECR controls payment',
  '20': 'ECR controls administration',
  '80': 'print via 06 D1/06 D3 (with 02/04)',
} as const satisfies Words;

/** The attribute of a print line 06 D1 and of tag 09. */
export const PRINT_ATTRIBUTES = {
  '80': 'RFU',
  '1xxxxxxx (not 80)': 'last line / receipt switch',
  FF: 'n line feeds, n follows',
  '01xxnnnn': 'centred',
  '0x1xnnnn': 'double width',
  '0xx1nnnn': 'double height',
  nnnn: 'indent 0-15',
} as const satisfies Words;

/** Tag 1F07. */
export const RECEIPT_TYPES = {
  '01': 'merchant',
  '02': 'customer',
  '03': 'administration',
  '04': 'end of day',
  '05': 'journal',
  '06': 'reconciliation',
} as const satisfies Words;

/** Tag 1F10: how the holder was verified. */
export const CARDHOLDER_CHECKS = {
  '00': 'none',
  '01': 'signature',
  '02': 'online PIN',
  '03': 'offline enc PIN',
  '04': 'offline plain PIN',
  '05': '03+signature',
  '06': '04+signature',
  '07': 'online PIN + signature',
  FF: 'unknown',
} as const satisfies Words;

/** Tag 1F12. */
export const CARD_TECHNOLOGIES = {
  '00': 'magstripe',
  '01': 'chip',
  '02': 'NFC',
} as const satisfies Words;

/** Tag 1F37. */
export const RECEIPT_BITS = {
  '01': 'positive receipt',
  '02': 'contains a signature field',
  '04': 'negative receipt',
  '80': 'printing mandatory',
} as const satisfies Words;

/** BMP 72. */
export const IMAGE_TYPES = {
  '1': 'gif',
  '2': 'jpeg',
  '3': 'png',
  '4': 'tiff',
  '5': 'x-icon',
  '6': 'webp',
  '7': 'pdf',
} as const satisfies Words;

/** BMP 73. */
export const IMAGE_ENCODINGS = {
  '0': 'unknown',
  '1': 'none',
  '2': 'base64',
} as const satisfies Words;

/** A code's words in one of the tables above. */
export function wordsOf(table: Words, code: number): string | undefined {
  return table[code.toString(16).toUpperCase().padStart(2, '0')];
}
