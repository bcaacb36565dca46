// Every ZVT message that Tillwire speaks or understands, one row each (PA00P015 rev 13.08; the transport's times are
// PA00P016's). Codec, types, `tillwire decode`, the till's state machine and docs/zvt.md come from this table.
//
//   till                                  terminal
//   06 01 07 04 000000001000  ─────────▶             pay 10.00
//                             ◀─────────  80 00 00   heard (T3: 5 s)
//                             ◀─────────  04 FF 01 0A   insert card; the till answers each of these with 80 00 00
//                             ◀─────────  04 0F ..      the result. Stored by the till, and only then 80 00 00
//                             ◀─────────  06 D1 ..      a line of the receipt
//                             ◀─────────  06 0F 00      the end: the till may speak again (T4: 180 s)

/** What may stand before the data fields, and how long it is. */
export const HEADS = {
  password: { title: 'password', bytes: 3, secret: true },
  config: { title: 'configuration byte', bytes: 1 },
  /** BCD with a leading zero */
  currency: { title: 'currency code', bytes: 2 },
  version: { title: 'software version', bytes: 'LLLVAR' },
  state: { title: 'terminal state', bytes: 1 },
  intermediate: { title: 'intermediate state', bytes: 1 },
  /** BCD */
  minutes: { title: 'time-out in minutes', bytes: 1 },
  seconds: { title: 'time-out in seconds', bytes: 1 },
  result: { title: 'result code', bytes: 1 },
  attribute: { title: 'print attribute', bytes: 1 },
  text: { title: 'text', bytes: 'text' },
  /** of 06 E1 and 06 E2: one byte a key, or the digits as text; whose number it is, nobody knows */
  keys: { title: 'keys pressed', bytes: 'text', secret: true },
  /** BCD: the first receipt of a range, and the last */
  from: { title: 'first receipt', bytes: 2 },
  to: { title: 'last receipt', bytes: 2 },
} as const satisfies Record<string, { title: string; bytes: number | 'LLLVAR' | 'text'; secret?: true }>;

export type HeadName = keyof typeof HEADS;

export interface CommandRow {
  /** class and instruction; the instruction of `84` is the reason */
  readonly code: string;
  readonly from: 'till' | 'terminal' | 'both';
  readonly title: string;
  /** What may stand before the data fields. The first form that uses the bytes up exactly is the right one (§1.2 traps). */
  readonly forms: readonly (readonly HeadName[])[];
  /** the only data fields that may follow; absent: any */
  readonly only?: readonly string[];
  /** how it is answered: with 80 00 alone, with 80 00 and later 06 0F or 06 1E, or not at all */
  readonly reply: 'acknowledge' | 'completion' | 'none';
  /** ms until 80 00 or 84 xx */
  readonly t3Ms?: number;
  /** ms from 80 00 to the end; each 04 FF and 04 0F starts it anew, 04 FF may set it */
  readonly t4Ms?: number;
  /** what a time-out means: `recover` money may have moved, ask before anything else; `again` harmless, may be said again */
  readonly afterTimeout?: 'recover' | 'again';
  /** changes what somebody pays */
  readonly financial?: true;
}

const T3 = 5_000;
const T4 = 180_000;

type Traits = Partial<Pick<CommandRow, 'only' | 'financial' | 't3Ms' | 't4Ms'>>;

/** From the till: 80 00 or 84 xx, then the terminal has the word until 06 0F or 06 1E. */
function asks<const C extends string, const F extends CommandRow['forms']>(
  code: C,
  title: string,
  forms: F,
  traits: Traits = {},
) {
  const after: 'recover' | 'again' = traits.financial ? 'recover' : 'again';
  return {
    code,
    from: 'till',
    title,
    forms,
    reply: 'completion',
    t3Ms: T3,
    t4Ms: T4,
    afterTimeout: after,
    ...traits,
  } as const;
}

/** From the till, over with 80 00. */
function orders<const C extends string, const F extends CommandRow['forms']>(code: C, title: string, forms: F) {
  return { code, from: 'till', title, forms, reply: 'acknowledge', t3Ms: T3, afterTimeout: 'again' } as const;
}

/** From the terminal; the till answers 80 00. */
function tells<const C extends string, const F extends CommandRow['forms']>(
  code: C,
  title: string,
  forms: F,
  traits: Traits = {},
) {
  return { code, from: 'terminal', title, forms, reply: 'acknowledge', t3Ms: T3, ...traits } as const;
}

/** From either side. */
function both<const C extends string, const F extends CommandRow['forms']>(
  code: C,
  title: string,
  forms: F,
  reply: CommandRow['reply'],
  traits: Traits = {},
) {
  return { code, from: 'both', title, forms, reply, ...traits } as const;
}

const MONEY = { financial: true } as const;

