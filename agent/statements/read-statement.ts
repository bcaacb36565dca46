import { createHash } from 'node:crypto';
import { AlipayStatement } from '../../protocols/statements/alipay.ts';
import { saysNoBill } from '../../protocols/statements/no-bill.ts';
import { netFen, type OnRow, type StatementChannel, StatementFault } from '../../protocols/statements/row.ts';
import { isUnionPayLine, UnionPayStatement, unionPayFile } from '../../protocols/statements/unionpay.ts';
import { type DecodeField, WechatStatement } from '../../protocols/statements/wechat.ts';
import { contentsOf, contentsOfBytes } from './container.ts';
import { CsvRecords } from './csv-records.ts';
import { RowChecks } from './row-checks.ts';

/** The longest row that was seen has 600 bytes; a file without line feeds is none. */
const MAX_LINE = 65_536;

/** What was read, and that it was read whole: totals, merchant, day and duplicates are right. */
export interface StatementSummary {
  readonly file: string;
  /** of the bytes as they were downloaded */
  readonly sha256: string;
  readonly channel: StatementChannel;
  /** Beijing time; `undefined`: a bill without rows whose name does not say it either */
  readonly day: string | undefined;
  readonly merchantId: string | undefined;
  readonly rows: number;
  readonly netFen: number;
}

/**
 * Reads one downloaded statement of any channel, packed or not. Rows come as they are read: they count only when this has
 * resolved. Rejects with {@link StatementFault}, or with the file system's error.
 */
export async function readStatement(file: string, onRow: OnRow): Promise<StatementSummary> {
  const hash = createHash('sha256');
  const found = new Bills(onRow);
  for (const { name, chunks } of await contentsOf(file, (chunk) => hash.update(chunk))) {
    const bill = found.next(name);
    for await (const chunk of chunks) bill.push(chunk);
    bill.end();
  }
  return { file, sha256: hash.digest('hex'), ...found.only() };
}

/** The same of a file that is in memory already. */
export function readStatementBytes(
  name: string,
  bytes: Uint8Array,
  onRow: OnRow,
): Omit<StatementSummary, 'file' | 'sha256'> {
  const found = new Bills(onRow);
  for (const content of contentsOfBytes(name, bytes)) {
    const bill = found.next(content.name);
    for (const chunk of content.chunks) bill.push(chunk);
    bill.end();
  }
  return found.only();
}

/** The contents of one download: one bill, and perhaps a summary. */
class Bills {
  readonly #onRow: OnRow;
  readonly #read: Bill[] = [];

  constructor(onRow: OnRow) {
    this.#onRow = onRow;
  }

  next(name: string): Bill {
    const bill = new Bill(name, this.#onRow);
    this.#read.push(bill);
    return bill;
  }

  only(): Omit<StatementSummary, 'file' | 'sha256'> {
    const [first, second] = this.#read.flatMap((bill) => bill.found() ?? []);
    if (second) throw new StatementFault('UNKNOWN_FORMAT', 'two statements in one file');
    if (!first) throw new StatementFault('UNKNOWN_FORMAT', 'only a summary: the rows stand in 业务明细.csv');
    return first;
  }
}

/** The only day that a file's name has, `2026-11-22` or `20261122`. */
function dayIn(name: string): string | undefined {
  const found = [...name.matchAll(/(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)/g)];
  const days = new Set(found.map(([, year = '', month = '', date = '']) => `${year}-${month}-${date}`));
  return days.size === 1 ? [...days][0] : undefined;
}

/** One content while it is read. Its first piece tells what it is. */
class Bill {
  readonly #name: string;
  readonly #checks: RowChecks;
  readonly #onRow: OnRow;
  #feed: LineFeed | undefined;

  constructor(name: string, onRow: OnRow) {
    this.#name = name;
    this.#checks = new RowChecks(name);
    this.#onRow = (row) => {
      this.#checks.check(row);
      this.#checks.netFen += netFen(row);
      onRow(row);
    };
  }

  push(chunk: Uint8Array): void {
    this.#feed ??= feedFor(this.#name, chunk, this.#onRow);
    this.#feed.push(chunk);
  }

