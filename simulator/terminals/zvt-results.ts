import { encodeBcd, packDigits } from '../../protocols/bytes/bcd.ts';
import { type Message, message } from '../../protocols/terminal/zvt/apdu.ts';
import { container, type Field, field } from '../../protocols/terminal/zvt/bmp-list.ts';
import { type Charset, encodeText } from '../../protocols/terminal/zvt/charset.ts';
import { constructed, type TlvObject, tlv } from '../../protocols/terminal/zvt/tlv.ts';
import type { CardTerminal } from './card-terminal.ts';
import type { LedgerEntry } from './ledger.ts';
import type { HolderCheck } from './test-amounts.ts';
import { whenFields } from './zvt-totals.ts';

// What a terminal's memory and printer say, as ZVT messages.

const CHECKS: Readonly<Record<HolderCheck, number>> = { none: 0, signature: 1, 'online-pin': 2, 'offline-pin': 3 };
const CHIP = 1;

const ascii = (text: string) => encodeText(text);

/** 04 0F: what became of it. One that was broken off before a card was read has no more than its code. */
export function resultFields(terminal: CardTerminal, entry: LedgerEntry, amount = entry.amount): readonly Field[] {
  const { personality, card } = terminal;
  const terminalId = field('29', packDigits(personality.terminalId));
  if (entry.state === 'cancelled') return [field('27', Uint8Array.of(entry.code)), terminalId];
  // in the order of 3.1.1: old tills rely on it
  return [
    field('27', Uint8Array.of(entry.code)),
    field('04', encodeBcd(amount, 6)),
    field('0B', encodeBcd(entry.trace, 3)),
    ...(entry.of ? [field('37', encodeBcd(entry.of.trace, 3))] : []),
    ...whenFields(terminal.shows(entry.at)),
    field('0E', packDigits(card.expiry)),
    field('17', packDigits(card.sequence)),
    field('19', Uint8Array.of(0x70)),
    field('22', packDigits(`${'E'.repeat(card.pan.length - 4)}${card.pan.slice(-4)}`)),
    terminalId,
    field('3B', ascii(`${String(entry.trace).padStart(6, '0')}\0\0`)),
    field('49', encodeBcd(personality.currency, 2)),
    field('87', encodeBcd(entry.receipt, 2)),
    field('8A', Uint8Array.of(card.type)),
    field('2A', ascii(personality.merchantId.padEnd(15))),
    field('88', encodeBcd(entry.trace, 3)),
    field('8B', ascii(`${card.name}\0`)),
  ];
}

/** The container that only a newer terminal sends. */
export function resultObjects(
  terminal: CardTerminal,
  entry: LedgerEntry,
  check: HolderCheck,
  sync: number | undefined,
): readonly TlvObject[] {
  const { card } = terminal;
  return [
    constructed('2F', tlv('1F12', Uint8Array.of(CHIP)), tlv('1F10', Uint8Array.of(CHECKS[check]))),
    constructed('60', tlv('43', packDigits(card.aid)), tlv('44', ascii(card.name))),
    ...(sync === undefined || entry.state === 'cancelled' ? [] : [tlv('1F1F', encodeBcd(sync, 2))]),
  ];
}

const CENTRED = 0x40;
const PLAIN = 0x00;
const END = 0x81;

/** A receipt as 06 D1 lines. */
export function receiptLines(lines: readonly string[]): readonly Message[] {
  const line = (attribute: number, text: string): Message<'printLine'> => ({
    command: 'printLine',
    head: { attribute: Uint8Array.of(attribute), text: ascii(text) },
    fields: [],
  });
  return [...lines.map((text, at) => line(at === 0 ? CENTRED : PLAIN, text)), line(END, '')];
}

/** A receipt as one 06 D3. */
export function receiptBlockMessage(
  lines: readonly string[],
  type: number,
  needsSignature: boolean,
  charset: Charset,
): Message {
  const text = (line: string) => tlv('07', encodeText(line, charset));
  const attribute = (value: number) => tlv('09', Uint8Array.of(value));
  const [title = '', ...rest] = lines;
  const set = charset === 'ISO-8859-1' ? [tlv('14', Uint8Array.of(0x02))] : [];
  return message(
    'printBlock',
    container(
      tlv('1F07', Uint8Array.of(type)),
      tlv('1F37', Uint8Array.of(needsSignature ? 0x03 : 0x01)),
      constructed('25', ...set, attribute(CENTRED), text(title), attribute(PLAIN), ...rest.map(text), attribute(END)),
    ),
  );
}
