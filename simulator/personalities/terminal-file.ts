import { z } from 'zod';
import type { LinkDialect } from '../../protocols/terminal/link/dialects.ts';
import { MIS_COMMANDS, type MisDialect, OBSERVED_DIALECT } from '../../protocols/terminal/mis/dialect.ts';
import type { MisPersonality } from '../terminals/mis-personalities.ts';
import { defined, MakeName, MakeTitle, makeFrom } from './make-file.ts';
import {
  LINK_PROTOCOLS,
  TERMINAL_MAKES,
  type TerminalMake,
  type TerminalMakeName,
  terminalMakeNamed,
} from './terminal-makes.ts';
import type { CardHoldRules, HoldRules, TerminalPersonality } from './terminals.ts';

// A make of card terminal as a file: the table of its dialect (commands, codes, fields), and how it behaves. What is allowed in
// the table depends on the language, which is that of the known terminal it is like.

const ms = z.int().min(0).max(600_000);
const digits = (most: number) => z.string().regex(new RegExp(`^\\d{1,${most}}$`), `up to ${most} digits`);
const two = z.string().regex(/^[0-9A-Z]{2}$/, 'two characters');

const Zvt = z.strictObject({
  messageIds: z.boolean().optional().describe('numbers its messages (1F73)'),
  receiptSync: z.boolean().optional().describe('says the receipt number (1F1F)'),
  prints: z.enum(['lines', 'block']).optional(),
  charset: z.enum(['CP437', 'ISO-8859-1']).optional(),
  baudRate: z.union([z.literal(9600), z.literal(115_200)]).optional(),
});

const Link = z.strictObject({
  baudRate: z.int().min(300).max(4_000_000).optional(),
  transactions: z
    .strictObject({
      sale: two,
      void: two.optional(),
      refund: two.optional(),
      settle: two.optional(),
      inquiry: two.optional(),
    })
    .optional(),
  reference: z
    .union([z.strictObject({ field: two, length: z.int().min(1).max(40) }), z.strictObject({ ecn: z.literal(12) })])
    .optional(),
  constant: z
    .partialRecord(z.enum(['sale', 'settle']), z.array(z.tuple([two, z.string().max(40)])).max(8))
    .optional()
    .describe('fields that a command always has'),
  outcomes: z
    .record(two, z.enum(['approved', 'declined', 'cancelled']))
    .optional()
    .describe('any other code is unknown'),
  inquiryFoundNothing: z.array(two).max(20).optional(),
  maxAmount: z.int().min(1).max(999_999_999_999).optional(),
});

const tag = z.string().regex(/^DF[0-9A-F]{2}$/, 'a tag such as DF6A');
const byte = z.int().min(0).max(255);
const codes = z.array(z.string().regex(/^[0-9A-Z]{2}([0-9A-Z]{6})?$/, 'two characters, or eight')).max(200);
const TAGS = Object.keys(OBSERVED_DIALECT.tags) as (keyof MisDialect['tags'])[];

const Mis = z.strictObject({
  tags: z.partialRecord(z.enum(TAGS), tag).optional(),
  commands: z.partialRecord(z.enum(MIS_COMMANDS), byte).optional(),
  results: z.strictObject({ approved: codes, notDone: codes, cancelled: codes, unclear: codes }).partial().optional(),
  currencyWord: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
});

const holds = {
  days: z.int().min(0).max(365).optional().describe('after so many the issuer lets a hold go'),
  bookUpToPercent: z.int().min(1).max(200).optional().describe('of a hold may be booked'),
};
const MisHolds = z.strictObject(holds).optional();
const CardHolds = z
  .strictObject({
    ...holds,
    defaultAmount: z.int().min(1).max(999_999_999_999).optional(),
    prints: z.boolean().optional().describe('paper for a hold too, not only for its booking'),
  })
  .optional();

const any = { $schema: z.string().optional(), name: MakeName, title: MakeTitle.optional() };
const card = {
  terminalId: digits(8).optional(),
  merchantId: digits(15).optional(),
  currency: z.int().min(1).max(999).optional().describe('ISO 4217'),
  version: z.string().min(1).max(20).optional(),
  lineWidth: z.int().min(16).max(48).optional().describe('characters of a receipt line'),
  stepMs: ms.optional().describe('a holder takes for card, PIN, and the host for an answer'),
  answerMs: ms.optional().describe('until a command is answered'),
  bootMs: ms.optional().describe('without an ear after it was switched on'),
};

