import { randomBytes } from 'node:crypto';
import { CommandIntake } from '../../../agent/backend/command-intake.ts';
import { BackendCommands } from '../../../agent/backend/commands.ts';
import { EventPublisher } from '../../../agent/backend/event-publisher.ts';
import { type LinkListener, type LinkOptions, MqttLink } from '../../../agent/backend/link.ts';
import type { CommandDesk, CommandMemory, OutboxSource, OutgoingRequest } from '../../../agent/backend/ports.ts';
import { BackendRequests } from '../../../agent/backend/requests.ts';
import { ClockSkew } from '../../../agent/backend/skew.ts';
import { type Clock, systemClock } from '../../../agent/clock.ts';
import type { Log } from '../../../agent/log.ts';
import type { CommandEnvelope, CommandResult } from '../../../protocols/backend/commands.ts';
import type { EventEnvelope } from '../../../protocols/backend/events.ts';
import type { TillAddress } from '../../../protocols/backend/topics.ts';
import { ulid } from '../../../protocols/backend/ulid.ts';
import { Acquirer } from '../../../simulator/acquirer/acquirer.ts';
import { type BackendOptions, SimBackend } from '../../../simulator/backend/backend.ts';

export const TILL: TillAddress = { tenant: 'acme', store: 's001', agent: 'till-1' };

export const newId = () => ulid(Date.now(), randomBytes(10));

/** A clock whose waits are over ten times sooner: for stories about deadlines of seconds. */
export const hurried: Clock = { ...systemClock, after: (ms, run) => systemClock.after(ms / 10, run) };

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly phrase: string;
}

/** A log that is read by the test as the technician would read it. */
export function memoryLog(): Log & { readonly lines: LogLine[]; readonly text: () => string } {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: object, phrase: string) =>
    void lines.push({ level, fields: { ...fields }, phrase });
  return {
    lines,
    text: () => JSON.stringify(lines),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}

/** What survives a restart: the disk of a till, held in memory. */
export class TillDisk implements CommandMemory, OutboxSource {
  readonly accepted = new Map<string, { hash: string; result: CommandResult | undefined }>();
  readonly events: EventEnvelope[] = [];
  acked = 0;
  onAdded: () => void = () => undefined;
  /** stands in for the disk: may be slow, may fail */
  write: () => Promise<void> = () => Promise.resolve();

  recall(id: string) {
    return this.accepted.get(id);
  }

  async accept({ id, hash }: CommandEnvelope): Promise<void> {
    await this.write();
    this.accepted.set(id, { hash, result: undefined });
  }

  pending(after: number, limit: number): readonly EventEnvelope[] {
    return this.events.filter(({ seq }) => seq > after).slice(0, limit);
  }

  acknowledge(upto: number): Promise<void> {
    this.acked = upto;
    this.events.splice(0, this.events.findLastIndex(({ seq }) => seq <= upto) + 1);
    return Promise.resolve();
  }

  add(seq: number): void {
    const data = { type: 'scan-refused', reason: 'WRONG_CODE_KIND', length: 13 } as const;
    this.events.push({ v: 1, seq, id: newId(), boot: 'B', ts: Date.now(), data });
    this.onAdded();
  }
}

export class Counter implements CommandDesk {
  readonly executed: CommandEnvelope[] = [];
  refuse: CommandDesk['refuse'] = () => undefined;

  execute(command: CommandEnvelope): void {
    this.executed.push(command);
  }
}

export interface TillOptions {
  readonly port: number;
  readonly disk?: TillDisk;
  readonly clock?: Clock;
  readonly listener?: LinkListener;
  readonly link?: Partial<LinkOptions>;
}

/** The agent's whole MQTT room, put together as the composition root does. */
export function openTill({ port, disk = new TillDisk(), clock = systemClock, listener, link: more }: TillOptions) {
  const log = memoryLog();
  const boot = newId();
  const link = new MqttLink(
    {
      servers: [{ host: '127.0.0.1', port }],
      clientId: 'till-1',
      till: TILL,
      boot,
      info: { version: '0.1.0', node: process.version, os: process.platform, channels: ['WECHAT', 'ALIPAY'] },
      ...more,
    },
    { clock, random: Math.random, log, backendNow: () => skew.backendNow() },
  );
  const common = { link, till: more?.till ?? TILL, clock, newId, log };
  const skew = new ClockSkew(common);
  const requests = new BackendRequests({ ...common, skew, written: () => Promise.resolve() });
  const counter = new Counter();
  const publishResult = (result: CommandResult): void => commands.publishResult(result);
  const intake = new CommandIntake({ ...common, boot, memory: disk, desk: counter, skew, publishResult });
  const commands: BackendCommands = new BackendCommands({ ...common, intake });
  const publisher = new EventPublisher({ ...common, source: disk });
  if (listener) link.listen(listener);
  link.start();
  return { link, skew, requests, commands, publisher, counter, disk, log, boot };
}

/** A backend with its acquirer, connected and listening. */
export async function openBackend(port: number, more: Partial<BackendOptions> = {}) {
  const acquirer = new Acquirer(systemClock);
  const backend = new SimBackend(
    { host: '127.0.0.1', port, clientId: 'backend', ...more },
    { acquirer, clock: systemClock, newId },
  );
  await backend.start();
  return { backend, acquirer, ledger: acquirer.ledger };
}

let serial = 0;

/** A pay with a paycode nobody used yet. */
export function aPay(attemptId: string, more: { orderId?: string; validForMs?: number; amountFen?: number } = {}) {
  const { orderId = `O-${attemptId}`, validForMs = 50_000, amountFen = 1250 } = more;
  const paycode = `13${String(Date.now()).slice(-9)}${String(serial++).padStart(7, '0')}`;
  const args = { amountFen, currency: 'CNY', channel: 'WECHAT', paycode, source: 'scanner' } as const;
  return { op: 'pay', attemptId, orderId, args, validForMs } as const satisfies OutgoingRequest;
}

export function aQuery(attemptId: string, amountFen = 1250) {
  const args = { amountFen, currency: 'CNY', channel: 'WECHAT' } as const;
  return {
    op: 'query',
    attemptId,
    orderId: `O-${attemptId}`,
    args,
    validForMs: 10_000,
  } as const satisfies OutgoingRequest;
}

/** Waits for something to become true; fails with its name after the deadline. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, deadlineMs = 5_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`still not so after ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Undoes in reverse order what a test has opened. */
export class Closing {
  #steps: (() => unknown)[] = [];

  add<T>(thing: T, close: (thing: T) => unknown): T {
    this.#steps.push(() => close(thing));
    return thing;
  }

  async run(): Promise<void> {
    for (const step of this.#steps.splice(0).toReversed()) await step();
  }
}