export const COMMANDS = {
  registration: asks('0600', 'registration', [
    ['password', 'config', 'currency'],
    ['password', 'config'],
  ]),
  authorisation: asks('0601', 'authorisation (payment)', [[]], MONEY),
  logOff: orders('0602', 'log-off', [[]]),
  balance: asks('0603', 'account balance', [[]]),
  activateCard: asks('0604', 'activate card', [[], ['password']]),
  bookTip: asks('060C', 'book tip', [['password']], MONEY),
  resetTerminal: asks('0618', 'reset terminal', [['password'], []]),
  sendTotals: asks('0610', 'send turnover totals', [['password']]),
  reprintReceipts: asks('0612', 'reprint receipts of a range', [
    ['password', 'from', 'to'],
    ['password', 'from'],
  ]),
  printConfiguration: asks('061A', 'print system configuration', [[]]),
  setTerminalId: asks('061B', 'set or reset the terminal id', [['password']]),
  telephonic: asks('0621', 'telephonic authorisation', [[]], MONEY),
  repeatReceipt: asks('0620', 'repeat receipt: what happened last', [['password']]),
  // holds (2.8 to 2.14): none of them begins with a password. BMP 04 of 06 23 is what was NOT used, of 06 24 what was used
  preAuthorisation: asks('0622', 'pre-authorisation', [[]], MONEY),
  partialReversal: asks('0623', 'partial reversal of a pre-authorisation, or the list of open ones', [[]], MONEY),
  bookTotal: asks('0624', 'book total', [[]], MONEY),
  preAuthReversal: asks('0625', 'pre-authorisation reversal', [[]], MONEY),
  reversal: asks('0630', 'reversal', [['password']], MONEY),
  refund: asks('0631', 'refund', [['password']], MONEY),
  endOfDay: asks('0650', 'end of day', [['password']], MONEY),
  sendOffline: asks('0651', 'send offline transactions', [['password']], MONEY),
  diagnosis: asks('0670', 'diagnosis', [[]]),
  selfTest: asks('0679', 'self-test', [['password'], []]),
  setClock: asks('0691', 'set date and time in the terminal', [['password']]),
  initialisation: asks('0693', 'initialisation', [['password']]),
  abort: orders('06B0', 'abort', [[]]),
  readCard: asks('06C0', 'read card; over with 04 0F', [['seconds'], []]),
  closeCardSession: orders('06C5', 'close card session', [[]]),
  displayText: orders('06E0', 'display text', [[]]),
  displayTextWithKeys: orders('06E1', 'display text; 80 00 brings the function key', [[]]),
  displayTextWithInput: orders('06E2', 'display text; 80 00 brings the digits', [[]]),
  statusEnquiry: asks('0501', 'status enquiry', [['password'], []]),
  updateSoftware: asks('0810', 'software update', [[], ['password']]),
  changeConfiguration: asks('0813', 'change configuration', [[], ['password']]),
  activateReader: orders('0850', 'activate card reader', [[]]),
  writeFiles: asks('0814', 'write files', [['password'], []]),

  tellClock: tells('0401', 'set date and time in the till', [[]]),
  inputRequest: tells('040D', 'input request', [[]]),
  menuRequest: tells('040E', 'menu request', [[]]),
  statusInformation: tells('040F', 'status information: the result', [[]], MONEY),
  intermediateStatus: tells('04FF', 'intermediate status', [['intermediate'], ['intermediate', 'minutes']], {
    only: ['06'],
  }),
  completion: tells('060F', 'completion', [['version', 'state'], ['version'], [], ['state']]),
  // with 6F a bare currency code stands behind it (2.2.9)
  abortNotice: tells('061E', 'abort', [['result'], ['result', 'currency'], []]),
  signatureRequest: tells('06D0', 'signature verification', [[]]),
  displayImage: tells('06F0', 'display image', [[]]),

  printLine: both('06D1', 'print line', [['attribute', 'text'], ['attribute'], []], 'acknowledge'),
  printBlock: both('06D3', 'print text block', [[]], 'acknowledge'),
  accepted: both('8000', 'positive acknowledgement', [[], ['keys']], 'none', { only: ['06'] }),
  // 84 1E to a registration: 6F and the currency code (2.1)
  refused: both(
    '84',
    'negative acknowledgement: the second byte is the reason',
    [[], ['result'], ['result', 'currency']],
    'none',
  ),
} as const satisfies Record<string, CommandRow>;

export type CommandName = keyof typeof COMMANDS;
/** What may stand before the data fields of this message. */
export type HeadOf<N extends CommandName> = (typeof COMMANDS)[N]['forms'][number][number];

const BY_CODE: ReadonlyMap<string, CommandName> = new Map(
  Object.entries(COMMANDS).map(([name, { code }]) => [code, name as CommandName]),
);

/** `0601`; every `84xx` is `refused`. */
export function commandOf(control: string): CommandName | undefined {
  return BY_CODE.get(control.startsWith('84') ? '84' : control);
}

export function rowOf(name: CommandName): CommandRow {
  return COMMANDS[name];
}

/** Classes of the table: a byte stream that goes on with anything else has lost its step. */
export const CLASSES: ReadonlySet<number> = new Set(
  Object.values(COMMANDS).map(({ code }) => Number.parseInt(code.slice(0, 2), 16)),
);

/** Answers to 04 0F and to commands that are more than yes or no. */
export const REASONS = {
  /** of the till: goods not issued yet, send 04 0F again in 2 s */
  pleaseWait: 0x9c,
  /** of the till: goods issued in part, BMP 04 says for how much */
  partialIssue: 0x9d,
  /** a field or message that is not supported */
  notPossible: 0x83,
  wrongCurrency: 0x6f,
  protocolError: 0x9a,
  abortedOrTimedOut: 0x6c,
  printerNotReady: 0xcc,
  alreadyReversed: 0xb4,
  reversalNotPossible: 0xb5,
  endOfDayNotPossible: 0x77,
  openEndOfDay: 0xf0,
} as const;
