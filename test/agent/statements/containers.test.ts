import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStatement, readStatementBytes } from '../../../agent/statements/read-statement.ts';
import { SeenKeys } from '../../../agent/statements/seen-keys.ts';
import type { StatementRow } from '../../../protocols/statements/row.ts';
import type { LedgerEntry } from '../../../simulator/acquirer/ledger.ts';
import { alipayBill } from '../../../simulator/statements/alipay-bill.ts';
import { unionPayBill, unionPayBillName } from '../../../simulator/statements/unionpay-bill.ts';
import { wechatBill } from '../../../simulator/statements/wechat-bill.ts';
import { cpuMs } from '../../cpu-ms.ts';

const BILLS = join(import.meta.dirname, '../../vectors/payment/bills');
const bill = (name: string): string => join(BILLS, name);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwire-bills-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, bytes: Uint8Array): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

async function rowsOf(file: string): Promise<StatementRow[]> {
  const rows: StatementRow[] = [];
  await readStatement(file, (row) => rows.push(row));
  const again: StatementRow[] = [];
  readStatementBytes(basename(file), readFileSync(file), (row) => again.push(row));
  expect(again).toEqual(rows);
  return rows;
}

describe('the same statement in another form has the same rows', () => {
  const plain = bill('wechat-all-20241120.csv');

  it('GZIP', async () => {
    expect(await rowsOf(bill('wechat-all-20241120.csv.gz'))).toEqual(await rowsOf(plain));
  });

  it('with a byte order mark and bare line feeds', async () => {
    const text = `\ufeff${readFileSync(plain, 'utf8').replaceAll('\r\n', '\n')}`;
    expect(await rowsOf(written('bom.csv', Buffer.from(text)))).toEqual(await rowsOf(plain));
  });

  it('without the last line feed', async () => {
    const text = readFileSync(plain, 'utf8').trimEnd();
    expect(await rowsOf(written('bare.csv', Buffer.from(text)))).toEqual(await rowsOf(plain));
  });

  it("a service provider's: each row names the shop behind it", async () => {
    const rows = await rowsOf(bill('wechat-all-20241120-serviceprovider.csv'));
    expect(rows.map((row) => ({ ...row, subMerchantId: null }))).toEqual(await rowsOf(plain));
    expect(new Set(rows.map(({ subMerchantId }) => subMerchantId))).toEqual(new Set(['1900000999']));
  });

  it('a name that holds comma and back-tick stays one name', async () => {
    const [, second] = await rowsOf(bill('wechat-all-hostile-title.csv'));
    expect(second).toMatchObject({ title: '可乐,`半价,大瓶', feeFen: 0, amountFen: 1, rate: '0.60%' });
  });

  it('Alipay: ZIP with GBK names, and UTF-8 instead of GBK', async () => {
    const gbk = bill('alipay-detail-20241120.gbk.csv');
    expect(await rowsOf(bill('alipay-20241120.zip'))).toEqual(await rowsOf(gbk));
    const text = new TextDecoder('gb18030').decode(readFileSync(gbk));
    expect(await rowsOf(written('utf8.csv', Buffer.from(text)))).toEqual(await rowsOf(gbk));
  });

  it('UnionPay: fileContent, and records without separators', async () => {
    const plainZm = bill('INN24112000ZM_700000000000001');
    expect(await rowsOf(bill('unionpay-fileContent.b64.txt'))).toEqual(await rowsOf(plainZm));
    const widths = [
      3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13,
      13, 8, 32, 13, 13, 12, 2, 1, 131,
    ];
    const bare = readFileSync(plainZm, 'latin1')
      .split('\r\n')
      .filter((line) => line !== '')
      .map((line) => {
        let at = 0;
        return widths.map((width) => line.slice(at, (at += width + 1) - 1)).join('');
      });
    const bytes = Buffer.from(`${bare.join('\r\n')}\r\n`, 'latin1');
    expect(bytes.indexOf('\r\n')).toBe(567);
    expect(await rowsOf(written('INN24112000ZM_700000000000001', bytes))).toEqual(await rowsOf(plainZm));
  });
});

