import { encodeCountedFrame } from '../counted-frame.ts';
import type { FinancialCommand } from '../messages.ts';
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

function commandName(command: FinancialCommand): MisCommand | undefined {
  switch (command.kind) {
    case 'sale':
      return command.paycode ? 'qrSale' : 'sale';
    case 'void':
      return command.tender === 'card' ? 'void' : 'qrVoid';
    case 'refund':
      return 'refund';
    default:
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
  const parts: MisPart[] = [
    [tags.packetType, Uint8Array.of(packetTypes.request)],
    [tags.correlation, Uint8Array.of(correlation >> 8, correlation)],
    [tags.command, Uint8Array.of(code)],
    ...('amount' in command ? [[tags.amount, amountBcd(command.amount)] as const] : []),
    [tags.till, till.padEnd(NAME_CHARS).slice(0, NAME_CHARS)],
    [tags.operator, operator.padEnd(NAME_CHARS).slice(0, NAME_CHARS)],
    ...(command.kind === 'sale' && command.paycode ? [[tags.paycode, command.paycode] as const] : []),
    ...(command.kind === 'void' ? originals(command.original, dialect) : []),
  ];
  return encodeCountedFrame(encodeMisObjects(parts));
}

function originals(original: { readonly receipt?: string; readonly trace?: string }, { tags }: MisDialect): MisPart[] {
  const { receipt, trace } = original;
  return [
    ...(receipt === undefined ? [] : [[tags.originalVoucher, digitsBcd(receipt, 3)] as const]),
    ...(trace === undefined ? [] : [[tags.originalTrace, digitsBcd(trace, 3)] as const]),
  ];
}

export function amountBcd(minor: number): Uint8Array {
  if (!Number.isSafeInteger(minor) || minor < 0 || minor > MAX_MINOR) throw new RangeError(`not an amount: ${minor}`);
  return digitsBcd(String(minor), 6);
}

/** Decimal digits, zeros in front, two in a byte. */
export function digitsBcd(digits: string, bytes: number): Uint8Array {
  const padded = digits.padStart(2 * bytes, '0').slice(-2 * bytes);
  return Uint8Array.from({ length: bytes }, (_, n) => Number.parseInt(padded.slice(2 * n, 2 * n + 2), 16));
}
