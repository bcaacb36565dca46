import type { Block } from '../document/document.ts';
import type { SecretText } from '../paycode/secret.ts';

// What a till and a card terminal say to each other, whatever the protocol on the wire. The payment engine knows these words
// only; each protocol's room turns them into its own messages. Amounts are whole minor units (fen, cent).

/** What identifies a transaction at the terminal, as far as its protocol says it. */
export interface TransactionKey {
  readonly receipt?: string;
  readonly trace?: string;
  readonly terminalId?: string;
  /** the terminal's own clock, MMDD and HHMMSS */
  readonly date?: string;
  readonly time?: string;
  readonly authorisation?: string;
  /** retrieval reference number of the host */
  readonly rrn?: string;
  readonly batch?: string;
}

/** What a customer holds out. */
export type Tender = 'card' | 'paycode';

/** Changes what somebody pays. `reference` is the till's own, fresh for each, on disk before the first byte. */
export type FinancialCommand =
  | {
      readonly kind: 'sale';
      readonly reference: string;
      readonly amount: number;
      /** scanned at the till and charged by the terminal, where its dialect carries it */
      readonly paycode?: SecretText;
    }
  | {
      readonly kind: 'void';
      readonly reference: string;
      readonly amount: number;
      readonly original: TransactionKey;
      /** what the sale was paid with; absent: a card, or a terminal to which it is all the same */
      readonly tender?: Tender;
    }
  | { readonly kind: 'refund'; readonly reference: string; readonly amount: number }
  /** 预授权: the amount is held at the card's issuer; nothing is charged */
  | { readonly kind: 'preAuth'; readonly reference: string; readonly amount: number }
  /** 预授权完成: the hold becomes a charge of this amount, and what is left of it is free again */
  | {
      readonly kind: 'completePreAuth';
      readonly reference: string;
      readonly amount: number;
      readonly original: TransactionKey;
      /** what was held: some terminals want to hear what is left of it */
      readonly held?: number;
    }
  /** 预授权撤销: the hold is given up, all of it */
  | {
      readonly kind: 'cancelPreAuth';
      readonly reference: string;
      readonly amount: number;
      readonly original: TransactionKey;
    }
  | { readonly kind: 'settle'; readonly reference: string };

/** A command of which nobody knows whether it was carried out. */
export interface Pending {
  readonly command: FinancialCommand;
  /** the terminal's last transaction as it was known before this one; empty: it had none; absent: nobody had asked */
  readonly before?: TransactionKey;
}

/** Words about money: nothing else is said before it is known what became of each. */
const FINANCIAL: ReadonlySet<CommandKind> = new Set<FinancialCommand['kind']>([
  'sale',
  'void',
  'refund',
  'preAuth',
  'completePreAuth',
  'cancelPreAuth',
  'settle',
]);

export function isFinancial(command: TerminalCommand): command is FinancialCommand {
  return FINANCIAL.has(command.kind);
}

export type TerminalCommand =
  | FinancialCommand
  | { readonly kind: 'status' }
  /** `about`: the answer is compared with it, and the result is about that command */
  | { readonly kind: 'queryLast'; readonly about?: Pending }
  | { readonly kind: 'queryByRef'; readonly about: Pending }
  | { readonly kind: 'reprint' }
  | { readonly kind: 'signature'; readonly featureCode: string; readonly width: number; readonly height: number }
  | { readonly kind: 'display'; readonly lines: readonly string[] }
  | { readonly kind: 'print'; readonly lines: readonly string[] }
  | { readonly kind: 'abort' }
  /** somebody has settled what became of a command that nobody knew: the terminal may be used again */
  | { readonly kind: 'cleared'; readonly reference: string };

export type CommandKind = TerminalCommand['kind'];

/** Never a boolean: what nobody knows is neither paid nor unpaid. */
export type TerminalOutcome = 'approved' | 'declined' | 'cancelled' | 'unknown';

/** How an outcome is known, or why it is not. */
export type EvidenceBy =
  /** the terminal's own answer within the dialogue */
  | 'answer'
  /** the terminal's answer to the question what happened last */
  | 'query'
  /** the terminal refused the command before it did anything */
  | 'refused'
  /** the last transaction is the one from before: this one never happened */
  | 'last-is-the-one-before'
  /** the command never left */
  | 'not-sent'
  | 'no-answer'
  | 'link-lost'
  /** the result names another amount than was asked for */
  | 'other-amount'
  /** the terminal's last transaction cannot be told from the one before, or names nothing */
  | 'cannot-tell';

export interface Evidence {
  readonly by: EvidenceBy;
  /** the protocol's own code, as its documents write it */
  readonly code?: string;
  readonly text?: string;
}

