import { DE2120_ACK, DE2120_NAK, DE2120_NAMED, encodeDe2120, parseDe2120 } from '../../protocols/scanner/de2120.ts';
import {
  encodeGrow,
  encodeGrowReply,
  GROW_COMMANDS,
  type GrowFrame,
  parseGrow,
  parseGrowReply,
} from '../../protocols/scanner/grow.ts';
import { startsLike } from '../../protocols/scanner/gun-language.ts';
import {
  encodeHoneywellAnswer,
  encodeHoneywellMenu,
  HONEYWELL_DEFAULTS,
  HONEYWELL_KEYS,
  HONEYWELL_MENU,
  type HoneywellKey,
  honeywellKey,
  honeywellMenuText,
  parseHoneywell,
  parseHoneywellAnswer,
} from '../../protocols/scanner/honeywell.ts';
import { encodeHeaded, parseHeaded } from '../../protocols/scanner/honeywell-header.ts';
import { encodeM3y, M3Y_COMMANDS, parseM3y } from '../../protocols/scanner/m3y.ts';
import {
  encodeNewland,
  encodeNewlandAnswer,
  parseNewland,
  parseNewlandAnswer,
} from '../../protocols/scanner/newland.ts';
import { type AnsweredItem, isQuery, type MenuItem, type MenuStatus } from '../../protocols/scanner/tag-menu.ts';
import { encodeVguang, parseVguang, VGUANG_MASK, vguangIndicator } from '../../protocols/scanner/vguang.ts';

/** What the codecs make of a case, from its name and bytes; compared with the bytes that the case gives. */
export interface GunLanguage {
  speaks(bytes: Uint8Array): boolean;
  command(name: string, bytes: Uint8Array): Uint8Array | undefined;
  reply(name: string, bytes: Uint8Array, reply: Uint8Array): Uint8Array | undefined;
}

const begins =
  (...head: number[]) =>
  (bytes: Uint8Array) =>
    bytes.length >= head.length && startsLike(bytes, head);
const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
/** `illumination off RAM` as `illuminationOff`: how the tables name their rows. */
const camel = (words: string) =>
  words
    .trim()
    .toLowerCase()
    .replace(/[\s-]+(\w)/g, (_, char: string) => char.toUpperCase());
const quoted = (name: string) => /"([^"]+)"/.exec(name)?.[1];

function rowOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return table[camel(name)] ?? table[name];
}

/** The settings of one gun. */
class Store {
  readonly #items: MenuItem[];

  constructor(items: readonly MenuItem[]) {
    this.#items = [...items];
  }

  set(item: MenuItem): void {
    const at = this.#items.findIndex(({ tag, sub }) => tag === item.tag && sub === item.sub);
    if (at < 0) this.#items.push(item);
    else this.#items[at] = item;
  }

  /** What is known of a question, else what the case says: a factory value that nobody has written down. */
  ask({ tag, sub }: MenuItem, given: readonly MenuItem[]): readonly MenuItem[] {
    const match = (item: MenuItem) => item.tag === tag && (sub === '' || item.sub === sub);
    const known = this.#items.filter(match);
    return known.length > 0 ? known : given.filter(match);
  }
}

function answered(name: string, items: readonly MenuItem[], store: Store, given: readonly MenuItem[]): AnsweredItem[] {
  const status: MenuStatus = /bad tag/.test(name) ? 'unknownTag' : /bad data/.test(name) ? 'badData' : 'ok';
  return items.flatMap((item) => {
    if (isQuery(item)) return store.ask(item, given).map((known) => ({ ...known, status }));
    if (status === 'ok') store.set(item);
    return [{ ...item, status }];
  });
}

function honeywell(): GunLanguage {
  const store = new Store(HONEYWELL_DEFAULTS);
  return {
    speaks: begins(0x16),
    command: (name, bytes) => (bytes[1] === 0xfe ? headed(name, bytes) : honeywellCommand(name, bytes)),
    reply: (name, bytes, reply) => {
      const command = parseHoneywell(bytes);
      const given = parseHoneywellAnswer(reply) ?? [];
      if (command?.kind !== 'menu') return undefined;
      return encodeHoneywellAnswer(answered(name, command.items, store, given), command.storage);
    },
  };
}

function honeywellCommand(name: string, bytes: Uint8Array): Uint8Array | undefined {
  const said = quoted(name);
  if (said !== undefined) return encodeHoneywellMenu(said);
  if (name in HONEYWELL_KEYS) return honeywellKey(name as HoneywellKey);
  const storage = / RAM$/i.test(name) ? '!' : '.';
  const row = rowOf<string>(HONEYWELL_MENU, name.replace(/ (RAM|flash)$/i, ''));
  if (row !== undefined) return encodeHoneywellMenu(row + storage);
  const command = parseHoneywell(bytes);
  if (command?.kind === 'key') return honeywellKey(command.key);
  return command && encodeHoneywellMenu(honeywellMenuText(command.items, command.storage));
}

/** Header and data agree, and the data is what the name says. */
function headed(name: string, bytes: Uint8Array): Uint8Array | undefined {
  const code = parseHeaded(bytes);
  const text = String.fromCharCode(...(code?.data ?? []));
  if (/WeChat/.test(name) && !/^1[0-5][0-9]{16}\r$/.test(text)) return undefined;
  return code && encodeHeaded(code);
}

