import { z } from 'zod';
import { CommandEnvelope, CommandResult } from './commands.ts';
import { EventAck, EventData, EventEnvelope } from './events.ts';
import { CONTRACT_VERSION } from './fields.ts';
import { Alert, Health } from './health.ts';
import { AgentInfo, AgentState, DeviceState, TimeReply, TimeRequest } from './presence.ts';
import { Reply } from './replies.ts';
import { Request } from './requests.ts';
import { SignatureAck, SignatureUpload } from './signatures.ts';
import { type RequestOp, topicsOf } from './topics.ts';
import { COMMAND_VERBS, type CommandVerb } from './verbs.ts';

// The MQTT contract as AsyncAPI 3.0, made from the schemas that check every message. Seen from the agent: it sends `up` and
// receives `down`.

/** One topic of the contract. */
export interface ContractTopic {
  /** stable name in the document */
  readonly id: string;
  readonly address: string;
  readonly direction: 'up' | 'down';
  readonly qos: 0 | 1;
  readonly retained: 'yes' | 'no' | 'never';
  readonly title: string;
  readonly payload: z.ZodType;
}

const T = topicsOf({ tenant: '{tenant}', store: '{store}', agent: '{agent}' });

const REQUESTS = {
  pay: 'Take the money of a scanned code. The only message that ever carries a paycode; refused past `exp`',
  query: 'What became of an attempt',
  reverse: 'Undo an attempt: nothing was paid, or it goes back',
  refund:
    'Give money of a paid attempt back to where it came from; idempotent by `refundId`; a copy (same `requestId`) gets the first answer; refused past `exp`',
  'refund-query': 'What became of a refund',
  intent: 'Make, ask after or close a code for an exact amount; on the wire its id stands where an attempt’s does',
} as const satisfies Record<RequestOp, string>;
const COMMANDS = {
  collect: 'Ask the counter to collect an order; the next scanned paycode pays it',
  'card-sale': 'Take an order on the card terminal beside the till, now',
  'card-preauth': 'Hold an amount on the customer’s card for an order, now (预授权); nothing is charged',
  'card-preauth-complete': 'Charge the order’s hold (预授权完成), at most what the till allows of it',
  'card-preauth-cancel': 'Give the order’s hold up (预授权撤销)',
  'card-settle': 'The end of day of the card terminal: its batch goes to the host',
  'card-reprint': 'The card terminal’s own receipt of its last transaction, once more, marked',
  refund: 'Give money back. Without `approvedBy` it waits for a second person',
  cancel: 'Give up on an order that is not paid: one last question, then the reversal',
  query: 'What the till knows of an order',
  print: 'Print the slip of a payment or a refund again, marked',
  config: 'Settings without a rule about money in them',
  limits: 'How much at once and in a day',
  'rule-table': 'Rules by which codes are told apart',
  templates: 'Words and layout of slips',
  notice: 'Something the people at the counter must read',
  suspend: 'Collecting stops, or soon will',
  resume: 'Collecting goes on',
  diagnose: 'Look whether everything is well',
  resolve: 'A person found out what became of money',
  intent: 'Ask for an exact amount with a code on screen, a slip, a delivery document or a link',
  'intent-cancel': 'Close an intent; it may still turn out to be paid',
  'intent-query': 'Ask after an intent now',
  'intent-print': 'The code of an intent on paper; a second print is marked',
  'intent-notify': 'The backend heard of a payment. Believed at once when signed, otherwise a reason to ask',
} as const satisfies Record<CommandVerb, string>;
const SIGNED = {
  never: '',
  loosening: '. Signed when it gives more room than there is now',
  always: '. Signed',
} as const;
const EVENTS = {
  attempt: 'An attempt reached a new state; final states are results and never dropped',
  slip: "A slip's claim and its evidence",
  'scan-refused': 'Something was scanned that starts no payment; carries no text of it',
  clock: "The till's wall clock can no longer be believed, or can again",
  intent: 'An intent reached a new state, or a payment turned up that nobody may take for granted',
  refund: 'A refund reached a new state',
  resolution: 'A person found out what the till could not, and says so',
  settings: 'What the till holds to has changed',
  terminal: 'What this till found out about its terminal, or a time in the state of the terminal that is over: it asks',
  'notice-ack': 'A person at the till says that a notice was read',
  limit: 'A limit of the day or the hour is nearly used up, or has refused a payment; once per limit and period',
  signal: 'Something that a risk desk may want to look at; never a verdict, nobody is refused because of it',
  alert: 'Something is wrong that no single payment shows: for whoever watches many tills',
  report: 'A person at the till reports something unusual',
  hold: 'A hold was asked for or given up at the card terminal, and where it stands; no money of the shop’s; never dropped once it is known',
  closing: 'A shift (X) or business day (Z) was closed, with what it came to and which events are in it; never dropped',
  'terminal-late': 'The card terminal spoke of a transaction that nobody waited for: evidence, never applied',
} as const satisfies Record<EventData['type'], string>;

