import type { Wallet } from '../devices/phone.ts';
import type { SaleNews, SaleReport } from '../sale.ts';

// What the rehearsal and the shop's process say to each other, over the channel Node opens between parent and child.

export type ToShop = SaleOrder | { readonly kind: 'pull' | 'plug'; readonly device: 'gun' | 'printer' };

export interface SaleOrder {
  readonly kind: 'sell';
  readonly orderId: string;
  readonly amountFen: number;
  readonly wallet: Wallet;
  readonly scenario: string;
}

export type FromShop =
  | { readonly kind: 'open'; readonly brokerUrl: string; readonly gunPath: string; readonly printerPath: string }
  | { readonly kind: 'agent'; readonly state: 'online' | 'offline' | 'lost' }
  | { readonly kind: 'pulled' | 'plugged'; readonly device: 'gun' | 'printer' }
  | { readonly kind: 'news'; readonly news: SaleNews }
  | {
      readonly kind: 'sold';
      readonly report: SaleReport;
      readonly wrong: readonly string[];
      /** base64; null when no slip came out */
      readonly slip: string | null;
    }
  | { readonly kind: 'failed'; readonly reason: string };
