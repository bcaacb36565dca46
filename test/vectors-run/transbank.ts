import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { encodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { PacketFramer } from '../../protocols/framing/packet.ts';
import { encodeEndedFrame, endedText } from '../../protocols/terminal/ended-frame.ts';
import {
  decodeTransbank,
  encodeTransbank,
  TRANSBANK_PROGRESS,
  TRANSBANK_RESPONSES,
  transbankFields,
  transbankRow,
} from '../../protocols/terminal/transbank/commands.ts';
import { transbankShape } from '../../protocols/terminal/transbank/frame.ts';
import type { CaseResult, Checker } from './checker.ts';
import { hasEntriesWith, isObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';
import { type Claim, rewritten } from './prose.ts';

const SECTIONS = [
  'protocol',
  'framing',
  'line',
  'flow',
  'vectors',
  'doc_errata',
  'live_session_with_official_sdk',
  'sdk_hazard_measured',
  'response_codes_note',
];

/** transbank.json: documented frames, errata of the documents, a session of the official SDK. */
export const transbankChecker: Checker = {
  title: 'Transbank POS Integrado',
  recognises: (_, content) =>
    hasEntriesWith(content, 'vectors', ['payload', 'frame']) ||
    hasEntriesWith(content, 'doc_errata', ['text', 'right']) ||
    'messages' in objectIn(content, 'live_session_with_official_sdk'),
  check: (content) => ({
    cases: [
      ...listIn(content, 'vectors').map(vector),
      ...listIn(content, 'doc_errata').map(erratum),
      ...listIn(objectIn(content, 'live_session_with_official_sdk'), 'messages').map(message),
      ...note(content),
      ...unknownSections(content, SECTIONS),
    ],
    // the hazard of the SDK is told by test/stories/terminal-answers-at-once.test.ts
    stories: isObject(content) && 'sdk_hazard_measured' in content ? 1 : 0,
  }),
};

/** The payload that the frame holds, and the frame that the payload makes. */
function vector(entry: unknown, at: number): CaseResult {
  const payload = isObject(entry) && typeof entry['payload'] === 'string' ? entry['payload'] : undefined;
  const hex = isObject(entry) && typeof entry['frame'] === 'string' ? entry['frame'].toUpperCase() : '';
  const bytes = fromHex(hex);
  if (!isObject(entry) || payload === undefined || !bytes)
    return unknownCase(`vectors[${at}]`, 'payload and frame', entry);
  const name = typeof entry['name'] === 'string' ? entry['name'] : `vectors[${at}]`;
  return { name, expected: { payload, frame: hex }, actual: { payload: payloads(bytes)[0], frame: frameOf(payload) } };
}

function frameOf(payload: string): string {
  const message = decodeTransbank(encodeLatin1(payload) ?? new Uint8Array());
  return message ? toHex(encodeEndedFrame(encodeTransbank(message))).toUpperCase() : 'no message';
}

/** Texts of the frames, control bytes in hex, noise by its cause. */
function payloads(bytes: Uint8Array): string[] {
  const framer = new PacketFramer(transbankShape);
  return [...framer.push(bytes, 0), ...framer.reset()].map((event) => {
    if (event.kind === 'noise') return event.cause;
    const text = endedText(event.bytes);
    return text ? String.fromCharCode(...text) : toHex(event.bytes);
  });
}

/** `0280|1 printed LRC 75`, right 44; a sale with and without its last bar. */
function erratum(entry: unknown, at: number): CaseResult {
  const name = `doc_errata[${at}]`;
  if (!isObject(entry) || typeof entry['text'] !== 'string') return unknownCase(name, 'text and right', entry);
  const payload = /^\d{4}\S*(?= printed)/.exec(entry['text'])?.[0];
  if (payload !== undefined) return { name, expected: entry['right'], actual: frameOf(payload).slice(-2) };
  const [plain, barred] = ['0200|000001500|0AB123|||1', '0200|000001500|0AB123|||1|'].map((text) =>
    decodeTransbank(encodeLatin1(text) ?? new Uint8Array()),
  );
  const same = plain && barred && JSON.stringify(transbankFields(plain)) === JSON.stringify(transbankFields(barred));
  return { name, expected: entry['right'], actual: same ? 'accept both' : 'two different sales' };
}

/** One write of one side: every frame in it has a row, comes from that side, and is the same when made again. */
function message(entry: unknown, at: number): CaseResult {
  const name = `live_session_with_official_sdk[${at}]`;
  const [direction, hex] = Array.isArray(entry) ? (entry as unknown[]) : [];
  const bytes = typeof hex === 'string' ? fromHex(hex) : undefined;
  if (!bytes || typeof hex !== 'string') return unknownCase(name, 'direction and bytes', entry);
  const parts = payloads(bytes).map((payload) => {
    if (/^(06|15)$/.test(payload)) return payload;
    const row = transbankRow(payload.slice(0, 4));
    const from = row?.from === 'till' ? 'ECR>POS' : 'POS>ECR';
    return row && from === direction ? frameOf(payload) : `${payload} is not ${String(direction)}`;
  });
  return { name, expected: hex.toUpperCase(), actual: parts.join('') };
}

/** `0 approved; 1 rejected; ...`: each word against the table. */
function note(content: unknown): CaseResult[] {
  const text = isObject(content) ? content['response_codes_note'] : undefined;
  if (typeof text !== 'string') return [];
  return [{ name: 'response_codes_note', expected: text, actual: rewritten(text, CODES, undefined) }];
}

const CODES: readonly Claim<undefined>[] = [
  [
    /(?<=(?:^|; ))\d+ [^;(]+?(?=;| \(|$)/g,
    (said) => `${said.split(' ')[0]} ${TRANSBANK_RESPONSES[Number.parseInt(said, 10)]}`,
  ],
  [/^\d+\.\.\d+(?= intermediate)/, () => `${TRANSBANK_PROGRESS.from}..${TRANSBANK_PROGRESS.to}`],
];
