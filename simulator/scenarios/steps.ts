import { z } from 'zod';
import { CHANNEL_OPS, REQUEST_OPS } from '../../protocols/backend/topics.ts';
import { CHANNELS } from '../../protocols/paycode/paycode.ts';
import { WALLETS, type Wallet } from '../devices/phone.ts';
import { TERMINAL_FAULTS, type TerminalFault } from '../faults/terminal-faults.ts';
import { MIS_FAULTS, type MisFault } from '../terminals/mis-faults.ts';
import { AT_THE_PAD, AT_THE_TERMINAL } from './card-steps.ts';
import { Expectations } from './expectations.ts';
import { Duration, DurationOrNever, OrderName, Yuan } from './terms.ts';

// What can happen in a story, one line each, named by who does it. Every step may say how long it may take, and a step that
// the till answers may say what it is told: a code; without it the till must agree.

const rest = { within: Duration.optional().describe('how long it may take; 10 s when nothing is said') };
const order = OrderName.optional();
const told = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/)
  .optional()
  .describe('the code of the answer; without it the till must agree');
const wallet = z.enum(Object.keys(WALLETS) as [Wallet, ...Wallet[]]).optional();
const times = z.int().min(1).max(60).optional();
const code = z.string().min(1).max(64);

const Line = z.strictObject({
  name: z.string().min(1).max(40),
  quantity: z.string(),
  price: Yuan,
  amount: Yuan,
});

const Clerk = z.discriminatedUnion('clerk', [
  z.strictObject({ clerk: z.literal('keys in'), yuan: Yuan.optional(), order, told, ...rest }),
  z.strictObject({ clerk: z.literal('takes a card'), yuan: Yuan.optional(), order, told, ...rest }),
  z.strictObject({ clerk: z.literal('settles the terminal'), told, ...rest }),
  z.strictObject({ clerk: z.literal('cancels'), order, told, ...rest }),
  z.strictObject({ clerk: z.literal('asks again'), order, told, ...rest }),
  z.strictObject({ clerk: z.literal('prints again'), order, told, ...rest }),
  z.strictObject({ clerk: z.literal('types the code'), order, told, ...rest }),
  z.strictObject({ clerk: z.literal('looks at the slip'), sees: z.enum(['whole', 'not whole']), told, ...rest }),
  z.strictObject({
    clerk: z.literal('shows a code'),
    yuan: Yuan.optional(),
    order,
    channel: z.enum(CHANNELS).optional(),
    forms: z.array(z.enum(['screen', 'slip', 'delivery', 'link'])).optional(),
    deliveryId: z.string().optional(),
    lines: z.array(Line).max(20).optional(),
    validFor: Duration.optional(),
    told,
    ...rest,
  }),
  z.strictObject({ clerk: z.literal('takes the code back'), order, told, ...rest }),
  z.strictObject({
    clerk: z.literal('prints the code again'),
    form: z.enum(['slip', 'delivery']),
    order,
    told,
    ...rest,
  }),
]);

/** What customers hold before the gun by mistake, and what makes each of them wrong. */
export const WRONG_CODES = {
  'the same code again': undefined,
  'a collection code': 'wxp://f2f0AbCdEfGhIjKlMnOpQrStUv012345',
  "somebody's personal code": 'https://qr.alipay.com/fkx10529abcdefghijklmn1a',
  'a product barcode': '6901234567892',
  'an identity number': '11010519491231002X',
  'a web address': 'https://example.com/menu',
  'half a code': '1300123456',
} as const;

const Customer = z.discriminatedUnion('customer', [
  z.strictObject({
    customer: z.literal('shows'),
    wallet,
    what: z
      .enum(Object.keys(WRONG_CODES) as [keyof typeof WRONG_CODES, ...(keyof typeof WRONG_CODES)[]])
      .optional()
      .describe('a fresh paycode of the wallet when nothing is said'),
    ...rest,
  }),
  ...[...AT_THE_TERMINAL, ...AT_THE_PAD].map((deed) => z.strictObject({ customer: z.literal(deed), ...rest })),
  z.strictObject({
    customer: z.literal('scans the code of the shop'),
    wallet,
    order,
    pays: Yuan.optional().describe('another amount than asked for: a fault of the provider'),
    hadItOpen: z.boolean().optional().describe('the page was open before the code was taken back'),
    ...rest,
  }),
]);

