import { expect, it } from 'vitest';
import { toHex } from '../../protocols/bytes/hex.ts';
import { newBitmap } from '../../protocols/escpos/image.ts';
import { decodeJbig } from '../../protocols/signature/jbig-decode.ts';
import { type SignatureSale, uploadRecord } from '../../protocols/signature/upload-record.ts';
import { LCG } from '../seeded.ts';
import { anySignature, sameDots } from './jbig-peer.ts';

const SALE: SignatureSale = {
  amountFen: 1250,
  trace: '000345',
  batch: '000012',
  settlementMmdd: '0131',
  referenceNo: '013123456789',
  terminalId: '15221155',
  merchantId: '104152253311021',
  receipt: { merchantName: '测试', time: '20261122154213', mobile: '13800138000', operator: '01' },
};

it('the record of terminals.md 3.3, without a card number and without a MAC', () => {
  const picture = anySignature(new LCG(8));
  const record = uploadRecord(SALE, picture, { imageBytes: 9999, receiptBytes: 999 });
  if ('refusal' in record) throw new Error(record.refusal);
  const { '55': receipt, '62': image, ...plain } = record.fields;
  expect(plain).toEqual({
    '4': '000000001250',
    '11': '000345',
    '15': '0131',
    '37': '013123456789',
    '41': '15221155',
    '42': '104152253311021',
    '60': '07000012800',
  });
  // written by hand: GBK, two digits, seven BCD bytes, six BCD bytes with a zero in front
  expect(toHex(receipt)).toBe('ff0004b2e2cad4ff020101ff060720261122154213ff0b06013800138000');
  const read = decodeJbig(image);
  expect('bitmap' in read && sameDots(read.bitmap, picture)).toBe(true);
});

it('an unknown settlement date is left out', () => {
  for (const settlementMmdd of ['0000', undefined]) {
    const { settlementMmdd: _, ...rest } = SALE;
    const record = uploadRecord(settlementMmdd === undefined ? rest : { ...SALE, settlementMmdd }, newBitmap(8, 8));
    expect('fields' in record && '15' in record.fields).toBe(false);
  }
});

it.each([
  ['trace', { trace: '345' }],
  ['batch', { batch: '00001X' }],
  ['referenceNo', { referenceNo: '1' }],
  ['amountFen', { amountFen: 12.5 }],
  ['settlementMmdd', { settlementMmdd: '131' }],
  ['mobile', { receipt: { mobile: '+8613800138000' } }],
  ['remarks', { receipt: { remarks: '长'.repeat(31) } }],
] as const)('a %s that is none is refused by name', (field, change) => {
  expect(uploadRecord({ ...SALE, ...change }, newBitmap(8, 8))).toEqual({ refusal: 'bad-field', field });
});
