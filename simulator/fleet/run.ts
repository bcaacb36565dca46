import { systemClock } from '../world/clock.ts';
import { type BrokerDoor, doorUrl } from './broker-door.ts';
import type { FromBareClients, FromFleetBackend, LedgerSum, ToBareClients, ToFleetBackend } from './conversation.ts';
import { Fleet } from './fleet.ts';
import type { FleetOptions } from './options.ts';
import { Progress } from './progress.ts';
import { SideProcess } from './side-process.ts';

/** What a fleet did, as `--json` has it. */
export interface FleetResult {
  readonly tills: number;
  readonly broker: string;
  /** all of them were online after so many seconds; null: they never were */
  readonly connectSeconds: number | null;
  /** in which customers came */
  readonly seconds: number;
  readonly begun: number;
  readonly paid: number;
  readonly declined: number;
  readonly reversed: number;
  /** answers that did not come in time or said nothing clear; each was asked after */
  readonly unclear: number;
  /** attempts whose end nobody knew when the fleet left */
  readonly unknown: number;
  readonly paidPerSecond: number;
  readonly scanToPaidMs: { readonly [P in 'p50' | 'p95' | 'p99' | 'max']: number | null };
  readonly reconnects: number;
  readonly unreadable: number;
  readonly memory: {
    /** what each till holds (heap and buffers, garbage thrown away): connected and at rest, and after the payments */
    readonly bytesPerTill: number;
    readonly bytesPerTillAfter: number;
    /** resident memory that came with each till, at rest */
    readonly residentPerTill: number;
    /** what a bare mqtt.js client holds, connected and subscribed, measured in this run; null without --compare */
    readonly bareClientBytes: number | null;
    /** of a till at rest to a bare client */
    readonly ratio: number | null;
  };
  /** the simulated acquirer's word; null with a backend of somebody else */
  readonly ledger: LedgerSum | null;
  readonly interrupted: boolean;
  /** what is not as it should be; empty: all is well */
  readonly problems: readonly string[];
}

const OPEN_MS = 15_000;
const SUM_MS = 10_000;
/** What is open at the end is seen to its end: an answer that was lost is asked after, a customer types. */
const FINISH_MS = 60_000;
const FINISH_INTERRUPTED_MS = 3_000;
const BARE_MS = 120_000;
/** Enough for a mean that stands. */
const MOST_BARE = 500;
const LOOK_MS = 100;

/** Runs a fleet from the first connection to the last word; `stop` ends it early, in order. */
export async function runFleet(options: FleetOptions, stop: AbortSignal): Promise<FleetResult> {
  const backend = options.backend
    ? new SideProcess<ToFleetBackend, FromFleetBackend>('the simulated backend', './backend-process.js')
    : undefined;
  try {
    const door = await openBackend(backend, options);
    const bare = options.compare ? await bareClientBytes(door, Math.min(MOST_BARE, options.tills)) : null;
    return await playFleet(options, door, backend, bare, stop);
  } finally {
    await backend?.stop();
  }
}

type Backend = SideProcess<ToFleetBackend, FromFleetBackend>;

async function openBackend(backend: Backend | undefined, { door, lostPercent }: FleetOptions): Promise<BrokerDoor> {
  if (!backend) {
    if (!door) throw new Error('no broker was given');
    return door;
  }
  const at = door && {
    host: door.host,
    port: door.port,
    ...(door.username === undefined ? {} : { username: door.username }),
    ...(door.password === undefined ? {} : { password: door.password }),
  };
  const opened = await backend.ask({ kind: 'open', lostPercent, ...(at && { at }) }, 'opened', OPEN_MS);
  return door ?? { host: opened.host, port: opened.port, tls: false };
}

async function bareClientBytes({ username, password, ca, ...at }: BrokerDoor, count: number): Promise<number> {
  const bare = new SideProcess<ToBareClients, FromBareClients>('the bare clients', './bare-clients.js');
  const login = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ca }),
  };
  try {
    return (await bare.ask({ url: doorUrl(at), count, ...login }, 'measured', BARE_MS)).bytesEach;
  } finally {
    await bare.stop();
  }
}

