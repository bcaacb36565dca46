import { JIS_CELLS } from './jis-table.ts';

const TRAILS = 188;

export const isShiftJisLead = (byte: number) => (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);

/** The character of a two-byte code, or `undefined` where the table has a hole. */
export function shiftJisCharacter(lead: number, trail: number): string | undefined {
  if (!isShiftJisLead(lead) || trail < 0x40 || trail > 0xfc || trail === 0x7f) return undefined;
  const row = lead <= 0x9f ? lead - 0x81 : lead - 0xe0 + 31;
  const char = JIS_CELLS.charAt(row * TRAILS + trail - (trail < 0x7f ? 0x40 : 0x41));
  return char === '\ufffd' ? undefined : char;
}
