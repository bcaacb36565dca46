/** What a value is, for whoever shows or checks it. */
export type MisForm = 'number' | 'text' | 'amount' | 'objects' | 'bytes';

export interface MisTag {
  /** the words of the observed dialect */
  readonly request?: string;
  readonly response?: string;
  readonly form: MisForm;
  /** never shown, logged or kept: `paycode` is the customer's money, `card` is card data */
  readonly secret?: 'paycode' | 'card';
}

/** The objects of the observed dialect (terminals.md 3.1): two bytes of tag, DF and another, whatever its bits say. */
const MIS_TAGS = {
  DF01: { request: 'packet type 00 request, 01 ISO 8583 relay, 02 result', form: 'number' },
  DF02: { request: 'command (45 QR sale, 46 QR void seen)', form: 'number' },
  DF04: { request: '2-byte random, echoed', form: 'bytes' },
  DF03: { request: 'amount, 6-byte BCD in requests, text in responses', form: 'amount' },
  DF46: { request: 'till no 10', form: 'text' },
  DF47: { request: 'operator 10', form: 'text' },
  DF6A: { request: 'payment code scanned by the till', form: 'text', secret: 'paycode' },
  DF18: { request: 'original voucher', form: 'bytes' },
  DF19: { request: 'original trace', form: 'bytes' },
  DF16: { request: 'original auth', form: 'text' },
  DF17: { request: 'original date', form: 'text' },
  DF69: { request: 'wallet order no', form: 'text' },
  DF06: { response: 'container', form: 'objects' },
  DF07: { response: 'result: 2 chars = host code, 8 chars = POS/EMV error', form: 'text' },
  DF10: { response: 'voucher', form: 'bytes' },
  DF11: { response: 'batch', form: 'text' },
  DF12: { response: 'TID', form: 'text' },
  DF13: { response: 'MID', form: 'text' },
  DF44: { response: 'merchant EN', form: 'text' },
  DF45: { response: 'merchant CN (GBK)', form: 'text' },
  DF0A: { response: 'trace', form: 'bytes' },
  DF1A: { response: 'RRN', form: 'text' },
  DF1B: { response: 'auth', form: 'text' },
  DF1C: { response: 'date MMDD', form: 'text' },
  DF1D: { response: 'time', form: 'text' },
  DF1E: { response: 'PAN', form: 'text', secret: 'card' },
  DF1F: { response: 'expiry', form: 'text', secret: 'card' },
  DF21: { response: 'card type', form: 'bytes' },
  DF24: { response: '01 = more packets', form: 'number' },
  DF2C: { response: 'card name', form: 'text' },
  DF2F: { response: 'entry mode', form: 'bytes' },
  DFA1: { response: 'no-signature flag', form: 'bytes' },
  DFA2: { response: 'no-signature limit', form: 'bytes' },
} as const satisfies Record<string, MisTag>;

const BY_NAME: ReadonlyMap<string, MisTag> = new Map(Object.entries(MIS_TAGS));

/** `undefined`: not one that was ever seen; its value is kept as bytes. */
export function misTag(name: string): MisTag | undefined {
  return BY_NAME.get(name);
}
