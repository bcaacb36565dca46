import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock as clock } from '../../agent/clock.ts';
import { SlipPrinter } from '../../agent/devices/printer.ts';
import { TillBook } from '../../agent/journal/book.ts';
import type { Log } from '../../agent/log.ts';
import { type Attempt, newAttempt } from '../../agent/payment/attempt.ts';
import { SlipSpool } from '../../agent/slips/spool.ts';
import type { ByteLink, LinkListener, WriteOutcome } from '../../agent/transport/link.ts';
import { genericProfile } from '../../protocols/escpos/profile.ts';
import { PrinterModel } from '../../simulator/devices/printer.ts';
import { MemoryDisk } from './journal/memory-disk.ts';
import { order, START, StillClock, TERMINAL } from './journal/till-entries.ts';

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A disk whose syncs end when they are let, or never took anything. */
class HeldDisk extends MemoryDisk {
  holds = false;
  #end: ((error?: Error) => void) | undefined;

  override async sync(name: string): Promise<void> {
    if (this.holds)
      await new Promise<void>((resolve, reject) => {
        this.#end = (error) => (error ? reject(error) : resolve());
      });
    await super.sync(name);
  }

  get isSyncing(): boolean {
    return this.#end !== undefined;
  }

  letGo(error?: Error): void {
    this.holds = false;
    this.#end?.(error);
    this.#end = undefined;
  }
}

/** A cable to a printer in good order, that can be pulled out. */
class Cable implements ByteLink {
  isUp = true;
  readonly slips: Uint8Array[] = [];
  readonly #listener: LinkListener;
  readonly #model: PrinterModel;

  constructor(listener: LinkListener) {
    this.#listener = listener;
    this.#model = new PrinterModel({
      profile: genericProfile(58),
      send: (bytes) => setImmediate(() => this.isUp && listener.bytes(bytes, 0)),
      onSlip: (_, bytes) => this.slips.push(bytes),
    });
  }

  async write(bytes: Uint8Array): Promise<WriteOutcome> {
    if (!this.isUp) return { kind: 'not-written', cause: 'DOWN' };
    this.#model.receive(bytes);
    return { kind: 'written' };
  }

  pull(): void {
    this.isUp = false;
    this.#listener.down({ code: 'PORT_LOST', path: 'cable', detail: 'pulled' }, 0);
  }

  plug(): void {
    this.isUp = true;
    this.#listener.up(0);
  }

  async close(): Promise<void> {
    this.isUp = false;
  }
}

let disk: HeldDisk;
let book: TillBook;
let cable: Cable;
let spool: SlipSpool;
beforeEach(async () => {
  disk = new HeldDisk();
  ({ book } = await TillBook.open(disk, new StillClock(), TERMINAL));
  const events = { onUp: () => {}, onDown: () => {}, onStatus: () => {}, onHeld: () => {}, onLateProof: () => {} };
  const printer = new SlipPrinter({ confirms: false }, events, clock, (listener) => (cable = new Cable(listener)));
  const merchant = {
    name: '街角小店',
    merchantNo: '898310054110001',
    terminalNo: TERMINAL,
    operatorNo: '01',
    timeZone: 'Asia/Shanghai',
  };
  let ids = 0;
  spool = new SlipSpool({
    book,
    printer,
    merchant,
    paper: 58,
    training: false,
    clock,
    log: silent,
    newId: () => `S-${++ids}`,
    boot: 'BOOT',
    backendNow: () => START,
  });
});
afterEach(() => spool.stop());

function paidAttempt(n: number): Attempt {
  const { orderId, amountFen } = order(n);
  const attempt = newAttempt({
    attemptId: `A-${n}`,
    orderId,
    amountFen,
    maskedPaycode: '13************92',
    channel: 'WECHAT',
  });
  return { ...attempt, state: 'PAID', category: 'PAID', doing: { kind: 'done' }, paidAt: START };
}

/** Writes the payment down, as the runner does; resolves to whether the disk took it. */
function pay(attempt: Attempt): { kept: Promise<boolean>; slipId: string } {
  const slip = spool.jobFor(attempt.attemptId);
  const record = { attempt, startedAt: START };
  const written = book.write({ type: 'ATTEMPT', record, order: order(1, 'PAID'), slip });
  const kept = written.then(
    () => {
      spool.paid(attempt);
      return true;
    },
    () => false,
  );
  return { kept, slipId: slip.slipId };
}

async function turns(count = 50): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((next) => setImmediate(next));
}

async function until(is: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 5_000; !is(); await turns(1))
    if (Date.now() > deadline) throw new Error('it did not come to it within 5 s');
}

it('not one byte leaves while the disk works; the slip leaves when the payment is kept', async () => {
  disk.holds = true;
  const { kept, slipId } = pay(paidAttempt(1));
  await until(() => disk.isSyncing);
  await turns();
  expect(cable.slips).toEqual([]);
  disk.letGo();
  expect(await kept).toBe(true);
  await until(() => book.slips.get(slipId)?.state === 'sent');
  expect(cable.slips).toHaveLength(1);
  expect(spool.slipsOf('A-1')).toHaveLength(1);
});

it('a payment that the disk did not take prints nothing; written again, it prints once', async () => {
  disk.holds = true;
  const first = pay(paidAttempt(1));
  await until(() => disk.isSyncing);
  await turns();
  disk.letGo(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }));
  expect(await first.kept).toBe(false);
  await turns();
  expect(cable.slips).toEqual([]);
  expect(book.slips.size).toBe(0);
  const second = pay(paidAttempt(1));
  expect(await second.kept).toBe(true);
  await until(() => book.slips.get(second.slipId)?.state === 'sent');
  await spool.idle();
  expect(cable.slips).toHaveLength(1);
  expect([...book.slips.keys()]).toEqual([second.slipId]);
});

it('a printer that is gone before the payment is kept gets the slip when it is back, as one that never began', async () => {
  disk.holds = true;
  const { kept, slipId } = pay(paidAttempt(1));
  await turns();
  cable.pull();
  await turns();
  expect(disk.isSyncing).toBe(true);
  disk.letGo();
  expect(await kept).toBe(true);
  await turns();
  expect(book.slips.get(slipId)?.state).toBe('queued');
  cable.plug();
  await until(() => book.slips.get(slipId)?.state === 'sent');
  expect(cable.slips).toHaveLength(1);
});
