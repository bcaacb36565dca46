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

/** Receipts of one payment: the merchant's, the customer's, and what some make has besides. */
export const RECEIPTS_KEPT = 4;
/** some blocks of a document are ours: marks, the signature, which payment it is */
const BLOCKS = LIMITS.blocks - 10;
/** as the journal keeps it; a receipt of 60 lines has 5,000 */
const CHARACTERS = 30_000;

/** `undefined`: nothing to print, or longer than any receipt. */
export function terminalReceipt({ receipt, needsSignature, blocks }: Printed): TerminalReceipt | undefined {
  const body = blocks.filter(({ type }) => type !== 'cut').map(masked);
  const isReceipt = body.length > 0 && body.length <= BLOCKS && JSON.stringify(body).length <= CHARACTERS;
  return isReceipt ? { copy: receipt, needsSignature, blocks: body } : undefined;
}

type Printed = Extract<TerminalNews, { kind: 'printed' }>;

function masked(block: Block): Block {
  return block.type === 'text' || block.type === 'qr' ? { ...block, text: withoutCards(block.text) } : block;
}

const PAN_LENGTHS = [19, 18, 17, 16, 15, 14, 13] as const;

/** First six and last four digits of a card number stay, where they stand; blanks and hyphens between its digits count for nothing. */
export function withoutCards(text: string): string {
  return text.replaceAll(/\d(?:[ -]?\d){12,}/g, (run) => {
    const places = [...run.matchAll(/\d/g)].map(({ index }) => index);
    const hidden = new Set(cardIn(places.map((at) => run[at]).join('')).map((digit) => places[digit]));
    return [...run].map((character, at) => (hidden.has(at) ? '*' : character)).join('');
  });
}

/** The digits to hide, by their number: of every card number that may stand in them. */
function cardIn(digits: string): number[] {
  const hidden: number[] = [];
  for (const length of PAN_LENGTHS)
    for (let from = 0; from + length <= digits.length; from++) {
      const candidate = digits.slice(from, from + length);
      const isCard = candidate === digits ? looksLikePan(candidate) : isBankCard(candidate);
      if (isCard) for (let at = from + 6; at < from + length - 4; at++) hidden.push(at);
    }
  return hidden;
}
