import { describe, expect, it } from 'vitest';
import type { Clock } from '../../agent/clock.ts';
import { type PrintResult, SlipPrinter } from '../../agent/devices/printer.ts';
import { saleSlip } from '../../agent/slips/sale-slip.ts';
import type { ByteLink, LinkListener, WriteOutcome } from '../../agent/transport/link.ts';
import { toHex } from '../../protocols/bytes/hex.ts';
import { genericProfile, PROFILES, type PrinterProfile } from '../../protocols/escpos/profile.ts';
import { summariseSlip } from '../../protocols/escpos/summary.ts';
import { PrinterModel } from '../../simulator/devices/printer.ts';

/** Time that passes only when everybody waits for it: after a few idle turns of the event loop the next timer is due. */
class TurningClock implements Clock {
  #now = 0;
  #timers: { at: number; run: () => void }[] = [];
  now = () => 1_795_000_000_000 + this.#now;
  mono = () => this.#now;
  /** turns of the event loop since anybody asked for time or called it off */
  #idle = 0;
  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    this.#idle = 0;
    return () => {
      this.#idle = 0;
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Lets what is under way come to its end, then so much time pass. */
  async pass(ms: number): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await new Promise((next) => setImmediate(next));
    let passed = false;
    this.after(ms, () => {
      passed = true;
    });
    await this.until(this.#when(() => passed));
  }

  #when(is: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => (is() ? resolve() : setImmediate(look));
      look();
    });
  }

  async until<T>(result: Promise<T>): Promise<T> {
    let done = false;
    void result.then(() => {
      done = true;
    });
    for (let turn = 0; turn < 1000; turn++) {
      await new Promise((next) => setImmediate(next));
      if (done) return result;
      const timer = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (!timer || this.#idle++ < 8) continue;
      this.#idle = 0;
      this.#timers = this.#timers.filter((other) => other !== timer);
      this.#now = timer.at;
      timer.run();
    }
    throw new Error('nothing happened in 1000 turns');
  }
}

/** A cable between a printer's driver and the model, that can be cut after so many bytes, or made deaf. */
class Cable implements ByteLink {
  isUp = true;
  cutAfter = Number.POSITIVE_INFINITY;
  /** so many bytes still get there; the cable takes the others all the same */
  losesAfter = Number.POSITIVE_INFINITY;
  backChannel = true;
  takesData = true;
  readonly #listener: LinkListener;
  readonly model: PrinterModel;

  constructor(listener: LinkListener, profile: PrinterProfile, onSlip: (bytes: Uint8Array) => void) {
    this.#listener = listener;
    this.model = new PrinterModel({
      profile,
      send: (bytes) => {
        if (this.backChannel) setImmediate(() => this.isUp && listener.bytes(bytes, 0));
      },
      onSlip: (_, bytes) => onSlip(bytes),
    });
  }

  async write(bytes: Uint8Array): Promise<WriteOutcome> {
    if (!this.isUp) return { kind: 'not-written', cause: 'DOWN' };
    if (!this.takesData) return { kind: 'unknown', cause: 'DEADLINE' };
    const arrive = bytes.subarray(0, this.cutAfter);
    this.cutAfter -= arrive.length;
    this.model.receive(arrive.subarray(0, this.losesAfter));
    this.losesAfter = Math.max(0, this.losesAfter - arrive.length);
    if (this.cutAfter > 0) return { kind: 'written' };
    this.pull();
    return { kind: 'unknown', cause: 'LOST' };
  }

  pull(): void {
    this.isUp = false;
    this.#listener.down({ code: 'PORT_LOST', path: 'cable', detail: 'pulled' }, 0);
  }

  async close(): Promise<void> {
    this.isUp = false;
  }
}

const SLIP = saleSlip(
  {
    merchantName: '示例店',
    channel: 'ALIPAY',
    maskedPaycode: '28************4321',
    orderId: 'A1',
    attemptId: 'T1',
    paidAt: 0,
    amountFen: 100,
    slipId: '1',
  },
  58,
).bytes;

