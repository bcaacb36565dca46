import { block, counted, fixed, littleEndian, longBlock, type Row, type Shape } from './shape.ts';

// The ESC/POS commands: one command, one row. Encoder, decoder and the explanation of bytes derive from it. Codes and operand
// counts: Epson "TM series Programming guide" 10.05, checked against manuals of Zijiang, Xprinter, SPRT and Bixolon.

const DLE = 0x10;
const ESC = 0x1b;
const FS = 0x1c;
const GS = 0x1d;

const word = (operands: readonly number[], at: number) => littleEndian(operands.slice(at, at + 2));
const rows = (operands: readonly number[]) => word(operands, 1) * word(operands, 3);
const untilNul: Shape = { kind: 'until-nul', max: 255 };
const withCount = counted(['n'], ([n = 0]) => n);
const columnImage = (bytesPerColumn: number) => counted(['nL', 'nH'], (o) => word(o, 0) * bytesPerColumn);

/** ESC & y c1 c2 [x d1..d(x*y)] for each of c1..c2 */
function userCharacters(bytes: Uint8Array): number {
  if (bytes.length < 3) return 3;
  const [y = 0, first = 0, last = 0] = bytes;
  let at = 3;
  for (let code = first; code <= last; code++) {
    const width = bytes[at];
    if (width === undefined) return at + 1;
    at += 1 + y * width;
  }
  return at;
}

/** An operand that is there only as 00 or 01: anything else is what comes next. */
function onOrOff(bytes: Uint8Array): number {
  return bytes[0] === undefined || bytes[0] <= 1 ? 1 : 0;
}

/** FS q n [xL xH yL yH d1..d(x*y*8)] n times */
function storedImages(bytes: Uint8Array): number {
  const images = bytes[0];
  if (images === undefined) return 1;
  let at = 1;
  for (let k = 0; k < images; k++) {
    if (at + 4 > bytes.length) return at + 4;
    at += 4 + littleEndian(bytes.subarray(at, at + 2)) * littleEndian(bytes.subarray(at + 2, at + 4)) * 8;
  }
  return at;
}

/** GS k in both forms: m 0..6 up to a NUL, m 65..79 with a count. */
const BARCODES = {
  'barcode-upc-a-nul': { code: [GS, 0x6b, 0], shape: untilNul, notes: '11 or 12 digits' },
  'barcode-upc-e-nul': { code: [GS, 0x6b, 1], shape: untilNul, notes: '6 to 12 digits' },
  'barcode-ean13-nul': { code: [GS, 0x6b, 2], shape: untilNul, notes: '12 or 13 digits' },
  'barcode-ean8-nul': { code: [GS, 0x6b, 3], shape: untilNul, notes: '7 or 8 digits' },
  'barcode-code39-nul': { code: [GS, 0x6b, 4], shape: untilNul, notes: '' },
  'barcode-itf-nul': { code: [GS, 0x6b, 5], shape: untilNul, notes: 'an even number of digits' },
  'barcode-codabar-nul': { code: [GS, 0x6b, 6], shape: untilNul, notes: '' },
  'barcode-upc-a': { code: [GS, 0x6b, 65], shape: withCount, notes: '' },
  'barcode-upc-e': { code: [GS, 0x6b, 66], shape: withCount, notes: '' },
  'barcode-ean13': { code: [GS, 0x6b, 67], shape: withCount, notes: '' },
  'barcode-ean8': { code: [GS, 0x6b, 68], shape: withCount, notes: '' },
  'barcode-code39': { code: [GS, 0x6b, 69], shape: withCount, notes: '' },
  'barcode-itf': { code: [GS, 0x6b, 70], shape: withCount, notes: '' },
  'barcode-codabar': { code: [GS, 0x6b, 71], shape: withCount, notes: '' },
  'barcode-code93': { code: [GS, 0x6b, 72], shape: withCount, notes: '' },
  'barcode-code128': { code: [GS, 0x6b, 73], shape: withCount, notes: 'starts {A {B {C; in C each byte is a value' },
  'barcode-gs1-128': { code: [GS, 0x6b, 74], shape: withCount, notes: '' },
  'barcode-databar-omni': { code: [GS, 0x6b, 75], shape: withCount, notes: '' },
  'barcode-databar-truncated': { code: [GS, 0x6b, 76], shape: withCount, notes: '' },
  'barcode-databar-limited': { code: [GS, 0x6b, 77], shape: withCount, notes: '' },
  'barcode-databar-expanded': { code: [GS, 0x6b, 78], shape: withCount, notes: '' },
  'barcode-code128-auto': { code: [GS, 0x6b, 79], shape: withCount, notes: 'the printer chooses the code sets' },
} as const satisfies Record<string, Row>;

