import { z } from 'zod';
import { id, millis, payChannel, text, version } from './fields.ts';
import { DeclaredTerminal } from './requests.ts';
import { DEVICES } from './topics.ts';

// How an agent is present: connected or lost, what runs there, its devices, and how far its clock is off.

/** `state`, retained. The last will carries the same boot and conn with s = lost. */
export const AgentState = z.strictObject({
  v: version,
  s: z.enum(['online', 'offline', 'lost']),
  /** ULID of this process's start */
  boot: id,
  /** counts the connections of this boot, so that an old connection's will cannot overwrite a new one unnoticed */
  conn: z.int().nonnegative(),
  ts: millis,
});
export type AgentState = z.infer<typeof AgentState>;

/** `info`, retained: what runs there; secrets removed. */
export const AgentInfo = z.strictObject({
  v: version,
  version: text(32),
  node: text(32),
  os: text(64),
  boot: id,
  channels: z.array(payChannel).max(16),
  /**
   * terminal_info by the acquirers' names of the fields (payment.md 4.3), as far as it is not of one payment: what this till
   * says of itself, for the backend to hold against the registration. `encrypt_rand_num` and `secret_text` are never here: the
   * key for them stays in the certified terminal
   */
  terminal: DeclaredTerminal.optional(),
});
export type AgentInfo = z.infer<typeof AgentInfo>;

/** `dev/{dev}/state`, retained: can the device be used, since when, and if not why. */
export const DeviceState = z.strictObject({
  v: version,
  dev: z.enum(DEVICES),
  avail: z.enum(['online', 'offline']),
  /** an error code of the agent */
  reason: text(32).optional(),
  since: millis,
});
export type DeviceState = z.infer<typeof DeviceState>;

export const TimeRequest = z.strictObject({ v: version, id, sent: millis });
export const TimeReply = z.strictObject({ v: version, id, sent: millis, ts: millis });
export type TimeRequest = z.infer<typeof TimeRequest>;
export type TimeReply = z.infer<typeof TimeReply>;