function shop(profile: PrinterProfile = genericProfile(58), confirms = true, more: { mustAnswer?: boolean } = {}) {
  const clock = new TurningClock();
  const slips: Uint8Array[] = [];
  const cables: Cable[] = [];
  const held: string[] = [];
  const late: string[] = [];
  /** what the printer was heard to be */
  const told: string[] = [];
  const printer = new SlipPrinter(
    { baudRate: 115_200, confirms, ...more },
    {
      onSilent: (mustAnswer) => told.push(mustAnswer ? 'silent, and must answer' : 'silent'),
      onUp: () => undefined,
      onDown: () => undefined,
      onStatus: ({ paper }, job) => told.push(`paper ${paper}${job === undefined ? '' : ` (${job})`}`),
      onHeld: (why) => held.push(why),
      onLateProof: (job) => late.push(job),
    },
    clock,
    (listener) => {
      const cable = new Cable(listener, profile, (bytes) => slips.push(bytes));
      cables.push(cable);
      return cable;
    },
  );
  const [cable] = cables;
  if (!cable) throw new Error('the printer did not open its link');
  const print = (id: string): Promise<PrintResult> => clock.until(printer.print(SLIP, { id }));
  return { clock, slips, cable, printer, print, held, late, told };
}

/** DLE EOT n, as often as it was received. */
function statusQueries(bytes: Uint8Array): number {
  return toHex(bytes).split(/100401|100402|100404/).length - 1;
}

/** The whole slip is in the printer. */
function arrived(cable: Cable): Promise<void> {
  return new Promise((resolve) => {
    const watch = () => (cable.model.bytes.length > SLIP.length ? resolve() : setImmediate(watch));
    watch();
  });
}

describe('a slip printer', () => {
  it('prints once and proves it by the echo of its process id', async () => {
    const { slips, cable, print } = shop();
    expect(await print('a')).toEqual({
      state: 'sent',
      proof: 'confirmed',
      status: { paper: 'ok', cover: 'closed', fault: false },
    });
    expect(slips).toHaveLength(1);
    expect(cable.model.bytes.length).toBeGreaterThan(SLIP.length);
  });

  it('says only "sent" of a printer that cannot confirm, and of one that does not answer at all', async () => {
    const silent = shop();
    silent.cable.backChannel = false;
    expect(await silent.print('a')).toMatchObject({ state: 'sent', proof: 'sent', status: { paper: 'unknown' } });
    expect(silent.slips).toHaveLength(1);
    const clone = shop(PROFILES['xprinter-80'], false);
    expect(await clone.print('a')).toMatchObject({ state: 'sent', proof: 'sent', status: { paper: 'ok' } });
    expect(clone.slips).toHaveLength(1);
  });

  it.each([
    [{ paper: 'end' }, 'PRINTER_PAPER_OUT'],
    [{ cover: 'open' }, 'PRINTER_COVER_OPEN'],
  ] as const)('sends nothing to a printer that says %j', async (change, cause) => {
    const { slips, cable, print } = shop();
    cable.model.change(change);
    expect(await print('a')).toMatchObject({ state: 'not-sent', proof: 'none', cause });
    expect(slips).toEqual([]);
    cable.model.change({ paper: 'near-end', cover: 'closed' });
    expect(await print('b')).toMatchObject({ state: 'sent', proof: 'confirmed', status: { paper: 'near-end' } });
    expect(slips).toHaveLength(1);
  });

  it('asked ahead, is not asked again by a job that comes at once', async () => {
    const { clock, slips, cable, printer, print } = shop();
    printer.lookAhead(); // nobody knows yet that it answers
    await print('a');
    expect(statusQueries(cable.model.bytes)).toBe(3);
    printer.lookAhead();
    printer.lookAhead();
    expect(await print('b')).toMatchObject({ state: 'sent', status: { paper: 'ok' } });
    expect(statusQueries(cable.model.bytes)).toBe(6);
    await print('c');
    expect(statusQueries(cable.model.bytes)).toBe(9);
    printer.lookAhead();
    await clock.pass(2_001);
    await print('d');
    expect(statusQueries(cable.model.bytes)).toBe(15);
    expect(slips).toHaveLength(4);
  });

  it('asked ahead, does not hold a hindrance that is gone against the job, nor a link that was lost', async () => {
    const { clock, cable, printer, print, slips } = shop();
    await print('first');
    cable.model.change({ paper: 'end' });
    printer.lookAhead();
    await clock.pass(1_000);
    cable.model.change({ paper: 'ok' });
    expect(await print('a')).toMatchObject({ state: 'sent', proof: 'confirmed' });
    printer.lookAhead();
    await clock.pass(1_000);
    cable.pull();
    expect(await print('b')).toMatchObject({ state: 'not-sent', cause: 'PORT_LOST' });
    expect(slips).toHaveLength(2);
  });

  it('asked ahead and silent, is asked once more before a slip is risked', async () => {
    const { clock, cable, printer, print, slips } = shop();
    await print('first');
    cable.backChannel = false;
    printer.lookAhead();
    await clock.pass(1_000);
    cable.takesData = false;
    expect(await print('a')).toMatchObject({ state: 'not-sent', cause: 'PRINTER_STALLED' });
    expect(slips).toHaveLength(1);
  });

  it('tells not-sent, unknown and sent apart, wherever the cable is pulled, and never sends again', async () => {
    const whole = shop();
    await whole.print('a');
    const total = whole.cable.model.bytes.length;
    for (let cut = 1; cut <= total; cut += 7) {
      const { slips, cable, print } = shop();
      cable.cutAfter = cut;
      const result = await print('a');
      const touched = cable.model.bytes.length > 9;
      expect(result.state, `cut after ${cut}`).toBe(touched ? 'unknown' : 'not-sent');
      expect(cable.model.bytes.length).toBe(cut);
      expect(slips.length).toBeLessThanOrEqual(1);
    }
  });

  it('is not sure when the cable is pulled between the last byte and the echo', async () => {
    const { clock, cable, printer } = shop();
    const result = printer.print(SLIP, { id: 'a' });
    await arrived(cable);
    cable.pull();
    expect(await clock.until(result)).toMatchObject({ state: 'unknown', proof: 'none' });
  });

  it('does not take an old echo, or one of another job, for its own', async () => {
    const { clock, cable, printer } = shop(PROFILES['xprinter-80'], true);
    const result = printer.print(SLIP, { id: 'a' });
    await arrived(cable);
    printer.bytes(Uint8Array.of(0x37, 0x22, 0x30, 0x30, 0x30, 0x30, 0), 0);
    expect(await clock.until(result)).toMatchObject({ state: 'unknown', proof: 'none' });
  });

  it('prints one job after the other, and refuses more than it can keep', async () => {
    const { clock, slips, printer } = shop();
    const jobs = Array.from({ length: 18 }, (_, k) => printer.print(SLIP, { id: String(k) }));
    const results = await clock.until(Promise.all(jobs));
    expect(results.filter(({ state }) => state === 'sent')).toHaveLength(16);
    expect(results.filter((result) => 'cause' in result && result.cause === 'PRINTER_BUSY')).toHaveLength(2);
    expect(slips).toHaveLength(16);
  });

  it('says at once that it is not connected, or that the printer takes nothing', async () => {
    const off = shop();
    off.cable.pull();
    expect(await off.print('a')).toMatchObject({ state: 'not-sent', cause: 'PORT_LOST' });
    const stalled = shop();
    stalled.cable.takesData = false;
    expect(await stalled.print('a')).toMatchObject({ state: 'not-sent', cause: 'PRINTER_STALLED' });
  });
});

