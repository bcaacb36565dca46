import { describe, expect, it } from 'vitest';
import { type PrintResult, SlipPrinter } from '../../agent/devices/printer.ts';
import { type SaleSlip, saleSlip } from '../../agent/slips/sale-slip.ts';
import { PRINTERS, type PrinterName } from '../../simulator/personalities/printers.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';
import { pass, passUntil } from '../world/pass.ts';
import { PrinterCable } from '../world/printer-cable.ts';

// The printer's driver and the simulated printer on a cable in virtual time: what may go wrong while a slip is printed.

const SALE: SaleSlip = {
  merchantName: 'Corner shop',
  channel: 'WECHAT',
  maskedPaycode: '13************1492',
  orderId: 'ORDER-1',
  attemptId: 'ATTEMPT-1',
  paidAt: Date.UTC(2026, 10, 22, 5),
  amountFen: 1250,
  slipId: '1',
  locale: 'en',
};
const TITLE = /SALES SLIP|Sales slip/g;
const SCISSORS = '\n8<\n';
const LAST_WORDS = 'Please keep this slip';

function counter(name: PrinterName, best: 'confirmed' | 'processed' | 'sent') {
  const clock = new VirtualClock(1_795_000_000_000);
  const held: string[] = [];
  const late: string[] = [];
  let cable: PrinterCable | undefined;
  const printer = new SlipPrinter(
    { baudRate: 115_200, confirms: best === 'confirmed', barrier: best === 'processed', holdsLine: holdsLine(name) },
    {
      onUp: () => undefined,
      onDown: () => undefined,
      onStatus: () => undefined,
      onHeld: (why) => held.push(why),
      onLateProof: (job) => late.push(job),
    },
    clock,
    (listener) => {
      cable = new PrinterCable(listener, clock, PRINTERS[name]);
      return cable;
    },
  );
  if (!cable) throw new Error('the printer opened no link');
  const { profile } = PRINTERS[name];
  const bytesOf = (slip: Partial<SaleSlip>) => saleSlip({ ...SALE, ...slip }, profile).bytes;
  const begin = (id: string, slip: Partial<SaleSlip> = {}) => printer.print(bytesOf(slip), { id });
  /** Prints, and lets time pass until that has an end. */
  const print = async (id: string, slip: Partial<SaleSlip> = {}): Promise<PrintResult> => end(begin(id, slip));
  const end = async (job: Promise<PrintResult>): Promise<PrintResult> => {
    let result: PrintResult | undefined;
    void job.then((found) => {
      result = found;
    });
    await passUntil(clock, 'the end of a print job', () => result !== undefined, 3_600_000);
    return job;
  };
  const paper = () => {
    cable?.model.tearOff();
    return (cable?.papers ?? []).join(SCISSORS);
  };
  return { clock, printer, cable, model: cable.model, held, late, begin, end, print, paper };
}

/** It says busy while it is offline, or its buffer is smaller than a slip: the line has flow control. */
function holdsLine(name: PrinterName): boolean {
  const { busyWhileOffline, buffer } = PRINTERS[name];
  return busyWhileOffline || buffer.bytes < 1_000;
}

const originals = (paper: string): number => paper.match(TITLE)?.length ?? 0;

