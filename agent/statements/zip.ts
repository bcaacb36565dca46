import { crc32 } from 'node:zlib';
import { Inflate } from 'fflate';
import { decodeGb18030 } from '../../protocols/bytes/gb18030.ts';
import { decodeUtf8 } from '../../protocols/bytes/utf8.ts';
import { StatementFault } from '../../protocols/statements/row.ts';

// A ZIP as a channel sends it, read by its central directory (APPNOTE 4.3.12). fflate inflates; names, sizes and CRC are
// checked here, because it checks none of them.

/** Alipay sends two files, UnionPay one. */
const MAX_ENTRIES = 4;
/** Two million rows of 300 bytes. */
export const MAX_UNPACKED = 640 * 1024 * 1024;
/** Deflate makes at most 1:1032; a bill of equal rows about 1:60. */
const MAX_RATIO = 400;
/** Fed to the inflater at a time: what comes out of it is held until it is taken. */
const PIECE = 16_384;

/** Names that channels give: no folder, no dots but one. */
const NAMES = [/^\d{1,32}_\d{8}_业务明细(?:\(汇总\)|（汇总）)?\.csv$/, /^INN\d{8}ZME?_\w{1,15}$/];

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly bytes: number;
  readonly unpacked: number;
  readonly offset: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;

/** The entries of a ZIP, every name and size checked before one byte is unpacked. */
export function zipEntries(zip: Uint8Array): ZipEntry[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.length);
  const end = endOfDirectory(view);
  const count = view.getUint16(end + 10, true);
  if (count === 0 || count > MAX_ENTRIES)
    throw new StatementFault('ZIP', `${count} files instead of 1 to ${MAX_ENTRIES}`);
  const entries: ZipEntry[] = [];
  for (let at = view.getUint32(end + 16, true); entries.length < count; ) {
    if (at + 46 > zip.length || view.getUint32(at, true) !== DIRECTORY_ENTRY) throw broken('its directory is damaged');
    const [nameBytes, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const name = nameOf(zip.subarray(at + 46, at + 46 + (nameBytes ?? 0)), view.getUint16(at + 8, true));
    entries.push({
      name,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      bytes: view.getUint32(at + 20, true),
      unpacked: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at += 46 + (nameBytes ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  for (const { bytes, unpacked } of entries)
    if (unpacked > MAX_UNPACKED || unpacked > (bytes + 1) * MAX_RATIO)
      throw new StatementFault('TOO_LARGE', `${bytes} bytes would become ${unpacked}`);
  return entries;
}

function endOfDirectory(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 65_535); at--)
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at;
  throw broken('it has no directory: the file was cut off');
}

/** GBK without the UTF-8 flag is how Alipay names its files. */
function nameOf(bytes: Uint8Array, flags: number): string {
  const name = flags & 0x800 ? decodeUtf8(bytes) : (decodeGb18030(bytes) ?? decodeUtf8(bytes));
  if (name === undefined || !NAMES.some((pattern) => pattern.test(name)))
    throw new StatementFault('ENTRY_NAME', `"${(name ?? '').slice(0, 80)}" is no file of a statement`);
  return name;
}

/** The content of an entry in pieces; the last one comes only when length and CRC are right. */
export function* unzipped(zip: Uint8Array, entry: ZipEntry): Generator<Uint8Array> {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.length);
  if (entry.offset + 30 > zip.length || view.getUint32(entry.offset, true) !== LOCAL_ENTRY)
    throw broken(`${entry.name} is not where the directory says`);
  const from = entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true);
  const packed = zip.subarray(from, from + entry.bytes);
  if (packed.length < entry.bytes) throw broken('the file was cut off');
  let crc = 0;
  let length = 0;
  let held: Uint8Array | undefined;
  for (const piece of pieces(packed, entry.method)) {
    crc = crc32(piece, crc);
    length += piece.length;
    if (length > entry.unpacked) throw broken(`${entry.name} is longer than the directory says`);
    if (held) yield held;
    held = piece;
  }
  if (crc !== entry.crc || length !== entry.unpacked) throw new StatementFault('CRC', `${entry.name} is damaged`);
  if (held) yield held;
}

function* pieces(packed: Uint8Array, method: number): Generator<Uint8Array> {
  if (method === 0) return yield packed;
  if (method !== 8) throw broken(`packed by method ${method}`);
  let out: Uint8Array[] = [];
  const inflate = new Inflate((piece) => out.push(piece));
  for (let at = 0; at < packed.length; at += PIECE) {
    try {
      inflate.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
    } catch (error) {
      throw new StatementFault('CRC', `cannot be unpacked: ${String(error)}`);
    }
    yield* out;
    out = [];
  }
}

function broken(detail: string): StatementFault {
  return new StatementFault('ZIP', `the ZIP cannot be read: ${detail}`);
}