describe('the printer model', () => {
  function heard(profile = genericProfile(58)) {
    const said: number[] = [];
    return { said, model: new PrinterModel({ profile, send: (bytes) => said.push(...bytes) }) };
  }

  it('answers with the published status bytes (receipts.md 1.6)', () => {
    const { said, model } = heard();
    const ask = () => model.receive(Uint8Array.of(0x10, 4, 1, 0x10, 4, 2, 0x10, 4, 3, 0x10, 4, 4));
    ask();
    model.change({ paper: 'near-end' });
    ask();
    model.change({ paper: 'end' });
    ask();
    model.change({ paper: 'ok', cover: 'open' });
    ask();
    expect(toHex(Uint8Array.from(said))).toBe(['12121212', '1212121e', '1a32127e', '1a161212'].join(''));
  });

  it('answers real-time status inside of picture data and across chunks', () => {
    const { said, model } = heard();
    for (const byte of [0x1d, 0x76, 0x30, 0, 4, 0, 1, 0, 0x10, 0x04, 0x01, 0x00]) model.receive(Uint8Array.of(byte));
    expect(said).toEqual([0x12]);
  });

  it('echoes a process id in its turn, tells who it is, and sends automatic status on a change', () => {
    const { said, model } = heard();
    model.receive(Uint8Array.of(0x1d, 0x28, 0x48, 6, 0, 0x30, 0x30, 0x30, 0x30, 0x30, 0x37));
    model.receive(Uint8Array.of(0x1d, 0x49, 69, 0x1d, 0x72, 1, 0x1d, 0x61, 0x0f));
    model.change({ paper: 'end' });
    const language = `5f${toHex(Buffer.from('CHINA GB18030', 'latin1'))}00`;
    expect(toHex(Uint8Array.from(said))).toBe(['37223030303700', language, '00', '10000000', '18000f00'].join(''));
  });

  it('gives each slip with exactly its bytes', () => {
    const found: { text: string; bytes: number }[] = [];
    const model = new PrinterModel({
      send: () => undefined,
      onSlip: (slip, bytes) => found.push({ text: summariseSlip(slip).lines[0]?.text ?? '', bytes: bytes.length }),
    });
    for (const byte of Buffer.from('A\n\x1dV\0BB\n\x1dV\0', 'latin1')) model.receive(Uint8Array.of(byte));
    expect(found).toEqual([
      { text: 'A', bytes: 5 },
      { text: 'BB', bytes: 6 },
    ]);
  });
});