async function playFleet(
  options: FleetOptions,
  door: BrokerDoor,
  backend: Backend | undefined,
  bare: number | null,
  stop: AbortSignal,
): Promise<FleetResult> {
  const { tills, seconds, pace, rampPerSecond, tenant } = options;
  const fleet = new Fleet({ tills, door, rampPerSecond, pace, tenant });
  const { figures } = fleet;
  const progress = new Progress(() => ({ figures, tills, bytesPerTill: fleet.residentPerTill }));
  const look = (done: () => number) => everyLook(() => progress.update(done(), systemClock.mono()));
  try {
    const began = systemClock.mono();
    progress.begin('connecting', tills, began);
    const connecting = look(() => figures.connected);
    await fleet.connect(stop).finally(connecting);
    const online = systemClock.mono();
    const isOnline = figures.connected >= tills;
    const { heldBytes, residentBytes } = fleet.memoryPerTill();
    progress.begin('selling', seconds, online);
    const selling = look(() => (systemClock.mono() - online) / 1000);
    if (!stop.aborted) fleet.sell();
    await pauseUntil(seconds * 1000, stop);
    const sold = systemClock.mono();
    const { paid } = figures;
    await fleet.finish(stop.aborted ? FINISH_INTERRUPTED_MS : FINISH_MS, stop.aborted ? undefined : stop);
    selling();
    const result = {
      tills,
      broker: doorUrl(door),
      connectSeconds: isOnline ? rounded((online - began) / 1000) : null,
      seconds: rounded((sold - online) / 1000),
      begun: figures.begun,
      paid: figures.paid,
      declined: figures.declined,
      reversed: figures.reversed,
      unclear: figures.unclear,
      unknown: figures.open,
      paidPerSecond: rounded((paid * 1000) / Math.max(1, sold - online)),
      scanToPaidMs: {
        p50: figures.scanToPaid.quantile(0.5),
        p95: figures.scanToPaid.quantile(0.95),
        p99: figures.scanToPaid.quantile(0.99),
        max: figures.scanToPaid.max,
      },
      reconnects: figures.reconnects,
      unreadable: figures.unreadable,
      memory: {
        bytesPerTill: heldBytes,
        bytesPerTillAfter: fleet.memoryPerTill().heldBytes,
        residentPerTill: residentBytes,
        bareClientBytes: bare === null ? null : Math.round(bare),
        ratio: bare === null ? null : rounded(heldBytes / bare),
      },
      ledger: backend ? (await backend.ask({ kind: 'sum' }, 'sum', SUM_MS)).sum : null,
      interrupted: stop.aborted,
    };
    return { ...result, problems: problemsOf(result) };
  } finally {
    progress.end();
    await fleet.leave();
  }
}

/** What is wrong with a fleet's day. */
function problemsOf(result: Omit<FleetResult, 'problems'>): string[] {
  const { connectSeconds, unknown, unreadable, ledger, paid, interrupted } = result;
  const wrong: string[] = [];
  if (connectSeconds === null && !interrupted) wrong.push('not every till came online');
  if (unknown > 0 && !interrupted) wrong.push(`${unknown} attempts have no certain end`);
  if (unreadable > 0) wrong.push(`${unreadable} messages of the backend are not of the contract`);
  if (!ledger) return wrong;
  const staying = ledger.charges - ledger.reversals;
  if (ledger.chargedTwice > 0) wrong.push(`${ledger.chargedTwice} orders were charged twice`);
  if (staying !== paid && unknown === 0) wrong.push(`the acquirer has ${staying} charges, the tills say ${paid} paid`);
  if (ledger.unreadable > 0) wrong.push(`${ledger.unreadable} messages of the tills are not of the contract`);
  return wrong;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Looks again and again; the returned function ends it. */
function everyLook(look: () => void): () => void {
  const timer = setInterval(look, LOOK_MS);
  return () => clearInterval(timer);
}

function pauseUntil(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve();
    const callOff = systemClock.after(ms, resolve);
    stop.addEventListener('abort', () => {
      callOff();
      resolve();
    });
  });
}
