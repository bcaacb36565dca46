import { z } from 'zod';
import { EventData } from '../../../protocols/backend/events.ts';
import { DeviceState } from '../../../protocols/backend/presence.ts';

// What a test and the process of its counter say to each other.

/** Of the counter's broker, on loopback; nobody else is in the virtual machine. */
export const BROKER_PORT = 18_830;

/** The simulated devices of the counter, all on this machine's own USB. */
export const GUNS = ['hid-pos', 'com', 'keyboard'] as const;
export type Gun = (typeof GUNS)[number];
export type CounterDevice = Gun | 'printer';

const device = z.enum([...GUNS, 'printer']);
const id = z.int();

export const CounterOrder = z.discriminatedUnion('do', [
  z.object({ id, do: z.enum(['plug', 'pull']), device }),
  /** the backend asks for an order; its channel answers so late */
  z.object({ id, do: z.literal('collect'), orderId: z.string(), answerAfterMs: z.int() }),
  z.object({ id, do: z.literal('scan'), gun: z.enum(GUNS), code: z.string() }),
  z.object({ id, do: z.literal('ledger'), orderId: z.string() }),
]);
export type CounterOrder = z.infer<typeof CounterOrder>;

const Ledger = z.object({ charges: z.int(), reversals: z.int(), netFen: z.int() });

export const CounterNews = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), printerPath: z.string() }),
  z.object({ kind: z.literal('done'), id, error: z.string().optional(), ledger: Ledger.optional() }),
  /** as the agent says it to its backend */
  z.object({ kind: z.literal('device'), state: DeviceState }),
  /** the channel has the money, its answer is still on its way */
  z.object({ kind: z.literal('charged'), orderId: z.string() }),
  z.object({ kind: z.literal('event'), event: EventData }),
  /** the first bytes of a slip are in the printer */
  z.object({ kind: z.literal('printing') }),
  z.object({ kind: z.literal('slip') }),
]);
export type CounterNews = z.infer<typeof CounterNews>;