const after = DurationOrNever;
const Phone = z.discriminatedUnion('phone', [
  z.strictObject({ phone: z.literal('pays at once'), ...rest }),
  z.strictObject({ phone: z.literal('asks for the password'), paysAfter: after, ...rest }),
  z.strictObject({ phone: z.literal('asks and is cancelled'), after: Duration, ...rest }),
  z.strictObject({ phone: z.literal('is refused'), code, message: z.string().max(200).optional(), ...rest }),
  z.strictObject({ phone: z.literal('gets no clear answer'), code, paysAfter: after, ...rest }),
]);

const to = z.enum(CHANNEL_OPS);
const Channel = z.discriminatedUnion('channel', [
  z.strictObject({ channel: z.literal('answers'), to, times, ...rest }),
  z.strictObject({ channel: z.literal('loses its answer'), to, times, ...rest }),
  z.strictObject({ channel: z.literal('answers late'), to, by: Duration, times, ...rest }),
  z.strictObject({ channel: z.literal('is in trouble'), to, code, retry: z.boolean().optional(), times, ...rest }),
  z.strictObject({
    channel: z.literal('gives money back'),
    when: z.union([z.literal('at once'), z.literal('not at all'), DurationOrNever]),
    ...rest,
  }),
]);

const hex = z.string().regex(/^([0-9a-fA-F]{2}){0,200}$/);
const Gun = z.discriminatedUnion('gun', [
  z.strictObject({
    gun: z.literal('reads'),
    times,
    every: Duration.optional(),
    before: hex.optional().describe('bytes in front of the code, as hex: "5d5131" is ]Q1'),
    ending: hex.optional().describe('0d0a when nothing is said; "" is no ending'),
    ...rest,
  }),
  z.strictObject({ gun: z.literal('reads half'), characters: z.int().min(1).max(40), ...rest }),
  z.strictObject({ gun: z.literal('says'), bytes: hex, ...rest }),
  z.strictObject({ gun: z.literal('is pulled'), ...rest }),
  z.strictObject({ gun: z.literal('is plugged in'), ...rest }),
]);

const afterBytes = z.int().min(1).max(10_000).optional().describe('so many more bytes reach it first');
const Printer = z.discriminatedUnion('printer', [
  z.strictObject({ printer: z.literal('runs out of paper'), afterBytes, ...rest }),
  z.strictObject({ printer: z.literal('gets paper'), ...rest }),
  z.strictObject({ printer: z.literal('is opened'), afterBytes, ...rest }),
  z.strictObject({ printer: z.literal('is closed'), ...rest }),
  z.strictObject({ printer: z.literal('is pulled'), afterBytes, ...rest }),
  z.strictObject({ printer: z.literal('is plugged in'), ...rest }),
  z.strictObject({ printer: z.literal('loses power'), afterBytes, ...rest }),
  z.strictObject({ printer: z.literal('gets power'), ...rest }),
  z.strictObject({ printer: z.literal('says nothing more'), afterBytes, ...rest }),
  z.strictObject({ printer: z.literal('answers again'), ...rest }),
  z.strictObject({ printer: z.literal('takes no bytes'), ...rest }),
  z.strictObject({ printer: z.literal('takes bytes again'), ...rest }),
]);

type AnyTerminalFault = TerminalFault | MisFault;
const how = z
  .enum(Object.keys({ ...TERMINAL_FAULTS, ...MIS_FAULTS }) as [AnyTerminalFault, ...AnyTerminalFault[]])
  .describe('once, the next time it can; `tillwire-sim terminal --list` says what each does');
const Terminal = z.discriminatedUnion('terminal', [
  z.strictObject({ terminal: z.literal('goes wrong'), how, ...rest }),
  z.strictObject({ terminal: z.literal('is pulled'), ...rest }),
  z.strictObject({ terminal: z.literal('is plugged in'), ...rest }),
  z.strictObject({ terminal: z.literal('needs its end of day'), ...rest }),
  z.strictObject({ terminal: z.literal('runs out of paper'), ...rest }),
  z.strictObject({ terminal: z.literal('gets paper'), ...rest }),
]);

const Pad = z.discriminatedUnion('pad', [
  z.strictObject({ pad: z.literal('is pulled'), ...rest }),
  z.strictObject({ pad: z.literal('is plugged in'), ...rest }),
]);

