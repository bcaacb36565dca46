// The external signature pad of Chinese terminals, A0..A5 (terminals.md 3.5; observed in one driver for the Verifone VX820 and
// J300, read in full). Who speaks first is the till. One row is one message; codec, decoder and simulator follow from it.

/** How a field is written. `status` may be missing; `rest` takes what is left and stands last. */
export type PadField = 'byte' | 'word' | 'sequence' | 'code' | 'status' | 'rest';

export interface PadRow {
  readonly code: number;
  readonly from: 'till' | 'pad';
  readonly fields: Readonly<Record<string, PadField>>;
  /** what the pad answers, the last of them ends the exchange */
  readonly answers?: readonly string[];
}

export const PAD_MESSAGES = {
  handshake: { code: 0xa0, from: 'till', fields: {}, answers: ['handshake-state'] },
  'handshake-state': { code: 0xb0, from: 'pad', fields: { state: 'status' } },

  // settings, each answered with its own code and 00
  'resign-times': { code: 0xf8, from: 'till', fields: { times: 'byte' }, answers: ['resign-times-set'] },
  'resign-times-set': { code: 0xf8, from: 'pad', fields: { status: 'byte' } },
  /** 1: an empty signature is taken too */
  'accept-blank': { code: 0xe5, from: 'till', fields: { accept: 'byte' }, answers: ['accept-blank-set'] },
  'accept-blank-set': { code: 0xe5, from: 'pad', fields: { status: 'byte' } },
  /** where is signed, and the size of the picture that comes of it */
  zone: {
    code: 0xe3,
    from: 'till',
    fields: { zoneWidth: 'word', zoneHeight: 'word', pictureWidth: 'word', pictureHeight: 'word' },
    answers: ['zone-set'],
  },
  'zone-set': { code: 0xe3, from: 'pad', fields: { status: 'byte' } },
  'pen-width': { code: 0xf9, from: 'till', fields: { dots: 'byte' }, answers: ['pen-width-set'] },
  'pen-width-set': { code: 0xf9, from: 'pad', fields: { status: 'byte' } },
  /** how long the customer may take */
  timeout: { code: 0xd0, from: 'till', fields: { seconds: 'byte' }, answers: ['timeout-set'] },
  'timeout-set': { code: 0xd0, from: 'pad', fields: { status: 'byte' } },

  // one signature
  sign: { code: 0xa2, from: 'till', fields: { featureCode: 'code' }, answers: ['heartbeat', 'signed', 'sign-error'] },
  /** the customer is still there: the timer begins anew */
  heartbeat: { code: 0xd1, from: 'pad', fields: {} },
  signed: { code: 0xb2, from: 'pad', fields: { sequence: 'sequence', image: 'rest' } },
  'sign-error': { code: 0xc2, from: 'pad', fields: { error: 'byte' } },
  /** always, also after an error: a pad that is not told stays on the customer's page */
  end: { code: 0xa3, from: 'till', fields: {}, answers: ['ended'] },
  ended: { code: 0xb3, from: 'pad', fields: { status: 'status' } },

  // what became of a signature that the pad gave; it may delete it, or keeps it
  uploaded: { code: 0xa1, from: 'till', fields: { sequence: 'sequence', result: 'byte' }, answers: ['upload-noted'] },
  'upload-noted': { code: 0xb1, from: 'pad', fields: { status: 'byte' } },

  // the signatures that the pad keeps
  'batch-begin': { code: 0xa4, from: 'till', fields: {}, answers: ['batch-image', 'batch-empty'] },
  'batch-image': { code: 0xb4, from: 'pad', fields: { count: 'byte', sequence: 'sequence', image: 'rest' } },
  'batch-empty': { code: 0xb4, from: 'pad', fields: { count: 'status' } },
  'batch-received': {
    code: 0xa8,
    from: 'till',
    fields: { sequence: 'sequence' },
    answers: ['batch-image', 'batch-empty'],
  },
  'batch-error': {
    code: 0xa9,
    from: 'till',
    fields: { sequence: 'sequence' },
    answers: ['batch-image', 'batch-empty'],
  },
  'batch-end': { code: 0xa5, from: 'till', fields: {}, answers: ['batch-ended'] },
  'batch-ended': { code: 0xb5, from: 'pad', fields: { status: 'status' } },
} as const satisfies Record<string, PadRow>;

export type PadMessageName = keyof typeof PAD_MESSAGES;

type ValueOf<F> = F extends 'code'
  ? string
  : F extends 'rest'
    ? Uint8Array
    : F extends 'status'
      ? number | undefined
      : number;
type FieldsOf<N extends PadMessageName> = {
  readonly [K in keyof (typeof PAD_MESSAGES)[N]['fields']]: ValueOf<(typeof PAD_MESSAGES)[N]['fields'][K]>;
};

/** One message; its members are the fields of its row. */
export type PadMessage = { readonly [N in PadMessageName]: { readonly name: N } & FieldsOf<N> }[PadMessageName];

/** What became of an upload, in B1. */
export const UPLOAD_NOTES: Readonly<Record<string, string>> = {
  '01': 'deleted',
  '02': 'stored',
  '03': 'stored, fewer than 10 slots left',
  '04': 'store failed',
};

/** 115200 8N1 */
export const PAD_LINE = { baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1 } as const;
