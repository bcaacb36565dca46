/** What a make does with holds. Days and percentage are the card schemes' and the bank's: from memory, so data. */
export interface HoldRules {
  /** after so many days the issuer has let it go */
  readonly days: number;
  /** a booking may come to so much of the hold: in China 115 */
  readonly bookUpToPercent: number;
}

/** What a terminal of its own batch and paper does with them besides. */
export interface CardHoldRules extends HoldRules {
  /** minor units of a hold that names no amount, ZVT only */
  readonly defaultAmount: number;
  /** paper for a hold that succeeded too; the specification of ZVT prints only its booking */
  readonly prints: boolean;
}

/** How a make and firmware of card terminal behaves. Data only; the protocols' rooms read what concerns them. */
export interface TerminalPersonality {
  readonly name: string;
  readonly title: string;
  readonly terminalId: string;
  readonly merchantId: string;
  /** ISO 4217 */
  readonly currency: number;
  readonly version: string;
  /** characters of a receipt line */
  readonly lineWidth: number;
  /** ms a holder takes for card, PIN, and the host for an answer */
  readonly stepMs: number;
  /** ms until a command is answered */
  readonly answerMs: number;
  /** ms without an ear after it was switched on */
  readonly bootMs: number;
  readonly holds: CardHoldRules;
  readonly zvt: {
    /** numbers its messages (1F73) when the till does */
    readonly messageIds: boolean;
    /** says the receipt number for synchronisation (1F1F) in its results */
    readonly receiptSync: boolean;
    /** prints on the till line by line (06 D1) or as a block (06 D3) */
    readonly prints: 'lines' | 'block';
    /** what it has the till print of a payment: absent: the customer's copy only */
    readonly copies?: 'merchant-and-customer';
    readonly charset: 'CP437' | 'ISO-8859-1';
    /** gives the till the host's clock at a diagnosis (04 01), which some tills never answer */
    readonly tellsClock: boolean;
    /** 2.10, 2.13: what books a hold has to name its trace number too */
    readonly booksByTrace?: true;
    readonly baudRate: 9600 | 115_200;
  };
}

const BASE: Omit<TerminalPersonality, 'name' | 'title'> = {
  terminalId: '00000104',
  merchantId: '100461763',
  currency: 978,
  version: '2.14.15',
  lineWidth: 24,
  stepMs: 600,
  answerMs: 30,
  bootMs: 8_000,
  holds: { days: 30, bookUpToPercent: 100, defaultAmount: 10_000, prints: false },
  zvt: { messageIds: false, receiptSync: false, prints: 'lines', charset: 'CP437', tellsClock: false, baudRate: 9600 },
};

export const TERMINALS = {
  'zvt-plain': { ...BASE, name: 'zvt-plain', title: 'a plain ZVT terminal: receipts line by line, no message ids' },
  'zvt-modern': {
    ...BASE,
    name: 'zvt-modern',
    title: 'message ids, receipt synchronisation, receipts as text blocks in ISO-8859-1',
    version: 'GER-APP-v2.0.9',
    lineWidth: 38,
    zvt: {
      messageIds: true,
      receiptSync: true,
      prints: 'block',
      charset: 'ISO-8859-1',
      tellsClock: true,
      booksByTrace: true,
      baudRate: 115_200,
    },
  },
  'zvt-cny': {
    ...BASE,
    name: 'zvt-cny',
    title: 'the plain terminal with the renminbi; a booking may be 115 % of its hold',
    currency: 156,
    holds: { ...BASE.holds, bookUpToPercent: 115 },
  },
  'zvt-counter': {
    ...BASE,
    name: 'zvt-counter',
    title: 'has the till print both copies as text blocks, in renminbi',
    currency: 156,
    lineWidth: 30,
    holds: { ...BASE.holds, bookUpToPercent: 115, prints: true },
    zvt: { ...BASE.zvt, prints: 'block', copies: 'merchant-and-customer', charset: 'ISO-8859-1' },
  },
  'zvt-brisk': {
    ...BASE,
    name: 'zvt-brisk',
    title: 'the plain terminal with a holder in a hurry, for tests',
    stepMs: 15,
    answerMs: 2,
    bootMs: 200,
  },
  transbank: {
    ...BASE,
    name: 'transbank',
    title: 'a POS Integrado of Transbank (Chile), which leaves 300 ms between its acknowledgement and its answer',
    terminalId: '75001087',
    merchantId: '597029414300',
    currency: 152,
    // the official SDK glues what is closer than 100 ms
    stepMs: 200,
    answerMs: 300,
  },
  link: {
    ...BASE,
    name: 'link',
    title: 'a terminal of the Link family',
    terminalId: '60000001',
    merchantId: '12345',
    currency: 764,
  },
  nccc: {
    ...BASE,
    name: 'nccc',
    title: 'an NCCC terminal (Taiwan): 400 characters, no reference of the till, the card number in clear',
    terminalId: '70000001',
    merchantId: '0101234567',
    currency: 901,
  },
} as const satisfies Record<string, TerminalPersonality>;
