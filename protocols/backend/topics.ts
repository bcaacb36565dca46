// pos/v1/{tenant}/{store}/{agent}/...: the contract's table stands in field-lessons.md 5.1. The version is in the topic.

export interface TillAddress {
  readonly tenant: string;
  readonly store: string;
  readonly agent: string;
  /** a till that practises: under topics that no live backend listens to */
  readonly training?: true;
}

/** Asked of a channel through the backend, answered in the channel's own codes. */
export const CHANNEL_OPS = ['pay', 'query', 'reverse', 'refund', 'refund-query'] as const;
export type ChannelOp = (typeof CHANNEL_OPS)[number];
export const REQUEST_OPS = [...CHANNEL_OPS, 'intent'] as const;
export type RequestOp = (typeof REQUEST_OPS)[number];

/** The devices of a till, as the contract names them. */
export const DEVICES = ['scanner', 'printer', 'terminal'] as const;
export type Device = (typeof DEVICES)[number];

/** One level of a topic: what the three parts of a till's address may look like. */
export const TOPIC_LEVEL = /^[a-z0-9-]{1,64}$/;

export function topicRoot(till: TillAddress): string {
  return `${till.training ? 'training' : 'pos'}/v1/${till.tenant}/${till.store}/${till.agent}`;
}

/** Every topic of one till. `up` is written by the agent, `down` by the backend; who may retain stands beside each. */
export function topicsOf(till: TillAddress) {
  const root = topicRoot(till);
  return {
    /** up, QoS 1, retained, and the last will */
    state: `${root}/state`,
    /** up, QoS 1, retained */
    info: `${root}/info`,
    /** up, QoS 1, retained */
    device: (dev: Device) => `${root}/dev/${dev}/state`,
    /** up, QoS 1, never retained: the only topic that ever carries a paycode is `req/pay` */
    request: (op: RequestOp) => `${root}/req/${op}`,
    /** down, QoS 1, never retained */
    reply: (requestId: string) => `${root}/rep/${requestId}`,
    replies: `${root}/rep/+`,
    /** down, QoS 1, a retained one is refused */
    command: (verb: string) => `${root}/cmd/${verb}`,
    commands: `${root}/cmd/+`,
    /** up, QoS 1 */
    result: (commandId: string) => `${root}/res/${commandId}`,
    /** up, QoS 1, from the outbox */
    event: (type: string) => `${root}/evt/${type}`,
    /** down, QoS 1: cumulative application acknowledgement, the only thing that empties the outbox */
    eventAck: `${root}/evt-ack`,
    /** up, QoS 0, retained, once a minute */
    health: `${root}/health`,
    /** up, QoS 1, retained while it is so; an empty message takes it away */
    alert: (code: string) => `${root}/alert/${code.toLowerCase().replaceAll('_', '-')}`,
    /** up, QoS 1, never retained: somebody's signature */
    signature: `${root}/signature`,
    /** down, QoS 1 */
    signatureAck: `${root}/signature-ack`,
    /** up, QoS 0 */
    timeRequest: `${root}/time/req`,
    /** down, QoS 0 */
    timeReply: `${root}/time/res`,
  } as const;
}

/** A topic taken apart: whose till, and the levels behind its root. `undefined` when it is not of this contract. */
export function parseTopic(topic: string): { till: TillAddress; path: readonly string[] } | undefined {
  const [kind, version, tenant = '', store = '', agent = '', ...path] = topic.split('/');
  if ((kind !== 'pos' && kind !== 'training') || version !== 'v1' || path.length === 0) return undefined;
  if (![tenant, store, agent].every((level) => TOPIC_LEVEL.test(level))) return undefined;
  return { till: { tenant, store, agent, ...(kind === 'training' ? { training: true as const } : {}) }, path };
}