export const CONTRACT_TOPICS: readonly ContractTopic[] = [
  up('state', T.state, 1, 'yes', 'Is the till there; also the last will (s = lost)', AgentState),
  up('info', T.info, 1, 'yes', 'What runs there; secrets removed', AgentInfo),
  up(
    'device',
    `${T.state.slice(0, -'state'.length)}dev/{dev}/state`,
    1,
    'yes',
    'Can the device be used, since when, and if not why',
    DeviceState,
  ),
  ...Request.options.map((request) => {
    const op = request.shape.op.value;
    return up(`req-${op}`, T.request(op), 1, 'never', REQUESTS[op], request);
  }),
  down(
    'rep',
    T.reply('{requestId}'),
    1,
    'never',
    "The answer to one request: the channel's own code, or a refusal that proves nothing moved",
    Reply,
  ),
  ...Object.entries(COMMAND_VERBS).map(([verb, { args, signature }]) =>
    down(
      `cmd-${verb}`,
      T.command(verb),
      1,
      'never',
      COMMANDS[verb as CommandVerb] + SIGNED[signature],
      CommandEnvelope.extend({ type: z.literal(verb), args }),
    ),
  ),
  up('res', T.result('{id}'), 1, 'no', 'What became of a command: accepted, progress, final', CommandResult),
  ...EventData.options.map((data) => {
    const type = data.shape.type.value;
    return up(`evt-${type}`, T.event(type), 1, 'no', EVENTS[type], EventEnvelope.extend({ data }));
  }),
  down(
    'evt-ack',
    T.eventAck,
    1,
    'no',
    'Every event up to `upto` is kept by the backend: the only thing that empties the outbox',
    EventAck,
  ),
  up('health', T.health, 0, 'yes', 'How the till is, once a minute; counters begin with the boot', Health),
  up('alert', T.alert('{code}'), 1, 'yes', 'Somebody must see to it; an empty message takes it away', Alert),
  up(
    'signature',
    T.signature,
    1,
    'never',
    "A customer's signature for the acquirer (0820); at least once, keyed by batch and trace",
    SignatureUpload,
  ),
  down(
    'signature-ack',
    T.signatureAck,
    1,
    'never',
    'What the acquirer said to it: 00, or 94 for the second time',
    SignatureAck,
  ),
  up('time-req', T.timeRequest, 0, 'no', 'What time is it', TimeRequest),
  down('time-res', T.timeReply, 0, 'no', "The backend's time", TimeReply),
];

function up(
  id: string,
  address: string,
  qos: 0 | 1,
  retained: ContractTopic['retained'],
  title: string,
  payload: z.ZodType,
) {
  return { id, address, direction: 'up', qos, retained, title, payload } as const;
}

function down(
  id: string,
  address: string,
  qos: 0 | 1,
  retained: ContractTopic['retained'],
  title: string,
  payload: z.ZodType,
) {
  return { id, address, direction: 'down', qos, retained, title, payload } as const;
}

/** A message's JSON Schema, as whoever sends it sees it. */
export function payloadSchema({ payload }: ContractTopic): Record<string, unknown> {
  const { $schema: _draft, ...schema } = z.toJSONSchema(payload, { io: 'input', reused: 'inline' });
  return schema;
}

/** The document. */
export function asyncApi(): object {
  const channels: Record<string, object> = {};
  const operations: Record<string, object> = {};
  const messages: Record<string, object> = {};
  for (const topic of CONTRACT_TOPICS) {
    const { id, address, direction, qos, retained, title } = topic;
    messages[id] = { name: id, title, contentType: 'application/json', payload: payloadSchema(topic) };
    channels[id] = {
      address,
      title,
      messages: { [id]: { $ref: `#/components/messages/${id}` } },
      parameters: parametersOf(address),
    };
    operations[`${direction === 'up' ? 'send' : 'receive'}-${id}`] = {
      action: direction === 'up' ? 'send' : 'receive',
      channel: { $ref: `#/channels/${id}` },
      summary: title,
      messages: [{ $ref: `#/channels/${id}/messages/${id}` }],
      bindings: { mqtt: { qos, retain: retained === 'yes', bindingVersion: '0.2.0' } },
      ...(retained === 'never' ? { description: 'Never retained: a retained one is refused.' } : {}),
    };
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tillwire MQTT contract',
      version: `${CONTRACT_VERSION}.0.0`,
      description: 'Between a till and its backend. Seen from the till: it sends what goes up.',
    },
    defaultContentType: 'application/json',
    channels,
    operations,
    components: { messages },
  };
}

const PARAMETERS: Readonly<Record<string, string>> = {
  tenant: 'who runs the shops',
  store: 'one shop',
  agent: 'one till',
  dev: 'a device of the till',
  requestId: 'of the request that is answered',
  id: 'of the command',
  code: 'of the error table, in small letters with hyphens',
};

function parametersOf(address: string): Record<string, object> {
  const names = [...address.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
  return Object.fromEntries(names.map((name) => [name, { description: PARAMETERS[name] ?? name }]));
}
