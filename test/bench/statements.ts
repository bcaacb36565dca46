import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { readStatement } from '../../agent/statements/read-statement.ts';
import type { Row } from './rows.ts';

// Statements in rows a second beside papaparse, the most used CSV reader, on the same file. It splits fields; ours gives
// checked rows with money in fen, duplicates and totals included.

const ROWS = 100_000;

const HEADER =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
const SUMMARY = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';

function rowText(at: number): string {
  const number = String(at).padStart(10, '0');
  const time = `2024-11-20 ${String(8 + (at % 12)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}:09`;
  return `\`${time},\`wx8888888888888888,\`1900000109,\`,\`T0000001,\`420000240020241120${number},\`01JD3VY9${number}00000000,\`oUpF8uMuAJO_M2pxb1Q9zNjWeS6o,\`MICROPAY,\`SUCCESS,\`ICBC_DEBIT,\`CNY,\`35.80,\`0.00,\`0,\`0,\`0.00,\`0.00,\`,\`,\`街角小店收款,\`,\`0.21000,\`0.60%,\`35.80,\`0.00,\`\r\n`;
}

/** A WeChat bill of `rows` payments. */
export async function writeBill(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file);
  out.write(`${HEADER}\r\n`);
  for (let at = 0; at < rows; at += 1_000) {
    const lines = Array.from({ length: Math.min(1_000, rows - at) }, (_, n) => rowText(at + n));
    if (!out.write(lines.join(''))) await once(out, 'drain');
  }
  const yuan = (fen: number) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
  const sums = [String(rows), yuan(3_580 * rows), '0.00', '0.00', `${yuan(21 * rows)}000`, yuan(3_580 * rows), '0.00'];
  out.end(`${SUMMARY}\r\n${sums.map((one) => `\`${one}`).join(',')}\r\n`);
  await once(out, 'finish');
}

async function ours(file: string): Promise<number> {
  let sum = 0;
  const { rows } = await readStatement(file, ({ amountFen }) => {
    sum += amountFen;
  });
  if (sum !== rows * 3_580) throw new Error(`${sum} fen`);
  return rows;
}

function papaparse(file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let rows = 0;
    Papa.parse<string[]>(createReadStream(file), {
      step: ({ data }) => {
        if (data.length === 27) rows += 1;
      },
      error: reject,
      // the header has as many fields
      complete: () => resolve(rows - 1),
    });
  });
}

/** Processor time, so that a busy machine does not count. */
async function speed(read: (file: string) => Promise<number>, file: string): Promise<number> {
  const before = process.cpuUsage();
  const rows = await read(file);
  const { user, system } = process.cpuUsage(before);
  if (rows !== ROWS) throw new Error(`${rows} of ${ROWS} rows`);
  return rows / ((user + system) / 1e6);
}

export async function measureStatements(folder: string, runs: number): Promise<Row[]> {
  const file = join(folder, 'wechat.csv');
  await writeBill(file, ROWS);
  const pairs: { value: number; baselineValue: number }[] = [];
  for (let run = 0; run <= runs; run++) {
    const pair = { value: await speed(ours, file), baselineValue: await speed(papaparse, file) };
    // the first one warms both up
    if (run > 0) pairs.push(pair);
  }
  const sorted = pairs.toSorted((a, b) => a.value / a.baselineValue - b.value / b.baselineValue);
  const { value, baselineValue } = sorted[Math.floor(sorted.length / 2)] ?? { value: 0, baselineValue: 1 };
  return [
    {
      name: 'statement rows, read and checked',
      value: value / 1_000,
      unit: 'thousand rows/s',
      baseline: 'papaparse splitting the fields of the same file',
      baselineValue: baselineValue / 1_000,
      ratio: value / baselineValue,
      better: 'higher',
      limit: 0.6,
    },
  ];
}
