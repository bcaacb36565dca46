import { decodeBcd } from '../../protocols/bytes/bcd.ts';
import type { Message } from '../../protocols/terminal/zvt/apdu.ts';
import type { HeadName } from '../../protocols/terminal/zvt/commands.ts';

/** What a till asked for with 06 00 (PA00P015 2.1). */
export interface Registration {
  /** receipts of payments go to the till, line by line or as blocks */
  readonly printsPayments: boolean;
  /** the same of everything else: end of day, diagnosis */
  readonly printsAdministration: boolean;
  readonly tellsStates: boolean;
  /** 1.4: only a till that names a currency is told one */
  readonly saysCurrency: boolean;
}

const PAYMENTS = 0x02;
const ADMINISTRATION = 0x04;
const STATES = 0x08;
const BY_06D = 0x80;

export function registrationOf({ head }: Message): Registration {
  const heads: Heads = head;
  return { ...fromConfig(heads.config?.[0] ?? 0), saysCurrency: heads.currency !== undefined };
}

type Heads = Readonly<Partial<Record<HeadName, Uint8Array>>>;

function fromConfig(config: number): Omit<Registration, 'saysCurrency'> {
  const prints = (what: number) => (config & (what | BY_06D)) === (what | BY_06D);
  return {
    printsPayments: prints(PAYMENTS),
    printsAdministration: prints(ADMINISTRATION),
    tellsStates: (config & STATES) !== 0,
  };
}

/** 2.24: what a log-off leaves */
export const LOGGED_OFF: Registration = { ...fromConfig(0x86), saysCurrency: false };

/** 06 00 has it bare, the payments in BMP 49; without one it is the terminal's own. */
export function isForeign(currency: Uint8Array | undefined, own: number): boolean {
  return currency !== undefined && decodeBcd(currency) !== own;
}
