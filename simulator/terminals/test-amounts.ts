// How an amount chooses what becomes of a sale: amount mod 100. Ours (test-amounts.json) uses the numbers of ISO 8583 where
// there is one; `stripe` is what Stripe's physical test card does, for those who know its numbers by heart.

/** What the host behind the terminal says, and how the terminal takes it. */
export type AmountOutcome =
  | 'approved'
  | 'declined'
  /** the host does not answer: nobody knows; later it turns out approved, or declined */
  | 'unknown-then-approved'
  | 'unknown-then-declined'
  /** the customer presses the red key */
  | 'cancelled'
  /** approved, and the message with the result is lost */
  | 'approved-answer-lost'
  /** approved, and the terminal starts anew before it says so */
  | 'approved-reboot'
  | 'wrong-pin';

export interface TestAmount {
  readonly meaning: string;
  readonly outcome: AmountOutcome;
  /** of the host: the digits are the number's own */
  readonly hostCode: number;
}

const declined = (hostCode: number, meaning: string): TestAmount => ({ meaning, outcome: 'declined', hostCode });
const special = (outcome: AmountOutcome, meaning: string, hostCode = 0): TestAmount => ({ meaning, outcome, hostCode });

export type AmountTable = Readonly<Record<string, TestAmount>>;

export const TEST_AMOUNTS: AmountTable = {
  '00': special('approved', 'approved'),
  '01': declined(0x01, 'refer / call issuer'),
  '05': declined(0x05, 'declined'),
  '12': declined(0x12, 'invalid transaction'),
  '13': declined(0x13, 'invalid amount'),
  '14': declined(0x14, 'invalid card'),
  '51': declined(0x51, 'insufficient funds'),
  '54': declined(0x54, 'expired card'),
  '55': special('wrong-pin', 'wrong PIN', 0x55),
  '61': declined(0x61, 'limit exceeded'),
  '68': special('unknown-then-approved', 'host timeout: outcome unknown, later found APPROVED by the query', 0x68),
  '69': special('unknown-then-declined', 'host timeout: later found DECLINED', 0x69),
  '75': declined(0x75, 'PIN tries exceeded'),
  '91': declined(0x91, 'issuer unavailable'),
  '94': declined(0x94, 'duplicate'),
  '96': declined(0x96, 'system fault'),
  '97': special('cancelled', 'customer cancels at the terminal'),
  '98': special('approved-answer-lost', 'approved, response frame lost'),
  '99': special('approved-reboot', 'terminal reboots after approval'),
};

export const STRIPE_AMOUNTS: AmountTable = {
  '00': special('approved', 'approved'),
  '01': declined(0x01, 'call_issuer'),
  // these two are from memory
  '02': special('approved', 'offline PIN required'),
  '03': special('approved', 'online PIN required'),
  '05': declined(0x05, 'generic_decline'),
  '55': special('wrong-pin', 'incorrect_pin', 0x55),
  '65': declined(0x65, 'withdrawal_count_limit_exceeded'),
  '75': declined(0x75, 'pin_try_exceeded'),
};

const APPROVED: TestAmount = special('approved', 'approved');

/** Whatever is not in the table is approved. */
export function testAmount(minor: number, table: AmountTable = TEST_AMOUNTS): TestAmount {
  return table[String(minor % 100).padStart(2, '0')] ?? APPROVED;
}

/** How the holder is verified. */
export type HolderCheck = 'none' | 'signature' | 'offline-pin' | 'online-pin';

/** Highest amount (minor units) of each band, as Adyen's white test card in EUR has them. */
const HOLDER_CHECK_BANDS: readonly {
  readonly upTo: number;
  readonly check: HolderCheck;
  readonly meaning: string;
}[] = [
  { upTo: 10_000, check: 'signature', meaning: 'signature' },
  { upTo: 20_000, check: 'offline-pin', meaning: 'offline enciphered PIN' },
  { upTo: Number.POSITIVE_INFINITY, check: 'online-pin', meaning: 'online PIN' },
];

export function holderCheckBand(minor: number): (typeof HOLDER_CHECK_BANDS)[number] | undefined {
  return HOLDER_CHECK_BANDS.find(({ upTo }) => minor <= upTo);
}
