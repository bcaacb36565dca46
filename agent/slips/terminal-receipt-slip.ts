import type { Block, Document } from '../../protocols/document/document.ts';
import type { TerminalReceipt } from '../payment/terminal-receipt.ts';
import type { SignedPicture } from './card-payment-slip.ts';
import type { Laid } from './print-form.ts';
import { layPrintable, type Marks, type Printable } from './printable.ts';

/** A paper of the shop's books is wanted when the roll is changed the next morning too, ms. */
export const RECEIPT_WITHIN_MS = 24 * 3_600_000;

/** A terminal that prints on the till has a merchant's copy of its own: that is the payment's slip, and no second one is printed. */
export function merchantReceipt(receipts: readonly TerminalReceipt[]): TerminalReceipt | undefined {
  return receipts.find(({ copy }) => copy === 'merchant');
}

export interface TerminalReceiptSlip {
  /** the payment, and where the journal has it */
  readonly about: string;
  readonly signature: SignedPicture | undefined;
  readonly paper: 58 | 80;
  readonly marks: Marks;
}

/** What the terminal says is to stand on the paper, what the customer signed, and which payment it is. */
export function terminalReceiptSlip(receipt: TerminalReceipt, slip: TerminalReceiptSlip): Laid {
  const { about, paper, marks } = slip;
  const signature = receipt.copy === 'merchant' ? slip.signature : undefined;
  const document = receiptDocument(receipt, [
    ...(signature ? signatureBlocks(signature) : []),
    { type: 'text', text: about, size: 'small', align: 'center' },
  ]);
  const pictures = signature ? { signature: signature.picture } : {};
  return layPrintable({ kind: 'document', document, data: {} }, paper, marks, pictures);
}

/** One that is no payment's slip: a job of its own. */
export function receiptPrintable(receipt: TerminalReceipt): Extract<Printable, { readonly kind: 'document' }> {
  return { kind: 'document', document: receiptDocument(receipt), data: {} };
}

/** The receipt as it is, with what we have to add. */
function receiptDocument({ blocks }: TerminalReceipt, below: readonly Block[] = []): Document {
  return { v: 1, blocks: [...blocks, ...below, { type: 'cut', style: 'partial' }] };
}

function signatureBlocks({ featureCode }: SignedPicture): readonly Block[] {
  return [
    { type: 'text', text: '持卡人签名 SIGNATURE' },
    { type: 'signature', name: 'signature', code: `特征码 ${featureCode}` },
  ];
}
