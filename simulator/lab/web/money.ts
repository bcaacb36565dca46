import { formatYuan, parseYuan } from '../../../protocols/money/fen.ts';

const GROUPED = new Intl.NumberFormat('en-US');

/** `1234567` is "12,345.67". */
export function yuan(fen: number): string {
  const [whole = '0', decimals = '00'] = formatYuan(Math.abs(fen)).split('.');
  return `${fen < 0 ? '-' : ''}${GROUPED.format(Number(whole))}.${decimals}`;
}

/** `undefined`: no amount that can be collected. */
export function fenOf(text: string): number | undefined {
  const fen = parseYuan(text.trim());
  return fen !== undefined && fen > 0 ? fen : undefined;
}
