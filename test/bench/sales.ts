import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { showCode } from '../../simulator/devices/phone.ts';
import { bytesBelow } from './append.ts';
import { Counter } from './counter.ts';
import type { CounterTill } from './counter-till.ts';
import type { FloorOrders } from './floor-agent.ts';
import type { Run } from './rows.ts';

const TILLWIRE = fileURLToPath(new URL('../../bin/tillwire.js', import.meta.url));
const FLOOR = fileURLToPath(new URL('./floor-agent.js', import.meta.url));

/** Between order and scan, and after a sale: whatever was still going on has ended. */
const REST_MS = 2;
/** Sales that only show how many bytes are written and said. */
const REHEARSALS = 5;

export interface SalesOptions {
  readonly folder: string;
  readonly samples: number;
  readonly warmUp: number;
  /** options of node for the agent, e.g. --cpu-prof */
  readonly agentNodeOptions: readonly string[];
}

export interface SalesRun {
  readonly request: Run;
  readonly slip: Run;
}

/** One run: the real agent and the floor at one counter, a sale each in turn. */
export async function measureSales(options: SalesOptions): Promise<SalesRun> {
  const counter = await Counter.open();
  const till = counter.seat('till');
  const floorTill = counter.seat('floor');
  const agent = startAgent(counter, till, options);
  let floor: ChildProcess | undefined;
  try {
    await till.see('printer-online', 'scanner-online');
    floor = await startFloor(counter, till, floorTill, options);
    return await takeTurns(till, floorTill, options);
  } catch (error) {
    const log = fs.readFileSync(join(options.folder, 'agent.log'), 'utf8').trimEnd().split('\n').slice(-10);
    throw new Error(`the agent's last words:\n${log.join('\n')}`, { cause: error });
  } finally {
    await Promise.all([stop(agent), stop(floor)]);
    await counter.close();
  }
}

async function takeTurns(till: CounterTill, floorTill: CounterTill, options: SalesOptions): Promise<SalesRun> {
  const run = {
    request: { ours: [] as number[], floor: [] as number[] },
    slip: { ours: [] as number[], floor: [] as number[] },
  };
  for (let n = 0; n < options.warmUp + options.samples; n++) {
    const ours = await sale(till);
    await till.see('slip-sent', 'final-ok');
    await still(join(options.folder, 'data'));
    const floor = await sale(floorTill);
    await rest();
    if (n < options.warmUp) continue;
    run.request.ours.push(ours.request);
    run.slip.ours.push(ours.slip);
    run.request.floor.push(floor.request);
    run.slip.floor.push(floor.slip);
  }
  return run;
}

async function sale(till: CounterTill) {
  await till.order();
  await rest();
  return till.sell(showCode('wechat', Math.random));
}

/** Until the agent has written what a sale leaves behind (acknowledged events): the floor's disk is not busy with it. */
async function still(dataDir: string): Promise<void> {
  for (let before = -1, now = bytesBelow(dataDir); now !== before; now = bytesBelow(dataDir)) {
    before = now;
    await rest();
  }
  await rest();
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, REST_MS));
}

function startAgent(counter: Counter, till: CounterTill, { folder, agentNodeOptions }: SalesOptions): ChildProcess {
  const configFile = join(folder, 'till.json');
  const config = {
    address: { tenant: 'bench', store: 'counter', agent: 'till' },
    merchant: { name: '街角小店', merchantNo: '898310054110001', terminalNo: 'T0000001' },
    broker: { url: `mqtt://127.0.0.1:${counter.brokerPort}` },
    scanner: { path: till.gun.path },
    printer: { path: till.printer.path },
    dataDir: 'data',
  };
  fs.writeFileSync(configFile, JSON.stringify(config));
  const log = fs.openSync(join(folder, 'agent.log'), 'w');
  const args = [...agentNodeOptions, TILLWIRE, 'agent', '--config', configFile];
  // the channel ends the agent when this process is gone
  const agent = spawn(process.execPath, args, { stdio: ['ignore', log, 'inherit', 'ipc'] });
  fs.closeSync(log);
  return agent;
}

/** Watches a few sales of the agent, then starts the floor with the same bytes to write and to say. */
async function startFloor(counter: Counter, till: CounterTill, floorTill: CounterTill, options: SalesOptions) {
  const records = await watchRecords(till, join(options.folder, 'data'));
  const slip = Buffer.concat(till.slip);
  till.slipBytes = slip.length;
  floorTill.slipBytes = slip.length;
  const orders: FloorOrders = {
    brokerPort: counter.brokerPort,
    gunPath: floorTill.gun.path,
    printerPath: floorTill.printer.path,
    journalFile: join(options.folder, 'floor.log'),
    records,
    commands: floorTill.topics.commands,
    replies: floorTill.topics.replies,
    acceptedTopic: floorTill.topics.result('floor'),
    accepted: till.accepted,
    requestTopic: floorTill.topics.request('pay'),
    request: till.request,
    questions: till.questions,
    slip: slip.toString('base64'),
  };
  const floor = fork(FLOOR, [JSON.stringify(orders)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(floor, 'exit').then(() => Promise.reject(new Error('the floor ended by itself')));
  await Promise.race([once(floor, 'message'), ended]);
  ended.catch(() => undefined); // later it is ended on purpose
  return floor;
}

/** How many bytes the journal grows by at each step of a sale: the smallest seen, which holds no neighbour's record. */
async function watchRecords(till: CounterTill, dataDir: string): Promise<FloorOrders['records']> {
  const seen: FloorOrders['records'][] = [];
  for (let n = 0; n < REHEARSALS; n++) {
    const before = bytesBelow(dataDir);
    await till.order();
    await rest();
    const ordered = bytesBelow(dataDir);
    let requested = 0;
    till.onRequest = () => {
      requested = bytesBelow(dataDir);
    };
    till.slipBytes = 1;
    await till.sell(showCode('wechat', Math.random));
    const printed = bytesBelow(dataDir);
    await till.see('slip-sent', 'final-ok');
    await rest();
    const half = Math.floor((ordered - before) / 2);
    seen.push({ command: half, order: half, attempt: requested - ordered, paid: printed - requested });
  }
  till.onRequest = () => undefined;
  const smallest = (of: keyof FloorOrders['records']) => Math.max(1, Math.min(...seen.map((one) => one[of])));
  return {
    command: smallest('command'),
    order: smallest('order'),
    attempt: smallest('attempt'),
    paid: smallest('paid'),
  };
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
