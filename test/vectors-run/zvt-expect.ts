import { bcdDigits } from '../../protocols/bytes/bcd.ts';
import { apduHead, apdu as apduOf } from '../../protocols/terminal/zvt/apdu.ts';
import { objectsOf } from '../../protocols/terminal/zvt/bmp-list.ts';
import { decodeText } from '../../protocols/terminal/zvt/charset.ts';
import { resultText } from '../../protocols/terminal/zvt/result-codes.ts';
import { findTlv, type TlvObject } from '../../protocols/terminal/zvt/tlv.ts';
import type { ResultValues } from '../../protocols/terminal/zvt/values.ts';
import type { JsonObject } from './json.ts';
import { type Claim, rewritten } from './prose.ts';
import { fieldOf, type Given, given, headOf, upper, valuesOf } from './zvt-claims.ts';

// The members of `expect` in zvt-apdu.json come from four projects' tests, each with names of its own. What is not here is a
// field of the message (two hex digits), a tag (1F73, 26/0A), a fact of the decoder, or unknown: then the case fails.

type Reader = (about: Given, said: unknown, facts: JsonObject) => unknown;

const objects = ({ message }: Given) => objectsOf(message?.fields ?? []);
const text =
  (pick: (values: ResultValues) => string | undefined): Reader =>
  (about) =>
    pick(valuesOf(about));
/** A number that another project read from digits. */
const count =
  (pick: (values: ResultValues) => string | undefined): Reader =>
  (about) =>
    String(Number(pick(valuesOf(about))));
const part =
  (pick: (values: ResultValues) => string | undefined, from: number): Reader =>
  (about) =>
    pick(valuesOf(about))?.slice(from, from + 2);
const hexPart =
  (name: Parameters<typeof headOf>[1]): Reader =>
  (about) =>
    hexOr(headOf(about, name));
const hexOr = (value: Uint8Array | undefined) => (value ? upper(value) : undefined);
const code = (about: Given) => valuesOf(about).resultCode ?? headOf(about, 'result')?.[0];

const READERS: Readonly<Record<string, Reader>> = {
  AdditionalText: text(({ additionalText }) => additionalText),
  ErrorCode: (about, said) => (said === '0' ? String(code(about)) : `0x${upper(Uint8Array.of(code(about) ?? 0))}`),
  ErrorMessage: (about) => resultText(code(about) ?? 0),
  TerminalIdentifier: count(({ terminalId }) => terminalId),
  CardType: text(({ cardType }) => cardType),
  CardName: text(({ cardName }) => cardName),
  CardNumber: text(({ pan }) => pan),
  CardSequenceNumber: count(({ cardSequence }) => cardSequence),
  CardTechnology: (about) => PORTALUM_TECHNOLOGY[valuesOf(about).cardTechnology ?? -1],
  CardholderAuthentication: (about) => PORTALUM_CHECK[valuesOf(about).holderCheck ?? -1],
  ApplicationId: text(({ applicationId }) => applicationId),
  ExpiryDateYear: part(({ expiry }) => expiry, 0),
  ExpiryDateMonth: part(({ expiry }) => expiry, 2),
  DateMonth: part(({ date }) => date, 0),
  DateDay: part(({ date }) => date, 2),
  Time: text(({ time }) => time && `new TimeSpan(${[0, 2, 4].map((at) => Number(time.slice(at, at + 2))).join(', ')})`),
  Amount: (about, said) => decimal(valuesOf(about).amount, said),
  CurrencyCode: count(({ currency }) => String(currency)),
  TurnoverRecordNumber: count(({ turnover }) => turnover),
  TraceNumber: count(({ trace }) => trace),
  ReceiptNumber: count(({ receipt }) => receipt),
  VuNumber: text(({ merchantId }) => merchantId),
  AidAuthorisationAttribute: text(({ authorisation }) => authorisation),
  amount: (about) => valuesOf(about).amount,
  max_status_informations_or_start_of_goods: (about) => hexOr(fieldOf(about, '02')),
  service_byte: (about) => hexOr(fieldOf(about, '03')),
  receipt: (about) => hexOr(fieldOf(about, '87')),
  receipts: (about) => receipts(about),
  password: hexPart('password'),
  config: hexPart('config'),
  cc: (about) => numeric(headOf(about, 'currency')),
  timeout: (about) => headOf(about, 'seconds')?.[0] ?? minutes(about),
  timeout_minutes: minutes,
  status: (about, said) =>
    String(said).replace(/^[0-9A-F]{2}/, hexOr(headOf(about, 'state') ?? headOf(about, 'intermediate')) ?? 'none'),
  sw: (_about, _said, facts) => facts['sw_version'],
  serial: (about) => hexOr(findTlv(objects(about), 'E4', '1F42')?.value),
  device: (about) => latin(findTlv(objects(about), 'E4', '1F40')?.value),
  tlv: (about, said) => (typeof said === 'string' ? emptiness(about) : tree(objects(about))),
  files: (about) => files(objects(about)),
  roundtrip: (_about, _said, facts) => facts['problem'] === undefined,
};