  end(): void {
    // a UnionPay file of a day without transactions has no bytes; its name is all that it says
    if (!this.#feed && unionPayFile(this.#name))
      this.#feed = new ByteLines(new UnionPayStatement(this.#name, this.#onRow));
    if (!this.#feed) throw new StatementFault('NO_SUMMARY', 'the file is empty');
    this.#feed.end();
  }

  /** `undefined`: a summary, which has no rows. */
  found(): Omit<StatementSummary, 'file' | 'sha256'> | undefined {
    const channel = this.#feed?.channel;
    if (channel === undefined) return undefined;
    const { day = dayIn(this.#name), merchantId, rows, netFen } = this.#checks;
    return { channel, day, merchantId, rows, netFen };
  }
}

/** Takes the lines of one format. */
interface Lines {
  readonly channel: StatementChannel | undefined;
  /** `bytes`: each letter of a line is to be one byte */
  readonly letters: 'text' | 'bytes';
  push(line: string): void;
  end(): void;
}

interface LineFeed {
  readonly channel: StatementChannel | undefined;
  push(chunk: Uint8Array): void;
  end(): void;
}

function feedFor(name: string, beginning: Uint8Array, onRow: OnRow): LineFeed {
  const end = beginning.indexOf(0x0a);
  const firstLine = beginning.subarray(0, end < 0 ? beginning.length : end);
  if (isUnionPayLine(withoutReturn(firstLine))) return new ByteLines(new UnionPayStatement(name, onRow));
  return new TextLines(beginning, (text) => formatOf(text, onRow));
}

function formatOf(beginning: string, onRow: OnRow): Lines {
  if (saysNoBill(beginning.slice(0, 4_096)))
    throw new StatementFault('NO_BILL', 'the channel has no bill yet: not an empty bill, the day stays open');
  if (beginning.startsWith('交易时间,')) {
    const reader = new WechatStatement(onRow, utf8Fields());
    return { channel: 'WECHAT', letters: 'bytes', push: (line) => reader.push(line), end: () => reader.end() };
  }
  if (beginning.startsWith('#支付宝业务汇总查询'))
    return { channel: undefined, letters: 'text', push: () => {}, end: () => {} };
  if (beginning.startsWith('#支付宝')) return alipayLines(onRow);
  throw new StatementFault('UNKNOWN_FORMAT', 'neither a WeChat, an Alipay nor a UnionPay statement');
}

function alipayLines(onRow: OnRow): Lines {
  const reader = new AlipayStatement(onRow);
  const records = new CsvRecords((fields) => reader.push(fields));
  return {
    channel: 'ALIPAY',
    letters: 'text',
    push: (line) => (line.startsWith('#') ? reader.push([line]) : records.push(line)),
    end() {
      records.end();
      reader.end();
    },
  };
}

/** UTF-8 of a field whose letters are bytes. A shop sells few things: the last names are remembered. */
function utf8Fields(): DecodeField {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const known = new Map<string, string>();
  let last = '';
  let lastText = '';
  return (field) => {
    if (field === last) return lastText;
    if (!/[\x80-\xff]/.test(field)) return field;
    const text = known.get(field) ?? decodeStrictly(decoder, Buffer.from(field, 'latin1'), false);
    if (known.size >= NAMES_KNOWN) known.clear();
    known.set(field, text);
    last = field;
    lastText = text;
    return text;
  };
}

const NAMES_KNOWN = 256;

function decodeStrictly(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array, stream: boolean): string {
  try {
    return decoder.decode(bytes, { stream });
  } catch {
    throw new StatementFault('TEXT_ENCODING', `bytes that are no ${decoder.encoding}`);
  }
}

const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

/** UTF-8, or GBK where it is none. A byte order mark is dropped. */
class TextLines implements LineFeed {
  readonly #decoder: InstanceType<typeof TextDecoder>;
  readonly #lines: Lines;
  #first = true;
  #rest = '';

  constructor(beginning: Uint8Array, open: (beginning: string) => Lines) {
    const encoding = encodingOf(beginning);
    this.#decoder = new TextDecoder(encoding, { fatal: true });
    this.#lines = open(new TextDecoder(encoding).decode(beginning));
  }

  get channel(): StatementChannel | undefined {
    return this.#lines.channel;
  }

  push(chunk: Uint8Array): void {
    if (this.#lines.letters === 'text') return this.#take(decodeStrictly(this.#decoder, chunk, true));
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
    this.#take(this.#first && text.startsWith(BYTE_ORDER_MARK) ? text.slice(3) : text);
    this.#first = false;
  }

  end(): void {
    const last = this.#lines.letters === 'text' ? decodeStrictly(this.#decoder, new Uint8Array(), false) : '';
    this.#take(`${last}\n`);
    this.#lines.end();
  }

  #take(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; from = end + 1, end = text.indexOf('\n', from)) {
      const till = text.charCodeAt(end - 1) === 0x0d && end > from ? end - 1 : end;
      const line = this.#rest === '' ? text.slice(from, till) : withoutReturnText(this.#rest + text.slice(from, till));
      this.#rest = '';
      this.#lines.push(line);
    }
    this.#rest += text.slice(from);
    if (this.#rest.length > MAX_LINE) throw new StatementFault('ROW', `a line of more than ${MAX_LINE} characters`);
  }
}

/** The carriage return may have been the last letter of a chunk. */
function withoutReturnText(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** The beginning decides; it may end in the middle of a letter. */
function encodingOf(beginning: Uint8Array): 'utf-8' | 'gb18030' {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(beginning, { stream: true });
    return 'utf-8';
  } catch {
    return 'gb18030';
  }
}

/** Fixed widths are counted in bytes: these lines are not decoded. */
class ByteLines implements LineFeed {
  readonly channel = 'UNIONPAY';
  readonly #reader: UnionPayStatement;
  #rest: Uint8Array = new Uint8Array();

  constructor(reader: UnionPayStatement) {
    this.#reader = reader;
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; from = end + 1, end = bytes.indexOf(0x0a, from))
      this.#reader.push(withoutReturn(bytes.subarray(from, end)));
    this.#rest = bytes.slice(from);
    if (this.#rest.length > MAX_LINE) throw new StatementFault('ROW', `a line of more than ${MAX_LINE} bytes`);
  }

  end(): void {
    this.#reader.push(withoutReturn(this.#rest));
    this.#reader.end();
  }
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}
