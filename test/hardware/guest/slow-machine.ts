import process from 'node:process';

// The emulated machine is some twenty times slower than a till, and slowest where code is made at run time: every piece that
// V8 compiles is translated once more by the emulator. Without its compilers the programs start in half the time.

/** How long anything may take there. */
export const SLOW_MS = 40_000;
export const slow = { timeout: SLOW_MS, interval: 20 };

/** For the programs that tests start; they run the same JavaScript. */
export function withoutCompilers(): void {
  process.env['NODE_OPTIONS'] = '--jitless --no-warnings';
}
