import { bcdDigits } from '../../protocols/bytes/bcd.ts';
import { maskPan } from '../../protocols/paycode/masking.ts';
import { redact } from '../../protocols/paycode/redact.ts';
import type { Message } from '../../protocols/terminal/zvt/apdu.ts';
import { objectsOf } from '../../protocols/terminal/zvt/bmp-list.ts';
import { decodeText } from '../../protocols/terminal/zvt/charset.ts';
import type { HeadName } from '../../protocols/terminal/zvt/commands.ts';
import { intermediateState } from '../../protocols/terminal/zvt/intermediate-states.ts';
import { charsetIn, type PrintStep, printLine, receiptBlock } from '../../protocols/terminal/zvt/print.ts';
import { resultText, terminalStateText } from '../../protocols/terminal/zvt/result-codes.ts';
import type { TlvObject } from '../../protocols/terminal/zvt/tlv.ts';
import { resultValues } from '../../protocols/terminal/zvt/values.ts';
import { CARD_TECHNOLOGIES, CARDHOLDER_CHECKS, CONFIG_BITS, wordsOf } from '../../protocols/terminal/zvt/words.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a message says, for a person: beside the bytes, in words. */
export function meaningFields(message: Message, unmask: boolean): Fields {
  const head: Readonly<Partial<Record<HeadName, Uint8Array>>> = message.head;
  return {
    ...(head.config && { config_bits: bitsOf(head.config[0] ?? 0, CONFIG_BITS) }),
    ...(head.state && { terminal_status_text: terminalStateText(head.state[0] ?? 0) }),
    ...(head.intermediate && { intermediate_text: intermediateState(head.intermediate[0] ?? 0)?.text }),
    ...(head.minutes && { timeout_minutes: Number(bcdDigits(head.minutes)) }),
    ...(head.result && { result_text: resultText(head.result[0] ?? 0) }),
    ...(message.reason !== undefined && { reason_text: resultText(message.reason) }),
    ...textFields(message, unmask),
    ...valueFields(message, unmask),
  };
}

function bitsOf(byte: number, table: Readonly<Record<string, string>>): string[] {
  return Object.entries(table).flatMap(([bit, words]) => ((byte & Number.parseInt(bit, 16)) === 0 ? [] : [words]));
}

function textFields(message: Message, unmask: boolean): Fields {
  const said = textsOf(message).map((text) => (unmask ? text : redact(text)));
  if (said.length === 0) return {};
  const charset = charsetIn(objectsOf(message.fields));
  return { text: said.length === 1 ? said[0] : said, charset };
}

/** The lines of a receipt, or the texts of a message. */
function textsOf(message: Message): string[] {
  if (isCommand(message, 'printLine')) return linesOf([printLine(message, charsetIn(objectsOf(message.fields)))]);
  if (isCommand(message, 'printBlock')) return linesOf(receiptBlock(message).steps);
  const objects = objectsOf(message.fields);
  const charset = charsetIn(objects);
  return [...lineFields(message), ...texts(objects).map(({ value }) => decodeText(value, charset))];
}

function linesOf(steps: readonly PrintStep[]): string[] {
  return steps.flatMap((step) => (step.kind === 'line' ? [step.line.text] : []));
}

/** F1 to F8 and E1 to E8 of the display commands. */
function lineFields({ command, fields }: Message): string[] {
  if (!command.startsWith('displayText')) return [];
  return fields.filter(({ bmp }) => /^[EF][1-8]$/.test(bmp)).map(({ value }) => decodeText(value));
}

function texts(objects: readonly TlvObject[]): TlvObject[] {
  return objects.flatMap((object) => (object.tag === '07' ? [object] : texts(object.children ?? [])));
}

function isCommand<N extends Message['command']>(message: Message, command: N): message is Message<N> {
  return message.command === command;
}

function valueFields({ fields }: Message, unmask: boolean): Fields {
  const values = resultValues(fields);
  if (Object.keys(values).length === 0) return {};
  const { pan, resultCode, cardTechnology, holderCheck, ...others } = values;
  return {
    values: {
      ...others,
      ...(pan !== undefined && { pan: unmask ? pan : maskPan(pan) }),
      ...(resultCode !== undefined && { resultCode, result: resultText(resultCode) }),
      ...(cardTechnology !== undefined && { cardTechnology: wordsOf(CARD_TECHNOLOGIES, cardTechnology) }),
      ...(holderCheck !== undefined && { holderCheck: wordsOf(CARDHOLDER_CHECKS, holderCheck) }),
    },
  };
}
