import { z } from '@hono/zod-openapi';
import { CHANNELS } from '../../protocols/paycode/paycode.ts';
import { WALLETS, type Wallet } from '../devices/phone.ts';
import { GUN_FAULTS, type GunFault } from '../faults/gun-faults.ts';

// What the lab page is told and what it may ask for. The page and every other program see the same.

export const Words = z.strictObject({ zh: z.string(), en: z.string() });
export type Words = z.infer<typeof Words>;

const fen = z.int().min(1).max(10_000_000);
const millis = z.int().nonnegative();
const wallet = z.enum(Object.keys(WALLETS) as [Wallet, ...Wallet[]]);
const gunFault = z.enum(Object.keys(GUN_FAULTS) as [GunFault, ...GunFault[]]);

/** What the customer does when the payment reaches the phone. */
export const MOODS = ['asks', 'pays', 'declines', 'insufficient', 'away'] as const;
export type Mood = (typeof MOODS)[number];

/** What the gun is aimed at. */
export const TARGETS = ['phone', 'phone-again', 'product', 'collection-code', 'text'] as const;

export const PLUGS = ['gun', 'printer', 'terminal', 'pad'] as const;
export type PlugName = (typeof PLUGS)[number];

// --- what is asked ------------------------------------------------------------------------------------------------

export const OrderBody = z.strictObject({
  amountFen: fen,
  orderId: z
    .string()
    .regex(/^[0-9A-Za-z_-]{1,32}$/)
    .optional(),
  title: z.string().max(64).optional(),
});
export const CardSaleBody = z.strictObject({ amountFen: fen });

const penPoint = z.strictObject({
  /** ms since the first */
  t: z.number().min(0).max(600_000),
  /** dots of the pad */
  x: z.number().min(-2_000).max(4_000),
  y: z.number().min(-2_000).max(4_000),
  p: z.number().min(0).max(1),
});
export const SignBody = z.strictObject({
  does: z.enum(['signs', 'signs-for-me', 'cancels']),
  /** with `signs`: each stroke from pen down to pen up */
  strokes: z.array(z.array(penPoint).max(2_000)).max(200).optional(),
});
export const CardBody = z.strictObject({
  does: z.enum(['presents', 'taps', 'types', 'cancels']),
  /** with `types` */
  pin: z
    .string()
    .regex(/^\d{1,12}$/)
    .optional(),
});
export const PhoneBody = z.strictObject({
  wallet: wallet.optional(),
  mood: z.enum(MOODS).optional(),
  /** a new code now, before its minute is over */
  turn: z.boolean().optional(),
});
export const PhoneAnswerBody = z.strictObject({ pays: z.boolean() });
export const ScanBody = z.strictObject({
  target: z.enum(TARGETS).default('phone'),
  /** with `text` */
  text: z.string().min(1).max(512).optional(),
  fault: gunFault.optional(),
});
export const PlugBody = z.strictObject({ device: z.enum(PLUGS), plugged: z.boolean() });
export const PrinterBody = z.strictObject({
  paper: z.enum(['ok', 'near-end', 'end']).optional(),
  cover: z.enum(['closed', 'open']).optional(),
  power: z.boolean().optional(),
  /** the next cut gets stuck */
  jam: z.literal(true).optional(),
  /** somebody tears off what hangs out */
  tear: z.literal(true).optional(),
});
export const DrawerBody = z.strictObject({ open: z.boolean() });
export const FaultBody = z.strictObject({
  /** as the panel lists it: wire and name */
  fault: z.string().max(64),
});
export const NetworkBody = z.strictObject({ up: z.boolean() });
export const StoryBody = z
  .strictObject({
    /** of the catalogue */
    name: z.string().max(80).optional(),
    /** or a story of one's own, in the form of the catalogue's files */
    scenario: z.record(z.string(), z.unknown()).optional(),
  })
  .refine(({ name, scenario }) => (name === undefined) !== (scenario === undefined), { error: 'name or scenario' });
export const NothingBody = z.strictObject({});
export const ClockBody = z.strictObject({ aheadMs: z.int().min(-86_400_000).max(86_400_000) });

// --- what is told -------------------------------------------------------------------------------------------------

