import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { PacketFramer } from '../../protocols/framing/packet.ts';
import { readPadImage } from '../../protocols/signature/pad-image.ts';
import { encodePad, type PadSide, padShape, parsePad } from '../../protocols/terminal/pad/codec.ts';
import { PAD_LINE, type PadMessage, UPLOAD_NOTES } from '../../protocols/terminal/pad/messages.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, type JsonObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';
import { type Claim, rewritten } from './prose.ts';

const SECTIONS = [
  'protocol',
  'line',
  'framing',
  'warning',
  'sequence',
  'statuses',
  'image',
  'vectors',
  'source',
  'note',
];
const SIDES: Readonly<Record<string, PadSide>> = { 'H->P': 'till', 'P->H': 'pad' };

/** esign-pad.json: frames of an external signature pad. A name may claim what the bytes say. */
export const esignPadChecker: Checker = {
  title: 'signature pads (A0..A5)',
  recognises: (_, content) =>
    listIn(content, 'vectors').some((entry) => isObject(entry) && 'frame' in entry && sideOf(entry) !== undefined) ||
    'B1' in objectIn(content, 'statuses'),
  check: (content) => ({
    cases: [
      ...line(content),
      ...Object.entries(objectIn(objectIn(content, 'statuses'), 'B1')).map(([code, expected]) => ({
        name: `B1 ${code}`,
        expected,
        actual: UPLOAD_NOTES[code],
      })),
      ...listIn(content, 'vectors').map(frame),
      ...unknownSections(content, SECTIONS),
    ],
    stories: 0,
  }),
};

function sideOf(entry: JsonObject): PadSide | undefined {
  return SIDES[String(entry['direction'])];
}

function line(content: unknown): CaseResult[] {
  if (!isObject(content) || !('line' in content)) return [];
  const { baudRate, dataBits, parity, stopBits } = PAD_LINE;
  const actual = `${baudRate} ${dataBits}${parity.charAt(0).toUpperCase()}${stopBits}`;
  return [{ name: 'line', expected: content['line'], actual }];
}

function frame(entry: unknown, at: number): CaseResult {
  const hex = isObject(entry) && typeof entry['frame'] === 'string' ? entry['frame'] : '';
  const side = isObject(entry) ? sideOf(entry) : undefined;
  const bytes = fromHex(hex);
  if (!isObject(entry) || !side || !bytes || bytes.length === 0)
    return unknownCase(`vectors[${at}]`, 'frame and direction', entry);
  const name = typeof entry['name'] === 'string' ? entry['name'] : `vectors[${at}]`;
  const message = readOne(bytes, side);
  return {
    name,
    expected: { frame: hex.toUpperCase(), says: name },
    actual: message
      ? { frame: toHex(encodePad(message)).toUpperCase(), says: rewritten(name, CLAIMS, message) }
      : { frame: 'no frame of this side', says: name },
  };
}

function readOne(bytes: Uint8Array, side: PadSide): PadMessage | undefined {
  const framer = new PacketFramer(padShape(side));
  const [only, ...others] = [...framer.push(bytes, 0), ...framer.reset()];
  return only?.kind === 'packet' && others.length === 0 ? parsePad(only.bytes, side) : undefined;
}

type PadClaim = Claim<PadMessage>;

/** Each is about the messages that have such a value. */
const CLAIMS: readonly PadClaim[] = [
  [/(?<=resign-times-)\d+/, (_, message) => (message.name === 'resign-times' ? String(message.times) : undefined)],
  [/(?<=blank-)(on|off)/, (_, message) => (message.name === 'accept-blank' ? onOff(message.accept) : undefined)],
  [
    /(?<=zone-)\d+x\d+/,
    (_, message) => (message.name === 'zone' ? `${message.pictureWidth}x${message.pictureHeight}` : undefined),
  ],
  [/(?<=pen-width-)\d+/, (_, message) => (message.name === 'pen-width' ? String(message.dots) : undefined)],
  [/(?<=timeout-)\d+/, (_, message) => (message.name === 'timeout' ? String(message.seconds) : undefined)],
  [/(?<=sign-begin-)[0-9A-F]{8}/, (_, message) => (message.name === 'sign' ? message.featureCode : undefined)],
  [/(?<=seq)\d+/, (_, message) => ('sequence' in message ? String(message.sequence) : undefined)],
  [
    /(?<=sign-ok.*-)(pbm|bmp)/,
    (_, message) => (message.name === 'signed' ? readPadImage(message.image)?.format : undefined),
  ],
];

function onOff(value: number): string {
  return value === 0 ? 'off' : 'on';
}
