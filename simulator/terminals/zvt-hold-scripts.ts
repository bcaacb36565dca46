import { decodeBcd, encodeBcd } from '../../protocols/bytes/bcd.ts';
import type { Message } from '../../protocols/terminal/zvt/apdu.ts';
import { container, field, objectsOf, valueOf } from '../../protocols/terminal/zvt/bmp-list.ts';
import { REASONS } from '../../protocols/terminal/zvt/commands.ts';
import { constructed, findTlv, tlv } from '../../protocols/terminal/zvt/tlv.ts';
import type { LedgerEntry } from './ledger.ts';
import { amountOf, pay, receiptOf, refuse, synchronise, takeBack, transact } from './zvt-payment-scripts.ts';
import type { Script, ZvtTerminal } from './zvt-terminal.ts';

// Holds (PA00P015 2.8 to 2.14): money of a card kept ready until somebody knows how much it will be. None of these commands
// begins with a password.
//
//   06 22 .. 04 <most>                   keep so much ready; 04 0F says under which receipt number
//   06 24 .. 87 <receipt> 04 <used>      book what was used
//   06 23 .. 87 <receipt> 04 <unused>    the same, said the other way round: give back what was not used, book the rest
//   06 25 .. 87 <receipt>                nothing was used: give all of it back
//   06 23 03 87 FF FF                    which ones are open?

/** amount too high, or wrong */
const AMOUNT_WRONG = 0xb7;
const HOLD_ERROR = 0xb8;

/** Tag 1F06 of a hold of its own; anything else extends one, or was agreed on the telephone. */
const FIRST_HOLDS: ReadonlySet<number> = new Set([0x01, 0x02]);

export function* hold(zvt: ZvtTerminal, heard: Message): Script {
  const type = findTlv(objectsOf(heard.fields), '1F06')?.value[0];
  const isExtension = type === undefined ? traceIn(heard) !== undefined : !FIRST_HOLDS.has(type);
  if (isExtension) return yield* refuse(HOLD_ERROR);
  yield* pay(zvt, heard, 'preAuth', amountOf(heard) ?? zvt.terminal.personality.holds.defaultAmount);
}

/** 06 24: the amount is what was used; none: all of it. */
export function* bookTotal(zvt: ZvtTerminal, heard: Message): Script {
  const held = heldBy(zvt, heard);
  yield* book(zvt, heard, held, amountOf(heard) ?? held?.amount ?? 0);
}

/** 06 23: the amount is what was not used; none: nothing. Receipt FFFF asks for the list. */
export function* bookPart(zvt: ZvtTerminal, heard: Message): Script {
  if (asksForHolds(heard)) return yield* list(zvt);
  const held = heldBy(zvt, heard);
  yield* book(zvt, heard, held, (held?.amount ?? 0) - (amountOf(heard) ?? 0));
}

/** 06 25 */
export function* cancelHold(zvt: ZvtTerminal, heard: Message): Script {
  yield* takeBack(zvt, heard, heldBy(zvt, heard));
}

const FFFF = 0xff;

export function asksForHolds({ command, fields }: Message): boolean {
  return command === 'partialReversal' && valueOf(fields, '87')?.every((byte) => byte === FFFF) === true;
}

function heldBy({ terminal }: ZvtTerminal, heard: Message): LedgerEntry | undefined {
  const held = terminal.ledger.findHold(receiptOf(heard));
  const trace = traceIn(heard);
  return trace === undefined || trace === held?.trace ? held : undefined;
}

/** BMP 0B: of the hold */
function traceIn({ fields }: Message): number | undefined {
  const bytes = valueOf(fields, '0B');
  return bytes && decodeBcd(bytes);
}

const PROBLEMS = {
  'no-hold': HOLD_ERROR,
  expired: HOLD_ERROR,
  ended: REASONS.alreadyReversed,
  amount: AMOUNT_WRONG,
} as const;

/** Nobody stands there with a card: the host decides. Until the till has the booking, the hold stands. */
function* book(zvt: ZvtTerminal, heard: Message, held: LedgerEntry | undefined, amount: number): Script {
  const { terminal } = zvt;
  synchronise(zvt, heard);
  yield { wait: terminal.personality.stepMs };
  const isNamed = terminal.personality.zvt.booksByTrace === undefined || traceIn(heard) !== undefined;
  const problem = isNamed ? terminal.bookingProblem(held, amount) : 'no-hold';
  if (problem) return yield* refuse(PROBLEMS[problem]);
  yield* transact(zvt, heard, 'booking', terminal.decide(amount, 'booking'), held);
}

/** 2.10.1: the first open one; all of them for a till that has shown that it knows containers. */
function* list(zvt: ZvtTerminal): Script {
  const open = zvt.terminal.ledger.openHolds;
  const [first] = open;
  const numbers = open.map(({ receipt }) => encodeBcd(receipt, 2));
  const said =
    first && zvt.knowsContainers
      ? container(constructed('23', ...numbers.map((number) => tlv('08', number))))
      : field('87', numbers[0] ?? Uint8Array.of(FFFF, FFFF));
  yield { say: { command: 'abortNotice', head: { result: Uint8Array.of(HOLD_ERROR) }, fields: [said] } };
}
