// What the codes of the Link family mean, as KBTG's document (v1.5.0) and public GHL and NETS clients have them
// (terminals.md 2.1). `tillwire decode` shows them; the dialects say which of them a terminal is asked with.

export const LINK_TRANSACTIONS = {
  '20': 'sale',
  '26': 'void',
  '27': 'refund',
  '34': 'balance',
  '41': 'instalment',
  '43': 'redemption',
  '50': 'settlement',
  '70': 'wallet/QR sale',
  '71': 'void by trace',
  '74': 'inquiry by ref1',
  IQ: 'QR inquiry',
  CQ: 'QR cancel',
  D0: 'communication test',
  D1: 'communication cancel',
  C0: 'kiosk notifications',
  C1: 'kiosk notifications',
  C2: 'kiosk notifications',
  C3: 'kiosk notifications',
  P1: 'kiosk notifications',
  P2: 'kiosk notifications',
  P3: 'kiosk notifications',
  P4: 'kiosk notifications',
} as const;

export const NETS_FUNCTIONS = {
  '30': 'NETS purchase, T2 = 01..04 (04 QR)',
  I0: 'credit sale + HD',
  I5: 'settlement',
  '80': 'logon',
} as const;

export interface FieldRow {
  readonly title: string;
  /** card data: never shown, logged or kept */
  readonly secret?: 'card' | 'paycode';
}

export const LINK_FIELDS = {
  '00': { title: 'GHL pay account id 20' },
  '01': { title: 'approval code 6' },
  '02': { title: 'response text 40' },
  '03': { title: 'date YYMMDD' },
  '04': { title: 'time HHMMSS' },
  '16': { title: 'TID 8' },
  '30': { title: 'PAN 16', secret: 'card' },
  '31': { title: 'expiry 4', secret: 'card' },
  '40': { title: 'amount 12' },
  '50': { title: 'batch 6' },
  '65': { title: 'invoice/trace 6' },
  '66': { title: 'GHL transaction id' },
  A1: { title: 'host/wallet (03 Thai QR, 04 credit QR)' },
  A3: { title: 'QR data', secret: 'paycode' },
  A4: { title: 'transaction id' },
  D0: { title: 'merchant name/address' },
  D1: { title: 'MID 15' },
  D2: { title: 'issuer 10' },
  D3: { title: 'reference no 12' },
  D5: { title: 'cardholder', secret: 'card' },
  M1: { title: 'GHL merchant index' },
  R1: { title: 'refs 20' },
  R2: { title: 'refs 20' },
} as const satisfies Record<string, FieldRow>;

/** Seen in answers of NETS terminals; what is in 41, 42, HC, CN, RP and L7 is not public. */
export const NETS_FIELDS = {
  '02': { title: 'response text' },
  D0: { title: 'merchant name/address' },
  '03': { title: 'date YYMMDD' },
  '04': { title: 'time HHMMSS' },
  '16': { title: 'TID' },
  D1: { title: 'MID' },
  '65': { title: 'trace' },
  '01': { title: 'approval code' },
  D3: { title: 'reference' },
  L7: { title: 'L7' },
  '40': { title: 'amount 12' },
  '41': { title: '41' },
  '42': { title: '42' },
  HC: { title: 'HC' },
  CN: { title: 'CN', secret: 'card' },
  RP: { title: 'RP' },
  T2: { title: 'kind of purchase' },
  '30': { title: 'PAN', secret: 'card' },
  '31': { title: 'expiry', secret: 'card' },
} as const satisfies Record<string, FieldRow>;

export const LINK_RESPONSES = {
  '00': 'approved',
  ND: 'declined',
  NB: 'no batch',
  UA: 'user abort (GHL)',
  TO: 'timeout (GHL)',
  XX: 'connection error (GHL)',
} as const;

/** The row of a code, or `undefined`: tables are data, codes come from outside. */
export function rowOf<T>(table: Readonly<Record<string, T>>, code: string): T | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined;
}