describe.each([
  ['epson-80', 'confirmed'],
  ['epson-small-buffer', 'confirmed'],
  ['xprinter-80', 'processed'],
  ['zj-58', 'sent'],
] as const)('on a %s, at best %s', (name, best) => {
  it('a slip comes out once and is proved so far', async () => {
    const { clock, print, paper } = counter(name, best);
    expect(await print('a')).toMatchObject({ state: 'sent', proof: best });
    await pass(clock, 20_000);
    expect(originals(paper())).toBe(1);
  });

  it('the paper ends at any line: it is waited for, and the slip comes out once when there is paper', async () => {
    // a line is 3.75 mm, the longest slip here 160 mm
    for (let mm = 1; mm < 170; mm += 3.75) {
      const { clock, begin, end, model, paper, held } = counter(name, best);
      await pass(clock, 500);
      model.loadPaper(mm);
      const job = begin('a');
      await pass(clock, 60_000);
      const ranOut = model.state.paper === 'end';
      model.loadPaper(50_000);
      const result = await end(job);
      await pass(clock, 20_000);
      // where the line is held back and nothing is said by itself, nobody knows of the paper: a person looks
      if (name === 'zj-58') expect(['sent', 'unknown'], `paper for ${mm} mm`).toContain(result.state);
      else expect(result, `paper for ${mm} mm`).toMatchObject({ state: 'sent', proof: best });
      expect(originals(paper()), `paper for ${mm} mm`).toBe(1);
      expect(paper()).toContain(LAST_WORDS);
      if (name === 'epson-80' && ranOut) expect(held).toEqual(['PRINTER_PAPER_OUT']);
    }
  });

  it('the cable is pulled at any byte: nothing is sent again, and the next slip is whole', async () => {
    const whole = counter(name, best);
    await whole.print('a');
    const total = whole.model.bytes.length;
    for (let cut = 1; cut <= total; cut++) {
      const { clock, cable, begin, end, print, paper } = counter(name, best);
      await pass(clock, 500);
      cable.cutAfter = cut;
      const { state } = await end(begin('a'));
      expect(['unknown', 'sent'], `cut after ${cut}`).toContain(state);
      await pass(clock, 5_000);
      if (cable.isUp) cable.cutAfter = Number.POSITIVE_INFINITY;
      else cable.plug();
      await pass(clock, 5_000);
      await print('b', { duplicate: true, orderId: 'ORDER-2' });
      await pass(clock, 20_000);
      const after = paper().split(SCISSORS).at(-1) ?? '';
      // a printer without a cutter leaves two whole slips in one piece
      if (state !== 'sent') expect(originals(after), `cut after ${cut}`).toBe(1);
      expect(originals(paper()), `cut after ${cut}`).toBeLessThanOrEqual(2);
      for (const part of ['Sales slip', 'DUPLICATE', 'ORDER-2', 'RMB 12.50', LAST_WORDS])
        expect(after, `cut after ${cut}`).toContain(part);
    }
  });

  it('it takes no bytes any more: the slip is in doubt and not sent again', async () => {
    const { clock, cable, begin, end, paper } = counter(name, best);
    await pass(clock, 500);
    const job = begin('a');
    await pass(clock, 12);
    cable.stalled = true;
    expect(await end(job)).toMatchObject({ state: 'unknown' });
    cable.flow();
    await pass(clock, 60_000);
    expect(originals(paper())).toBeLessThanOrEqual(1);
  });

  it('a status answer is lost: nothing is sent on the chance, and the next question brings the slip', async () => {
    for (const lost of [0, 1, 2]) {
      const { clock, cable, begin, end, print, paper } = counter(name, best);
      // long enough for the question at the start to be old
      await pass(clock, 5_000);
      let answers = 0;
      cable.hears = ([byte = 0]) => (byte & 0x93) !== 0x12 || answers++ !== lost;
      expect(await end(begin('a'))).toMatchObject({ state: 'not-sent', cause: 'PRINTER_SILENT' });
      expect(await print('a')).toMatchObject({ state: 'sent', proof: best });
      await pass(clock, 20_000);
      expect(originals(paper())).toBe(1);
    }
  });
});

