import { toBase64 } from '../../../protocols/bytes/base64.ts';
import type { Document } from '../../../protocols/document/document.ts';
import { type ModeSwitch, settingBars } from '../../../protocols/scanner/mode-switch.ts';

/** Dots for one module: 0.25 mm at 203 dpi, which every gun reads. */
const MODULE_DOTS = 2;
const QUIET_MODULES = 12;
const HEIGHT_DOTS = 96;

/** A sheet with the setting barcode that brings a gun into another mode, for the receipt printer. */
export function settingSheet(row: ModeSwitch, gun: string): Document {
  const mode = MODES[row.to];
  const untried = row.untried ? UNTRIED : { zh: '', en: '' };
  return {
    v: 1,
    blocks: [
      { type: 'text', text: '扫码枪设置码', align: 'center', bold: true },
      { type: 'text', text: gun, align: 'center' },
      { type: 'spacer' },
      { type: 'text', text: `切换到 ${mode.zh} 模式`, align: 'center' },
      { type: 'text', text: `switches to ${mode.en} mode`, align: 'center' },
      { type: 'spacer' },
      { type: 'image', name: 'code', align: 'center' },
      { type: 'text', text: row.says.trim(), align: 'center' },
      { type: 'spacer' },
      { type: 'text', text: `用这把扫码枪扫描上面的条码，它会自动重新连接。${untried.zh}` },
      { type: 'spacer' },
      { type: 'text', text: `Scan it with this gun, which then comes back by itself.${untried.en}` },
      { type: 'cut' },
    ],
    images: { code: picture(settingBars(row)) },
  };
}

const MODES = {
  serial: { zh: 'USB 串口', en: 'USB serial' },
  'hid-pos': { zh: 'HID POS', en: 'HID POS' },
} as const;

const UNTRIED = {
  zh: '没有反应时，请用说明书中的设置码。',
  en: ' If nothing happens, use the code in its manual.',
};

function picture(bars: readonly boolean[]): { width: number; height: number; rows: string } {
  const modules = [...quiet(), ...bars, ...quiet()];
  const dots = modules.flatMap((bar) => Array<boolean>(MODULE_DOTS).fill(bar));
  const row = Uint8Array.from({ length: Math.ceil(dots.length / 8) }, (_, n) =>
    dots.slice(8 * n, 8 * n + 8).reduce((byte, dot, bit) => (dot ? byte | (0x80 >> bit) : byte), 0),
  );
  const rows = new Uint8Array(row.length * HEIGHT_DOTS);
  for (let y = 0; y < HEIGHT_DOTS; y++) rows.set(row, y * row.length);
  return { width: dots.length, height: HEIGHT_DOTS, rows: toBase64(rows) };
}

function quiet(): boolean[] {
  return Array<boolean>(QUIET_MODULES).fill(false);
}