/** Of a message however broken it is. */
const LENGTHS: Readonly<Record<string, Reader>> = {
  len: ({ apdu }) => apduHead(apdu)?.declared,
  state: (_about, _said, facts) =>
    Number(facts['actual_len']) < Number(facts['declared_len']) ? 'need more data' : 'complete',
};

/** Portalum's words for tags 1F12 and 1F10, where they are not the specification's. */
const PORTALUM_TECHNOLOGY = ['Magstripe', 'Chip', 'NFC'];
const PORTALUM_CHECK: Readonly<Record<number, string>> = {
  0: 'No Cardholder authentication',
  1: 'Signature',
  2: 'Online PIN',
  3: 'Offline encrypted Pin',
  4: 'Offline plaintext Pin',
};

/** `said` decides how a thing is written, never what it is. */
export function expectation(name: string, said: unknown, about: Given, facts: JsonObject): unknown {
  const lenient = name in LENGTHS || facts['problem'] === undefined ? about : repaired(about);
  // another, lenient parser made something even of this
  if (!lenient) return said;
  return told(name, said, lenient, facts);
}

/** A message whose only fault is its length byte. */
function repaired({ apdu }: Given): Given | undefined {
  const again = given(apduOf([...apdu.subarray(0, 2)], apdu.subarray(3)));
  return again.message && again;
}

function told(name: string, said: unknown, about: Given, facts: JsonObject): unknown {
  const reader = READERS[name] ?? LENGTHS[name];
  if (reader) return reader(about, said, facts);
  if (/^[0-9A-F]{2}$/.test(name) && !name.startsWith('1F')) return hexOr(fieldOf(about, name));
  if (/^[0-9A-F]{2,6}(\/[0-9A-F]{2,6})*$/.test(name)) return hexOr(findTlv(objects(about), ...name.split('/'))?.value);
  if (name === 'charset' && typeof said === 'string') return rewritten(said, CHARSET, { ...about, facts });
  if (name in facts) return facts[name];
  return typeof said === 'string' && PROSE.has(name) ? rewritten(said, CLAIMS, about) : undefined;
}

const PROSE = new Set(['meaning', 'trap', 'note']);

const CHARSET: readonly Claim<Given & { readonly facts: JsonObject }>[] = [
  [/^(?:CP437|ISO-8859-1|UTF-8)/, (said, { facts }) => textOr(facts['charset'], said)],
  [/(?<=^ZVT 7-bit: .* = ).*/, (_, about) => sevenBitLetters(headOf(about, 'text'))],
];

function sevenBitLetters(text: Uint8Array | undefined): string {
  return [...decodeText(text ?? new Uint8Array(), 'ZVT 7-bit')].filter((letter) => letter > '~').join(' ');
}

const CLAIMS: readonly Claim<Given>[] = [
  [/(?<=new amount )\d+/, (_, about) => String(valuesOf(about).amount)],
  [
    /(?<=\bbyte )[0-9A-F]{2}(?= after the status)/,
    ({ length }, about) => (length === 2 ? upper(about.apdu.subarray(4, 5)) : undefined),
  ],
  [/(?<=starts with BMP )[0-9A-F]{2}/, (_, { apdu }) => upper(apdu.subarray(3, 4))],
  [/does not support 1F73/, (said, about) => (findTlv(objects(about), '1F73') ? 'supports 1F73' : said)],
];

function decimal(amount: number | undefined, said: unknown): string | undefined {
  const [, decimals = ''] = /\.(\d+)M$/.exec(String(said)) ?? [];
  return amount === undefined ? undefined : `${(amount / 100).toFixed(decimals.length)}M`;
}

function receipts(about: Given): readonly string[] {
  const listed = objects(about)
    .filter(({ tag }) => tag === '23')
    .flatMap(({ children = [] }) => children.map(({ value }) => upper(value)));
  const one = hexOr(fieldOf(about, '87'));
  return one === undefined || one === 'FFFF' ? listed : [...listed, one];
}

function numeric(digits: Uint8Array | undefined): number | undefined {
  return digits && Number(bcdDigits(digits));
}

function minutes(about: Given): number | null {
  return numeric(headOf(about, 'minutes')) ?? null;
}

function latin(value: Uint8Array | undefined): string | undefined {
  return value && String.fromCharCode(...value);
}

function emptiness(about: Given): string {
  return objects(about).length === 0 ? 'empty' : 'not empty';
}

function tree(nodes: readonly TlvObject[]): JsonObject {
  return Object.fromEntries(nodes.map(({ tag, value, children }) => [tag, children ? tree(children) : upper(value)]));
}

/** Tag 2D: one file, its number in 1D and its size in 1F00. */
function files(nodes: readonly TlvObject[]): JsonObject {
  return Object.fromEntries(
    nodes
      .filter(({ tag }) => tag === '2D')
      .map(({ children = [] }) => {
        const bytes = (tag: string) => Number.parseInt(upper(findTlv(children, tag)?.value ?? new Uint8Array()), 16);
        return [String(bytes('1D')), bytes('1F00')];
      }),
  );
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
