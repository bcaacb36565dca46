import { z } from 'zod';
import { PROFILES, type PrinterProfile, type PrinterQuirks } from '../../protocols/escpos/profile.ts';
import { defined, MakeName, makeFrom, namesOf } from './make-file.ts';
import { PRINTERS, type PrinterName, type PrinterPersonality, printerNamed } from './printers.ts';

// A make of printer as a file: the table of how it measures and which commands it knows, and how it behaves. Each names a
// known one that it is like, and says where it differs.

type ProfileName = keyof typeof PROFILES;
const text = z.string().min(1).max(40);
const dots = z.int().min(0).max(2_000);
const bytes = z.int().min(1).max(1_000_000);

const Quirks = z.strictObject({
  ignoresFeedDots: z.literal(true).optional(),
  ignoresPositionBack: z.literal(true).optional(),
  swallowsFeedAfterRaster: z.literal(true).optional(),
  ignoresPartialCut: z.literal(true).optional(),
  printsBlocksAsText: z.literal(true).optional(),
});

/** The table. */
const Table = z.strictObject({
  like: z.enum(namesOf<ProfileName>(PROFILES)),
  paper: z.union([z.literal(58), z.literal(80)]).optional(),
  dots: dots.optional(),
  dpi: z.int().min(100).max(600).optional(),
  lineSpacing: dots.optional(),
  verticalUnits: z.int().min(100).max(1_440).optional(),
  charset: z.enum(['gb2312', 'gbk', 'gb18030-4']).optional(),
  chineseAtStart: z.boolean().optional(),
  processId: z.boolean().optional(),
  zjSymbols: z.boolean().optional(),
  qr: z.enum(['native', 'zj', 'raster']).optional(),
  raster: z.enum(['gs-v-0', 'graphics', 'columns']).optional(),
  cutter: z.enum(['partial', 'none']).optional(),
  headToCutterDots: dots.optional(),
  eightDotPitch: z.union([z.literal(1), z.literal(3)]).optional(),
  quirks: Quirks.optional(),
  maker: text.optional(),
  model: text.optional(),
});

/** The whole file. */
export const PrinterFile = z.strictObject({
  $schema: z.string().optional(),
  name: MakeName,
  like: z.enum(namesOf<PrinterName>(PRINTERS)),
  table: Table.optional(),
  buffer: z.strictObject({ bytes, busyAtFree: bytes, readyAtFree: bytes }).optional(),
  busyWhileOffline: z.boolean().optional(),
  flow: z.enum(['xon-xoff', 'line']).optional(),
  speed: z.number().min(1).max(1_000).optional().describe('mm/s'),
  cutMs: z.int().min(0).max(10_000).optional(),
  nearEndMm: z.int().min(1).max(50_000).optional(),
  realtimeInsideData: z.boolean().optional(),
  answersStatus: z.boolean().optional(),
  answersBuffered: z.boolean().optional(),
  clears: z.boolean().optional(),
  recoversBy: z.enum(['enquiry', 'cover']).optional(),
  lastAutomaticByte: z.int().min(0).max(255).optional(),
});
export type PrinterFile = z.infer<typeof PrinterFile>;

/** The personality that a file describes. */
export function printerLike({ $schema: _schema, name, like, table, ...own }: PrinterFile): PrinterPersonality {
  const known: PrinterPersonality = PRINTERS[like];
  return defined<PrinterPersonality>({
    ...known,
    ...own,
    name,
    profile: table ? profileLike(name, table) : known.profile,
  });
}

function profileLike(name: string, { like, quirks, ...own }: z.infer<typeof Table>): PrinterProfile {
  const known: PrinterProfile = PROFILES[like];
  const itsOwn = quirks === undefined ? known.quirks : defined<PrinterQuirks>(quirks);
  return defined<PrinterProfile>({ ...known, ...own, name, quirks: itsOwn });
}

/** A known make by its name, or the one in a file `*.json`; `undefined`: nobody knows that name. Throws `PersonalityError`. */
export function printerFrom(nameOrFile: string): PrinterPersonality | undefined {
  return makeFrom(nameOrFile, { schema: PrinterFile, like: printerLike, named: printerNamed });
}
