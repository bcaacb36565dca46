import type { Document } from '../../protocols/document/document.ts';
import type { Pictures } from '../../protocols/document/layout.ts';
import { type Bitmap, dotAt } from '../../protocols/escpos/image.ts';
import type { Advice } from '../errors.ts';

/** The parts of a till, in the order in which a technician tries them. */
export const STEPS = ['scan', 'sign', 'print', 'drawer'] as const;
export type Step = (typeof STEPS)[number];

export interface StepResult {
  readonly step: Step;
  readonly status: 'ok' | 'fail' | 'skipped';
  readonly cause: Advice;
}

export interface SelfTestReport {
  readonly ok: boolean;
  readonly till: string;
  readonly version: string;
  /** Unix ms */
  readonly at: number;
  readonly steps: readonly StepResult[];
}

/** What became of paper. `sure`: the printer itself said that it is out. */
export type Printed = { readonly kind: 'sure' | 'sent' } | { readonly kind: 'failed'; readonly why: string };

/** What came of asking for a signature. */
export type TrialSignature =
  | { readonly kind: 'signed'; readonly picture: Bitmap }
  | { readonly kind: 'unsigned'; readonly why: string };

/** The devices of the till, whoever holds them: the running agent, or nobody. */
export interface Bench {
  /** a payment waits for a code: nothing may be scanned now */
  readonly busy: boolean;
  /** the number of characters that the gun reads next; what they are is nobody's business */
  scanned(withinMs: number): Promise<number | undefined>;
  /** absent: there is no printer */
  readonly print?: (document: Document, pictures?: Pictures) => Promise<Printed>;
  /** absent: there is nothing to sign on */
  readonly sign?: (withinMs: number) => Promise<TrialSignature>;
}

export interface SelfTestParts {
  readonly bench: Bench;
  readonly till: string;
  readonly version: string;
  readonly now: () => number;
  readonly withinMs: number;
}

/** Tries each part and prints what came of it, with the result as a QR code. Never rejects for a device. */
export async function selfTest(parts: SelfTestParts, wanted: readonly Step[]): Promise<SelfTestReport> {
  const steps: StepResult[] = [];
  let picture: Bitmap | undefined;
  const trials = trialsOf(parts, (signed) => {
    picture = signed;
  });
  for (const step of STEPS) if (wanted.includes(step)) steps.push(await trials[step]());
  const { till, version, now, bench } = parts;
  const report = { ok: steps.every(({ status }) => status !== 'fail'), till, version, at: now(), steps };
  if (!wanted.includes('print') || !bench.print) return report;
  const slip = await bench.print(reportSlip(report, picture !== undefined), picture ? { [SIGNATURE]: picture } : {});
  if (slip.kind !== 'failed') return report;
  const noPaper = result('print', 'fail', `报告单没有打印：${slip.why}`, `the report was not printed: ${slip.why}`);
  return { ...report, ok: false, steps: steps.map((one) => (one.step === 'print' ? noPaper : one)) };
}

/** `onSigned`: the signature is for the slip alone; no record of the test has it. */
function trialsOf({ bench, withinMs }: SelfTestParts, onSigned: (picture: Bitmap) => void) {
  return {
    async scan() {
      if (bench.busy)
        return result('scan', 'fail', '正在收款，不能测试扫码', 'a payment is under way: no scan is tried');
      const length = await bench.scanned(withinMs);
      if (length === undefined) return result('scan', 'fail', '没有收到条码', 'no code came');
      return result('scan', 'ok', `收到 ${length} 个字符`, `${length} characters came`);
    },
    async sign() {
      if (!bench.sign) return result('sign', 'skipped', '没有配置签名设备', 'there is nothing to sign on');
      if (bench.busy)
        return result('sign', 'fail', '正在收款，不能测试签名', 'a payment is under way: no signature is tried');
      const signed = await bench.sign(withinMs);
      if (signed.kind === 'unsigned')
        return result('sign', 'fail', `没有签名：${signed.why}`, `no signature: ${signed.why}`);
      onSigned(signed.picture);
      const { width, height } = signed.picture;
      const dots = inkOf(signed.picture);
      return result('sign', 'ok', `收到签名 ${width}×${height}，${dots} 点`, `${width}×${height}, ${dots} dots of ink`);
    },
    print: () => paper('print', bench, TEST_PAGE),
    drawer: () => paper('drawer', bench, { v: 1, blocks: [{ type: 'drawer' }] }),
  } satisfies Record<Step, () => Promise<StepResult>>;
}

function inkOf(picture: Bitmap): number {
  let dots = 0;
  for (let y = 0; y < picture.height; y++) for (let x = 0; x < picture.width; x++) if (dotAt(picture, x, y)) dots++;
  return dots;
}

async function paper(step: 'print' | 'drawer', { print }: Bench, document: Document): Promise<StepResult> {
  if (!print) return result(step, 'skipped', '没有配置打印机', 'no printer is configured');
  const printed = await print(document);
  if (printed.kind === 'failed') return result(step, 'fail', `失败：${printed.why}`, `failed: ${printed.why}`);
  if (printed.kind === 'sent')
    return result(step, 'ok', '已发送（此打印机不能确认）', 'sent (this printer cannot confirm)');
  return result(step, 'ok', '打印机已确认', 'the printer confirms it');
}

function result(step: Step, status: StepResult['status'], zh: string, en: string): StepResult {
  return { step, status, cause: { zh, en } };
}

/** Characters of every kind that a slip has. */
const TEST_PAGE: Document = {
  v: 1,
  blocks: [
    { type: 'text', text: '打印测试 Print test', align: 'center', bold: true },
    { type: 'text', text: '人民币 ¥12.50  微信 支付宝 云闪付 囍', align: 'center' },
    { type: 'text', text: '0123456789 ABCDEFGHIJKLM nopqrstuvwxyz' },
    { type: 'rule' },
    { type: 'cut' },
  ],
};

/** The report as one line of text, for the QR code and for whoever reads it back. */
export function reportText({ till, version, at, ok, steps }: SelfTestReport): string {
  const told = steps.map(({ step, status }) => `${step}=${status}`).join(' ');
  return `TILLWIRE-SELFTEST ${ok ? 'ok' : 'fail'} ${told} till=${till} v=${version} at=${new Date(at).toISOString()}`;
}

const WORDS: Readonly<Record<Step | StepResult['status'], string>> = {
  scan: '扫码 scan',
  sign: '签名 sign',
  print: '打印 print',
  drawer: '钱箱 drawer',
  ok: '正常 ok',
  fail: '故障 FAULT',
  skipped: '未测试 not tested',
};

const SIGNATURE = 'signature';

function reportSlip(report: SelfTestReport, isSigned: boolean): Document {
  return {
    v: 1,
    blocks: [
      { type: 'text', text: '自检单 Self-test', align: 'center', size: 'tall', bold: true },
      { type: 'text', text: report.till, align: 'center' },
      { type: 'rule' },
      ...report.steps.map(({ step, status }) => ({
        type: 'columns' as const,
        cells: [{ text: WORDS[step] }, { text: WORDS[status], align: 'right' as const }],
      })),
      ...(isSigned ? [{ type: 'signature' as const, name: SIGNATURE }] : []),
      { type: 'rule' },
      { type: 'qr', text: reportText(report), mm: 35 },
      { type: 'text', text: `${new Date(report.at).toISOString()}  v${report.version}`, align: 'center' },
      { type: 'cut' },
    ],
  };
}
