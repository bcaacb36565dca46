import { hash } from 'node:crypto';
import { strToU8, zipSync } from 'fflate';
import { canonicalJson, type Json } from '../../protocols/backend/canonical.ts';
import { decodeEscpos } from '../../protocols/escpos/decode.ts';
import { genericProfile } from '../../protocols/escpos/profile.ts';
import { slipText } from '../../protocols/escpos/summary.ts';
import { redact } from '../../protocols/paycode/redact.ts';
import type { Config } from '../config.ts';
import { layPrintable } from '../slips/printable.ts';
import { saleSlip } from '../slips/sale-slip.ts';
import { voucherNo } from '../slips/slip-texts.ts';
import type { Entry } from './entry.ts';
import type { LogFiles } from './files.ts';
import { fromJournal, type TillRecord } from './records.ts';
import { readLog } from './recovery.ts';
import { BEGINNING } from './segments.ts';
import type { LogReport } from './verify.ts';

// What a shop gives to whoever looks into a dispute (payment.md 6, 000-12 and 002-6): what the journal says of one order, the
// slip as it was printed, the signature if there was one; nothing of any other order. Each file is named in the manifest by
// its hash, each entry by its number and hash, and the chain by the entry that the backend has confirmed: with its word and the
// till's journal every entry here can be checked.

export interface EvidenceParts {
  readonly orderId: string;
  /** everything the log says of the order, oldest first */
  readonly entries: readonly Entry[];
  /** the whole log, as it was verified just now */
  readonly report: LogReport;
  readonly merchant: Config['merchant'];
  /** Unix ms */
  readonly madeAt: number;
}

/** Everything the log says of an order, its papers too (the search tables know only its payments): read once, from the beginning. */
export async function evidenceEntries(files: LogFiles, orderId: string): Promise<Entry[]> {
  const named = `"orderId":${JSON.stringify(orderId)}`;
  const found: Entry[] = [];
  await readLog(files, BEGINNING, (entry) => {
    if (JSON.stringify(entry.data).includes(named)) found.push(entry);
  });
  return found;
}

const PAPER = 58;

/** The files of the bundle, by name. */
export function evidenceFiles(parts: EvidenceParts): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const lines = parts.entries.map((entry) => canonicalJson(masked(entry) as unknown as Json));
  files.set('journal.jsonl', strToU8(`${lines.join('\n')}\n`));
  const slip = slipOf(parts);
  if (slip) addPrinted(files, 'slip', slip);
  documentsOf(parts.entries).forEach((document, index) => {
    addPrinted(files, `document-${index + 1}`, layPrintable(document, PAPER, { duplicate: true }).bytes);
    if (document.kind === 'card' && document.slip.signature)
      files.set(`signature-${index + 1}.json`, strToU8(JSON.stringify(document.slip.signature)));
  });
  files.set('manifest.json', strToU8(`${JSON.stringify(manifestOf(parts, files), undefined, 2)}\n`));
  return files;
}

export function evidenceZip(parts: EvidenceParts): Uint8Array {
  // a fixed time: the same evidence is the same file
  return zipSync(Object.fromEntries(evidenceFiles(parts)), { mtime: new Date(parts.madeAt) });
}

function manifestOf({ orderId, entries, report, madeAt }: EvidenceParts, files: ReadonlyMap<string, Uint8Array>) {
  return {
    v: 1,
    orderId,
    terminal: entries[0]?.terminal,
    madeAt: new Date(madeAt).toISOString(),
    files: Object.fromEntries([...files].map(([name, bytes]) => [name, hash('sha256', bytes)])),
    entries: entries.map(({ seq, hash: sealed, ts, type }) => ({ seq, hash: sealed, ts, type })),
    journal: { intact: report.ok, entries: report.entries, head: report.head, confirmedByBackend: report.anchor },
  };
}

/** Names and addresses of customers stay at home; what is left out is named by its hash, and long digits are starred. */
function masked(entry: Entry): Entry {
  const { document, ...job } = (entry.data['job'] ?? {}) as { readonly document?: Json };
  const data =
    entry.type === 'DOCUMENT'
      ? { ...entry.data, job: { ...job, documentSha256: hash('sha256', canonicalJson(document ?? null)) } }
      : entry.data;
  return JSON.parse(redact(JSON.stringify({ ...entry, data }))) as Entry;
}

type Paid = Extract<TillRecord, { type: 'ATTEMPT' }>['record']['attempt'];

/** The slip of the payment, as it was printed, marked as a reprint. */
function slipOf({ entries, merchant }: EvidenceParts): Uint8Array | undefined {
  const paid = entries.find((entry) => attemptOf(entry)?.state === 'PAID');
  const attempt = paid && attemptOf(paid);
  if (!paid || !attempt || attempt.channel === undefined) return undefined;
  const { attemptId, orderId, amountFen, channel, maskedPaycode, paidAt, transactionId } = attempt;
  const slip = {
    merchantName: merchant.name,
    merchantNo: merchant.merchantNo,
    terminalNo: merchant.terminalNo,
    operatorNo: merchant.operatorNo,
    servicePhone: merchant.servicePhone,
    channel,
    maskedPaycode,
    orderId,
    attemptId,
    amountFen,
    transactionId,
    instalments: attempt.instalments,
    paidAt: paidAt ?? Date.parse(paid.ts),
    slipId: voucherNo(paid) ?? '',
    anchor: paid.hash.slice(0, 8),
    duplicate: true,
  };
  return saleSlip(slip, PAPER).bytes;
}

function attemptOf(entry: Entry): Paid | undefined {
  const record = fromJournal(entry);
  return record.type === 'ATTEMPT' ? record.record.attempt : undefined;
}

function documentsOf(entries: readonly Entry[]) {
  return entries.flatMap((entry) => {
    const record = fromJournal(entry);
    return record.type === 'DOCUMENT' && record.job.document.kind !== 'drawer' ? [record.job.document] : [];
  });
}

function addPrinted(files: Map<string, Uint8Array>, name: string, bytes: Uint8Array): void {
  const profile = genericProfile(PAPER);
  const text = decodeEscpos(bytes, profile).slips.map((slip) => slipText(slip, profile.dots));
  files.set(`${name}.bin`, bytes);
  files.set(`${name}.txt`, strToU8(text.join('\n')));
}
