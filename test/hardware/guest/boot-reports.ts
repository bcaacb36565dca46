const FIRST_DIGIT = 0x1e;
const ZERO = 0x27;
const ENTER = 0x28;

/** Digits and Enter as a keyboard presses and releases them (HID usage tables, page 07), one boot report each, in hex. */
export function bootReports(text: string): string[] {
  return [...text].flatMap((key) => {
    const usage = key === '\n' ? ENTER : key === '0' ? ZERO : FIRST_DIGIT + Number(key) - 1;
    return [`0000${usage.toString(16)}0000000000`, '00'.repeat(8)];
  });
}
