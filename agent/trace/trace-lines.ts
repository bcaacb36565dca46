import type { Device } from '../../protocols/backend/topics.ts';
import { type Reply, ReplyReader } from '../../protocols/escpos/status.ts';
import { redact } from '../../protocols/paycode/redact.ts';
import type { Config } from '../config.ts';
import { DECODERS } from '../decode/kinds.ts';
import { statusOfAutomatic } from '../devices/printer-status.ts';
import { type Ends, endsLikeALine, type Gathered, Gatherer } from './gatherer.ts';
import type { Passed } from './tap.ts';

/** One thing that was said on a device's line, as a person may see it: decoded, masked, never the code itself. */
export interface TraceLine {
  /** ms since the trace began */
  readonly atMs: number;
  readonly dir: 'in' | 'out' | 'link';
  /** bytes that it took */
  readonly length: number;
  /** the beginning as hex; whatever could be a character of a code is two dots */
  readonly hex: string;
  /** the kind of `tillwire decode` that explains it */
  readonly kind?: string;
  readonly text: readonly string[];
}

const HEX_BYTES = 48;
const TEXT_LINES = 40;
const TEXT_CHARACTERS = 300;
/** vguang 微光互联 */
const VGUANG = 0x0525;

interface Language {
  readonly kind: string;
  readonly ends: Ends;
}

const always: Ends = () => true;
const ENTER = 0x28;
/** Keys come one in a report; a code is whole at Enter, or stays a number of keys. */
const endsWithEnter: Ends = (bytes) => bytes.subarray(-16).includes(ENTER);

/** Explains a device's line as it goes on. `in` and `out` are gathered apart. */
export class TraceLines {
  readonly #began: number;
  readonly #dev: Device;
  readonly #config: Pick<Config, 'scanner' | 'terminal'>;
  readonly #replies = new ReplyReader();
  #language: Language;
  #in: Gatherer;
  #out: Gatherer;

  constructor(dev: Device, config: Pick<Config, 'scanner' | 'terminal'>, began: number) {
    this.#dev = dev;
    this.#config = config;
    this.#began = began;
    this.#language = this.#languageOf(undefined);
    this.#in = new Gatherer(this.#language.ends);
    this.#out = new Gatherer(always);
  }

  get deadline(): number | undefined {
    const times = [this.#in.deadline, this.#out.deadline].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  push(passed: Passed): TraceLine[] {
    if (passed.kind === 'bytes') {
      const gatherer = passed.dir === 'in' ? this.#in : this.#out;
      return this.#lines(passed.dir, gatherer.push(passed.bytes, passed.at), passed.at);
    }
    const over = this.due(Number.MAX_SAFE_INTEGER);
    if (passed.kind === 'up' && this.#dev === 'scanner') {
      this.#language = this.#languageOf(passed);
      this.#in = new Gatherer(this.#language.ends);
    }
    const text = passed.kind === 'up' ? 'connected' : `gone: ${passed.code}`;
    return [...over, { atMs: this.#since(passed.at), dir: 'link', length: 0, hex: '', text: [text] }];
  }

  due(at: number): TraceLine[] {
    return [...this.#lines('in', this.#in.due(at), at), ...this.#lines('out', this.#out.due(at), at)];
  }

  #languageOf(up: Extract<Passed, { kind: 'up' }> | undefined): Language {
    if (this.#dev === 'printer') return { kind: 'escpos', ends: always };
    if (this.#dev === 'terminal') return { kind: terminalKind(this.#config.terminal), ends: always };
    if (up?.vendorId === undefined || this.#config.scanner.path.startsWith('tcp:'))
      return stream(this.#config.scanner.language);
    if (up.keys) return { kind: 'hid-keyboard', ends: endsWithEnter };
    return { kind: up.vendorId === VGUANG ? 'vguang' : 'hid-pos', ends: always };
  }

  #lines(dir: 'in' | 'out', gathered: readonly Gathered[], at: number): TraceLine[] {
    return gathered.map(({ bytes, whole }) => ({
      atMs: Math.min(this.#since(at), Number.MAX_SAFE_INTEGER),
      dir,
      length: bytes.length,
      hex: maskedHex(bytes, this.#dev === 'terminal' || this.#language.kind === 'hid-keyboard'),
      ...this.#explained(dir, bytes, whole),
    }));
  }

  #explained(dir: 'in' | 'out', bytes: Uint8Array, whole: boolean): Pick<TraceLine, 'kind' | 'text'> {
    if (!whole) return { text: [`a part of ${bytes.length} bytes, without an end`] };
    if (this.#dev === 'printer' && dir === 'in')
      return { kind: 'escpos', text: this.#replies.push(bytes).map(replyText) };
    const { kind } = this.#language;
    const decoder = DECODERS.find((known) => known.kind === kind);
    const { lines, ok } = decoder?.explain(bytes, { unmask: false }) ?? { lines: [], ok: false };
    // half a frame of a terminal may hold half a card number, which no mask knows
    if (this.#dev === 'terminal' && !ok) return { kind, text: [`${bytes.length} bytes that are no whole frame`] };
    return { kind, text: lines.slice(0, TEXT_LINES).map((line) => redact(line).slice(0, TEXT_CHARACTERS)) };
  }

  #since(at: number): number {
    return Math.max(0, Math.round(at - this.#began));
  }
}

function terminalKind(terminal: Config['terminal']): string {
  if (terminal?.protocol === 'zvt') return terminal.path.startsWith('tcp:') ? 'zvt' : 'zvt-serial';
  if (terminal?.protocol === 'link-kbtg' || terminal?.protocol === 'ghl') return 'link';
  return terminal?.protocol ?? 'link';
}

/** Packets with a checksum say themselves whether they are whole; all others are lines. */
function stream(language: Config['scanner']['language']): Language {
  if (language === 'line') return { kind: 'serial-line', ends: endsLikeALine };
  return { kind: language, ends: language === 'ssi' ? always : endsLikeALine };
}

/**
 * Control bytes and lengths are seen; letters, digits and all that stands in a code are not. Keys have numbers of their own, and a card
 * number may be packed: of those nothing is shown.
 */
function maskedHex(bytes: Uint8Array, isPacked: boolean): string {
  const isSecret = (byte: number) => (isPacked ? byte !== 0 : byte > 0x20 && byte < 0x7f);
  const shown = Array.from(bytes.subarray(0, HEX_BYTES), (byte) =>
    isSecret(byte) ? '··' : byte.toString(16).padStart(2, '0'),
  );
  return `${shown.join(' ')}${bytes.length > HEX_BYTES ? ' …' : ''}`;
}

function replyText(reply: Reply): string {
  switch (reply.kind) {
    case 'realtime':
    case 'buffered':
      return `${reply.kind} status ${reply.byte.toString(16).padStart(2, '0')}`;
    case 'automatic':
      return `automatic status ${JSON.stringify(statusOfAutomatic(reply.bytes))}`;
    case 'process-id':
      return `process id ${reply.id} is on paper`;
    case 'flow':
      return reply.go ? 'XON: go on' : 'XOFF: wait';
    case 'block':
      return `a block of ${reply.bytes.length} bytes`;
  }
}
