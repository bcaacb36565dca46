/** A code as the simulated gun's input report 2 brings it (pos-descriptor.ts), in hex. */
export function posReport(code: string): string {
  const report = Buffer.alloc(64);
  report.set([2, code.length, 0x5d, 0x51, 0x31]);
  report.write(code, 5, 'latin1');
  return report.toString('hex');
}
