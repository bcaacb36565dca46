import { z } from 'zod';
import { canonicalHash, type Json } from '../../protocols/backend/canonical.ts';
import type { RuleTableArgs } from '../../protocols/backend/verbs.ts';
import { type CompiledRules, compileRules } from '../../protocols/paycode/numeric.ts';
import { CHANNELS } from '../../protocols/paycode/paycode.ts';
import { PAYMENT_CODE_RULES, type PaymentCodeRules } from '../../protocols/paycode/rules.ts';
import type { CommandRefusal } from '../backend/verb-desk.ts';
import type { Settings } from '../payment/terminal-state.ts';
import { ChannelTable } from './channel-table.ts';
import { THRESHOLDS, type Thresholds, ThresholdTable } from './signals.ts';

// Tables that the backend may replace by a signed command, each with its form. A till that cannot use one says so and keeps
// what it has.

const pattern = z.string().min(1).max(200);
const CodeRules = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        channel: z.enum(CHANNELS),
        pattern,
        prefix: pattern,
        digits: z.tuple([z.int().min(1).max(64), z.int().min(1).max(64)]),
        enabled: z.boolean(),
        evidence: z.enum(['verified', 'prefix-verified', 'memory']),
        source: z.string().max(200),
        label: z.strictObject({ zh: z.string().max(20), en: z.string().max(40) }),
      }),
    )
    .min(1)
    .max(64),
});

/** A table as the settings keep it. */
export interface KeptTable {
  readonly version: number;
  readonly sha256: string;
  readonly content: Json;
}

/** name -> whether this till can use it */
const FORMS: Readonly<Record<string, (content: unknown, version: number) => boolean>> = {
  'payment-codes': (content, version) => compiled(content, version) !== undefined,
  channels: (content) => ChannelTable.safeParse(content).success,
  signals: (content) => ThresholdTable.safeParse(content).success,
};

export function tableRefusal({ table }: RuleTableArgs, settings: Settings): CommandRefusal | undefined {
  const { name, version, sha256, content } = table;
  const form = Object.hasOwn(FORMS, name) ? FORMS[name] : undefined;
  if (!form) return { code: 'UNSUPPORTED', message: `no table ${name}; there are ${Object.keys(FORMS).join(', ')}` };
  const now = settings.tables?.[name]?.version ?? (name === 'payment-codes' ? PAYMENT_CODE_RULES.version : 0);
  if (version <= now) return { code: 'STALE', message: `version ${now} of ${name} holds` };
  if (canonicalHash(content) !== sha256) return { code: 'BAD_REQUEST', message: 'sha256: not the hash of content' };
  return form(content, version) ? undefined : { code: 'BAD_REQUEST', message: `content: not a table ${name}` };
}

/** The backend's rules for paycodes; `undefined`: those of the program hold. */
function codeRulesOf({ tables }: Settings): CompiledRules | undefined {
  const table = tables?.['payment-codes'];
  return table && compiled(table.content, table.version);
}

/** The same for whoever classifies, compiled once per table. */
export function codeRules(book: { readonly settings: Settings }): () => { readonly rules?: CompiledRules } {
  let last: { readonly table: KeptTable | undefined; readonly rules: CompiledRules | undefined } | undefined;
  return () => {
    const table = book.settings.tables?.['payment-codes'];
    if (last?.table !== table || !last) last = { table, rules: codeRulesOf(book.settings) };
    return last.rules === undefined ? {} : { rules: last.rules };
  };
}

/** The program's, in their place those of the configuration, in theirs the backend's. */
export function thresholdsOf({ tables }: Settings, own: Partial<Thresholds> = {}): Thresholds {
  return { ...THRESHOLDS, ...own, ...ThresholdTable.safeParse(tables?.['signals']?.content).data };
}

/** Which tables hold, by version. */
export function tableVersions({ tables = {} }: Settings): Record<string, number> {
  const theirs = Object.entries(tables).map(([name, { version }]) => [name, version] as const);
  return { 'payment-codes': PAYMENT_CODE_RULES.version, ...Object.fromEntries(theirs) };
}

function compiled(content: unknown, version: number): CompiledRules | undefined {
  const parsed = CodeRules.safeParse(content);
  if (!parsed.success) return undefined;
  try {
    return compileRules({ version, ...parsed.data } satisfies PaymentCodeRules);
  } catch {
    // a pattern that is no regular expression
    return undefined;
  }
}
