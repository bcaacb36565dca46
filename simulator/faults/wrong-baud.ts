// What a UART hears of a line at another speed: it waits for a falling edge, looks at the middle of each bit by its own
// clock, and throws a character away whose stop bit is not high (serialport opens the port with IGNPAR, scanners.md 1.4).

const START = 0;
const STOP = 1;

/** `bytes` sent at `sentAt` baud and read at `readAt`, both 8N1. */
export function heardAt(bytes: Uint8Array, sentAt: number, readAt: number): Uint8Array {
  const level = lineLevel(bytes);
  const bit = sentAt / readAt;
  const total = bytes.length * 10;
  const heard: number[] = [];
  for (let at = 0; at < total; ) {
    if (level(at) !== START) at = Math.floor(at) + 1;
    else {
      const byte = characterAt(level, at, bit);
      if (byte !== undefined) heard.push(byte);
      at += 9.5 * bit;
    }
  }
  return Uint8Array.from(heard);
}

/** The line's level at a time in bit times of the sender; high when it rests. */
function lineLevel(bytes: Uint8Array): (at: number) => number {
  return (at) => {
    const place = Math.floor(at);
    const byte = bytes[Math.floor(place / 10)];
    const inside = place % 10;
    if (byte === undefined || inside === 9) return STOP;
    return inside === 0 ? START : (byte >> (inside - 1)) & 1;
  };
}

function characterAt(level: (at: number) => number, at: number, bit: number): number | undefined {
  let byte = 0;
  for (let n = 0; n < 8; n++) byte |= level(at + (n + 1.5) * bit) << n;
  return level(at + 9.5 * bit) === STOP ? byte : undefined;
}
