import { decodeLatin1, encodeLatin1 } from '../../bytes/latin1.ts';

// NCCC of Taiwan: one message of 400 characters, every field at its place (terminals.md 2.2). Requests and answers have the
// same layout; what does not apply is blank.
//
//   02   I      01N03 ...  000000010000  240131  120000  ...   03   LRC
//   STX  @1     @8         @43 amount    @55     @61     @400  ETX

export const NCCC_BYTES = 400;

interface NcccField {
  readonly length: number;
  /** never shown, logged or kept */
  readonly secret?: 'card';
}

/** In order, without gaps: the place of a field is the sum of those before it. */
export const NCCC_FIELDS = {
  ecr_indicator: { length: 1 },
  version: { length: 6 },
  trans_type_indicator: { length: 1 },
  trans_type: { length: 2 },
  payment_indicator: { length: 1 },
  host_id: { length: 2 },
  receipt_no: { length: 6 },
  card_no: { length: 19, secret: 'card' },
  expiry: { length: 4, secret: 'card' },
  amount: { length: 12 },
  date: { length: 6 },
  time: { length: 6 },
  approval: { length: 9 },
  wave_indicator: { length: 1 },
  ecr_response: { length: 4 },
  merchant_id: { length: 15 },
  terminal_id: { length: 8 },
  exp_amount: { length: 12 },
  store_id: { length: 18 },
  instalment_redeem_ind: { length: 1 },
  rdm_paid_amt: { length: 12 },
  rdm_points: { length: 8 },
  points_balance: { length: 8 },
  redeem_amt: { length: 12 },
  inst_period: { length: 2 },
  down_payment: { length: 12 },
  inst_payment: { length: 12 },
  formality_fee: { length: 12 },
  card_type: { length: 2 },
  batch: { length: 6 },
  start_type: { length: 2 },
  mp_flag: { length: 1 },
  sp_issuer: { length: 8 },
  sp_return: { length: 8 },
  sp_rrn: { length: 12 },
  pay_item: { length: 5 },
  card_hash: { length: 50, secret: 'card' },
  mp_resp: { length: 6 },
  reserved1: { length: 1 },
  reserved2: { length: 1 },
  bank: { length: 3 },
  reserved3: { length: 5 },
  happygo: { length: 78, secret: 'card' },
} as const satisfies Record<string, NcccField>;
export type NcccFieldName = keyof typeof NCCC_FIELDS;
const ROWS = Object.entries(NCCC_FIELDS) as [NcccFieldName, NcccField][];

export const NCCC_TRANSACTIONS = {
  '01': 'sale',
  '02': 'refund',
  '30': 'void',
  '50': 'settlement',
  '99': 'reboot',
} as const;

export const NCCC_RESPONSES = {
  '0000': 'approved',
  '0001': 'error',
  '0002': 'call bank',
  '0003': 'timeout',
  '0004': 'operation error',
  '0005': 'communication error',
  '0006': 'user terminated',
} as const;

/** Name, first place (from 1) and length, as documents list them. */
export function ncccLayout(): (readonly [name: string, from: number, length: number])[] {
  let from = 1;
  return ROWS.map(([name, { length }]) => {
    const row = [name, from, length] as const;
    from += length;
    return row;
  });
}

/** Every field, trailing blanks gone. `undefined`: not 400 characters. */
export function decodeNccc(text: Uint8Array): Record<NcccFieldName, string> | undefined {
  if (text.length !== NCCC_BYTES) return undefined;
  const all = decodeLatin1(text);
  let from = 0;
  const fields = ROWS.map(([name, { length }]) => [name, all.slice(from, (from += length)).trimEnd()]);
  return Object.fromEntries(fields) as Record<NcccFieldName, string>;
}

/** What is not given is blank. Throws RangeError when a value is longer than its place or not Latin-1. */
export function encodeNccc(values: Partial<Record<NcccFieldName, string>>): Uint8Array {
  const text = ROWS.map(([name, { length }]) => {
    const value = values[name] ?? '';
    if (value.length > length) throw new RangeError(`${name} has ${length} characters, not ${value.length}`);
    return value.padEnd(length);
  }).join('');
  const bytes = encodeLatin1(text);
  if (!bytes) throw new RangeError('only Latin-1 fits into a field');
  return bytes;
}
