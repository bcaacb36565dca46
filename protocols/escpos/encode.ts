import { COMMANDS, type CommandName } from './commands.ts';
import type { Row } from './shape.ts';

/** The bytes of one command. A wrong number of operands or too much data is a bug of the caller and throws. */
export function encode(name: CommandName, operands: readonly number[] = [], data?: Uint8Array): Uint8Array {
  const row: Row = COMMANDS[name];
  const { shape } = row;
  const names = shape.kind === 'until-nul' ? [] : shape.operands;
  if (names.length !== operands.length || operands.some((operand) => !(operand >= 0 && operand <= 0xff)))
    throw new RangeError(`${name} takes (${names.join(' ')}), not (${operands.join(' ')})`);
  const body = data ?? new Uint8Array();
  switch (shape.kind) {
    case 'fixed':
    case 'counted':
    case 'walk':
      return join([row.code, operands, body]);
    case 'until-nul':
      return join([row.code, body, [0]]);
    case 'block':
      break;
  }
  const length = shape.head.length + operands.length + body.length;
  return join([row.code, lengthBytes(name, length, shape.lengthBytes), shape.head, operands, body]);
}

function lengthBytes(name: CommandName, length: number, count: number): number[] {
  if (length >= 256 ** count) throw new RangeError(`${name}: ${length} bytes do not fit`);
  return Array.from({ length: count }, (_, k) => Math.floor(length / 256 ** k) & 0xff);
}

/** Byte strings one after the other. */
export function join(parts: readonly ArrayLike<number>[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
