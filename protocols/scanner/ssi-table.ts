// The words of Zebra's Simple Serial Interface (scanners.md 2.2; Zebra DS9908 p.245, DS8108 p.76; rows marked * from
// enioka SsiCommand.java). Encoder, decoder, session and simulator read them from here.

export interface SsiOpcode {
  readonly code: number;
  readonly from: 'host' | 'decoder' | 'both';
  /** what the other side answers while ACK/NAK handshaking is on; data answers need no ACK before them (DS4308 p.157) */
  readonly reply: 'CMD_ACK' | 'REPLY_REVISION' | 'PARAM_SEND' | 'CAPABILITIES_REPLY' | 'MULTIPACKET_ACK' | 'none';
}

const host = (code: number, reply: SsiOpcode['reply'] = 'CMD_ACK'): SsiOpcode => ({ code, from: 'host', reply });
const decoder = (code: number, reply: SsiOpcode['reply'] = 'CMD_ACK'): SsiOpcode => ({ code, from: 'decoder', reply });
const both = (code: number, reply: SsiOpcode['reply'] = 'none'): SsiOpcode => ({ code, from: 'both', reply });

export const SSI_OPCODES = {
  AIM_OFF: host(0xc4),
  AIM_ON: host(0xc5),
  BATCH_DATA: decoder(0xd6), // *
  BATCH_REQUEST: host(0xd5), // *
  BEEP: host(0xe6),
  CAPABILITIES_REPLY: decoder(0xd4),
  CAPABILITIES_REQUEST: host(0xd3, 'CAPABILITIES_REPLY'),
  CHANGE_ALL_CODE_TYPES: host(0xc9), // *
  CMD_ACK: both(0xd0),
  CMD_NAK: both(0xd1),
  CUSTOM_DEFAULTS: host(0x12), // * 00 write, 01 restore
  DECODE_DATA: decoder(0xf3),
  DECODE_DATA_LONG: decoder(0xf4), // the GM67 clone's form of a long code, see ssi.ts
  EVENT: decoder(0xf6),
  FLUSH_MACRO_PDF: host(0x10), // *
  ABORT_MACRO_PDF: host(0x11), // *
  FLUSH_QUEUE: host(0xd2), // *
  HOST_ACK: host(0x96, 'none'), // *
  ILLUMINATION_OFF: host(0xc0), // *
  ILLUMINATION_ON: host(0xc1), // *
  IMAGE_DATA: decoder(0xb1), // *
  IMAGER_MODE: host(0xf7), // *
  INIT: both(0x90), // *
  INIT_REPLY: both(0x91), // *
  LED_OFF: host(0xe8),
  LED_ON: host(0xe7),
  MULTIPACKET_SEGMENT: decoder(0x73, 'MULTIPACKET_ACK'), // * cordless guns
  MULTIPACKET_ACK: host(0x74, 'none'), // *
  PAGER_MOTOR_ACTIVATION: host(0xca), // *
  PARAM_DEFAULTS: host(0xc8),
  PARAM_REQUEST: host(0xc7, 'PARAM_SEND'),
  PARAM_SEND: both(0xc6, 'CMD_ACK'),
  REPLY_REVISION: decoder(0xa4),
  REQUEST_REVISION: host(0xa3, 'REPLY_REVISION'),
  SCAN_DISABLE: host(0xea),
  SCAN_ENABLE: host(0xe9),
  SLEEP: host(0xeb),
  SSI_MGMT: both(0x80), // * RSM: remote management inside SSI
  START_DECODE: host(0xe4), // START_SESSION in newer guides
  STOP_DECODE: host(0xe5), // STOP_SESSION
  VIDEO_DATA: decoder(0xb4), // *
} as const satisfies Record<string, SsiOpcode>;

export type SsiOpcodeName = keyof typeof SSI_OPCODES;

const BY_CODE: ReadonlyMap<number, SsiOpcodeName> = new Map(
  Object.entries(SSI_OPCODES).map(([name, { code }]) => [code, name as SsiOpcodeName]),
);

export function ssiOpcodeName(code: number): SsiOpcodeName | undefined {
  return BY_CODE.get(code);
}

export function ssiOpcode(name: SsiOpcodeName): SsiOpcode {
  return SSI_OPCODES[name];
}

/** status byte, bit by bit */
export const SSI_STATUS = {
  retransmit: 0x01,
  continuation: 0x02,
  permanent: 0x08,
  cordlessData: 0x20,
  cordlessReply: 0x80,
};

/** What the bits mean, in the words of the vectors. */
export const SSI_STATUS_BITS: Readonly<Record<string, string>> = {
  '0': 'retransmit',
  '1': 'continuation (intermediate packet)',
  '3': 'param change permanent (host)',
  '5': '0x20 seen on cordless DECODE_DATA',
  '7': '0x80 seen on cordless responses',
};

export const SSI_NAK = { RESEND: 1, BAD_CONTEXT: 2, DENIED: 6, CANCEL: 0x0a } as const;
export type SsiNakReason = keyof typeof SSI_NAK;

export function ssiNakReason(code: number): SsiNakReason | undefined {
  return (Object.keys(SSI_NAK) as SsiNakReason[]).find((reason) => SSI_NAK[reason] === code);
}

