import { toHex } from '../../protocols/bytes/hex.ts';
import { ACK, countedBody, NAK } from '../../protocols/terminal/counted-frame.ts';
import { decodeLinkBody } from '../../protocols/terminal/link/body.ts';
import type { LinkDialect } from '../../protocols/terminal/link/dialects.ts';
import { type FieldRow, LINK_FIELDS, LINK_TRANSACTIONS } from '../../protocols/terminal/link/words.ts';
import type { MisDialect } from '../../protocols/terminal/mis/dialect.ts';
import { misObject, parseMisObjects } from '../../protocols/terminal/mis/objects.ts';
import { decodeApdu, isApduError } from '../../protocols/terminal/zvt/apdu.ts';
import type { TerminalMake } from '../personalities/terminal-makes.ts';
import { shortHex, type Told } from './wire-lines.ts';

// What went over a card terminal's wire, in words. Card numbers and codes are nobody's to see, in the bytes neither.

/** In the words of this make's language. */
export function terminalWords(make: TerminalMake, bytes: Uint8Array): Told {
  if (make.protocol === 'zvt') return zvtWords(bytes);
  if (bytes.length === 1) return { title: CONTROLS[bytes[0] ?? 0] ?? toHex(bytes), detail: '', hex: shortHex(bytes) };
  const inside = countedBody(bytes);
  const told = inside && ('dialect' in make ? linkWords(make.dialect, inside) : misOrNothing(make, inside));
  // what has no words here may carry a number in clear (NCCC)
  return { title: `${bytes.length} B`, detail: '', hex: '', ...told };
}

const CONTROLS: Readonly<Record<number, string>> = { [ACK]: 'ACK', [NAK]: 'NAK', 4: 'EOT' };

/** A card number is masked by the terminal itself. */
function zvtWords(bytes: Uint8Array): Told {
  const heard = decodeApdu(bytes);
  if (isApduError(heard)) return { title: `${bytes.length} B (${heard.problem})`, detail: '', hex: shortHex(bytes) };
  const fields = heard.fields.map(({ bmp, value }) => `${bmp} ${toHex(value)}`);
  return { title: heard.command, detail: fields.join('\n'), hex: shortHex(bytes) };
}

function linkWords(dialect: LinkDialect, inside: Uint8Array): Partial<Told> {
  const body = decodeLinkBody(dialect.head, inside);
  if (typeof body === 'string') return { detail: body };
  const { tx } = body.head;
  const own = Object.entries(dialect.transactions).find(([, code]) => code === tx)?.[0];
  const known: Readonly<Record<string, string>> = LINK_TRANSACTIONS;
  const rows: Readonly<Record<string, FieldRow>> = LINK_FIELDS;
  const lines = body.fields.map(([type, data]) => {
    const { title = '', secret } = rows[type] ?? {};
    return `${type} ${secret ? '***' : data.trim()}${title === '' ? '' : `  (${title})`}`;
  });
  return { title: own ?? known[tx] ?? tx, detail: lines.join('\n') };
}

function misOrNothing(make: TerminalMake, inside: Uint8Array): Partial<Told> | undefined {
  return make.protocol === 'mis' ? misWords(make.personality.dialect, inside) : undefined;
}

function misWords({ tags, commands, packetTypes }: MisDialect, inside: Uint8Array): Partial<Told> {
  const objects = parseMisObjects(inside, tags.container);
  if (typeof objects === 'string') return { detail: objects };
  const code = misObject(objects, tags.command)?.value[0];
  const command = Object.entries(commands).find(([, value]) => value === code)?.[0] ?? 'MIS';
  const kind = misObject(objects, tags.packetType)?.value[0];
  const type = Object.entries(packetTypes).find(([, value]) => value === kind)?.[0] ?? '';
  const detail = objects.map(({ tag, value }) => `${tag} ${value.length} B`).join('\n');
  return { title: `${command} ${type}`.trim(), detail };
}
