// Which size of QR symbol holds how much (ISO/IEC 18004:2024, tables 7 and 9). The symbol itself is drawn by whoever draws.

export type Ecc = 'L' | 'M' | 'Q' | 'H';

/** data codewords of versions 1..40 */
const DATA_CODEWORDS: Record<Ecc, readonly number[]> = {
  L: [
    19, 34, 55, 80, 108, 136, 156, 194, 232, 274, 324, 370, 428, 461, 523, 589, 647, 721, 795, 861, 932, 1006, 1094,
    1174, 1276, 1370, 1468, 1531, 1631, 1735, 1843, 1955, 2071, 2191, 2306, 2434, 2566, 2702, 2812, 2956,
  ],
  M: [
    16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453, 507, 563, 627, 669, 714, 782, 860, 914,
    1000, 1062, 1128, 1193, 1267, 1373, 1455, 1541, 1631, 1725, 1812, 1914, 1992, 2102, 2216, 2334,
  ],
  Q: [
    13, 22, 34, 48, 62, 76, 88, 110, 132, 154, 180, 206, 244, 261, 295, 325, 367, 397, 445, 485, 512, 568, 614, 664,
    718, 754, 808, 871, 911, 985, 1033, 1115, 1171, 1231, 1286, 1354, 1426, 1502, 1582, 1666,
  ],
  H: [
    9, 16, 26, 36, 46, 60, 66, 86, 100, 122, 140, 158, 180, 197, 223, 253, 283, 313, 341, 385, 406, 442, 464, 514, 538,
    596, 628, 661, 701, 745, 793, 845, 901, 961, 986, 1054, 1096, 1142, 1222, 1276,
  ],
};

const ALPHANUMERIC = new Set([...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'].map((c) => c.charCodeAt(0)));

/** Printers choose the densest single mode that holds all of the data. */
export function qrMode(data: Uint8Array): 'numeric' | 'alphanumeric' | 'byte' {
  if (data.length > 0 && data.every((byte) => byte >= 0x30 && byte <= 0x39)) return 'numeric';
  return data.length > 0 && data.every((byte) => ALPHANUMERIC.has(byte)) ? 'alphanumeric' : 'byte';
}

/** Modules on a side of the smallest symbol that holds the data, or `undefined` when none does. */
export function qrModules(data: Uint8Array, ecc: Ecc): number | undefined {
  const mode = qrMode(data);
  const version = DATA_CODEWORDS[ecc].findIndex((words, k) => bits(mode, data.length, k + 1) <= 8 * words) + 1;
  return version === 0 ? undefined : 17 + 4 * version;
}

function bits(mode: 'numeric' | 'alphanumeric' | 'byte', length: number, version: number): number {
  const group = version < 10 ? 0 : version < 27 ? 1 : 2;
  if (mode === 'numeric')
    return 4 + 10 + 2 * group + Math.floor(length / 3) * 10 + (length % 3 === 0 ? 0 : 1 + 3 * (length % 3));
  if (mode === 'alphanumeric') return 4 + 9 + 2 * group + Math.floor(length / 2) * 11 + (length % 2) * 6;
  return 4 + (group === 0 ? 8 : 16) + 8 * length;
}

/** quiet zone on each side, modules */
export const QUIET_MODULES = 4;
/** Smallest module wanted: phones and guns read 3 dots at 203 dpi (0.375 mm) well, 2 badly. */
const SMALLEST_MODULE = 3;

/** The largest module in dots up to `wanted` with which symbol and quiet zone fit on the paper; `undefined`: none >= 3 does. */
export function qrModuleFor(modules: number, dots: number, wanted: number): number | undefined {
  const module = Math.min(wanted, Math.floor(dots / (modules + 2 * QUIET_MODULES)));
  return module >= SMALLEST_MODULE ? module : undefined;
}
