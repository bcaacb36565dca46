/**
 * One bank's codes as data. Nothing of it is public: what was seen on one line stands in OBSERVED_DIALECT, what is
 * assumed is marked, and a shop's configuration replaces any of it.
 */
export interface MisDialect {
  readonly name: string;
  readonly tags: {
    readonly packetType: string;
    readonly command: string;
    readonly correlation: string;
    readonly amount: string;
    readonly till: string;
    readonly operator: string;
    readonly paycode: string;
    readonly originalVoucher: string;
    readonly originalTrace: string;
    readonly originalAuth: string;
    readonly originalDate: string;
    readonly walletOrder: string;
    readonly container: string;
    readonly result: string;
    readonly more: string;
    /** what the till carries to the host and back */
    readonly hostPacket: string;
    readonly voucher: string;
    readonly batch: string;
    readonly trace: string;
    readonly reference: string;
    readonly terminalId: string;
    readonly merchantId: string;
    readonly authorisation: string;
    readonly date: string;
    readonly time: string;
    readonly pan: string;
    readonly cardName: string;
  };
  readonly packetTypes: { readonly request: number; readonly relay: number; readonly result: number };
  /** what the till may ask for; a command that is not here cannot be asked */
  readonly commands: Readonly<Partial<Record<MisCommand, number>>>;
  readonly results: {
    readonly approved: readonly string[];
    /** codes that prove that no money moved, whatever their length */
    readonly notDone: readonly string[];
    readonly cancelled: readonly string[];
    /** host codes that settle nothing; an unknown one of eight characters settles nothing either */
    readonly unclear: readonly string[];
  };
  /** in front of the amount, in the text of an answer */
  readonly currencyWord: string;
  /** ms until the answer; each packet and each relay begins it anew */
  readonly answerMs: number;
  /** ms after which nothing begins it anew any more */
  readonly limitMs: number;
  /** how often the same bytes may leave while the terminal says NAK */
  readonly sends: number;
  /** packets of one answer */
  readonly maxPackets: number;
}

/** `sale` and `void` are of cards */
export const MIS_COMMANDS = [
  'sale',
  'void',
  'qrSale',
  'qrVoid',
  'refund',
  'preAuth',
  'completePreAuth',
  'cancelPreAuth',
] as const;
/** never seen: a dialect carries them only where its configuration gives their codes */
export const MIS_HOLD_COMMANDS = [
  'preAuth',
  'completePreAuth',
  'cancelPreAuth',
] as const satisfies readonly MisCommand[];
export type MisCommand = (typeof MIS_COMMANDS)[number];

/** BOC "银捷" (terminals.md 3.1). Commands other than the two QR ones were never seen: they are configuration. */
export const OBSERVED_DIALECT: MisDialect = {
  name: 'boc-yinjie (observed)',
  tags: {
    packetType: 'DF01',
    command: 'DF02',
    correlation: 'DF04',
    amount: 'DF03',
    till: 'DF46',
    operator: 'DF47',
    paycode: 'DF6A',
    originalVoucher: 'DF18',
    originalTrace: 'DF19',
    originalAuth: 'DF16',
    originalDate: 'DF17',
    walletOrder: 'DF69',
    container: 'DF06',
    result: 'DF07',
    more: 'DF24',
    // assumed: the packet type was seen, its packet was not
    hostPacket: 'DF08',
    voucher: 'DF10',
    batch: 'DF11',
    trace: 'DF0A',
    reference: 'DF1A',
    terminalId: 'DF12',
    merchantId: 'DF13',
    authorisation: 'DF1B',
    date: 'DF1C',
    time: 'DF1D',
    pan: 'DF1E',
    cardName: 'DF2C',
  },
  packetTypes: { request: 0x00, relay: 0x01, result: 0x02 },
  commands: { qrSale: 0x45, qrVoid: 0x46 },
  results: {
    approved: ['00'],
    // "must sign in": the terminal sent nothing
    notDone: ['00010014'],
    cancelled: [],
    // received too late, no answer of the issuer
    unclear: ['68', '98'],
  },
  currencyWord: 'RMB',
  // assumed, from the sister protocols (terminals.md 2.1)
  answerMs: 90_000,
  limitMs: 180_000,
  sends: 3,
  maxPackets: 16,
};