export const COMMANDS = {
  // --- real time: carried out on reception, wherever they stand ---
  'realtime-status': { code: [DLE, 0x04], shape: fixed('n'), notes: '1 printer, 2 offline cause, 3 error, 4 paper' },
  'realtime-status-ink': { code: [DLE, 0x04, 7], shape: fixed('a'), notes: '' },
  'realtime-status-micr': { code: [DLE, 0x04, 8], shape: fixed('a'), notes: '' },
  'realtime-status-interface': { code: [DLE, 0x04, 18], shape: fixed('a'), notes: '' },
  'realtime-recover': { code: [DLE, 0x05], shape: fixed('n'), notes: '1 restart the line, 2 clear the buffers' },
  'realtime-drawer': { code: [DLE, 0x14, 1], shape: fixed('m', 't'), notes: 'pulse of t x 100 ms' },
  'realtime-power-off': { code: [DLE, 0x14, 2], shape: fixed('a', 'b'), notes: 'answers 3B 30 00' },
  'realtime-buzzer': { code: [DLE, 0x14, 3], shape: fixed('a', 'n', 'r', 't1', 't2'), notes: '' },
  'realtime-asb': { code: [DLE, 0x14, 7], shape: fixed('m'), notes: '1: sends the automatic status now' },
  'realtime-clear': {
    code: [DLE, 0x14, 8],
    shape: fixed('d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7'),
    notes: 'clears the buffers, answers 37 25 00',
  },
  // --- line ---
  padding: { code: [0x00], shape: fixed(), notes: 'ignored; completes a command cut off by a crash' },
  'line-feed': { code: [0x0a], shape: fixed(), notes: 'prints the line buffer' },
  'carriage-return': { code: [0x0d], shape: fixed(), notes: 'ignored while automatic line feed is off' },
  tab: { code: [0x09], shape: fixed(), notes: '' },
  'form-feed': { code: [0x0c], shape: fixed(), notes: 'page mode: prints and returns' },
  cancel: { code: [0x18], shape: fixed(), notes: 'page mode: clears the page' },
  'feed-lines': { code: [ESC, 0x64], shape: fixed('n'), notes: 'prints, then feeds n lines' },
  'feed-dots': { code: [ESC, 0x4a], shape: fixed('n'), notes: 'prints, then feeds n units; some clones ignore it' },
  'reverse-feed-dots': { code: [ESC, 0x4b], shape: fixed('n'), notes: '' },
  'reverse-feed-lines': { code: [ESC, 0x65], shape: fixed('n'), notes: '' },
  // --- printer ---
  initialize: {
    code: [ESC, 0x40],
    shape: fixed(),
    notes: 'resets modes and line buffer, Chinese mode to the device default; the receive buffer stays',
  },
  'select-device': { code: [ESC, 0x3d], shape: fixed('n'), notes: 'bit 0: the printer' },
  'paper-sensor-output': { code: [ESC, 0x63, 0x33], shape: fixed('n'), notes: '' },
  'paper-sensor-stop': { code: [ESC, 0x63, 0x34], shape: fixed('n'), notes: '' },
  'panel-buttons': { code: [ESC, 0x63, 0x35], shape: fixed('n'), notes: '' },
  'paper-select': { code: [ESC, 0x63, 0x30], shape: fixed('n'), notes: '' },
  'paper-settings': { code: [ESC, 0x63, 0x31], shape: fixed('n'), notes: '' },
  drawer: {
    code: [ESC, 0x70],
    shape: fixed('m', 't1', 't2'),
    notes: 'm 0/48 pin 2, 1/49 pin 5; on t1 x 2 ms, off t2 x 2 ms',
  },
  'cut-full': {
    code: [GS, 0x56, 0],
    also: [
      [GS, 0x56, 0x30],
      [ESC, 0x69],
    ],
    shape: fixed(),
    notes: 'only at the start of a line',
  },
  'cut-partial': {
    code: [GS, 0x56, 1],
    also: [
      [GS, 0x56, 0x31],
      [ESC, 0x6d],
    ],
    shape: fixed(),
    notes: 'only at the start of a line',
  },
  'feed-cut-full': {
    code: [GS, 0x56, 0x41],
    also: [[GS, 0x56, 0x61]],
    shape: fixed('n'),
    notes: 'feeds to the cutter and n units more',
  },
  'feed-cut-partial': { code: [GS, 0x56, 0x42], also: [[GS, 0x56, 0x62]], shape: fixed('n'), notes: '' },
  'feed-cut-return-full': { code: [GS, 0x56, 0x67], shape: fixed('n'), notes: '' },
  'feed-cut-return-partial': { code: [GS, 0x56, 0x68], shape: fixed('n'), notes: '' },
  'self-test': { code: [GS, 0x28, 0x41], shape: block([]), notes: '' },
  customise: { code: [GS, 0x28, 0x45], shape: block([]), notes: 'settings in non-volatile memory' },
  'realtime-enable': { code: [GS, 0x28, 0x44], shape: block([]), notes: '' },
  'print-control': { code: [GS, 0x28, 0x4b], shape: block([]), notes: '' },
  'device-settings': { code: [GS, 0x28, 0x4d], shape: block([]), notes: '' },
  'character-effects': { code: [GS, 0x28, 0x4e], shape: block([]), notes: '' },
  'page-control': { code: [GS, 0x28, 0x50], shape: block([]), notes: '' },
  'page-graphics': { code: [GS, 0x28, 0x51], shape: block([]), notes: '' },
  'user-memory': { code: [GS, 0x28, 0x43], shape: block([]), notes: '' },
  'cut-control': { code: [GS, 0x28, 0x56], shape: block([]), notes: '' },
  beeper: { code: [ESC, 0x28, 0x41], shape: block([]), notes: '' },
  buzzer: { code: [ESC, 0x42], shape: fixed('n', 't'), notes: 'clones: n beeps of t x 100 ms' },
  macro: { code: [GS, 0x3a], shape: fixed(), notes: 'starts or ends the definition' },
  'macro-run': { code: [GS, 0x5e], shape: fixed('r', 't', 'm'), notes: '' },
  // --- status, answered in order ---
  status: { code: [GS, 0x72], shape: fixed('n'), notes: '1/49 paper, 2/50 drawer; waits while offline' },
  'status-legacy-paper': { code: [ESC, 0x76], shape: fixed(), notes: '' },
  'status-legacy-drawer': { code: [ESC, 0x75], shape: fixed('n'), notes: '' },
  'automatic-status': { code: [GS, 0x61], shape: fixed('n'), notes: 'bits: 0 drawer, 1 online, 2 error, 3 paper' },
  'ink-status': { code: [GS, 0x6a], shape: fixed('n'), notes: '' },
  'printer-id': { code: [GS, 0x49], shape: fixed('n'), notes: '1..3 one byte; 65..69 text' },
  'process-id': {
    code: [GS, 0x28, 0x48],
    shape: block([0x30, 0x30], 'd1', 'd2', 'd3', 'd4'),
    notes: 'answers 37 22 d1..d4 00 once everything before it is printed',
  },
  'offline-response': {
    code: [GS, 0x28, 0x48],
    shape: block([0x31, 0x30], 'd'),
    notes: 'answers 37 23 cause 00 when it goes offline',
  },
  // --- character style ---
  'print-mode': {
    code: [ESC, 0x21],
    shape: fixed('n'),
    notes: 'bit 0 font B, 3 bold, 4 double height, 5 double width, 7 underline; hanzi need FS !',
  },
  bold: { code: [ESC, 0x45], shape: fixed('n'), notes: 'bit 0' },
  'double-strike': { code: [ESC, 0x47], shape: fixed('n'), notes: 'bit 0' },
  underline: { code: [ESC, 0x2d], shape: fixed('n'), notes: '0..2 dots; hanzi need FS -' },
  italic: {
    code: [ESC, 0x34],
    shape: { kind: 'walk', operands: [], need: onOrOff },
    notes: 'ESC/P heritage without an operand; some encoders send ESC 4 0 and ESC 4 1',
  },
  'italic-off': { code: [ESC, 0x35], shape: fixed(), notes: '' },
  font: { code: [ESC, 0x4d], shape: fixed('n'), notes: '0/48 A 12x24, 1/49 B 9x17' },
  size: { code: [GS, 0x21], shape: fixed('n'), notes: 'high nibble width - 1, low nibble height - 1; hanzi too' },
  reverse: { code: [GS, 0x42], shape: fixed('n'), notes: 'white on black, bit 0' },
  smoothing: { code: [GS, 0x62], shape: fixed('n'), notes: '' },
  'upside-down': { code: [ESC, 0x7b], shape: fixed('n'), notes: 'at the start of a line' },
  rotate: { code: [ESC, 0x56], shape: fixed('n'), notes: '90 degrees clockwise' },
  colour: { code: [ESC, 0x72], shape: fixed('n'), notes: '' },
  'character-spacing': { code: [ESC, 0x20], shape: fixed('n'), notes: 'dots to the right of each character' },
  'code-page': { code: [ESC, 0x74], shape: fixed('n'), notes: 'numbers differ between makers above 19' },
  'international-set': { code: [ESC, 0x52], shape: fixed('n'), notes: '15 = China' },
  'user-characters': {
    code: [ESC, 0x26],
    shape: { kind: 'walk', operands: ['y', 'c1', 'c2'], need: userCharacters },
    notes: '',
  },
  'user-characters-on': { code: [ESC, 0x25], shape: fixed('n'), notes: '' },
  'user-characters-cancel': { code: [ESC, 0x3f], shape: fixed('n'), notes: '' },
  // --- Chinese ---
  'chinese-on': { code: [FS, 0x26], shape: fixed(), notes: 'bytes from 81 on start a two-byte code' },
  'chinese-off': { code: [FS, 0x2e], shape: fixed(), notes: '' },
  'hanzi-mode': { code: [FS, 0x21], shape: fixed('n'), notes: 'bit 2 double width, 3 double height, 7 underline' },
  'hanzi-underline': { code: [FS, 0x2d], shape: fixed('n'), notes: '0..2 dots' },
  'hanzi-spacing': { code: [FS, 0x53], shape: fixed('n1', 'n2'), notes: 'dots left and right' },
  'hanzi-quad': { code: [FS, 0x57], shape: fixed('n'), notes: 'bit 0: double width and height' },
  'hanzi-code-system': { code: [FS, 0x43], shape: fixed('n'), notes: 'Japanese models only' },
  'hanzi-define': { code: [FS, 0x32], shape: counted(['c1', 'c2'], () => 72), notes: '24x24, 3 bytes a column' },
  'hanzi-undefine': { code: [FS, 0x3f], shape: fixed('c1', 'c2'), notes: '' },
  'hanzi-font': { code: [FS, 0x28, 0x41], shape: block([]), notes: '' },
  'receipt-enhancement': { code: [FS, 0x28, 0x45], shape: block([]), notes: '' },
  'label-control': { code: [FS, 0x28, 0x4c], shape: block([]), notes: '' },
  // --- place ---
  align: { code: [ESC, 0x61], shape: fixed('n'), notes: '0/48 left, 1/49 centre, 2/50 right; at the start of a line' },
  'line-spacing-default': { code: [ESC, 0x32], shape: fixed(), notes: '1/6 inch' },
  'line-spacing': { code: [ESC, 0x33], shape: fixed('n'), notes: 'units' },
  'position-absolute': { code: [ESC, 0x24], shape: fixed('nL', 'nH'), notes: '' },
  'position-relative': { code: [ESC, 0x5c], shape: fixed('nL', 'nH'), notes: "two's complement" },
  'left-margin': { code: [GS, 0x4c], shape: fixed('nL', 'nH'), notes: '' },
  'print-width': { code: [GS, 0x57], shape: fixed('nL', 'nH'), notes: '' },
  'tab-stops': { code: [ESC, 0x44], shape: { kind: 'until-nul', max: 32 }, notes: 'columns, ascending' },
  'motion-units': { code: [GS, 0x50], shape: fixed('x', 'y'), notes: '1/x and 1/y inch, 0 = default' },
  'line-start': { code: [GS, 0x54], shape: fixed('n'), notes: '0 drops the line buffer, 1 prints it' },
  unidirectional: { code: [ESC, 0x55], shape: fixed('n'), notes: '' },
  'return-home': { code: [ESC, 0x3c], shape: fixed(), notes: '' },
  // --- page mode: read over, not drawn yet ---
  'page-mode': { code: [ESC, 0x4c], shape: fixed(), notes: '' },
  'standard-mode': { code: [ESC, 0x53], shape: fixed(), notes: '' },
  'page-print': { code: [ESC, 0x0c], shape: fixed(), notes: '' },
  'page-direction': { code: [ESC, 0x54], shape: fixed('n'), notes: '' },
  'page-area': {
    code: [ESC, 0x57],
    shape: fixed('xL', 'xH', 'yL', 'yH', 'dxL', 'dxH', 'dyL', 'dyH'),
    notes: '',
  },
  'page-y-absolute': { code: [GS, 0x24], shape: fixed('nL', 'nH'), notes: '' },
  'page-y-relative': { code: [GS, 0x5c], shape: fixed('nL', 'nH'), notes: '' },
  // --- barcodes ---
  'barcode-height': { code: [GS, 0x68], shape: fixed('n'), notes: 'dots' },
  'barcode-module': { code: [GS, 0x77], shape: fixed('n'), notes: 'dots, 2..6' },
  'barcode-text': { code: [GS, 0x48], shape: fixed('n'), notes: '0 none, 1 above, 2 below, 3 both' },
  'barcode-text-font': { code: [GS, 0x66], shape: fixed('n'), notes: '' },
  ...BARCODES,
  // --- two-dimensional symbols: GS ( k pL pH cn fn ---
  'qr-model': {
    code: [GS, 0x28, 0x6b],
    shape: block([0x31, 0x41], 'n1', 'n2'),
    notes: '31 model 1, 32 model 2, 33 micro',
  },
  'qr-module': { code: [GS, 0x28, 0x6b], shape: block([0x31, 0x43], 'n'), notes: 'dots, 1..16, 3 at first' },
  'qr-ecc': { code: [GS, 0x28, 0x6b], shape: block([0x31, 0x45], 'n'), notes: '30 L, 31 M, 32 Q, 33 H' },
  'qr-store': {
    code: [GS, 0x28, 0x6b],
    shape: block([0x31, 0x50], 'm'),
    notes: 'the length counts bytes, not characters',
  },
  'qr-print': {
    code: [GS, 0x28, 0x6b],
    shape: block([0x31, 0x51], 'm'),
    notes: 'only with an empty line buffer; wider than the paper: nothing is printed',
  },
  'qr-size': { code: [GS, 0x28, 0x6b], shape: block([0x31, 0x52], 'm'), notes: 'answers 37 36 width 1F height ...' },
  symbol: { code: [GS, 0x28, 0x6b], shape: block([]), notes: 'PDF417, MaxiCode, DataBar, Aztec, DataMatrix' },
  'zj-symbol-type': { code: [GS, 0x5a], shape: fixed('n'), notes: '2 = QR', dialect: 'zj' },
  'zj-symbol': {
    code: [ESC, 0x5a],
    shape: counted(['v', 'ec', 's', 'nL', 'nH'], (o) => word(o, 3)),
    notes: 'version, ECC, dots',
    dialect: 'zj',
  },
  // --- images ---
  raster: {
    code: [GS, 0x76, 0x30],
    shape: counted(['m', 'xL', 'xH', 'yL', 'yH'], rows),
    notes: 'x bytes a row, y rows, most significant bit left; only with an empty line buffer',
  },
  'column-image-8': { code: [ESC, 0x2a, 0], shape: columnImage(1), notes: '8 dots, half density' },
  'column-image-8-dense': { code: [ESC, 0x2a, 1], shape: columnImage(1), notes: '' },
  'column-image-24': { code: [ESC, 0x2a, 32], shape: columnImage(3), notes: '24 dots, half density' },
  'column-image-24-dense': { code: [ESC, 0x2a, 33], shape: columnImage(3), notes: '' },
  'graphics-store': {
    code: [GS, 0x28, 0x4c],
    shape: block([0x30, 0x70], 'a', 'bx', 'by', 'c', 'xL', 'xH', 'yL', 'yH'),
    notes: 'x and y in dots',
  },
  'graphics-print': { code: [GS, 0x28, 0x4c], shape: block([0x30, 0x32]), notes: 'only with an empty line buffer' },
  'graphics-print-alias': { code: [GS, 0x28, 0x4c], shape: block([0x30, 0x02]), notes: '' },
  graphics: { code: [GS, 0x28, 0x4c], shape: block([]), notes: 'the other functions: stored images, densities' },
  'graphics-store-long': {
    code: [GS, 0x38, 0x4c],
    shape: longBlock([0x30, 0x70], 'a', 'bx', 'by', 'c', 'xL', 'xH', 'yL', 'yH'),
    notes: 'for more than 65535 bytes',
  },
  'graphics-long': { code: [GS, 0x38, 0x4c], shape: longBlock([]), notes: '' },
  'download-image': { code: [GS, 0x2a], shape: counted(['x', 'y'], ([x = 0, y = 0]) => x * y * 8), notes: '' },
  'print-download-image': { code: [GS, 0x2f], shape: fixed('m'), notes: '' },
  'store-images': {
    code: [FS, 0x71],
    shape: { kind: 'walk', operands: ['n'], need: storedImages },
    notes: 'non-volatile',
  },
  'print-stored-image': { code: [FS, 0x70], shape: fixed('n', 'm'), notes: '' },
  'variable-image': {
    code: [GS, 0x51, 0x30],
    shape: counted(['m', 'xL', 'xH', 'yL', 'yH'], rows),
    notes: 'variable vertical size bit image',
  },
  // --- memory and counters ---
  'user-memory-write': {
    code: [FS, 0x67, 0x31],
    shape: counted(['m', 'a1', 'a2', 'a3', 'a4', 'nL', 'nH'], (o) => word(o, 5)),
    notes: '',
  },
  'user-memory-read': { code: [FS, 0x67, 0x32], shape: fixed('m', 'a1', 'a2', 'a3', 'a4', 'nL', 'nH'), notes: '' },
  'counter-mode': { code: [GS, 0x43, 0x30], shape: fixed('n', 'm'), notes: '' },
  'counter-range': { code: [GS, 0x43, 0x31], shape: fixed('aL', 'aH', 'bL', 'bH', 'n', 'r'), notes: '' },
  'counter-value': { code: [GS, 0x43, 0x32], shape: fixed('nL', 'nH'), notes: '' },
  'counter-print': { code: [GS, 0x63], shape: fixed(), notes: '' },
  'maintenance-reset': { code: [GS, 0x67, 0x30], shape: fixed('m', 'nL', 'nH'), notes: '' },
  'maintenance-read': { code: [GS, 0x67, 0x32], shape: fixed('m', 'nL', 'nH'), notes: '' },
  'online-recovery-wait': { code: [GS, 0x7a, 0x30], shape: fixed('t1', 't2'), notes: '' },
} as const satisfies Record<string, Row>;

export type CommandName = keyof typeof COMMANDS;
