import { describe, expect, it } from 'vitest';
import { TerminalConfig } from '../../agent/devices/terminal/config.ts';
import { terminalDialogue } from '../../agent/devices/terminal/open-terminal.ts';
import { PaymentTerminal } from '../../agent/devices/terminal/payment-terminal.ts';
import { TillBook } from '../../agent/journal/book.ts';
import type { JournalFiles } from '../../agent/journal/files.ts';
import type { Order } from '../../agent/journal/records.ts';
import { CardRunner } from '../../agent/payment/card-runner.ts';
import { DisputeTurn } from '../../agent/payment/dispute-turn.ts';
import type { TerminalResult } from '../../protocols/terminal/messages.ts';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { SimulatedZvtTerminal } from '../../simulator/terminals/terminal-port.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';
import { MemoryDisk } from '../world/memory-disk.ts';
import { passUntil, settled } from '../world/pass.ts';
import { TerminalLine } from '../world/terminal-line.ts';
import { TillClock } from '../world/till-clock.ts';
import { START, StillClock, TERMINAL } from './journal/till-entries.ts';

// A terminal says no to a sale, its dialogue is over, the order is free again; then a yes to the same command comes to the
// runner. One entry of the journal keeps it and disputes the order: no crash and no refused write can come between.

const QUIET = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
/** the host declines it: 51 */
const ORDER: Order = { orderId: 'A', amountFen: 1_251, commandId: 'C', state: 'OPEN' };

interface Bench {
  readonly world: VirtualClock;
  readonly disk: MemoryDisk;
  readonly book: TillBook;
  readonly runner: CardRunner;
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
  readonly yes: TerminalResult;
}

/** The runner behind a sale that the terminal refused. */
async function refused(
  writes: { left: number } = { left: Infinity },
  kind: 'sale' | 'preAuth' = 'sale',
): Promise<Bench> {
  const world = new VirtualClock(START);
  const disk = new MemoryDisk();
  const clock = new TillClock(world);
  const { book } = await TillBook.open(dying(disk, writes), clock, TERMINAL, { reserveBytes: 4096 });
  let turn = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => {
    turn = turn.then(work);
    return turn;
  };
  const line = new TerminalLine(world);
  const simulated = new SimulatedZvtTerminal({ personality: TERMINALS['zvt-cny'], clock: world });
  simulated.onSerial(line);
  simulated.onPort(line);
  let ids = 0;
  const runner: CardRunner = new CardRunner({
    book,
    takesPaycodes: false,
    terminal: () => terminal,
    clock,
    log: QUIET,
    newId: () => `ID-${(ids += 1)}`,
    boot: 'BOOT',
    backendNow: () => clock.now(),
    skew: { trusted: true },
    disputes: { take: (orderId, write) => turns.take(orderId, write) },
    slipFor: (attemptId) => ({ slipId: `SLIP-${attemptId}`, attemptId, state: 'queued', duplicate: false }),
    receipts: { copiesFor: () => [], documentsFor: () => [], take: () => {}, print: () => {} },
    onChange: () => {},
    onProgress: () => {},
  });
  const turns = new DisputeTurn({ desk: { inTurn: (work) => void inTurn(work) }, payments: [runner] });
  const config = TerminalConfig.parse({ protocol: 'zvt', path: 'terminal' });
  const terminal = new PaymentTerminal(
    {
      protocol: 'zvt',
      dialogue: (pending) => terminalDialogue(config, pending, { clock, random: (bytes) => new Uint8Array(bytes) }),
      pending: undefined,
      clock,
      open: (listener) => line.open(listener, clock),
    },
    {
      onUp: () => {},
      onDown: () => {},
      onReady: () => runner.ready(),
      store: (result) => runner.store(result),
      storeLate: (result) => runner.storeLate(result),
      onNews: (news) => runner.news(news),
    },
  );
  await passUntil(world, 'ready', () => terminal.isReady, 60_000);
  await book.write({ type: 'ORDER', order: ORDER });
  const attempt = await runner.begin(ORDER, { kind, amount: ORDER.amountFen }, {});
  if (typeof attempt === 'string') throw new Error(attempt);
  await passUntil(world, 'the no', () => book.orders.get('A')?.state === 'OPEN', 60_000);
  const reference = attempt.card?.command.reference ?? '';
  const yes: TerminalResult = {
    command: kind,
    reference,
    outcome: 'approved',
    amount: 1_251,
    key: { receipt: '0009', trace: '000009' },
    evidence: { by: 'answer', code: '00' },
    standing: 'final',
  };
  return { world, disk, book, runner, inTurn, yes };
}

