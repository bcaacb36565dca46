import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, gunzipSync, inflateSync } from 'node:zlib';
import { fromBase64 } from '../../protocols/bytes/base64.ts';
import { StatementFault } from '../../protocols/statements/row.ts';
import { MAX_UNPACKED, unzipped, zipEntries } from './zip.ts';

/** A packed file is held whole, because a ZIP's directory stands at its end: two million rows take about 60 MB. */
const MAX_PACKED = 128 * 1024 * 1024;
const READ_BYTES = 262_144;

/** What is inside a file that was downloaded: one bill, and perhaps its summary. */
export interface Content {
  /** the name that counts: of a ZIP the one inside */
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Takes WeChat's GZIP, Alipay's ZIP and UnionPay's base64 `fileContent` (zlib, then ZIP) off; what is plain stays. */
export async function contentsOf(file: string, seen: (chunk: Uint8Array) => void): Promise<Content[]> {
  const chunks = chunksOf(file, seen);
  const first = await chunks.next();
  const beginning = first.done ? new Uint8Array() : first.value;
  const all = (async function* () {
    if (beginning.length > 0) yield beginning;
    yield* chunks;
  })();
  if (beginning[0] === 0x1f && beginning[1] === 0x8b) return [{ name: basename(file), chunks: gunzipped(all) }];
  if (isZip(beginning)) return zipContents(await whole(all));
  if (isBase64(beginning)) return fileContent(await whole(all));
  return [{ name: basename(file), chunks: all }];
}

/** The same of bytes in memory. */
export function contentsOfBytes(
  name: string,
  bytes: Uint8Array,
): { readonly name: string; readonly chunks: Iterable<Uint8Array> }[] {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return [{ name, chunks: [unpackedBy(gunzipSync, bytes, 'the GZIP')] }];
  if (isZip(bytes)) return zipContents(bytes);
  if (isBase64(bytes)) return fileContent(bytes);
  return [{ name, chunks: bytes.length === 0 ? [] : [bytes] }];
}

async function* chunksOf(file: string, seen: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES })) {
    const bytes = chunk as Buffer;
    seen(bytes);
    yield bytes;
  }
}

async function* gunzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const plain = pipeline(Readable.from(chunks), createGunzip(), () => undefined);
  let length = 0;
  try {
    for await (const chunk of plain) {
      const bytes = chunk as Buffer;
      length += bytes.length;
      if (length > MAX_UNPACKED)
        throw new StatementFault('TOO_LARGE', `unpacked it has more than ${MAX_UNPACKED} bytes`);
      yield bytes;
    }
  } catch (error) {
    if (error instanceof StatementFault) throw error;
    throw new StatementFault('CRC', `the GZIP is damaged: ${String(error)}`);
  }
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const held: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > MAX_PACKED) throw new StatementFault('TOO_LARGE', `packed it has more than ${MAX_PACKED} bytes`);
    held.push(chunk);
  }
  return Buffer.concat(held);
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

const EQUALS = 0x3d;

/** A zlib stream (`78 ..`) is `eN` or `eJ` or `eA` in base64. What a stranger chose may be long: one look at each byte. */
function isBase64(bytes: Uint8Array): boolean {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === EQUALS || isSpace(bytes[end - 1]))) end -= 1;
  if (end < 2 || bytes[0] !== 0x65 || isSpace(bytes[1])) return false;
  return bytes.subarray(0, end).every((byte) => isSpace(byte) || isBase64Letter(byte));
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}

function isBase64Letter(byte: number): boolean {
  const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
  return isLetter || (byte >= 0x2f && byte <= 0x39) || byte === 0x2b;
}

function zipContents(zip: Uint8Array) {
  return zipEntries(zip).map((entry) => ({ name: entry.name, chunks: unzipped(zip, entry) }));
}

/** UnionPay's `fileContent`: base64 of zlib of a ZIP. */
function fileContent(text: Uint8Array) {
  const bytes = fromBase64(Buffer.from(text).toString('latin1').replace(/\s+/g, ''));
  if (!bytes) throw new StatementFault('ZIP', 'the file is no base64');
  return zipContents(unpackedBy(inflateSync, bytes, 'fileContent'));
}

function unpackedBy(unpack: typeof inflateSync, bytes: Uint8Array, what: string): Uint8Array {
  try {
    return unpack(bytes, { maxOutputLength: MAX_PACKED });
  } catch (error) {
    if (isTooLarge(error)) throw new StatementFault('TOO_LARGE', `${what} unpacks to more than ${MAX_PACKED} bytes`);
    throw new StatementFault('CRC', `${what} cannot be unpacked: ${String(error)}`);
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