export const PhoneView = z.strictObject({
  wallet,
  name: z.string(),
  mood: z.enum(MOODS),
  /** what the customer shows: a simulated one's, it pays nowhere else */
  code: z.string(),
  turnsAt: millis,
  lifeMs: z.int(),
  /** a payment that the phone asks about */
  asking: z.strictObject({ attemptId: z.string(), amountFen: fen }).nullable(),
  /** how the last one ended, as the phone shows it */
  ended: z.strictObject({ how: z.enum(['paid', 'declined', 'closed', 'refunded']), amountFen: fen }).nullable(),
});
export const GunView = z.strictObject({
  path: z.string(),
  plugged: z.boolean(),
  scans: z.int(),
  /** how the last reading ended, as far as the gun can know */
  ending: z.string().nullable(),
});
export const PrinterView = z.strictObject({
  path: z.string(),
  plugged: z.boolean(),
  on: z.boolean(),
  paperMm: z.union([z.literal(58), z.literal(80)]),
  dots: z.int(),
  paper: z.enum(['ok', 'near-end', 'end']),
  cover: z.enum(['closed', 'open']),
  error: z.enum(['none', 'cutter', 'hot', 'unrecoverable']),
  jamArmed: z.boolean(),
  /** slips that came out, newest last; `n` is their number */
  slips: z.array(z.strictObject({ n: z.int(), at: millis, rows: z.int(), text: z.string() })),
  /** what hangs out and is not cut off; `v` changes with it */
  hanging: z.strictObject({ v: z.int(), rows: z.int() }).nullable(),
  drawerOpen: z.boolean(),
});
export const TerminalView = z.strictObject({
  path: z.string(),
  plugged: z.boolean(),
  /** what it is, in English */
  make: z.string(),
  /** its name in the table of makes; null: it came from a file */
  makeName: z.string().nullable(),
  /** this make goes by the amount alone */
  asksNobody: z.boolean(),
  screen: z.enum(['idle', 'card', 'pin', 'host', 'result']),
  amountFen: fen.nullable(),
  wrongPins: z.int(),
  /** of the card on this counter: nobody else's */
  pinHint: z.string(),
  needsSettlement: z.boolean(),
  last: z.strictObject({ kind: z.string(), amountFen: z.int(), state: z.string() }).nullable(),
  totalFen: z.int(),
});
export const PadView = z.strictObject({
  path: z.string(),
  plugged: z.boolean(),
  /** the page that the customer has to sign: its dots */
  asking: z.strictObject({ width: z.int(), height: z.int() }).nullable(),
  /** signatures that it has given */
  signatures: z.int(),
});
export const TillView = z.strictObject({
  state: z.enum(['never', 'online', 'offline', 'lost']),
  address: z.string(),
  devices: z.array(z.strictObject({ dev: z.string(), avail: z.string(), reason: z.string().optional() })),
  /** the clerk's page, if somebody said where it is */
  page: z.string().nullable(),
});
export const AttemptView = z.strictObject({
  attemptId: z.string(),
  channel: z.string(),
  state: z.string(),
  category: z.string(),
  transactionId: z.string().optional(),
  slip: z.string().optional(),
});
export const OrderView = z.strictObject({
  orderId: z.string(),
  amountFen: fen,
  at: millis,
  /** the till's first word on it */
  answer: z.string().nullable(),
  attempts: z.array(AttemptView),
  netFen: z.int(),
});
export const BackendView = z.strictObject({
  brokerUrl: z.string(),
  up: z.boolean(),
  clients: z.int(),
  aheadMs: z.int(),
  orders: z.array(OrderView),
});
export const LedgerView = z.strictObject({
  entries: z.array(
    z.strictObject({
      kind: z.enum(['charge', 'reversal', 'refund']),
      at: millis,
      orderId: z.string(),
      attemptId: z.string(),
      channel: z.enum(CHANNELS),
      amountFen: fen,
      transactionId: z.string(),
    }),
  ),
  charges: z.int(),
  reversals: z.int(),
  netFen: z.int(),
});
export const FaultsView = z.strictObject({
  /** armed and waiting to happen */
  waiting: z.array(z.string()),
  happened: z.int(),
});

export const StoryView = z.strictObject({
  /** the name of the story that is being played */
  playing: z.string().nullable(),
  /** acts written down since somebody began */
  deeds: z.int(),
  last: z.strictObject({ name: z.string(), ok: z.boolean(), wrong: z.array(z.string()) }).nullable(),
});

export const Line = z.strictObject({
  n: z.int(),
  at: millis,
  wire: z.enum(['gun', 'printer', 'terminal', 'pad', 'mqtt']),
  /** up: to the till; down: from the till to the device. MQTT: up from the till, down to it */
  direction: z.enum(['up', 'down']),
  bytes: z.int(),
  title: z.string(),
  detail: z.string(),
  hex: z.string(),
  fault: z.string().optional(),
});
export type Line = z.infer<typeof Line>;

export const TONES = ['calm', 'good', 'bad', 'wait', 'deed'] as const;
export const Happening = z.strictObject({
  n: z.int(),
  at: millis,
  who: z.enum([
    'person',
    'customer',
    'gun',
    'till',
    'backend',
    'acquirer',
    'printer',
    'terminal',
    'pad',
    'drawer',
    'fault',
  ]),
  tone: z.enum(TONES),
  words: Words,
});
export type Happening = z.infer<typeof Happening>;

export const SECTIONS = {
  phone: PhoneView,
  gun: GunView,
  printer: PrinterView,
  terminal: TerminalView,
  pad: PadView,
  till: TillView,
  backend: BackendView,
  ledger: LedgerView,
  faults: FaultsView,
  story: StoryView,
} as const;
export type SectionName = keyof typeof SECTIONS;
export type Sections = { readonly [N in SectionName]: z.infer<(typeof SECTIONS)[N]> };

export const LabState = z.strictObject(SECTIONS);

export const FaultCard = z.strictObject({ id: z.string(), group: z.string(), words: Words });
export type FaultCard = z.infer<typeof FaultCard>;
export const FaultList = z.strictObject({
  groups: z.array(z.strictObject({ group: z.string(), words: Words })),
  faults: z.array(FaultCard),
});

export const StoryList = z.strictObject({
  stories: z.array(z.strictObject({ name: z.string(), title: Words, covers: z.array(z.string()) })),
});
export const Written = z.strictObject({ scenario: z.record(z.string(), z.unknown()), leftOut: z.array(Words) });

export const Done = z.strictObject({ done: z.literal(true) });
export const ProblemBody = z.strictObject({ status: z.int(), code: z.string(), words: Words });
export type ProblemBody = z.infer<typeof ProblemBody>;
