import { z } from 'zod';
import { HOLD_COMMANDS } from '../../../protocols/terminal/zvt/till-state.ts';
import { parseAddress } from '../../transport/address.ts';
import { MisDialectConfig, PadDialectConfig } from '../china-dialects.ts';
import { LinkDialectConfig } from './link-dialect.ts';

// What a configuration says of the card terminal. Which protocol a make speaks is the technician's word: none can be found out
// without saying something to it.

export const TERMINAL_PROTOCOLS = ['zvt', 'link-kbtg', 'ghl', 'nets', 'nccc', 'transbank', 'mis'] as const;
export type TerminalProtocol = (typeof TERMINAL_PROTOCOLS)[number];

/** The line that each protocol's documents name (terminals.md 1.1, 2, 3.1); the shop's own word goes before it. */
export const USUAL_LINES = {
  zvt: { baudRate: 9600, stopBits: 2 },
  'link-kbtg': { baudRate: 9600, stopBits: 1 },
  ghl: { baudRate: 115_200, stopBits: 1 },
  nets: { baudRate: 9600, stopBits: 1 },
  // from memory: no public document names it
  nccc: { baudRate: 9600, stopBits: 1 },
  transbank: { baudRate: 115_200, stopBits: 1 },
  mis: { baudRate: 9600, stopBits: 1 },
} as const satisfies Record<TerminalProtocol, { baudRate: number; stopBits: 1 | 2 }>;

export const TerminalConfig = z.strictObject({
  protocol: z.enum(TERMINAL_PROTOCOLS),
  /** a serial port, or tcp://host:port (ZVT: usually 20007) */
  path: z
    .string()
    .min(1)
    .max(4096)
    .refine((text) => ['serial', 'tcp'].includes(parseAddress(text)?.kind ?? ''), 'a serial port or tcp://host:port'),
  baudRate: z.int().min(300).max(4_000_000).optional(),
  dataBits: z.union([z.literal(7), z.literal(8)]).default(8),
  parity: z.enum(['none', 'even', 'odd']).default('none'),
  stopBits: z.union([z.literal(1), z.literal(2)]).optional(),
  /** ISO 4217; 156 is the renminbi. ZVT sends it with each amount */
  currency: z.int().min(1).max(999).default(156),
  zvt: z
    .strictObject({
      password: z
        .string()
        .regex(/^\d{6}$/, 'six digits')
        .default('000000'),
      /** receipts come to the till; otherwise the terminal prints them */
      printsOnTill: z.boolean().default(false),
      /** number the messages (1F73), if the terminal does too */
      messageIds: z.boolean().default(false),
      /** say the last receipt number (1F1F) */
      receiptSync: z.boolean().default(false),
      /** what a pre-authorisation is charged with: 06 24, or 06 23 where this make takes that one */
      completesWith: z.enum(HOLD_COMMANDS).default('bookTotal'),
    })
    .prefault({}),
  /** link-kbtg, ghl, nets: what this make says otherwise */
  link: z.strictObject({ dialect: LinkDialectConfig.prefault({}) }).prefault({}),
  holds: z
    .strictObject({
      /** a pre-authorisation may be charged up to so many per cent of it; the terminal has the last word */
      completeUpToPercent: z.int().min(100).max(200).default(100),
      /** days after which issuers give a hold up; assumed, shown beside its age, and never believed */
      expectedDays: z.int().min(1).max(365).default(30),
    })
    .prefault({}),
  nccc: z.strictObject({ storeId: z.string().max(18).default(''), hostId: z.string().max(2).default('') }).prefault({}),
  mis: z
    .strictObject({
      till: z.string().max(10).default('01'),
      operator: z.string().max(10).default('01'),
      dialect: MisDialectConfig.prefault({}),
      /** scanned codes are charged by the terminal (DF6A), not by the backend */
      takesPaycodes: z.boolean().default(false),
    })
    .prefault({}),
});

export const PadConfig = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(4096)
    .refine((text) => ['serial', 'tcp'].includes(parseAddress(text)?.kind ?? ''), 'a serial port or tcp://host:port'),
  baudRate: z.int().min(300).max(4_000_000).default(115_200),
  /** `when-asked`: where the terminal says that the holder signs */
  signs: z.enum(['when-asked', 'always']).default('when-asked'),
  dialect: PadDialectConfig.prefault({}),
});

export type TerminalConfig = z.infer<typeof TerminalConfig>;