/** A disk whose process dies when so many writes were let through. */
function dying(disk: MemoryDisk, writes: { left: number }): JournalFiles {
  const files = disk.open();
  const count = <T>(work: () => Promise<T>): Promise<T> => {
    if (writes.left-- <= 0) files.kill();
    return work();
  };
  return {
    ...files,
    append: (name, bytes) => count(() => files.append(name, bytes)),
    sync: (name) => count(() => files.sync(name)),
  };
}

async function reopened({ disk, world }: Bench): Promise<TillBook> {
  const { book } = await TillBook.open(disk.open(), new TillClock(world), TERMINAL, { reserveBytes: 4096 });
  return book;
}

function isKept({ disk }: Bench): boolean {
  return disk.text().includes('"type":"TERMINAL_LATE"');
}

describe('a yes of the terminal behind its own no', () => {
  it('disputes the order in the entry that keeps it, after every later start too', async () => {
    const bench = await refused();
    expect(await bench.runner.store(bench.yes)).toBe(true);
    expect(bench.book.orders.get('A')).toMatchObject({ state: 'DISPUTED', lateSuccess: 'ID-2' });
    await expect(bench.runner.start(bench.book.orders.get('A') ?? ORDER)).rejects.toThrow('DISPUTED');
    expect((await reopened(bench)).orders.get('A')).toEqual(bench.book.orders.get('A'));
  });

  it('of a hold leaves it in doubt, named by what is held, and the backend is told', async () => {
    const { book, runner, yes } = await refused(undefined, 'preAuth');
    expect(await runner.store(yes)).toBe(true);
    for (let turns = 0; turns < 20; turns++) await settled();
    expect(book.standingHold('A')).toMatchObject({ state: 'UNCLEAR', key: { receipt: '0009' } });
    const events = book.pending(0, 100).map(({ data }) => data);
    expect(events.at(-1)).toMatchObject({ type: 'hold', orderId: 'A', state: 'UNCLEAR', outcome: 'needs-a-person' });
  });

  it.each([0, 1, 2, 3, 4])(
    'killed after %i more writes: whenever the yes is on disk, so is the dispute',
    async (left) => {
      const writes = { left: Infinity };
      const bench = await refused(writes);
      writes.left = left;
      void bench.runner.store(bench.yes);
      for (let turns = 0; turns < 20; turns++) await settled();
      bench.disk.powerCut();
      const book = await reopened(bench);
      expect(book.orders.get('A')?.state).toBe(isKept(bench) ? 'DISPUTED' : 'OPEN');
      // nothing of it is acknowledged to the terminal before it is on disk: with two writes, an append and its sync, it is
      expect(isKept(bench)).toBe(left >= 2);
    },
  );

  it.each([0, 1, 2, 3, 4])(
    'of a hold, killed after %i more writes: whenever the yes is on disk, the hold is in doubt and the backend will hear of it',
    async (left) => {
      const writes = { left: Infinity };
      const bench = await refused(writes, 'preAuth');
      writes.left = left;
      void bench.runner.store(bench.yes);
      for (let turns = 0; turns < 20; turns++) await settled();
      bench.disk.powerCut();
      const book = await reopened(bench);
      const heard = book.pending(0, 100).map(({ data }) => (data.type === 'hold' ? data.state : data.type));
      expect(isKept(bench)).toBe(left >= 2);
      expect(book.holds.get('ID-2')?.state).toBe(left >= 2 ? 'UNCLEAR' : 'REFUSED');
      expect(heard.slice(-2)).toEqual(left >= 2 ? ['terminal-late', 'UNCLEAR'] : ['ASKED', 'REFUSED']);
      expect(book.attempts.get('ID-2')?.attempt.late?.key).toEqual(left >= 2 ? bench.yes.key : undefined);
    },
  );

  it.each(['ENOSPC', 'EROFS'] as const)(
    '%s: written when the disk is back, and whoever comes first finds it',
    async (trouble) => {
      const bench = await refused();
      bench.disk.trouble = trouble;
      expect(await bench.runner.store(bench.yes), 'the terminal is not told that it was taken').toBe(false);
      await expect(bench.runner.start(ORDER)).rejects.toThrow(trouble);
      bench.disk.trouble = undefined;
      // the counter takes the order up again: behind what waits for its turn
      const next = bench.inTurn(async () => {
        const order = bench.book.orders.get('A') ?? ORDER;
        await expect(bench.runner.start(order)).rejects.toThrow('DISPUTED');
      });
      await passUntil(bench.world, 'the dispute', () => bench.book.orders.get('A')?.state === 'DISPUTED', 5_000);
      await next;
    },
  );

  it('a record made before anybody knew does not take the dispute back, and only a person ends it', async () => {
    const bench = await refused();
    const before = bench.book.orders.get('A') ?? ORDER;
    await bench.runner.store(bench.yes);
    await bench.book.write({ type: 'ORDER', order: before });
    expect(bench.book.orders.get('A')?.state).toBe('DISPUTED');
    const resolution = {
      orderId: 'A',
      outcome: 'unpaid',
      personId: 'm1',
      reason: 'not in the terminal',
      about: ['ID-2'],
      at: START,
    } as const;
    await bench.book.write({ type: 'RESOLUTION', resolution });
    expect(bench.book.orders.get('A')).toMatchObject({ state: 'OPEN', settled: ['ID-2'] });
    await bench.runner.store(bench.yes);
    expect(bench.book.orders.get('A')?.state, 'a person has looked: the same word disputes nothing again').toBe('OPEN');
  });
});

