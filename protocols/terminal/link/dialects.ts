import type { TerminalOutcome } from '../messages.ts';
import { type Head, LINK_HEAD, NETS_HEAD } from './body.ts';

// Who speaks Link how (terminals.md 2.1). A dialect is data: what is not public is left open and costs a question to a person,
// never a wrong answer. Values marked "assumed" are not in any public text: a technician may have to change them.

export interface LinkDialect {
  readonly title: string;
  readonly head: Head;
  readonly baudRate: number;
  /** ms; `sends` counts the first */
  readonly times: {
    readonly ackMs: number;
    readonly sends: number;
    readonly answerMs: number;
    readonly longestMs: number;
  };
  readonly transactions: {
    readonly sale: string;
    readonly void?: string;
    readonly refund?: string;
    readonly settle?: string;
    readonly inquiry?: string;
    /** no public text has a code for a pre-authorisation: a bank that carries one says it in writing */
    readonly preAuth?: string;
    readonly completePreAuth?: string;
    readonly cancelPreAuth?: string;
  };
  /** where the till's own reference travels: a field, or the head's correlation number, which comes back in the answer */
  readonly reference: { readonly field: string; readonly length: number } | { readonly ecn: 12 };
  /** fields that a command always has */
  readonly constant: Readonly<Partial<Record<'sale' | 'settle', readonly (readonly [string, string])[]>>>;
  /** the place in the head that says how it ended */
  readonly responseIn: 'resp' | 'version';
  /** any other code is unknown: a terminal may have charged before it lost its host */
  readonly outcomes: Readonly<Record<string, TerminalOutcome>>;
  /** answers to an inquiry that prove that no such transaction stands; assumed by nobody, so empty unless the bank says so */
  readonly inquiryFoundNothing: readonly string[];
  /** highest amount, twelve digits */
  readonly maxAmount: number;
}

const TIMES = { ackMs: 3_000, sends: 3, answerMs: 120_000, longestMs: 300_000 };
const MAX_AMOUNT = 999_999_999_999;

export const LINK_DIALECTS = {
  kbtg: {
    title: 'KBTG / KBank Link POS (Thailand)',
    head: LINK_HEAD,
    baudRate: 9600,
    times: TIMES,
    transactions: { sale: '20', void: '26', refund: '27', settle: '50', inquiry: '74' },
    reference: { field: 'R1', length: 20 },
    // assumed: 999 = all merchants
    constant: { settle: [['D1', '999']] },
    responseIn: 'resp',
    outcomes: { '00': 'approved', ND: 'declined', NB: 'declined' },
    inquiryFoundNothing: [],
    maxAmount: MAX_AMOUNT,
  },
  ghl: {
    title: 'GHL (Malaysia)',
    head: LINK_HEAD,
    baudRate: 115_200,
    times: TIMES,
    transactions: { sale: '20', void: '26', refund: '27', settle: '50', inquiry: '74' },
    reference: { field: 'R1', length: 20 },
    constant: { settle: [['D1', '999']] },
    responseIn: 'resp',
    // TO and XX: the terminal gave up, its host perhaps not
    outcomes: { '00': 'approved', ND: 'declined', NB: 'declined', UA: 'cancelled' },
    inquiryFoundNothing: [],
    maxAmount: MAX_AMOUNT,
  },
  nets: {
    title: 'NETS (Singapore)',
    head: NETS_HEAD,
    baudRate: 9600,
    times: TIMES,
    transactions: { sale: '30', settle: 'I5' },
    reference: { ecn: 12 },
    constant: { sale: [['T2', '01']] },
    // assumed: the answer has its response code where the request has its version
    responseIn: 'version',
    outcomes: { '00': 'approved' },
    inquiryFoundNothing: [],
    maxAmount: MAX_AMOUNT,
  },
} as const satisfies Record<string, LinkDialect>;
export type LinkDialectName = keyof typeof LINK_DIALECTS;
