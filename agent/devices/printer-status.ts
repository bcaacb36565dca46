import type { ErrorCode } from '../errors.ts';

/** What the printer said of itself; `unknown`: it did not answer. */
export interface PrinterStatus {
  readonly paper: 'ok' | 'near-end' | 'end' | 'unknown';
  readonly cover: 'closed' | 'open' | 'unknown';
  readonly fault: boolean | 'unknown';
}

export const NOT_TOLD: PrinterStatus = { paper: 'unknown', cover: 'unknown', fault: 'unknown' };

/** DLE EOT 2: bit 2 cover, bit 5 paper end, bit 6 error; DLE EOT 4: bits 2,3 near the end, 5,6 at the end. */
export function statusOf(offline: number, roll: number): PrinterStatus {
  const isEnd = (offline & 0x20) !== 0 || (roll & 0x60) !== 0;
  return {
    paper: isEnd ? 'end' : (roll & 0x0c) !== 0 ? 'near-end' : 'ok',
    cover: (offline & 0x04) !== 0 ? 'open' : 'closed',
    fault: (offline & 0x40) !== 0,
  };
}

/** GS a: byte 1 bit 5 cover; byte 2 bits 2, 3, 5, 6 errors; byte 3 bits 0,1 near the end, 2,3 at the end. */
export function statusOfAutomatic([first = 0, errors = 0, roll = 0]: Uint8Array): PrinterStatus {
  return {
    paper: (roll & 0x0c) !== 0 ? 'end' : (roll & 0x03) !== 0 ? 'near-end' : 'ok',
    cover: (first & 0x20) !== 0 ? 'open' : 'closed',
    fault: (errors & 0x6c) !== 0,
  };
}

export type Hindrance = Extract<ErrorCode, 'PRINTER_COVER_OPEN' | 'PRINTER_PAPER_OUT' | 'PRINTER_ERROR'>;

/** Why it cannot print now. */
export function hindranceOf({ paper, cover, fault }: PrinterStatus): Hindrance | undefined {
  if (cover === 'open') return 'PRINTER_COVER_OPEN';
  if (paper === 'end') return 'PRINTER_PAPER_OUT';
  return fault === true ? 'PRINTER_ERROR' : undefined;
}
