import type { DocumentData } from '../../protocols/document/document.ts';
import type { Paper, PrinterProfile } from '../../protocols/escpos/profile.ts';
import { capitals } from '../../protocols/money/capitals.ts';
import { type Laid, printForm } from './print-form.ts';
import { dateTime, limited, yuan } from './slip-texts.ts';
import { deliveryDocument, intentDocument } from './templates/order-documents.ts';
import type { Locale } from './words.ts';

/** A payment code for one order and its exact amount. The backend made `codeText`; the agent never builds one. */
export interface IntentSlip {
  readonly merchantName: string;
  readonly orderId: string;
  readonly title?: string | undefined;
  readonly amountFen: number;
  readonly codeText: string;
  /** Unix milliseconds */
  readonly expiresAt: number;
  readonly servicePhone?: string | undefined;
  readonly training?: boolean | undefined;
  readonly duplicate?: boolean | undefined;
  readonly locale?: Locale | undefined;
}

export interface DeliveryLine {
  readonly name: string;
  /** as it is to be printed: "3", "2.5kg" */
  readonly quantity: string;
  readonly priceFen: number;
  readonly amountFen: number;
}

export interface DeliverySlip extends Omit<IntentSlip, 'codeText' | 'expiresAt'> {
  readonly createdAt: number;
  readonly recipient?: string | undefined;
  readonly address?: string | undefined;
  readonly lines: readonly DeliveryLine[];
  readonly discountFen?: number | undefined;
  /** none: already paid, or paid on account */
  readonly codeText?: string | undefined;
  readonly expiresAt?: number | undefined;
}

/** The exact-amount QR for a customer at the counter. */
export function intentSlip(slip: IntentSlip, paper: Paper | PrinterProfile): Laid {
  const locale = slip.locale ?? 'zh-CN';
  return printForm(intentDocument(locale), orderData(slip, locale), paper);
}

/** The delivery note. Its lines and its amount must agree: a paper that asks for money is not allowed to be wrong. */
export function deliverySlip(slip: DeliverySlip, paper: Paper | PrinterProfile): Laid {
  const locale = slip.locale ?? 'zh-CN';
  let sum = -(slip.discountFen ?? 0);
  for (const line of slip.lines) sum += line.amountFen;
  if (sum !== slip.amountFen) throw new RangeError(`the lines come to ${sum} fen, the order to ${slip.amountFen}`);
  const data = {
    ...orderData(slip, locale),
    createdAt: dateTime(slip.createdAt),
    recipient: slip.recipient,
    address: slip.address,
    discount: slip.discountFen ? `-${yuan(slip.discountFen)}` : undefined,
    lines: slip.lines.map(({ name, quantity, priceFen, amountFen }) => ({
      name,
      quantity,
      price: yuan(priceFen),
      amount: yuan(amountFen),
    })),
  };
  return printForm(deliveryDocument(locale), data, paper);
}

type OrderFields = Omit<IntentSlip, 'codeText' | 'expiresAt'> & Partial<Pick<DeliverySlip, 'codeText' | 'expiresAt'>>;

function orderData(slip: OrderFields, locale: Locale): DocumentData {
  return {
    merchantName: limited(slip.merchantName),
    orderId: limited(slip.orderId),
    title: slip.title,
    amount: yuan(slip.amountFen),
    capitals: locale === 'en' ? undefined : capitals(slip.amountFen),
    code: slip.codeText,
    expiresAt: slip.expiresAt === undefined ? undefined : dateTime(slip.expiresAt),
    servicePhone: slip.servicePhone,
    training: slip.training,
    duplicate: slip.duplicate,
  };
}