describe('a journal of an older version', () => {
  it('whose process died between the yes and its dispute is read again from the beginning: the order is a person’s', async () => {
    const bench = await refused();
    await bench.runner.store(bench.yes);
    const { book: newer } = await TillBook.open(bench.disk.open(), new StillClock(), TERMINAL, { reserveBytes: 4096 });
    await newer.write({ type: 'BOOT', boot: 'B2', version: '0.1.0' });
    await newer.close();
    const { older, files } = await asOlder(bench.disk);
    expect(older).toMatch(/"state":"OPEN".*"orderId":"A"|"orderId":"A".*"state":"OPEN"/);
    const { book, repairs } = await TillBook.open(files, new StillClock(), TERMINAL, { reserveBytes: 4096 });
    expect(repairs).toMatchObject([{ kind: 'checkpoint', why: 'older' }]);
    expect(book.orders.get('A')).toMatchObject({ state: 'DISPUTED', lateSuccess: 'ID-2' });
  });
});

/** The checkpoint as that version wrote it: what the yes means did not follow from it. */
async function asOlder(disk: MemoryDisk): Promise<{ readonly older: string; readonly files: JournalFiles }> {
  const { crc32 } = await import('node:zlib');
  const files = disk.open();
  const [name = ''] = (await files.list()).filter((one) => one.startsWith('checkpoint-'));
  const [head = '', ...lines] = Buffer.from(await files.read(name))
    .toString('utf8')
    .split('\n');
  const body = lines.join('\n').replace('"state":"DISPUTED","lateSuccess":"ID-2"', '"state":"OPEN"');
  const crc = crc32(body).toString(16).padStart(8, '0');
  const older = `${JSON.stringify({ ...(JSON.parse(head) as object), v: 1, crc })}\n${body}`;
  await files.remove(name);
  await files.append(name, Buffer.from(older));
  return { older, files };
}
