// 特征码, eight characters that tie a signature to its transaction (terminals.md 3.2):
//
//   0131 013123456789    settlement date MMDD (DE15) and reference number (DE37), or
//   000012 000345 0000   batch, trace and zeros for a sale that an EMV card approved offline
//
//   0 1 3 1 0 1 3 1
//   2 3 4 5 6 7 8 9      digit n XOR digit n + 8
//   2 2 7 4 6 6 B 8

export interface OnlineReference {
  /** DE15; some terminals take the local date (DE13) instead: whoever calls says which. Absent: 0000 */
  readonly settlementMmdd?: string | undefined;
  /** DE37; absent: zeros */
  readonly referenceNo?: string | undefined;
}

export interface OfflineReference {
  readonly batch: string;
  readonly trace: string;
}

/** The 16 digits that go into the code, or `undefined` when the parts are no digits of their lengths. */
export function featureDigits(reference: OnlineReference | OfflineReference): string | undefined {
  const digits =
    'batch' in reference
      ? `${digitsOf(reference.batch, 6)}${digitsOf(reference.trace, 6)}0000`
      : `${digitsOf(reference.settlementMmdd ?? '0000', 4)}${digitsOf(reference.referenceNo ?? '000000000000', 12)}`;
  return /^[0-9]{16}$/.test(digits) ? digits : undefined;
}

function digitsOf(text: string, length: number): string {
  return text.length === length ? text : '';
}

export function featureCode(reference: OnlineReference | OfflineReference): string | undefined {
  const digits = featureDigits(reference);
  if (digits === undefined) return undefined;
  const nibbles = Array.from({ length: 8 }, (_, n) => Number(digits[n]) ^ Number(digits[n + 8]));
  return nibbles
    .map((nibble) => nibble.toString(16))
    .join('')
    .toUpperCase();
}

export const FEATURE_CODE = /^[0-9A-F]{8}$/;
