// What goes wrong on any cable, whatever hangs at its ends. A fault is armed and happens once, to the next bytes that come by
// in its direction.

export const WIRE_FAULTS = {
  drop: { zh: '丢失：这些字节没有到达', en: 'lost: these bytes never arrive' },
  corrupt: { zh: '误码：翻转一个比特', en: 'corrupted: one bit turns over' },
  truncate: { zh: '截断：只到一半', en: 'cut short: only half of it arrives' },
  split: { zh: '拆包：逐字节到达', en: 'split: it comes byte by byte' },
  duplicate: { zh: '重复：到达两次', en: 'doubled: it arrives twice' },
  delay: { zh: '迟到：晚 2 秒到达', en: 'delayed: it comes 2 s late' },
} as const satisfies Record<string, { readonly zh: string; readonly en: string }>;

export type WireFault = keyof typeof WIRE_FAULTS;

const WIRE_DELAY_MS = 2_000;

/** A piece of what was said, and how long after the piece before it leaves. */
export interface WirePiece {
  readonly bytes: Uint8Array;
  readonly afterMs: number;
}

/** What the fault makes of a run of bytes. `random`: 0 <= x < 1. */
export function spoiltOnWire(bytes: Uint8Array, fault: WireFault, random: () => number): readonly WirePiece[] {
  const at = Math.floor(random() * bytes.length);
  switch (fault) {
    case 'drop':
      return [];
    case 'corrupt':
      return [{ bytes: bytes.with(at, (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))), afterMs: 0 }];
    case 'truncate':
      return [{ bytes: bytes.subarray(0, bytes.length >> 1), afterMs: 0 }];
    case 'split':
      return Array.from(bytes, (byte) => ({ bytes: Uint8Array.of(byte), afterMs: 1 }));
    case 'duplicate':
      return [
        { bytes, afterMs: 0 },
        { bytes, afterMs: 0 },
      ];
    case 'delay':
      return [{ bytes, afterMs: WIRE_DELAY_MS }];
  }
}