const Network = z.discriminatedUnion('network', [
  z.strictObject({ network: z.literal('falls'), ...rest }),
  z.strictObject({ network: z.literal('is back'), ...rest }),
  z.strictObject({ network: z.literal('is cut for a moment'), ...rest }),
  z.strictObject({ network: z.literal('swallows everything'), ...rest }),
]);

const Broker = z.discriminatedUnion('broker', [
  z.strictObject({ broker: z.literal('refuses the login'), ...rest }),
  z.strictObject({ broker: z.literal('admits the till again'), ...rest }),
]);

const verb = z.string().regex(/^[a-z][a-z-]{0,31}$/);
const Backend = z.discriminatedUnion('backend', [
  z.strictObject({ backend: z.literal('asks to collect'), yuan: Yuan.optional(), order, told, ...rest }),
  z.strictObject({ backend: z.literal('asks for a card'), yuan: Yuan.optional(), order, told, ...rest }),
  z.strictObject({
    backend: z.literal('sends'),
    verb,
    args: z.record(z.string(), z.json()).describe('"$order" is the number of the order'),
    signed: z.boolean().optional(),
    validFor: Duration.optional(),
    retained: z.boolean().optional(),
    unheard: z.boolean().optional().describe('nobody waits for the answer'),
    told,
    ...rest,
  }),
  z.strictObject({
    backend: z.literal('sends it again'),
    times,
    yuan: Yuan.optional().describe('under the same id, with another amount'),
    retained: z.boolean().optional(),
    told,
    ...rest,
  }),
  z.strictObject({
    backend: z.literal('gives back'),
    yuan: Yuan,
    order,
    refund: z.string().optional(),
    signed: z.boolean().optional().describe('signed unless it says false'),
    told,
    ...rest,
  }),
  z.strictObject({ backend: z.literal('loses the request'), op: z.enum(REQUEST_OPS), ...rest }),
  z.strictObject({ backend: z.literal('loses its reply'), to: z.enum(REQUEST_OPS), ...rest }),
  z.strictObject({ backend: z.literal('replies late'), to: z.enum(REQUEST_OPS), by: Duration, ...rest }),
  z.strictObject({ backend: z.literal('goes away'), ...rest }),
  z.strictObject({ backend: z.literal('is back'), ...rest }),
  z.strictObject({ backend: z.literal('says nothing of payments'), ...rest }),
  z.strictObject({ backend: z.literal('acknowledges no events'), ...rest }),
  z.strictObject({ backend: z.literal('acknowledges events again'), ...rest }),
]);

const Agent = z.discriminatedUnion('agent', [
  z.strictObject({ agent: z.literal('is killed'), ...rest }),
  z.strictObject({ agent: z.literal('is told to stop'), ...rest }),
  z.strictObject({
    agent: z.literal('is started'),
    ready: z.boolean().optional().describe('false: nobody waits until it sees gun and printer'),
    ...rest,
  }),
  z.strictObject({ agent: z.literal('is started a second time'), told, ...rest }),
]);

const Journal = z.discriminatedUnion('journal', [
  z.strictObject({ journal: z.literal('loses its last bytes'), bytes: z.int().min(1).max(500), ...rest }),
  z.strictObject({ journal: z.literal('is damaged in the middle'), ...rest }),
]);

const ClockStep = z.discriminatedUnion('clock', [
  z.strictObject({ clock: z.literal('is ahead'), by: Duration, ...rest }),
  z.strictObject({ clock: z.literal('is behind'), by: Duration, ...rest }),
  z.strictObject({ clock: z.literal('is right'), ...rest }),
]);

const Time = z.strictObject({ wait: Duration });
const Until = z.strictObject({ until: Expectations, ...rest });

/** Who can do something, and what. */
export const ACTORS = {
  clerk: Clerk,
  customer: Customer,
  phone: Phone,
  channel: Channel,
  gun: Gun,
  printer: Printer,
  terminal: Terminal,
  pad: Pad,
  network: Network,
  broker: Broker,
  backend: Backend,
  agent: Agent,
  journal: Journal,
  clock: ClockStep,
  wait: Time,
  until: Until,
} as const;

export type Actor = keyof typeof ACTORS;

export const Step = z.union(Object.values(ACTORS) as unknown as readonly [typeof Clerk, ...StepSchema[]]);
type StepSchema = (typeof ACTORS)[Actor];

export type Step = { [A in Actor]: z.infer<(typeof ACTORS)[A]> }[Actor];
export type StepOf<A extends Actor> = z.infer<(typeof ACTORS)[A]>;