function newland(): GunLanguage {
  const store = new Store([]);
  return {
    speaks: begins(0x7e, 0x01),
    command: (_, bytes) => {
      const frame = parseNewland(bytes);
      return frame && encodeNewland(frame);
    },
    reply: (name, bytes, reply) => {
      const frame = parseNewland(bytes);
      const given = parseNewlandAnswer(reply)?.items ?? [];
      return frame && encodeNewlandAnswer({ storage: frame.storage, items: answered(name, frame.items, store, given) });
    },
  };
}

const GROW_NAMED: Readonly<Record<string, GrowFrame>> = {
  'save to flash': GROW_COMMANDS.save,
  'find baud': GROW_COMMANDS.readBaud,
  'AIM id on': GROW_COMMANDS.aimIdOn,
  'AIM id off': GROW_COMMANDS.aimIdOff,
  'baud 9600': GROW_COMMANDS.baud9600,
  'baud 115200': GROW_COMMANDS.baud115200,
  'factory reset': GROW_COMMANDS.factoryReset,
  'user defaults': GROW_COMMANDS.userDefaults,
};

const GROW_REPLIES: Readonly<Record<string, number>> = {
  'reply success': 0,
  'reply CRC failure': 1,
  'reply invalid command': 3,
};

function grow(): GunLanguage {
  return {
    speaks: (bytes) => begins(0x7e, 0x00)(bytes) || begins(0x02, 0x00)(bytes),
    command: (name, bytes) => (bytes[0] === 0x02 ? growReply(name, bytes) : growCommand(name, bytes)),
    reply: () => encodeGrowReply(0, [0]),
  };
}

function growReply(name: string, bytes: Uint8Array): Uint8Array | undefined {
  const status = GROW_REPLIES[name];
  if (status !== undefined) return encodeGrowReply(status, [0]);
  const reply = parseGrowReply(bytes);
  return reply && encodeGrowReply(reply.status, [...reply.data]);
}

function growCommand(name: string, bytes: Uint8Array): Uint8Array | undefined {
  const frame = parseGrow(bytes);
  const zone = /zone[ _]([0-9A-F]{4})(?: = |_)([0-9A-F]{2})\b/i.exec(name);
  const unchecked = frame?.crc === 'skipped';
  if (zone) {
    const [, address = '', data = ''] = zone;
    return encodeGrow({
      type: 'write',
      address: Number.parseInt(address, 16),
      data: [Number.parseInt(data, 16)],
      unchecked,
    });
  }
  const row = GROW_NAMED[name] ?? frame;
  return row && encodeGrow({ ...row, unchecked });
}

function m3y(): GunLanguage {
  return {
    speaks: begins(0x5a),
    command: (name, bytes) => {
      const row = rowOf<string>(M3Y_COMMANDS, name);
      if (row !== undefined) return encodeM3y('command', ascii(row));
      if (name === 'reply ok') return encodeM3y('answer', Uint8Array.of(0x90, 0));
      const frame = parseM3y(bytes);
      return frame && encodeM3y(frame.kind, frame.payload);
    },
    reply: () => encodeM3y('answer', Uint8Array.of(0x90, 0)),
  };
}

function de2120(): GunLanguage {
  return {
    speaks: begins(0x5e, 0x5f, 0x5e),
    command: (name, bytes) => {
      const named: Readonly<Record<string, string>> = DE2120_NAMED;
      const command = parseDe2120(bytes);
      const text = named[name] ?? (command && command.word + command.argument);
      return text === undefined ? undefined : encodeDe2120(text);
    },
    reply: (name) => Uint8Array.of(/error|unknown|bad/.test(name) ? DE2120_NAK : DE2120_ACK),
  };
}

function vguang(): GunLanguage {
  return {
    speaks: (bytes) => begins(0x55, 0xaa)(bytes) || begins(0x00, 0x55, 0xaa)(bytes),
    command: (name, bytes) => {
      if (bytes[0] === 0x55) return box(bytes);
      const [, count, ms] = /^beep (\d+) x (\d+) ms/.exec(name) ?? [];
      const [, command, value] = /([0-9A-F]{2}) ([0-9A-F]{2})$/i.exec(name) ?? [];
      const frame = parseVguang(bytes.subarray(1), 'host');
      if (count !== undefined) return written(vguangIndicator(VGUANG_MASK.buzzer, Number(count), Number(ms), 50));
      if (command !== undefined && value !== undefined)
        return written(
          encodeVguang({ command: Number.parseInt(command, 16), data: Uint8Array.of(Number.parseInt(value, 16)) }),
        );
      return frame && written(encodeVguang(frame));
    },
    reply: (_, __, reply) => box(reply),
  };
}

/** Report id 00 stands in front of what is written. */
const written = (frame: Uint8Array) => Uint8Array.of(0, ...frame);

function box(bytes: Uint8Array): Uint8Array | undefined {
  const frame = parseVguang(bytes, 'box');
  return frame && encodeVguang(frame);
}

export const GUN_LANGUAGES: readonly (() => GunLanguage)[] = [honeywell, newland, grow, m3y, de2120, vguang];