export interface TerminalResult {
  readonly command: FinancialCommand['kind'];
  readonly reference: string;
  readonly outcome: TerminalOutcome;
  /** what the terminal says was charged or given back */
  readonly amount?: number;
  readonly currency?: number;
  readonly key: TransactionKey;
  /** masked by the terminal; first 6 and last 4 at most */
  readonly card?: {
    readonly pan?: string;
    readonly name?: string;
    readonly holderCheck?: 'none' | 'signature' | 'pin' | 'pin-and-signature';
  };
  readonly evidence: Evidence;
  /**
   * `provisional`: it must be on disk before the terminal hears that it is, but the terminal may still take it back (ZVT: until
   * 06 0F). A final one follows, or an `unknown`. Absent: final.
   */
  readonly standing?: 'provisional' | 'final';
}

/** What a terminal can do; the engine asks here and knows no protocol. */
export interface TerminalCapabilities {
  readonly commands: readonly CommandKind[];
  /** what an answer carries back, so that it cannot be taken for another command's */
  readonly correlation: 'reference' | 'echo' | 'sequence' | 'none';
  /** when the terminal keeps a transaction for good: when the till accepts the result, or when it has said it */
  readonly finalWhen: 'accepted' | 'answered';
  /** which payments it takes, and takes back whole; absent: it makes no difference to it */
  readonly tenders?: { readonly sale: readonly Tender[]; readonly void: readonly Tender[] };
  readonly printsOnTill: boolean;
  readonly signatureImage: boolean;
  /** what a reference of the till must look like to travel with a command; absent: it does not travel */
  readonly reference?: { readonly length: number; readonly characters: 'digits' | 'letters-and-digits' };
  /** highest amount of one transaction, minor units */
  readonly maxAmount: number;
}

/** What happens to a dialogue. Times are monotonic ms. */
export type TerminalInput =
  | { readonly kind: 'connected'; readonly at: number }
  | { readonly kind: 'disconnected'; readonly at: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly at: number }
  | { readonly kind: 'time'; readonly at: number }
  | { readonly kind: 'command'; readonly command: TerminalCommand; readonly at: number }
  /** the result of the last `store-result` or `store-late-result` is on disk */
  | {
      readonly kind: 'stored';
      readonly at: number;
      /** it is on disk as another command's, whose answer the terminal has said before: the one that waits has none yet */
      readonly isAnothers?: true;
    }
  /** it could not be written: the terminal must not be told that it was */
  | { readonly kind: 'not-stored'; readonly at: number };

/** What a dialogue wants done, in this order. */
export type TerminalEffect =
  | { readonly do: 'write'; readonly bytes: Uint8Array }
  /** on disk first, then `stored`: only that lets the terminal have its acknowledgement */
  | { readonly do: 'store-result'; readonly result: TerminalResult }
  /** belongs to an earlier command: kept and reconciled, never applied to the one that waits */
  | { readonly do: 'store-late-result'; readonly result: Omit<TerminalResult, 'command' | 'reference'> }
  | { readonly do: 'tell'; readonly news: TerminalNews }
  /** the link cannot be used any more as it is; `isRefused`: the terminal is there, and does not take this till */
  | { readonly do: 'reconnect'; readonly why: string; readonly isRefused?: true };

export type TerminalNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly code: string; readonly text: string; readonly timeoutMs: number }
  | {
      readonly kind: 'printed';
      readonly receipt: 'merchant' | 'customer' | 'other';
      readonly needsSignature: boolean;
      readonly blocks: readonly Block[];
    }
  | {
      readonly kind: 'status';
      readonly isIdle: boolean;
      readonly code: string;
      readonly text: string;
      readonly version?: string;
    }
  | { readonly kind: 'last'; readonly key: TransactionKey | undefined }
  /** the dialogue is over; for a financial command after its result */
  | {
      readonly kind: 'done';
      readonly command: CommandKind;
      readonly ok: boolean;
      readonly code?: string;
      readonly text?: string;
    }
  | {
      readonly kind: 'not-done';
      readonly command: CommandKind;
      readonly why: 'busy' | 'not-connected' | 'unsupported' | 'recover-first';
    };

/** One terminal on one link, from its protocol's room: bytes and time in, effects out. Performs nothing itself. */
export interface TerminalDialogue {
  readonly capabilities: TerminalCapabilities;
  handle(input: TerminalInput): readonly TerminalEffect[];
  /** when `time` will mean something */
  readonly nextDeadline: number | undefined;
  /**
   * The terminal's last transaction, where the dialogue learns it by itself; empty: it has none. Absent: whoever wants to know
   * asks (`queryLast`).
   */
  readonly last?: TransactionKey | undefined;
}
