import { decodeLatin1, encodeLatin1 } from '../../bytes/latin1.ts';

// Transbank POS Integrado of Chile: text with bars (terminals.md 2.3; recorded from the official SDK on a line of 115200 8N1).
//
//   till                                   terminal
//   0200|000001500|0AB123|||1  ─────────▶                                         pay 1500, tell me how it goes
//                              ◀─────────  06
//                              ◀─────────  0900|78   0900|79   0900|81   0900|82   read the card, ..., asking the host
//   06 06 06 06                ─────────▶
//                              ◀─────────  0210|00|597029414300|75001087|0AB123|ZZ1234|1500|...
//   06                         ─────────▶

interface MessageRow {
  readonly title: string;
  readonly from: 'till' | 'terminal';
  /** names of what stands between the bars; a terminal may send fewer or more */
  readonly fields: readonly string[];
  /** what comes back besides 06; absent: nothing */
  readonly answer?: string;
  readonly financial?: true;
}

const RESULT = [
  'code',
  'commerce_code',
  'terminal_id',
  'ticket',
  'authorization_code',
  'amount',
  'shares_number',
  'shares_amount',
  'last_4_digits',
  'operation_number',
  'card_type',
  'accounting_date',
  'account_number',
  'card_brand',
  'real_date',
  'real_time',
  'employee_id',
  'tip',
] as const;

const TRANSBANK_MESSAGES = {
  '0100': { title: 'poll', from: 'till', fields: [] },
  '0300': { title: 'normal mode', from: 'till', fields: [] },
  '0200': {
    title: 'sale',
    from: 'till',
    fields: ['amount', 'ticket', 'print', 'employee_id', 'status'],
    answer: '0210',
    financial: true,
  },
  '0210': { title: 'sale result', from: 'terminal', fields: RESULT },
  '0900': { title: 'progress', from: 'terminal', fields: ['code'] },
  '0250': { title: 'last sale', from: 'till', fields: ['print'], answer: '0260' },
  '0260': { title: 'last sale, or details', from: 'terminal', fields: RESULT, answer: '0261' },
  '0261': { title: 'one sale of the details', from: 'terminal', fields: RESULT },
  '1200': { title: 'refund', from: 'till', fields: ['operation_number'], answer: '1210', financial: true },
  '1210': {
    title: 'refund result',
    from: 'terminal',
    fields: ['code', 'commerce_code', 'terminal_id', 'authorization_code', 'operation_number'],
  },
  '0500': { title: 'close', from: 'till', fields: ['print'], answer: '0510', financial: true },
  '0510': { title: 'close result', from: 'terminal', fields: ['code', 'commerce_code', 'terminal_id', 'voucher'] },
  '0700': { title: 'totals', from: 'till', fields: ['print'], answer: '0710' },
  '0710': { title: 'totals result', from: 'terminal', fields: ['code', 'count', 'amount'] },
  '0800': { title: 'load keys', from: 'till', fields: [], answer: '0810' },
  '0810': { title: 'load keys result', from: 'terminal', fields: ['code', 'commerce_code', 'terminal_id'] },
  '0270': {
    title: 'multi-merchant sale',
    from: 'till',
    fields: ['amount', 'ticket', 'print', 'employee_id', 'status', 'commerce_code'],
    answer: '0271',
    financial: true,
  },
  '0271': { title: 'multi-merchant sale result', from: 'terminal', fields: RESULT },
  '0280': { title: 'multi-merchant last sale', from: 'till', fields: ['print'], answer: '0290' },
  '0290': { title: 'multi-merchant last sale result', from: 'terminal', fields: RESULT },
} as const satisfies Record<string, MessageRow>;

const BY_CODE: ReadonlyMap<string, MessageRow> = new Map(Object.entries(TRANSBANK_MESSAGES));

export function transbankRow(code: string): MessageRow | undefined {
  return BY_CODE.get(code);
}

/** Told by 0900 while a sale of POS Integrado goes on; the self-service terminal has 83 to 87 as well. */
export const TRANSBANK_PROGRESS = { from: 78, to: 82 } as const;

/** Response codes as the official SDK 4.0.0 has them. */
export const TRANSBANK_RESPONSES: Readonly<Record<number, string>> = {
  0: 'approved',
  1: 'rejected',
  2: 'host does not answer',
  3: 'connection failed',
  4: 'transaction is void already',
  5: 'no such transaction',
  6: 'card not supported',
  7: 'cancelled at the POS',
  8: 'debit cannot be made void',
  9: 'card cannot be read',
  10: 'amount below the minimum',
  11: 'no such sale',
  12: 'transaction not supported',
  13: 'close the day first',
  16: 'wrong format from the host',
  17: 'last four digits are wrong',
  20: 'card not valid',
  21: 'void not allowed',
  22: 'timeout',
  24: 'no paper',
  25: 'date not valid',
  26: 'load the keys first',
  27: 'update first',
  60: 'wrong number of shares',
  61: 'request cannot be made',
  62: 'PIN pad trouble',
  65: "host's answer cannot be read",
  67: 'too many sales: close the day first',
  68: 'amount cannot be taken',
  70: 'ticket number has more than 6 characters',
  71: 'print text too long',
  72: 'amount must be more than 0',
  73: 'terminal id not set',
  74: 'close the day first',
  75: 'no cards set up for the merchant',
  76: 'too many sales: close the day first',
  77: 'close the day first',
  78: 'waiting for the card',
  79: 'asking to confirm the amount',
  80: 'choosing the shares',
  81: 'asking for the PIN',
  82: 'asking the host',
  83: 'choosing credit or debit',
  84: 'use the card',
  85: 'choosing the shares',
  86: 'typing the shares',
  87: 'confirming the shares',
  88: 'wrong number of shares',
  93: 'declined',
  94: 'answer cannot be read',
  95: 'rate cannot be printed',
};

export interface TransbankMessage {
  readonly code: string;
  /** everything behind the first bar, empty places kept */
  readonly values: readonly string[];
}

/** `undefined`: not four digits, or four digits with something else than a bar behind them. */
export function decodeTransbank(text: Uint8Array): TransbankMessage | undefined {
  const match = /^(\d{4})(?:\|([^]*))?$/.exec(decodeLatin1(text));
  if (!match?.[1]) return undefined;
  return { code: match[1], values: match[2] === undefined ? [] : match[2].split('|') };
}

/** Throws RangeError for a bar or a control character inside a value: values come from code and numbers. */
export function encodeTransbank({ code, values }: TransbankMessage): Uint8Array {
  const text = [code, ...values].join('|');
  const bytes = encodeLatin1(text);
  if (!bytes || values.some((value) => hasBar(value))) throw new RangeError('a bar inside a value');
  return bytes;
}

function hasBar(value: string): boolean {
  return [...value].some((char) => char === '|' || char < ' ');
}

/** The values by their names; what is empty or absent is left out. */
export function transbankFields({ code, values }: TransbankMessage): Record<string, string> {
  const names = transbankRow(code)?.fields ?? [];
  const named = values.flatMap((value, at) => (value === '' ? [] : [[names[at] ?? `field_${at + 1}`, value]]));
  return Object.fromEntries(named) as Record<string, string>;
}
