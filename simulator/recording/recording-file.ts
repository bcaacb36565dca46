import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { GUN_PROTOCOLS } from '../personalities/guns.ts';

// A recording: JSON lines. The first says what was recorded, each other one is something that crossed the wire, in the order
// in which it settled; `at` gives the order in time. Nothing of a customer is in it: what is written here was replaced before.

const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/);

export const RecordingHead = z.strictObject({
  tillwire: z.literal('recording'),
  v: z.literal(1),
  /** what the gun speaks */
  protocol: z.enum(GUN_PROTOCOLS),
  /** of a serial line */
  baudRate: z.int().min(300).max(4_000_000).optional(),
  /** of a HID device: what it says of itself; its serial number is left out */
  usb: z
    .strictObject({
      vendorId: z.int().min(0).max(0xffff),
      productId: z.int().min(0).max(0xffff),
      release: z.int().min(0).max(0xffff),
      manufacturer: z.string().max(255),
      product: z.string().max(255),
      descriptor: hex,
    })
    .optional(),
});
export type RecordingHead = z.infer<typeof RecordingHead>;

const RecordingEntry = z.strictObject({
  /** ms since the recording began */
  at: z.number().nonnegative(),
  from: z.enum(['device', 'till']),
  hex,
});

export interface Crossed {
  readonly at: number;
  readonly from: 'device' | 'till';
  readonly bytes: Uint8Array;
}

export interface Recording {
  readonly head: RecordingHead;
  /** in the order of time */
  readonly crossed: readonly Crossed[];
}

/** A file that is no recording, or one that was damaged; the message says where. */
class RecordingTrouble extends Error {}

/** Writes as it comes: what has settled is in the file when the machine stops. */
export class RecordingWriter {
  readonly #fd: number;

  constructor(file: string, head: RecordingHead) {
    this.#fd = openSync(file, 'wx', 0o600);
    this.#line(head);
  }

  write({ at, from, bytes }: Crossed): void {
    this.#line({ at: Math.round(at * 10) / 10, from, hex: toHex(bytes) });
  }

  close(): void {
    closeSync(this.#fd);
  }

  #line(value: object): void {
    writeSync(this.#fd, `${JSON.stringify(value)}\n`);
  }
}

export function readRecording(file: string): Recording {
  const [first = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const head = RecordingHead.safeParse(jsonOf(first));
  if (!head.success) throw new RecordingTrouble(`${file}, line 1: not the head of a recording`);
  const crossed = lines.map((line, at) => {
    const entry = RecordingEntry.safeParse(jsonOf(line));
    const bytes = entry.success ? fromHex(entry.data.hex) : undefined;
    if (!entry.success || !bytes) throw new RecordingTrouble(`${file}, line ${at + 2}: not an entry of a recording`);
    return { at: entry.data.at, from: entry.data.from, bytes };
  });
  return { head: head.data, crossed: crossed.sort((one, other) => one.at - other.at) };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