/** Beep codes: 00-04 one to five short high, 05-09 short low, 0A-0E long high, 0F-13 long low (from memory). */
export const SSI_BEEP = {
  none: 0xff,
  oneShortHigh: 0x00,
  twoShortHigh: 0x01,
  oneShortLow: 0x05,
  oneLongHigh: 0x0a,
  oneLongLow: 0x0f,
  /** enioka's "error" */
  fourLongLow: 0x12,
  fastWarble: 0x14,
  slowWarble: 0x15,
} as const;

/** EVENT codes; 0x20 and 0x21 were seen on an RS51 without an explanation (enioka). */
export const SSI_EVENTS: Readonly<Record<number, string>> = {
  0x01: 'decode event',
  0x03: 'boot event',
  0x07: 'parameter entry error',
  0x08: 'parameter stored',
  0x09: 'parameter defaults',
};

export interface SsiParameter {
  readonly number: number;
  readonly default?: number;
  readonly values?: Readonly<Record<number, string>>;
  /** the ACK still comes with the old line settings, everything after it with the new ones */
  readonly changesLine?: true;
}

/** Parameters that an agent sets or asks for (DS9908 p.254). Temporary unless said: flash writes are limited. */
export const SSI_PARAMETERS = {
  noReadMessage: { number: 0x5e, default: 0 },
  decodeSessionTimeout: { number: 0x88 }, // 0.1 s
  triggerMode: { number: 0x8a, values: { 0x08: 'host' } },
  responseTimeout: { number: 0x9b }, // 2 s
  baudRate: { number: 0x9c, changesLine: true },
  stopBits: { number: 0x9d, changesLine: true },
  parity: { number: 0x9e, changesLine: true },
  softwareHandshaking: { number: 0x9f, default: 1, values: { 0: 'none', 1: 'ACK/NAK' } },
  dataFormat: { number: 0xeb },
  parameterScanning: { number: 0xec, default: 1 },
  packetFormat: { number: 0xee, default: 0, values: { 0: 'raw', 1: 'packeted' } },
  characterTimeout: { number: 0xef }, // 200 ms
  decodeEvent: { number: 256, default: 0 }, // F0 00
  bootEvent: { number: 258, default: 0 }, // F0 02
  parameterEvent: { number: 259, default: 0 }, // F0 03
  multipacketOption: { number: 334, default: 1 }, // F0 4E
  interpacketDelay: { number: 335, default: 0 }, // F0 4F
} as const satisfies Record<string, SsiParameter>;

/** Bar code types of DECODE_DATA (scanners-and-such code_types.rs, enioka SsiSymbologyTranslator). */
export const SSI_BAR_CODE_TYPES: Readonly<Record<string, string>> = {
  '10': 'UPC-E1',
  '11': 'PDF417',
  '12': 'Code 16K',
  '13': 'Code 39 Full ASCII',
  '14': 'UPC-D',
  '15': 'Trioptic',
  '16': 'Bookland',
  '17': 'Coupon',
  '18': 'NW7',
  '19': 'ISBT-128',
  '20': 'Code 32',
  '21': 'ISBT-128 Con',
  '22': 'Japan Postal',
  '23': 'Australian Postal',
  '24': 'Dutch Postal',
  '25': 'MaxiCode',
  '26': 'Canadian Postal',
  '27': 'UK Postal',
  '28': 'Macro PDF',
  '29': 'Macro QR',
  '30': 'GS1 DataBar',
  '31': 'GS1 DataBar Limited',
  '32': 'GS1 DataBar Expanded',
  '33': 'Parameter (config barcode)',
  '34': 'USPS 4CB',
  '39': 'Matrix 2of5',
  '48': 'UPC-A+2',
  '49': 'UPC-E0+2',
  '50': 'UPC-E1+2',
  '69': 'Signature',
  '72': 'Chinese 2of5',
  '73': 'Korean 3of5',
  '88': 'UPC-A+5',
  '89': 'UPC-E0+5',
  '90': 'UPC-E1+5',
  '01': 'Code 39',
  '02': 'Codabar',
  '03': 'Code 128',
  '04': 'Discrete 2of5',
  '05': 'IATA',
  '06': 'Interleaved 2of5',
  '07': 'Code 93',
  '08': 'UPC-A',
  '09': 'UPC-E0',
  '0a': 'EAN-8',
  '0b': 'EAN-13',
  '0c': 'Code 11',
  '0d': 'Code 49',
  '0e': 'MSI',
  '0f': 'EAN-128/GS1-128',
  '1a': 'MicroPDF',
  '1b': 'DataMatrix',
  '1c': 'QR',
  '1d': 'MicroPDF CCA',
  '1e': 'PostNet',
  '1f': 'Planet',
  '2c': 'Micro QR',
  '2d': 'Aztec',
  '2e': 'Aztec Rune',
  '4a': 'EAN-8+2',
  '4b': 'EAN-13+2',
  '8a': 'EAN-8+5',
  '8b': 'EAN-13+5',
  '9a': 'Macro MicroPDF',
  a0: 'OCR-B',
  a1: 'OCR-A',
  b4: 'DataBar Coupon',
  b7: 'Han Xin',
  c1: 'GS1 DataMatrix',
  c2: 'GS1 QR',
  c4: 'DotCode',
  c8: 'Grid Matrix',
};

/** The name of a bar code type, or `undefined` for one nobody has written down. */
export function ssiSymbology(type: number): string | undefined {
  return SSI_BAR_CODE_TYPES[type.toString(16).padStart(2, '0')];
}
