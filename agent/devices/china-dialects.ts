import { z } from 'zod';
import { MIS_COMMANDS, type MisDialect, OBSERVED_DIALECT } from '../../protocols/terminal/mis/dialect.ts';
import { OBSERVED_PAD, type PadDialect } from '../../protocols/terminal/pad/settings.ts';

// What a configuration may say of a Chinese terminal or pad: any part of the observed dialect, replaced. Nothing of these
// protocols is public, so the next bank's codes must need no new program.

const tag = z.string().regex(/^DF[0-9A-F]{2}$/, 'a tag such as DF6A');
const TAGS = Object.keys(OBSERVED_DIALECT.tags) as (keyof MisDialect['tags'])[];
const byte = z.int().min(0).max(255);
const codes = z.array(z.string().regex(/^[0-9A-Z]{2}([0-9A-Z]{6})?$/, 'two characters, or eight')).max(200);
const ms = z.int().min(100).max(600_000);
const size = z.strictObject({ width: z.int().min(16).max(1024), height: z.int().min(16).max(1024) });

export const MisDialectConfig = z.strictObject({
  name: z.string().max(64).optional(),
  tags: z.partialRecord(z.enum(TAGS), tag).optional(),
  commands: z.partialRecord(z.enum(MIS_COMMANDS), byte).optional(),
  packetTypes: z.strictObject({ request: byte, relay: byte, result: byte }).optional(),
  results: z
    .strictObject({
      approved: codes.min(1).optional(),
      notDone: codes.optional(),
      cancelled: codes.optional(),
      unclear: codes.optional(),
    })
    .optional(),
  currencyWord: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  answerMs: ms.optional(),
  limitMs: ms.optional(),
  sends: z.int().min(1).max(3).optional(),
  maxPackets: z.int().min(1).max(64).optional(),
});

/** The observed dialect with what the configuration says instead. Throws where one code would mean two things. */
export function misDialect(config: z.infer<typeof MisDialectConfig>): MisDialect {
  const { tags, commands, results, ...rest } = config;
  const dialect: MisDialect = {
    ...OBSERVED_DIALECT,
    ...given(rest),
    tags: { ...OBSERVED_DIALECT.tags, ...given(tags ?? {}) },
    commands: commands ?? OBSERVED_DIALECT.commands,
    results: { ...OBSERVED_DIALECT.results, ...given(results ?? {}) },
  };
  const twice = firstTwice(Object.values(dialect.tags)) ?? firstTwice(Object.values(dialect.results).flat());
  if (twice !== undefined) throw new RangeError(`${twice} would mean two things in the dialect ${dialect.name}`);
  return dialect;
}

export const PadDialectConfig = z.strictObject({
  name: z.string().max(64).optional(),
  zone: size.optional(),
  picture: size.optional(),
  resignTimes: z.int().min(0).max(9).optional(),
  acceptBlank: z.boolean().optional(),
  penWidth: z.int().min(1).max(9).optional(),
  timeoutS: z.int().min(5).max(255).optional(),
  ground: z.enum(['ours', 'unknown']).optional(),
  replyMs: ms.optional(),
  signMs: ms.optional(),
  limitMs: ms.optional(),
});

export function padDialect(config: z.infer<typeof PadDialectConfig>): PadDialect {
  return { ...OBSERVED_PAD, ...given(config) };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the members that are not given: they must not replace what was observed. */
function given<T extends object>(config: T): Given<T> {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) as Given<T>;
}

function firstTwice(values: readonly string[]): string | undefined {
  return values.find((value, at) => values.indexOf(value) !== at);
}
