import { readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { Registration } from '../protocols/backend/enrolment.ts';
import { fen } from '../protocols/backend/fields.ts';
import { TOPIC_LEVEL } from '../protocols/backend/topics.ts';
import { OpenHours } from '../protocols/backend/verbs.ts';
import { fromHex } from '../protocols/bytes/hex.ts';
import { decodeLatin1 } from '../protocols/bytes/latin1.ts';
import { FLOWING, STREAM_LANGUAGES } from './devices/scanner/languages.ts';
import { PadConfig, TerminalConfig } from './devices/terminal/config.ts';
import type { ErrorCode } from './errors.ts';
import { isTimeZone } from './reports/shop-time.ts';
import { OwnThresholds } from './rules/signals.ts';
import { parseAddress } from './transport/address.ts';

const level = z.string().regex(TOPIC_LEVEL, 'lower-case letters, digits and -, at most 64');
const path = z.string().min(1).max(4096);
const baudRate = z.int().min(300).max(4_000_000);
const line = {
  path,
  baudRate: baudRate.default(9600),
  dataBits: z.union([z.literal(7), z.literal(8)]).default(8),
  parity: z.enum(['none', 'even', 'odd']).default('none'),
};
/** one to four bytes as hex pairs, kept as characters U+0000 to U+00FF */
const prefix = z
  .string()
  .regex(/^([0-9a-fA-F]{2}){1,4}$/, 'one to four hex pairs, e.g. "02"')
  .transform((hex) => decodeLatin1(fromHex(hex) ?? new Uint8Array()));

const Scanner = z
  .strictObject({
    ...line,
    /** a serial port, or tcp:, reports:, hid:, keyboard:, usb: or auto (agent/transport/address.ts) */
    path: path.refine(
      (text) => !['usblp', undefined].includes(parseAddress(text)?.kind),
      'no device address; see docs/field-guide.md',
    ),
    /** what a serial gun speaks; `line`: it is only heard. HID guns say it themselves */
    language: z.enum(STREAM_LANGUAGES).default('line'),
    /** switched off while no payment waits, where the language can */
    arm: z.boolean().default(true),
    /** the agent pulls the trigger while a payment waits */
    hostTrigger: z.boolean().default(false),
    /** beeps good or bad when the code was judged, where the language can */
    feedback: z.boolean().default(true),
    /** its own beep at every code is switched off, where the language can */
    quiet: z.boolean().default(false),
    /** a gun that is set to XON/XOFF holds our orders back; its codes come all the while. Not for ssi, grow and m3y */
    flow: z.enum(['none', 'xonxoff']).default('none'),
    /** the layout that a keyboard gun is set to */
    layout: z.enum(['us', 'de', 'fr']).default('us'),
    /** CR and LF guns go through @serialport/parser-readline, all others through the line framer */
    terminator: z.enum(['auto', 'CR', 'LF', 'CRLF', 'TAB', 'ETX', 'none']).default('auto'),
    prefix: prefix.optional(),
    /** ms of silence that end a code when `terminator` is none */
    idleMs: z.int().min(10).max(5_000).optional(),
    encoding: z.enum(['auto', 'utf8']).default('auto'),
    codeId: z.enum(['none', 'aim', 'honeywell']).default('aim'),
    /** ms in which the same code again is the same scan */
    dedupeMs: z.int().min(0).max(60_000).default(1_500),
  })
  .refine(({ flow, language }) => flow === 'none' || FLOWING.has(language), {
    path: ['flow'],
    error: 'this language has frames in which XON and XOFF are bytes like any other',
  });

const Printer = z.strictObject({
  ...line,
  /** a serial port, tcp://host:9100, or /dev/usb/lp0 (agent/transport/address.ts) */
  path: path.refine(
    (text) => ['serial', 'tcp', 'usblp'].includes(parseAddress(text)?.kind ?? ''),
    'a serial port, tcp://host:9100 or /dev/usb/lp0',
  ),
  baudRate: baudRate.default(115_200),
  /** on a network or USB: it answers when it is asked how it is. Without an answer nothing is sent to it */
  answers: z.boolean().default(true),
  /**
   * how a serial printer holds bytes back: XON/XOFF, or a wire of its own (the printer's DTR on our CTS). Without either long
   * documents are sent at the pace of a slow printer. Networks and USB hold back by themselves
   */
  flow: z.enum(['none', 'xonxoff', 'rtscts']).default('none'),
  /** mm */
  paper: z.union([z.literal(58), z.literal(80)]).default(58),
  /** the model understands GS ( H and echoes process ids: its slips are proved, not only sent */
  confirms: z.boolean().default(false),
  /** it answers GS r in its turn: a slip that cannot be confirmed is at least proved processed */
  barrier: z.boolean().default(false),
});

const rateBp = z.int().min(0).max(1_000);

const Merchant = z.strictObject({
  name: z.string().min(1).max(40),
  merchantNo: z.string().min(1).max(15),
  terminalNo: z.string().min(1).max(8),
  operatorNo: z.string().max(8).default('01'),
  servicePhone: z.string().max(20).optional(),
  /** what the contract with the channel takes, hundredths of a percent: 60 is 0.60 %. Statements are checked against it */
  feeRateBp: z
    .strictObject({ WECHAT: rateBp.optional(), ALIPAY: rateBp.optional(), UNIONPAY: rateBp.optional() })
    .optional(),
  /** whose midnight ends a calendar day in reports; statements are in Beijing time wherever the shop is */
  timeZone: z.string().refine(isTimeZone, 'a name such as Asia/Shanghai').default('Asia/Shanghai'),
});

const Broker = z.strictObject({
  url: z.url({ protocol: /^mqtts?$/, error: 'mqtt://host:port or mqtts://host:port' }),
  username: z.string().max(128).optional(),
  password: z.string().max(256).optional(),
  /** 4 = MQTT 3.1.1, 5 = MQTT 5 */
  protocolVersion: z.union([z.literal(4), z.literal(5)]).default(4),
  caFile: path.optional(),
  certFile: path.optional(),
  keyFile: path.optional(),
});

/** What the acquirer has registered, mirrored by `tillwire provision`; and who has confirmed it. */
const Registered = Registration.partial().extend({
  model: z.string().min(1).max(64),
  confirmedBy: z.string().min(1).max(24).optional(),
});

const commandByte = z.int().min(1).max(255);

const Certified = z.strictObject({
  /** a serial port, or tcp://host:port */
  path: path.refine(
    (text) => ['serial', 'tcp'].includes(parseAddress(text)?.kind ?? ''),
    'a serial port or tcp://host:port',
  ),
  baudRate: baudRate.default(115_200),
  /** how long a payment waits for its MAC, ms */
  answerMs: z.int().min(50).max(2_000).default(300),
  /** its commands, where they are not the assumed ones (protocols/terminal/certified) */
  dialect: z.strictObject({ handshake: commandByte.optional(), mac: commandByte.optional() }).prefault({}),
  /** how far from its registered place it may measure itself to be, m: no public rule names a number */
  maxDistanceM: z.int().min(50).max(100_000).default(1_000),
});

/** Where the till's certificate is renewed. */
const Enrolment = z.strictObject({ url: z.url({ protocol: /^https$/ }), caFile: path.optional() });

/** Whose signature is believed on commands that give money back or loosen a rule; two while one takes the other's place. */
const CommandKey = z.strictObject({
  kid: z.string().regex(/^[0-9A-Za-z_.-]{1,64}$/),
  /** Ed25519, the 32 bytes as base64 */
  publicKey: z.string().regex(/^[0-9A-Za-z+/]{43}=$/, '32 bytes as base64'),
});

const RefundLimits = z.strictObject({
  /** the most one refund may give back, fen */
  maxFen: fen.default(1_000_000),
  /** the most all refunds of a Chinese day may give back, fen */
  dayFen: fen.default(5_000_000),
  dayCount: z.int().min(0).max(10_000).default(100),
  /** Chinese days after the payment in which money is given back */
  windowDays: z.int().min(0).max(365).default(30),
});

export const ConfigSchema = z.strictObject({
  address: z.strictObject({ tenant: level, store: level, agent: level }),
  merchant: Merchant,
  registration: Registered.optional(),
  enrolment: Enrolment.optional(),
  broker: Broker,
  commandKeys: z
    .array(CommandKey)
    .max(4)
    .refine((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length, 'kid: one key each')
    .default([]),
  scanner: Scanner,
  printer: Printer.optional(),
  /** the card terminal beside the till */
  terminal: TerminalConfig.optional(),
  /** the certified terminal that vouches for payments (secret_text); its key never leaves it */
  certified: Certified.optional(),
  /** the signature pad for card payments */
  pad: PadConfig.optional(),
  /** relative to the configuration file */
  dataDir: path,
  limits: z
    .strictObject({
      maxFen: fen.default(5_000_000),
      maxLinkFen: fen.default(500_000),
      /** all payments of a Chinese day, and of an hour of the clock; the backend knows what the shop's contract says */
      dayFen: fen.default(1_000_000_000),
      dayCount: z.int().min(0).max(100_000).default(100_000),
      hourFen: fen.default(500_000_000),
      hourCount: z.int().min(0).max(100_000).default(100_000),
      /** Beijing time in which payments may begin; none: always */
      openHours: OpenHours.optional(),
      refund: RefundLimits.prefault({}),
      /** what holds at most behind an anomaly, a clock or a lease in trouble, until a signed command of the backend */
      tightened: z
        .strictObject({
          maxFen: fen.default(200_000),
          refundMaxFen: fen.default(200_000),
          refundDayFen: fen.default(1_000_000),
        })
        .prefault({}),
      /** which share of a limit of the day or hour is told as nearly used up */
      warnAt: z.number().min(0.5).max(0.99).default(0.8),
      /** from when on the risk desk hears of what is unusual; the backend's table `signals` stands above it */
      signals: OwnThresholds.prefault({}),
      /** hours without a word from the backend after which its word is unconfirmed and a payment that begins on it tightens the limits */
      leaseHours: z.number().min(0.01).max(720).default(24),
    })
    .prefault({}),
  /** the local API, on 127.0.0.1 only; port 0: chosen by the system, written to dataDir/console/address.json */
  console: z
    .strictObject({ enabled: z.boolean().default(true), port: z.int().min(0).max(65_535).default(0) })
    .prefault({}),
  /** people at the page: idle, they are signed out; behind a working day, too; an older PIN must be changed */
  people: z
    .strictObject({
      idleMinutes: z.number().min(0.01).max(60).default(5),
      shiftHours: z.number().min(0.01).max(24).default(12),
      pinDays: z.int().min(1).max(3_650).default(180),
    })
    .prefault({}),
  /** practice: topics and data of its own, every paper marked (agent/training.ts) */
  training: z.boolean().default(false),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
});
export type Config = z.infer<typeof ConfigSchema>;

/** A configuration that cannot be used: which field, and why. */
export class ConfigError extends Error {
  readonly code: Extract<ErrorCode, 'CONFIG_INVALID' | 'CONFIG_UNREADABLE'>;

  constructor(code: ConfigError['code'], detail: string) {
    super(detail);
    this.code = code;
  }
}

/** The configuration in `file`, checked, with defaults and absolute paths. Throws {@link ConfigError}. */
export function readConfig(file: string): Config {
  const parsed = ConfigSchema.safeParse(parseJson(file));
  if (!parsed.success)
    throw new ConfigError('CONFIG_INVALID', parsed.error.issues.slice(0, 3).map(describe).join('; '));
  const config = parsed.data;
  const dataDir = isAbsolute(config.dataDir) ? config.dataDir : resolve(file, '..', config.dataDir);
  return { ...config, dataDir: config.training ? join(dataDir, 'training') : dataDir };
}

function parseJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError('CONFIG_UNREADABLE', error instanceof Error ? error.message : String(error));
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(
      'CONFIG_INVALID',
      `${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function describe(issue: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
  return `${issue.path.length === 0 ? 'top level' : issue.path.map(String).join('.')}: ${issue.message}`;
}
