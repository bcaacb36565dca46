import { type Block, LIMITS } from '../../protocols/document/document.ts';
import { isBankCard, looksLikePan } from '../../protocols/paycode/bank-card.ts';
import type { TerminalNews } from '../../protocols/terminal/messages.ts';

// Receipts that the terminal has the till print (ZVT 06 D1, 06 D3). Its words stand as they are, but for a card number
// that it did not mask: that is masked here, before it is on any disk.

/** A receipt as the journal keeps it. */
export interface TerminalReceipt {
  readonly copy: 'merchant' | 'customer' | 'other';
  readonly needsSignature: boolean;
  readonly blocks: readonly Block[];
}

/** some blocks of a document are ours: marks, the signature, which payment and which part it is */
const BLOCKS = LIMITS.blocks - 10;
/** as the journal keeps it; a receipt of 60 lines has 5,000 */
const CHARACTERS = 30_000;

/**
 * In as many parts as it needs, for an end of day may be as long as the day was. Only the first is the copy that the terminal
 * says: what follows it is no second one of the same. None: nothing to print.
 */
export function terminalReceipts({ receipt, needsSignature, blocks }: Printed): readonly TerminalReceipt[] {
  const parts = inParts(masked(blocks.filter(({ type }) => type !== 'cut')));
  return parts.map((part, n) => ({
    copy: n === 0 ? receipt : 'other',
    needsSignature: n === 0 && needsSignature,
    blocks:
      parts.length === 1 ? part : [{ type: 'text', text: `(${n + 1}/${parts.length})`, align: 'center' }, ...part],
  }));
}

function inParts(blocks: readonly Block[]): readonly (readonly Block[])[] {
  const parts: Block[][] = [];
  let room = 0;
  for (const block of blocks) {
    const { length } = JSON.stringify(block);
    room -= length + 1;
    const part = parts.at(-1);
    if (part && room >= 0 && part.length < BLOCKS) part.push(block);
    else {
      parts.push([block]);
      room = CHARACTERS - length;
    }
  }
  return parts;
}

type Printed = Extract<TerminalNews, { kind: 'printed' }>;

/** bytes of UTF-8 in the journal */
export function receiptBytes({ blocks }: TerminalReceipt): number {
  return Buffer.byteLength(JSON.stringify(blocks));
}

/** Stands where a receipt had no room. It is nobody's copy: where the merchant's is missing, the till prints its own slip. */
export function tooLongNotice({ copy }: TerminalReceipt): TerminalReceipt {
  const texts = ['终端收据过长，未打印', 'RECEIPT TOO LONG, NOT PRINTED', `(${copy})`];
  return { copy: 'other', needsSignature: false, blocks: texts.map((text) => ({ type: 'text', text })) };
}

/** A number may be broken over two lines, so they are read as one text; a digit that is hidden takes as much room as before. */
function masked(blocks: readonly Block[]): Block[] {
  const clean = withoutCards(blocks.map(textOf).join('\n'));
  let at = 0;
  return blocks.map((block) => {
    const from = at;
    at += textOf(block).length + 1;
    return isText(block) ? { ...block, text: clean.slice(from, at - 1) } : block;
  });
}

const isText = (block: Block): block is Extract<Block, { readonly type: 'text' | 'qr' }> =>
  block.type === 'text' || block.type === 'qr';

const textOf = (block: Block): string => (isText(block) ? block.text : '');

const PAN_LENGTHS = [19, 18, 17, 16, 15, 14, 13] as const;
/** the digits of a number as it is usually written */
const CLOSE = /\d(?:[ -]?\d){12,}/g;
/** the same, but blanks, hyphens and ends of lines as on a receipt may be between them; 80: two halves of two lines */
const SCATTERED = /\d(?:[\s-]{0,80}\d){12,}/g;

/** First six and last four digits of a card number stay, where they stand; blanks, hyphens and new lines between its digits count for nothing. */
export function withoutCards(text: string): string {
  const hidden = new Set([
    ...placesToHide(text, CLOSE, looksLikePan),
    // other numbers of a receipt come together here: only what an issuer gives out is a card
    ...placesToHide(text, SCATTERED, isBankCard),
  ]);
  return text.replaceAll(/\d/g, (digit, at: number) => (hidden.has(at) ? '*' : digit));
}

/** `isWhole`: digits that nothing else stands beside are a card number when this says so. */
function placesToHide(text: string, runs: RegExp, isWhole: (digits: string) => boolean): number[] {
  return [...text.matchAll(runs)].flatMap(({ 0: run, index: from }) => {
    const places = [...run.matchAll(/\d/g)].map(({ index }) => from + index);
    const digits = places.map((at) => text[at]).join('');
    return cardIn(digits, isWhole).flatMap((digit) => places[digit] ?? []);
  });
}

/** The digits to hide, by their number: of every card number that may stand in them. */
function cardIn(digits: string, isWhole: (digits: string) => boolean): number[] {
  const hidden: number[] = [];
  for (const length of PAN_LENGTHS)
    for (let from = 0; from + length <= digits.length; from++) {
      const candidate = digits.slice(from, from + length);
      const isCard = candidate === digits ? isWhole(candidate) : isBankCard(candidate);
      if (isCard) for (let at = from + 6; at < from + length - 4; at++) hidden.push(at);
    }
  return hidden;
}