describe('a slip that the printer holds', () => {
  it('is given up on the word of a clerk: the printer says that it forgot it, and nothing comes out later', async () => {
    const { clock, printer, begin, end, model, paper, print } = counter('epson-80', 'confirmed');
    await pass(clock, 500);
    model.loadPaper(20);
    const job = begin('a');
    await pass(clock, 60_000);
    printer.giveUp('a');
    expect(await end(job)).toMatchObject({ state: 'cleared', proof: 'none' });
    model.loadPaper(50_000);
    await pass(clock, 60_000);
    expect(paper()).not.toContain(LAST_WORDS);
    expect(await print('b', { duplicate: true })).toMatchObject({ state: 'sent', proof: 'confirmed' });
    await pass(clock, 20_000);
    expect(paper().split(SCISSORS).at(-1)).toMatch(/Sales slip[^]*DUPLICATE[^]*Please keep/);
  });

  it('is given up by itself after half an hour', async () => {
    const { clock, begin, end, model } = counter('epson-80', 'confirmed');
    await pass(clock, 500);
    model.loadPaper(20);
    const job = begin('a');
    await pass(clock, 29 * 60_000);
    expect(await Promise.race([job, Promise.resolve('held')])).toBe('held');
    await pass(clock, 2 * 60_000);
    expect(await end(job)).toMatchObject({ state: 'cleared' });
  });

  it('is in doubt when the printer does not say that it forgot it', async () => {
    const { clock, printer, begin, end, model } = counter('epson-deaf-to-clear', 'confirmed');
    await pass(clock, 500);
    model.loadPaper(20);
    const job = begin('a');
    await pass(clock, 10_000);
    printer.giveUp('a');
    expect(await end(job)).toMatchObject({ state: 'unknown' });
  });

  it('is in doubt when the printer falls silent, for it may have been switched off', async () => {
    const { clock, begin, end, model } = counter('epson-80', 'confirmed');
    await pass(clock, 500);
    model.loadPaper(20);
    const job = begin('a');
    await pass(clock, 5_000);
    model.powerOff();
    expect(await end(job)).toMatchObject({ state: 'unknown' });
  });

  it('is no doubt any more when its echo comes late', async () => {
    const { clock, cable, begin, end, model, late, paper } = counter('epson-80', 'confirmed');
    await pass(clock, 500);
    model.loadPaper(20);
    const job = begin('a');
    await pass(clock, 15);
    cable.hears = ([first]) => first === 0x37;
    expect(await end(job)).toMatchObject({ state: 'unknown' });
    model.loadPaper(50_000);
    await pass(clock, 20_000);
    expect(late).toEqual(['a']);
    expect(originals(paper())).toBe(1);
  });
});

describe('GS r, which carries no name', () => {
  it('answered for the last slip does not prove this one', async () => {
    const { clock, cable, begin, end, model, paper } = counter('xprinter-80', 'processed');
    await pass(clock, 500);
    // the first slip's answer is lost, the second slip stays without paper
    cable.hears = ([first = 0]) => (first & 0x90) !== 0;
    expect(await end(begin('a'))).toMatchObject({ state: 'unknown' });
    cable.hears = () => true;
    model.loadPaper(20);
    const job = begin('b');
    await pass(clock, 60_000);
    expect(await Promise.race([job, Promise.resolve('held')])).toBe('held');
    model.loadPaper(50_000);
    expect(await end(job)).toMatchObject({ state: 'sent', proof: 'processed' });
    expect(originals(paper())).toBe(2);
  });
});

describe('a long document on a line without flow control', () => {
  it('is sent at the pace of the printer: nothing is discarded', async () => {
    const { clock, cable, printer, end, model, paper } = counter('epson-80', 'confirmed');
    await pass(clock, 500);
    cable.deaf = true;
    const goods = Array.from({ length: 400 }, (_, k) => `item ${k} ${'.'.repeat(30)}`);
    const bytes = Buffer.from(`${goods.join('\n')}\n`, 'latin1');
    expect(bytes.length).toBeGreaterThan(3 * 4096);
    expect(await end(printer.print(bytes, { id: 'a' }))).toMatchObject({ state: 'sent', proof: 'confirmed' });
    expect(model.discarded).toBe(0);
    for (const line of goods) expect(paper()).toContain(line);
  });
});