describe('a container that lies is refused', () => {
  const inside = '20881000000000000156_20241120_业务明细.csv';
  const refused = (name: string, bytes: Uint8Array, code: string) =>
    expect(readStatement(written(name, bytes), () => undefined)).rejects.toMatchObject({ code });

  it('another name, a folder, five files, a bomb', async () => {
    await refused('a.zip', zipSync({ 'a.csv': Buffer.from('x') }), 'ENTRY_NAME');
    await refused('b.zip', zipSync({ [`x/${inside}`]: Buffer.from('x') }), 'ENTRY_NAME');
    const five = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`${n}_20241120_业务明细.csv`, Buffer.from('x')]));
    await refused('c.zip', zipSync(five), 'ZIP');
    await refused('d.zip', zipSync({ [inside]: new Uint8Array(20_000_000) }, { level: 9 }), 'TOO_LARGE');
  });

  it('cut off anywhere, or one bit of its content turned', async () => {
    const zip = readFileSync(bill('alipay-20241120.zip'));
    for (const length of [30, 400, zip.length - 1, zip.length - 30])
      await expect(readStatement(written('cut.zip', zip.subarray(0, length)), () => undefined)).rejects.toMatchObject({
        code: expect.stringMatching(/^(ZIP|CRC)$/),
      });
    const turned = Buffer.from(zip);
    turned.writeUInt8(turned.readUInt8(300) ^ 1, 300);
    await expect(readStatement(written('bit.zip', turned), () => undefined)).rejects.toMatchObject({
      code: expect.stringMatching(/^(CRC|ZIP)$/),
    });
    const gz = gzipSync(readFileSync(bill('wechat-all-20241120.csv')));
    await refused('cut.gz', gz.subarray(0, gz.length - 9), 'CRC');
  });

  it('what could be base64 and is none is refused in one look, also when it is long', () => {
    const took = cpuMs(() => {
      for (const middle of [' ', '=', 'A=', '= '])
        expect(() =>
          readStatementBytes('x.csv', Buffer.from(`eA${middle.repeat((4 << 20) / middle.length)}!`), () => undefined),
        ).toThrow(expect.objectContaining({ code: expect.stringMatching(/^(UNKNOWN_FORMAT|ROW)$/) }));
    });
    expect(took).toBeLessThan(1_000);
  });

  it('what unpacks to more than is held is too large, not damaged', () => {
    const bytes = gzipSync(new Uint8Array(129 << 20), { level: 1 });
    expect(() => readStatementBytes('zeros.gz', bytes, () => undefined)).toThrow(
      expect.objectContaining({ code: 'TOO_LARGE' }),
    );
  });

  it('a UnionPay day without transactions is an empty file, and no fault', async () => {
    const file = written('INN26112200ZM_700000000000001', new Uint8Array());
    const summary = await readStatement(file, () => undefined);
    expect(summary).toMatchObject({ channel: 'UNIONPAY', day: '2026-11-22', rows: 0, netFen: 0 });
  });

  it('nothing, a picture, a summary alone', async () => {
    await refused('empty.csv', new Uint8Array(), 'NO_SUMMARY');
    await refused('picture.csv', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a), 'UNKNOWN_FORMAT');
    await refused('summary.csv', readFileSync(bill('alipay-summary-20241120.gbk.csv')), 'UNKNOWN_FORMAT');
    const twice = readFileSync(bill('wechat-all-20241120.csv'), 'utf8').replace(/(`2024[^\n]*\n)/, '$1$1');
    await refused('twice.csv', Buffer.from(twice), 'DUPLICATE_IN_BILL');
    const other = readFileSync(bill('wechat-all-20241120.csv'), 'utf8').replace('`1900000109', '`1900000110');
    await refused('other.csv', Buffer.from(other), 'MERCHANT');
    const late = readFileSync(bill('wechat-all-20241120.csv'), 'utf8').replace(
      '2024-11-20 16:30:02',
      '2024-11-21 16:30:02',
    );
    await refused('late.csv', Buffer.from(late), 'DATE');
  });
});

it('what the acquirer writes is read back row by row, across the edges of what is read at once', async () => {
  const at = Date.UTC(2026, 10, 22, 2);
  const ledger = Array.from({ length: 6_000 }, (_, n): LedgerEntry => {
    const common = {
      at: at + n,
      attemptId: `A${n}`,
      orderId: `O${n}`,
      amountFen: 1 + n,
      transactionId: `4200${String(n).padStart(18, '0')}`,
    };
    return { ...common, kind: 'charge', channel: (['WECHAT', 'ALIPAY', 'UNIONPAY'] as const)[n % 3] ?? 'WECHAT' };
  });
  const terms = {
    day: '2026-11-22',
    merchantId: '208810001',
    terminalNo: 'T0000001',
    shopName: '街角小店',
    feeRateBp: 60,
  };
  for (const [name, bytes] of [
    ['w.csv', wechatBill(ledger, terms)],
    ['a.zip', alipayBill(ledger, terms)],
    [unionPayBillName(terms), unionPayBill(ledger, terms)],
  ] as const) {
    const rows = await rowsOf(written(name, bytes));
    const charges = ledger.filter(({ channel }) => channel === rows[0]?.channel);
    expect(rows.map(({ attemptId, amountFen }) => [attemptId, amountFen])).toEqual(
      charges.map(({ attemptId, amountFen }) => [attemptId, amountFen]),
    );
    expect(rows.every(({ title }) => title?.startsWith('街角小店'))).toBe(true);
  }
});

it('a hundred thousand keys are told apart, and each is known again', () => {
  const seen = new SeenKeys();
  const keys = Array.from({ length: 100_000 }, (_, n) => `01KAN0RBZC${String(n).padStart(16, '0')}`);
  expect(keys.every((key) => seen.add(key, 1))).toBe(true);
  expect(keys.some((key) => seen.add(key, 1))).toBe(false);
  expect(seen.add('01KAN0RBZC0000000000000000', 2)).toBe(true);
});
