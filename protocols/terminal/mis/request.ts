import { encodeCountedFrame } from '../counted-frame.ts';
import type { FinancialCommand, TransactionKey } from '../messages.ts';
import type { MisCommand, MisDialect } from './dialect.ts';
import { encodeMisObjects, type MisPart } from './objects.ts';

/** Who asks: both padded with blanks to ten, as observed. */
export interface MisTill {
  readonly till: string;
  readonly operator: string;
}

const NAME_CHARS = 10;
/** six bytes of BCD */
const MAX_MINOR = 999_999_999_999;

/** The dialect's own command for ours; `undefined`: it was never seen to carry that. */
export function misCommand(command: FinancialCommand, { commands }: MisDialect): number | undefined {
  const name = commandName(command);
  return name && commands[name];
}

/** Nothing in it says what it is about: the terminal would take what it likes. */
export function isBlind(command: FinancialCommand): boolean {
  if (!('original' in command)) return false;
  const { receipt, trace, authorisation } = command.original;
  const names = isOfHold(command) ? [receipt, trace, authorisation] : [receipt, trace];
  return names.every((name) => name === undefined);
}

function commandName(command: FinancialCommand): MisCommand | undefined {
  switch (command.kind) {
    case 'sale':
      return command.paycode ? 'qrSale' : 'sale';
    case 'void':
      return command.tender === 'card' ? 'void' : 'qrVoid';
    case 'refund':
    case 'preAuth':
    case 'completePreAuth':
    case 'cancelPreAuth':
      return command.kind;
    case 'settle':
      return undefined;
  }
}

/**
 * The frame of a request. It holds the paycode: whoever sends it forgets it. Throws where the command cannot be asked.
 * `correlation`: two bytes that the answer must bring back.
 */
export function encodeMisRequest(
  command: FinancialCommand,
  correlation: number,
  { till, operator }: MisTill,
  dialect: MisDialect,
): Uint8Array {
  const { tags, packetTypes } = dialect;
  const code = misCommand(command, dialect);
  if (code === undefined) throw new RangeError(`the dialect ${dialect.name} has no command for ${command.kind}`);
  if (isBlind(command)) throw new RangeError(`nothing names what ${command.kind} is about`);
  const parts: MisPart[] = [
    [tags.packetType, Uint8Array.of(packetTypes.request)],
    [tags.correlation, Uint8Array.of(correlation >> 8, correlation)],
    [tags.command, Uint8Array.of(code)],
    ...('amount' in command ? [[tags.amount, amountBcd(command.amount)] as const] : []),
    [tags.till, till.padEnd(NAME_CHARS).slice(0, NAME_CHARS)],
    [tags.operator, operator.padEnd(NAME_CHARS).slice(0, NAME_CHARS)],
    ...(command.kind === 'sale' && command.paycode ? [[tags.paycode, command.paycode] as const] : []),
    ...('original' in command ? originals(command.original, dialect) : []),
    ...(isOfHold(command) ? holdOriginals(command.original, dialect) : []),
  ];
  return encodeCountedFrame(encodeMisObjects(parts));
}

function originals({ receipt, trace }: TransactionKey, { tags }: MisDialect): MisPart[] {
  return [
    ...(receipt === undefined ? [] : [[tags.originalVoucher, digitsBcd(receipt, 3)] as const]),
    ...(trace === undefined ? [] : [[tags.originalTrace, digitsBcd(trace, 3)] as const]),
  ];
}

type OfHold = Extract<FinancialCommand, { readonly kind: 'completePreAuth' | 'cancelPreAuth' }>;

function isOfHold(command: FinancialCommand): command is OfHold {
  return command.kind === 'completePreAuth' || command.kind === 'cancelPreAuth';
}

/** 预授权码 and the day of the hold. Assumed: that they travel is card practice, as what nobody has seen. */
function holdOriginals({ authorisation, date }: TransactionKey, { tags }: MisDialect): MisPart[] {
  return [
    ...(authorisation === undefined ? [] : [[tags.originalAuth, authorisation] as const]),
    ...(date === undefined ? [] : [[tags.originalDate, digitsBcd(date, 2)] as const]),
  ];
}

function amountBcd(minor: number): Uint8Array {
  if (!Number.isSafeInteger(minor) || minor < 0 || minor > MAX_MINOR) throw new RangeError(`not an amount: ${minor}`);
  return digitsBcd(String(minor), 6);
}

/** Decimal digits, zeros in front, two in a byte. */
function digitsBcd(digits: string, bytes: number): Uint8Array {
  const padded = digits.padStart(2 * bytes, '0').slice(-2 * bytes);
  return Uint8Array.from({ length: bytes }, (_, n) => Number.parseInt(padded.slice(2 * n, 2 * n + 2), 16));
}