/** The known terminals of a language, for `like`. */
function like(...protocols: readonly TerminalMake['protocol'][]) {
  const known = Object.entries<TerminalMake>(TERMINAL_MAKES).filter(([, { protocol }]) => protocols.includes(protocol));
  return z.enum(known.map(([name]) => name as TerminalMakeName));
}

/** The whole file. */
export const TerminalFile = z.discriminatedUnion('like', [
  z.strictObject({ ...any, ...card, like: like('zvt'), table: Zvt.optional(), holds: CardHolds }),
  z.strictObject({ ...any, ...card, like: like(...LINK_PROTOCOLS), table: Link.optional(), holds: CardHolds }),
  z.strictObject({ ...any, ...card, like: like('transbank', 'nccc'), table: z.strictObject({}).optional() }),
  z.strictObject({
    ...any,
    like: like('mis'),
    table: Mis.optional(),
    baudRate: z.int().min(300).max(4_000_000).optional(),
    merchant: z
      .strictObject({ id: digits(15), english: z.string().max(25), chinese: z.string().max(20) })
      .partial()
      .optional(),
    terminalId: digits(8).optional(),
    ackMs: ms.optional(),
    hostMs: ms.optional().describe('from the request to the answer'),
    chargesRepeats: z.boolean().optional().describe('takes the same bytes for a new sale'),
    repeatMs: ms.optional(),
    holds: MisHolds,
  }),
]);
export type TerminalFile = z.infer<typeof TerminalFile>;

/** The make that a file describes. */
export function terminalLike(file: TerminalFile): TerminalMake {
  const known: TerminalMake = TERMINAL_MAKES[file.like];
  // the schema has held the file against the language of the known one
  if (known.protocol === 'mis') return { ...known, personality: misLike(known.personality, file as MisFile) };
  const personality = cardLike(known.personality, file as CardFile);
  if (!('dialect' in known)) return { ...known, personality };
  const dialect = {
    ...known.dialect,
    title: personality.title,
    ...defined<Partial<LinkDialect>>({ ...(file.table as object) }),
  };
  return { ...known, personality, dialect };
}

type MisFile = Extract<TerminalFile, { readonly hostMs?: unknown }>;
type CardFile = Exclude<TerminalFile, MisFile>;

function cardLike(
  known: TerminalPersonality,
  { like: base, $schema: _schema, table, ...said }: CardFile,
): TerminalPersonality {
  const { holds: rules, ...own }: typeof said & { readonly holds?: z.infer<typeof CardHolds> } = said;
  const holds = { ...known.holds, ...defined<Partial<CardHoldRules>>({ ...rules }) };
  const { protocol } = TERMINAL_MAKES[base];
  const zvt =
    protocol === 'zvt'
      ? { ...known.zvt, ...defined<Partial<TerminalPersonality['zvt']>>({ ...(table as object) }) }
      : known.zvt;
  return { ...known, title: own.name, ...defined<Partial<TerminalPersonality>>({ ...own, holds, zvt }) };
}

function misLike(
  known: MisPersonality,
  { like: _like, $schema: _schema, name, table = {}, merchant, holds: rules, ...own }: MisFile,
): MisPersonality {
  const { tags, results, ...words } = table;
  const dialect = {
    ...known.dialect,
    name,
    ...defined<Partial<MisDialect>>(words),
    tags: { ...known.dialect.tags, ...defined<Partial<MisDialect['tags']>>({ ...tags }) },
    results: { ...known.dialect.results, ...defined<Partial<MisDialect['results']>>({ ...results }) },
  };
  const holds = { ...known.holds, ...defined<Partial<HoldRules>>({ ...rules }) };
  const shop = { ...known.merchant, ...defined<Partial<MisPersonality['merchant']>>({ ...merchant }) };
  return { ...known, title: name, ...defined<Partial<MisPersonality>>(own), dialect, merchant: shop, holds };
}

/** A known make by its name, or the one in a file `*.json`. Throws `PersonalityError`. */
export function terminalFrom(nameOrFile: string): TerminalMake | undefined {
  return makeFrom(nameOrFile, { schema: TerminalFile, like: terminalLike, named: terminalMakeNamed });
}
