import type { TerminalCapabilities } from '../../../protocols/terminal/messages.ts';

/**
 * A fresh reference for one command, as its protocol can carry it. The till's own id where it fits or does not travel at all;
 * its random end where there is less room; digits are local date and time as NETS writes them (yymmddhhmmss), a second later
 * where that one is taken. Never one that is in use.
 */
export function terminalReference(
  rule: TerminalCapabilities['reference'],
  newId: () => string,
  now: number,
  used: ReadonlySet<string>,
): string {
  for (let n = 0; n < MOST; n++) {
    const reference =
      rule?.characters === 'digits' ? digits(now + n * 1_000, rule.length) : newId().slice(-(rule?.length ?? 26));
    if (!used.has(reference)) return reference;
  }
  throw new RangeError(`no reference of ${rule?.length} characters is left`);
}

/** more than a till keeps in memory */
const MOST = 100_000;
/** Beijing time has no summer time. */
const BEIJING_MS = 8 * 3_600_000;

function digits(at: number, length: number): string {
  return new Date(at + BEIJING_MS).toISOString().replace(/\D/g, '').slice(2, 14).padStart(length, '0').slice(-length);
}
