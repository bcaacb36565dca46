// What a fleet and the processes it starts beside itself say to each other, over the channel Node opens between them.

/** To the backend's process. */
export type ToFleetBackend =
  | {
      readonly kind: 'open';
      /** absent: it brings a broker of its own */
      readonly at?: {
        readonly host: string;
        readonly port: number;
        readonly username?: string;
        readonly password?: string;
      };
      /** of a hundred pay requests so many are answered so late that the till has to ask */
      readonly lostPercent: number;
    }
  | { readonly kind: 'sum' };

export type FromFleetBackend =
  | { readonly kind: 'opened'; readonly host: string; readonly port: number }
  | { readonly kind: 'sum'; readonly sum: LedgerSum }
  | { readonly kind: 'failed'; readonly reason: string };

/** The acquirer's word on the whole fleet. */
export interface LedgerSum {
  readonly charges: number;
  readonly reversals: number;
  /** what the shops have, integer fen */
  readonly netFen: number;
  /** orders with more than one charge that stayed */
  readonly chargedTwice: number;
  /** messages that the backend could not read */
  readonly unreadable: number;
}

/** To the process of bare clients. */
export interface ToBareClients {
  readonly url: string;
  readonly count: number;
  readonly username?: string;
  readonly password?: string;
  readonly ca?: string;
}

export type FromBareClients =
  | { readonly kind: 'measured'; readonly bytesEach: number }
  | { readonly kind: 'failed'; readonly reason: string };
