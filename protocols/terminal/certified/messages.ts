import { decodeLatin1, encodeLatin1 } from '../../bytes/latin1.ts';
import { LIFECYCLE } from '../terminal-info.ts';
import { type CertifiedFrame, certifiedFrame, encodeCertifiedFrame } from './frame.ts';

// What till and certified terminal say to each other. That a handshake exists and is C1, the marks of a life and the MAC are
// known (payment.md 4.4, terminal-info.json); how the answers are laid out, and the command for the MAC, no public document names:
// they are assumed and can be configured.

export interface CertifiedDialect {
  /** C1 in the public firmware */
  readonly handshake: number;
  /** assumed */
  readonly mac: number;
}

export const ASSUMED_CERTIFIED: CertifiedDialect = { handshake: 0xc1, mac: 0xe0 };

export type LifeMark = keyof typeof LIFECYCLE;

/** Who the terminal says that it is. */
export interface TerminalIdentity {
  readonly mark: LifeMark;
  readonly serial: string;
  /** where it measures itself to be, as `+37.12/-121.213`; absent: it cannot tell */
  readonly location?: string;
}

export type CertifiedMessage =
  | { readonly name: 'who' }
  | ({ readonly name: 'identity' } & TerminalIdentity)
  /** a MAC over its serial number and this, at most ten characters */
  | { readonly name: 'mac-wanted'; readonly random: string }
  /** eight characters, 0-9 and A-F, and what they are over: an answer that comes late belongs to another payment */
  | { readonly name: 'mac'; readonly mac: string; readonly random: string }
  /** it has no key, or will not */
  | { readonly name: 'mac-refused'; readonly random: string };

const FIELD = 0x1c;
const MARK_BYTES = 4;
const MAC_BYTES = 8;
/** first character of an answer to the MAC's question */
const DONE = '0';
const REFUSED = '1';

export function encodeCertified(message: CertifiedMessage, dialect: CertifiedDialect): Uint8Array {
  const { handshake, mac } = dialect;
  const frame = (command: number, text: string) =>
    encodeCertifiedFrame({ command, data: encodeLatin1(text) ?? new Uint8Array() });
  switch (message.name) {
    case 'who':
      return frame(handshake, '');
    case 'identity': {
      const { mark, serial, location } = message;
      return frame(handshake, mark + serial + (location === undefined ? '' : String.fromCharCode(FIELD) + location));
    }
    case 'mac-wanted':
      return frame(mac, message.random);
    case 'mac':
      return frame(mac, DONE + message.mac + message.random);
    case 'mac-refused':
      return frame(mac, REFUSED + message.random);
    default:
      return message satisfies never;
  }
}

/** What one side said; `undefined`: nothing that is understood. */
export function parseCertified(
  bytes: Uint8Array,
  from: 'till' | 'terminal',
  dialect: CertifiedDialect,
): CertifiedMessage | undefined {
  const { command, data }: CertifiedFrame = certifiedFrame(bytes);
  const text = decodeLatin1(data);
  if (command === dialect.handshake) return from === 'till' ? whoIn(text) : identityIn(text);
  if (command !== dialect.mac) return undefined;
  if (from === 'till') return text.length <= 10 ? { name: 'mac-wanted', random: text } : undefined;
  return macIn(text);
}

function macIn(text: string): CertifiedMessage | undefined {
  if (text.startsWith(REFUSED)) return { name: 'mac-refused', random: text.slice(1) };
  const [mac, random] = [text.slice(1, 1 + MAC_BYTES), text.slice(1 + MAC_BYTES)];
  return text.startsWith(DONE) && /^[0-9A-F]{8}$/.test(mac) ? { name: 'mac', mac, random } : undefined;
}

function whoIn(text: string): CertifiedMessage | undefined {
  return text === '' ? { name: 'who' } : undefined;
}

function identityIn(text: string): CertifiedMessage | undefined {
  const mark = text.slice(0, MARK_BYTES);
  const [serial = '', location, ...more] = text.slice(MARK_BYTES).split(String.fromCharCode(FIELD));
  if (!isMark(mark) || more.length > 0 || !/^[!-~]{1,50}$/.test(serial)) return undefined;
  return { name: 'identity', mark, serial, ...(location === undefined ? {} : { location }) };
}

function isMark(text: string): text is LifeMark {
  return Object.hasOwn(LIFECYCLE, text);
}