describe('a printer that was just connected', () => {
  it('is asked again when nobody answers at first: how it is, is known before there is anything to print', async () => {
    const { clock, cable, printer, told } = shop();
    cable.backChannel = false;
    printer.up(0);
    await clock.pass(1_200);
    expect(told).toEqual([]);
    cable.backChannel = true;
    await clock.pass(1_500);
    expect(told).toEqual(['paper ok']);
    const asked = statusQueries(cable.model.bytes);
    await clock.pass(60_000);
    expect(statusQueries(cable.model.bytes)).toBe(asked);
  });

  it('that never answers is asked six times, and the counter is told; it prints, and nothing is proved', async () => {
    const { clock, cable, printer, print, told, slips } = shop();
    cable.backChannel = false;
    printer.up(0);
    await clock.pass(10_000);
    expect(told).toEqual(['silent']);
    printer.lookAhead();
    await clock.pass(60_000);
    expect(statusQueries(cable.model.bytes)).toBe(3 * 6);
    expect(await print('a')).toMatchObject({ state: 'sent', proof: 'sent' });
    expect(slips).toHaveLength(1);
  });

  it('that must answer and does not: told at once, watched until it does, and told again', async () => {
    const { clock, cable, printer, print, told, slips } = shop(genericProfile(58), true, { mustAnswer: true });
    cable.backChannel = false;
    printer.up(0);
    await clock.pass(10_000);
    expect(told).toEqual(['silent, and must answer']);
    expect(await print('a')).toMatchObject({ state: 'not-sent', cause: 'PRINTER_SILENT' });
    cable.backChannel = true;
    await clock.pass(6_000);
    expect(told.at(-1)).toBe('paper ok');
    expect(await print('b')).toMatchObject({ state: 'sent', proof: 'confirmed' });
    expect(slips).toHaveLength(1);
  });

  it('whose answer comes late and in pieces: no byte of it is taken for the answer to the next question', async () => {
    const { clock, cable, printer, told } = shop();
    cable.backChannel = false;
    printer.up(0);
    await clock.pass(540);
    cable.model.change({ paper: 'end' });
    // what a slow line still had of older answers: paper was there
    printer.bytes(Uint8Array.of(0x16), clock.mono());
    await clock.pass(20);
    printer.bytes(Uint8Array.of(0x16, 0x12, 0x12), clock.mono());
    cable.backChannel = true;
    await clock.pass(2_000);
    expect(told.at(0)).toBe('paper end');
  });

  it('behind a cable that lost the rest of a picture, and what should end it, prints the next slip whole', async () => {
    const { clock, cable, printer, print, slips } = shop();
    expect(await print('first')).toMatchObject({ state: 'sent', proof: 'confirmed' });
    const head = [0x1d, 0x76, 0x30, 0, 48, 0, 100, 0];
    const picture = Uint8Array.from({ length: head.length + 4_800 }, (_, at) => head[at] ?? 0xaa);
    cable.losesAfter = 1_000;
    const torn = await clock.until(printer.print(picture, { id: 'torn' }));
    expect(torn).toMatchObject({ state: 'unknown' });
    expect(await print('deaf')).toMatchObject({ state: 'not-sent', cause: 'PRINTER_SILENT' });
    cable.losesAfter = Number.POSITIVE_INFINITY;
    expect(await print('next')).toMatchObject({ state: 'sent', proof: 'confirmed' });
    expect(toHex(slips.at(-1) ?? new Uint8Array())).toContain(toHex(SLIP));
  });

  it('that is pulled while it is asked is asked from the beginning when it is back', async () => {
    const { clock, cable, printer, told } = shop();
    cable.backChannel = false;
    printer.up(0);
    await clock.pass(5_000);
    cable.pull();
    await clock.pass(60_000);
    expect(told).toEqual([]);
    cable.isUp = true;
    cable.backChannel = true;
    printer.up(clock.mono());
    await clock.pass(100);
    expect(told).toEqual(['paper ok']);
  });
});
