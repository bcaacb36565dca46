import { decodeEntry, decodeSealed, type Entry } from './entry.ts';
import type { LogFiles } from './files.ts';
import { segmentName, segmentsOf } from './segments.ts';

/** More than the longest entry, so that every read holds at least one whole line; some milliseconds of work. */
const READ_BYTES = 300_000;
const LF = 0x0a;

/**
 * Reads the log behind an entry in small pieces, for somebody who comes back and wants what was missed. Nothing is held
 * between two pieces but a place. Lines that cannot be read are left out: whoever counts sees the gap.
 */
export class LogReader {
  readonly #files: LogFiles;
  readonly #after: number;
  #place: { segment: number; offset: number } | undefined;

  constructor(files: LogFiles, after: number) {
    this.#files = files;
    this.#after = after;
  }

  /** The next entries, oldest first; empty: the end of the log. */
  async next(): Promise<Entry[]> {
    this.#place ??= await this.#begin();
    while (this.#place) {
      const { segment, offset } = this.#place;
      const bytes = await this.#files.read(segmentName(segment), offset, READ_BYTES);
      const end = bytes.lastIndexOf(LF) + 1;
      if (end === 0) {
        const following = segmentsOf(await this.#files.list()).find((number) => number > segment);
        if (following === undefined) return [];
        this.#place = { segment: following, offset: 0 };
        continue;
      }
      this.#place = { segment, offset: offset + end };
      const entries = linesOf(bytes.subarray(0, end)).filter(({ seq }) => seq > this.#after);
      if (entries.length > 0) return entries;
    }
    return [];
  }

  /** The newest segment that begins at or before what is wanted; the oldest there is when that is gone. */
  async #begin(): Promise<{ segment: number; offset: number } | undefined> {
    const segments = segmentsOf(await this.#files.list());
    for (const segment of segments.toReversed()) {
      const start = await this.#files.read(segmentName(segment), 0, READ_BYTES);
      const first = decodeSealed(start.subarray(0, Math.max(0, start.indexOf(LF))));
      if (first && first.seq <= this.#after + 1) return { segment, offset: 0 };
    }
    const [oldest] = segments;
    return oldest === undefined ? undefined : { segment: oldest, offset: 0 };
  }
}

function linesOf(bytes: Uint8Array): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0, end = bytes.indexOf(LF); end >= 0; at = end + 1, end = bytes.indexOf(LF, at)) {
    const entry = decodeEntry(bytes.subarray(at, end));
    if (entry) entries.push(entry);
  }
  return entries;
}
