import type {
  FinancialCommand,
  Pending,
  TerminalCommand,
  TerminalEffect,
  TerminalResult,
  TransactionKey,
} from '../messages.ts';
import type { Message } from './apdu.ts';
import type { CommandName } from './commands.ts';
import type { PrintStep } from './print.ts';

/** What the till tells the terminal about itself, from its configuration. */
export interface TillSettings {
  /** six digits */
  readonly password: string;
  /** ISO 4217: 156 is the renminbi */
  readonly currency: number;
  /** receipts come to the till (06 D1, 06 D3); else the terminal prints them */
  readonly printsOnTill: boolean;
  /** number the messages (1F73), if the terminal does too */
  readonly messageIds: boolean;
  /** say the last receipt number (1F1F) */
  readonly receiptSync: boolean;
  /** ms that the link may need to deliver a message: nothing over TCP, three times T2 on a serial line */
  readonly deliveryMs: number;
  /** what a pre-authorisation is charged with: 06 24, or 06 23 where this make takes that one. Absent: 06 24 */
  readonly completesWith?: HoldCommand;
}

export const HOLD_COMMANDS = ['bookTotal', 'partialReversal'] as const satisfies readonly CommandName[];
export type HoldCommand = (typeof HOLD_COMMANDS)[number];

/** Everything that the machine knows. A value: each step makes a new one. */
export interface TillState {
  readonly settings: TillSettings;
  readonly phase: Phase;
  /** a money command of which nobody knows: until it is resolved nothing else touches money */
  readonly pending: Pending | undefined;
  /** the terminal's last transaction, as it said itself; empty: it has none; absent: it has not been asked */
  readonly last: TransactionKey | undefined;
  /** 1F1F: digits as the terminal said them. Absent: unknown, and unknown is never 0 */
  readonly sync: string | undefined;
  /** 1F73 of the newest message in either direction; absent: not in use */
  readonly messageId: number | undefined;
  /** what was answered to the last numbered message of the terminal, for when it is said again */
  readonly answered: { readonly id: number; readonly message: Message } | undefined;
}

export type Phase =
  | { readonly name: 'offline' }
  | { readonly name: 'idle' }
  /** said, 80 00 is awaited until `deadline` (T3) */
  | { readonly name: 'sent'; readonly doing: Doing; readonly deadline: number }
  /** the terminal has the word until `deadline` (T4) */
  | { readonly name: 'working'; readonly doing: Doing; readonly deadline: number }
  /** a result is on its way to the disk; `next` is what happens when it is there */
  | { readonly name: 'storing'; readonly doing: Doing; readonly next: AfterStoring };

/** `acknowledge` the terminal's message, and go on as before, end the dialogue, or wait for 80 00 as before. */
export interface AfterStoring {
  readonly acknowledge: boolean;
  readonly ends: boolean;
  /** 80 00 of the command is still to come */
  readonly isSent?: true;
  /** what is stored was not known, and belongs to no command that waits */
  readonly isUnasked?: true;
}

/** One dialogue, from the command to its end. */
export interface Doing {
  readonly task: Task;
  /** monotonic ms: however often the terminal says that it is busy, it ends here */
  readonly until: number;
  /** ms that T4 is now: 04 FF may set it */
  readonly t4Ms: number;
  /** the newest result of this dialogue */
  readonly result?: TerminalResult;
  /** the result came and was put on disk: a second 04 0F with the same key says nothing new */
  readonly stored: boolean;
  /** a result came and could not be written down */
  readonly lost?: true;
  /** 06 B0 was said: its 80 00 is not the answer to anything else */
  readonly abortSaid: boolean;
  /** lines of the receipt that is being printed */
  readonly lines: readonly PrintStep[];
}

/** What the dialogue is for. `register` and `learn` are the machine's own, at every connection. */
export type Task =
  | { readonly kind: 'register' }
  /** 06 20 with nobody's command in mind: what is the last transaction? */
  | { readonly kind: 'learn' }
  /** 05 01 before 06 20: is it idle at all? */
  | { readonly kind: 'look'; readonly query: Extract<TerminalCommand, { readonly kind: 'queryLast' }> }
  | { readonly kind: 'money'; readonly command: FinancialCommand; readonly before: TransactionKey | undefined }
  | { readonly kind: 'query'; readonly query: Extract<TerminalCommand, { readonly kind: 'queryLast' }> }
  | { readonly kind: 'other'; readonly command: TerminalCommand }
  /** 04 0F that nobody asked for */
  | { readonly kind: 'late' };

export type TillInput =
  | {
      readonly kind: 'connected' | 'disconnected' | 'time' | 'stored' | 'not-stored' | 'delivered' | 'not-delivered';
      readonly at: number;
    }
  | { readonly kind: 'command'; readonly command: TerminalCommand; readonly at: number }
  | { readonly kind: 'heard'; readonly message: Message; readonly at: number }
  /** a message that cannot be read; `unknownField`: only because nobody knows one of its fields */
  | { readonly kind: 'unreadable'; readonly unknownField: boolean; readonly at: number };

/** Like the neutral effects, but with a message instead of bytes. */
export type TillEffect =
  | Exclude<TerminalEffect, { readonly do: 'write' }>
  | { readonly do: 'say'; readonly message: Message };

export interface Step {
  readonly state: TillState;
  readonly effects: readonly TillEffect[];
}

/** `pending`: from the journal, a command that was open when the agent stopped. */
export function initialState(settings: TillSettings, pending?: Pending): TillState {
  return {
    settings,
    phase: { name: 'offline' },
    pending,
    last: undefined,
    sync: undefined,
    messageId: undefined,
    answered: undefined,
  };
}
