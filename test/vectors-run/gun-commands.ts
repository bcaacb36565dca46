import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { CIPHERLAB_COMMANDS } from '../../protocols/scanner/cipherlab.ts';
import { DATALOGIC_COMMANDS, type DatalogicRow } from '../../protocols/scanner/datalogic.ts';
import { GROW_ZONES } from '../../protocols/scanner/grow.ts';
import type { CaseResult, Checker } from './checker.ts';
import { GUN_LANGUAGES, type GunLanguage } from './gun-languages.ts';
import { isObject, type JsonObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';

const SECTIONS = ['about', 'source', 'sources', 'zones', 'zones_source', 'vectors', 'commands'];

/** honeywell-menu, newland-ascii, grow-7e00, m3y-5a, de2120, vguang-55aa, datalogic-rs232, cipherlab-rs232: what guns are told and answer. */
export const gunCommandsChecker: Checker = {
  title: 'command languages of scanner guns',
  recognises: (_, content) =>
    listIn(content, 'vectors').some((entry) => languageOf(entry) !== undefined && isCommand(entry)) ||
    Object.keys(objectIn(content, 'zones')).some((zone) => /^[0-9A-F]{4}$/.test(zone)) ||
    Object.values(objectIn(content, 'commands')).some((told) => typeof told === 'string' && /^[0-9a-f]{2} /.test(told)),
  check: (content) => ({
    cases: [
      ...Object.entries(objectIn(content, 'zones')).map(([zone, expected]) => ({
        name: `zone ${zone}`,
        expected,
        actual: GROW_ZONES[zone.toUpperCase()],
      })),
      ...told(objectIn(content, 'commands')),
      ...vectors(listIn(content, 'vectors')),
      ...unknownSections(content, SECTIONS),
    ],
    stories: 0,
  }),
};

function isCommand(entry: unknown): boolean {
  return isObject(entry) && !('checksum_ok' in entry) && !('chunks' in entry);
}

/** The language by its first bytes: nothing else in a case names it. */
function languageOf(entry: unknown): GunLanguage | undefined {
  const bytes = isObject(entry) && typeof entry['hex'] === 'string' ? fromHex(entry['hex']) : undefined;
  return bytes && GUN_LANGUAGES.map((make) => make()).find((language) => language.speaks(bytes));
}

/** One gun for each language of the file: what was set before is what a later question is answered with. */
function vectors(entries: readonly unknown[]): CaseResult[] {
  const languages = GUN_LANGUAGES.map((make) => make());
  return entries.map((entry, at) => {
    const name = isObject(entry) && typeof entry['name'] === 'string' ? entry['name'] : `vectors[${at}]`;
    const hex = isObject(entry) && typeof entry['hex'] === 'string' ? entry['hex'] : '';
    const bytes = fromHex(hex);
    const language = bytes && languages.find((known) => known.speaks(bytes));
    if (!isObject(entry) || !bytes || !language) return unknownCase(name, 'hex of a known language', entry);
    const reply = typeof entry['reply'] === 'string' ? fromHex(entry['reply']) : undefined;
    const ours = language.command(name, bytes) ?? new Uint8Array();
    return {
      name,
      expected: { hex: toHex(bytes), ...(reply && { reply: toHex(reply) }) },
      actual: {
        hex: toHex(ours),
        ...(reply && { reply: toHex(language.reply(name, bytes, reply) ?? new Uint8Array()) }),
      },
    };
  });
}

/** `"E": "45 enable"`: the bytes, then what they mean. `#@` is CipherLab's, whose letters are Datalogic's too. */
function told(commands: JsonObject): CaseResult[] {
  const isCipherlab = Object.keys(commands).some((key) => key.startsWith('#@'));
  const rows: Readonly<Record<string, DatalogicRow>> = isCipherlab ? CIPHERLAB_COMMANDS : DATALOGIC_COMMANDS;
  return Object.entries(commands).map(([key, expected]) => {
    const row = rows[key];
    const actual = row && `${[...row.bytes].map((byte) => toHex(Uint8Array.of(byte))).join(' ')} ${row.meaning}`;
    return { name: `command ${key}`, expected, actual };
  });
}
