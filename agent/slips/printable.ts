import type { Block, Document, DocumentData, DocumentImage } from '../../protocols/document/document.ts';
import { documentImage } from '../../protocols/document/images.ts';
import type { Pictures } from '../../protocols/document/layout.ts';
import type { Paper, PrinterProfile } from '../../protocols/escpos/profile.ts';
import { type CardSlip, cardSlip } from './card-slip.ts';
import { type DeliverySlip, deliverySlip, type IntentSlip, intentSlip } from './order-slips.ts';
import { type Laid, printForm } from './print-form.ts';
import { type Reversal, reversalSlip, type SaleSlip, saleSlip } from './sale-slip.ts';
import { duplicateMark, trainingMark } from './templates/blocks.ts';
import {
  type DiagnosisSlip,
  diagnosisSlip,
  type PairingSlip,
  pairingSlip,
  type ReportSlip,
  reportSlip,
  type TerminalSlip,
  terminalSlip,
} from './till-slips.ts';

/**
 * What can be printed, as data that can be written down: the journal keeps it, and it is laid out when its turn has come.
 * The slip of a sale at this till is not among them: it is born with its payment (spool.ts). Paycodes never stand in one.
 */
export type Printable =
  | { readonly kind: 'reversal'; readonly slip: SaleSlip; readonly reversal: Reversal }
  /** a further copy of a wallet payment's slip */
  | { readonly kind: 'sale'; readonly slip: SaleSlip }
  | {
      readonly kind: 'card';
      readonly slip: Omit<CardSlip, 'signature'> & { readonly signature?: DocumentImage | undefined };
    }
  | { readonly kind: 'intent'; readonly slip: IntentSlip }
  | { readonly kind: 'delivery'; readonly slip: DeliverySlip }
  | { readonly kind: 'report'; readonly slip: ReportSlip }
  | { readonly kind: 'diagnosis'; readonly slip: DiagnosisSlip }
  | { readonly kind: 'pairing'; readonly slip: PairingSlip }
  | { readonly kind: 'terminal'; readonly slip: TerminalSlip }
  /** one that the backend sent, checked by DocumentSchema and DocumentDataSchema */
  | { readonly kind: 'document'; readonly document: Document; readonly data: DocumentData }
  /** no paper: the cash drawer is opened */
  | { readonly kind: 'drawer'; readonly pin?: 2 | 5 | undefined };

/** A payment's slip, before what the customer waits for at the counter, before what can wait. */
export const PRIORITIES = ['payment', 'counter', 'report'] as const;
export type PrintPriority = (typeof PRIORITIES)[number];

export const PRIORITY_OF = {
  reversal: 'payment',
  sale: 'payment',
  card: 'payment',
  drawer: 'payment',
  intent: 'counter',
  delivery: 'counter',
  document: 'counter',
  pairing: 'counter',
  terminal: 'counter',
  report: 'report',
  diagnosis: 'report',
} as const satisfies Record<Printable['kind'], PrintPriority>;

/**
 * Lays it out. Throws `DocumentError` or `RangeError` when the data does not go with the form. `marks`: what the
 * paper says of itself. `pictures`: of a document, by name, where they are not in it.
 */
export function layPrintable(
  printable: Printable,
  paper: Paper | PrinterProfile,
  marks: Marks,
  pictures: Pictures = {},
): Laid {
  switch (printable.kind) {
    case 'sale':
      return saleSlip(marked(printable.slip, marks), paper);
    case 'reversal':
      return reversalSlip(marked(printable.slip, marks), printable.reversal, paper);
    case 'card': {
      const { signature, ...slip } = printable.slip;
      const picture = signature && { signature: documentImage('signature', signature) };
      return cardSlip({ ...marked(slip, marks), ...picture }, paper);
    }
    case 'intent':
      return intentSlip(marked(printable.slip, marks), paper);
    case 'delivery':
      return deliverySlip(marked(printable.slip, marks), paper);
    case 'report':
      return reportSlip(marked(printable.slip, marks), paper);
    case 'diagnosis':
      return diagnosisSlip(printable.slip, paper);
    case 'pairing':
      return pairingSlip(printable.slip, paper);
    case 'terminal':
      return terminalSlip(printable.slip, paper);
    case 'document':
      return printForm(withMarks(printable.document, marks), printable.data, paper, pictures);
    case 'drawer':
      return printForm({ v: 1, blocks: [{ type: 'drawer', pin: printable.pin }] }, {}, paper);
  }
}

/** What a paper says of itself, whatever stands on it. */
export interface Marks {
  /** printed once before, perhaps */
  readonly duplicate?: boolean;
  /** practice: it is no receipt */
  readonly training?: boolean;
}

function marked<S extends { readonly duplicate?: boolean | undefined; readonly training?: boolean | undefined }>(
  slip: S,
  { duplicate = false, training = false }: Marks,
): S {
  return { ...slip, ...(duplicate ? { duplicate } : {}), ...(training ? { training } : {}) };
}

/** The marks do not depend on the document having a place for them; the drawer is not opened a second time. */
function withMarks(document: Document, { duplicate = false, training = false }: Marks): Document {
  const always = (blocks: readonly Block[]) => blocks.map((block): Block => ({ ...block, when: undefined }));
  const above = [
    ...(training ? always(trainingMark('zh-CN', 'above')) : []),
    ...(duplicate ? always(duplicateMark('zh-CN')) : []),
  ];
  const blocks = duplicate ? document.blocks.filter(({ type }) => type !== 'drawer') : document.blocks;
  return { ...document, blocks: [...above, ...blocks] };
}
