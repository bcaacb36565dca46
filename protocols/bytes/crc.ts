/** CRC-16/CCITT-FALSE: poly 1021, init FFFF, not reflected, no final xor; "123456789" gives 29B1 (EMVCo MPM). */
export function crc16CcittFalse(bytes: Uint8Array): number {
  return crc16(bytes, 0xffff);
}

/** CRC-16/XMODEM: the same with init 0; "123456789" gives 31C3 (Grow and Newland `7E 00` commands). */
export function crc16Xmodem(bytes: Uint8Array): number {
  return crc16(bytes, 0);
}

function crc16(bytes: Uint8Array, init: number): number {
  let crc = init;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

const CRC32_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});

/** CRC-32 as in zip and PNG (reflected 04C11DB7); "123456789" gives CBF43926. Pass the last result to go on. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = before ^ 0xffffffff;
  for (const byte of bytes) crc = (CRC32_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** CRC-16/KERMIT: poly 1021 reflected (8408), init 0; "123456789" gives 2189 (ZVT on a serial line). Pass the last result to go on. */
export function crc16Kermit(bytes: Uint8Array, before = 0): number {
  let crc = before;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  }
  return crc;
}
