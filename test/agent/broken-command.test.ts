import { describe, expect, it } from 'vitest';
import { type PrintResult, SlipPrinter } from '../../agent/devices/printer.ts';
import { longestOf } from '../../agent/slips/print-form.ts';
import { saleSlip } from '../../agent/slips/sale-slip.ts';
import { newBitmap } from '../../protocols/escpos/image.ts';
import { genericProfile } from '../../protocols/escpos/profile.ts';
import { rasterBytes } from '../../protocols/escpos/raster.ts';
import { PRINTERS } from '../../simulator/personalities/printers.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';
import { pass, passUntil } from '../world/pass.ts';
import { PrinterCable } from '../world/printer-cable.ts';

// A process died in the middle of a picture, and the next one talks to a printer that waits for the picture's rest.

const { profile } = PRINTERS['epson-80'];
/** what the dead process had written: text, and the head and a part of a signature's picture */
const SIGNATURE = rasterBytes(newBitmap(240, 120), genericProfile(80));
const TORN = Buffer.concat([Buffer.from('CARD SLIP\n'), SIGNATURE.subarray(0, 700)]);
const HEAD = 'Corner shop';
const NEXT = saleSlip(
  {
    merchantName: HEAD,
    channel: 'WECHAT',
    maskedPaycode: '13************1492',
    orderId: 'ORDER-1',
    attemptId: 'ATTEMPT-1',
    paidAt: 0,
    amountFen: 1250,
    slipId: '1',
    locale: 'en',
  },
  profile,
).bytes;

function counter(torn: Uint8Array = TORN) {
  const clock = new VirtualClock(1_795_000_000_000);
  let cable: PrinterCable | undefined;
  const printer = new SlipPrinter(
    { baudRate: 115_200, confirms: true },
    {
      onUp: () => undefined,
      onDown: () => undefined,
      onStatus: () => undefined,
      onHeld: () => undefined,
      onLateProof: () => undefined,
    },
    clock,
    (listener) => {
      cable = new PrinterCable(listener, clock, PRINTERS['epson-80']);
      return cable;
    },
  );
  if (!cable) throw new Error('the printer opened no link');
  cable.model.receive(torn);
  cable.reopensAfterMs = 100;
  const { model, papers } = cable;
  const once = async (): Promise<PrintResult> => {
    let result: PrintResult | undefined;
    const job = printer.print(NEXT, { id: 'next' }).then((ended) => {
      result = ended;
    });
    await passUntil(clock, 'the end of a print job', () => result !== undefined, 600_000);
    await job;
    if (!result) throw new Error('no result');
    return result;
  };
  /** as the queue does: again and again until it left */
  const print = async (): Promise<PrintResult> => {
    for (let tries = 0; tries < 30; tries++) {
      const result = await once();
      if (result.state !== 'not-sent') return result;
      await pass(clock, 1_000);
    }
    throw new Error('the slip never left');
  };
  return { clock, printer, cable, model, papers, once, print };
}

/** Whole, of its own, and said to be so. */
async function expectWhole({ print, papers, model }: ReturnType<typeof counter>): Promise<void> {
  expect(await print()).toMatchObject({ state: 'sent', proof: 'confirmed' });
  model.tearOff();
  expect(papers.at(-1)).toContain(HEAD);
  expect(papers.slice(0, -1).join('')).toContain('CARD SLIP');
}

describe('a picture that broke off', () => {
  it('is ended before the next slip, whatever its size was: no picture for this paper is longer', async () => {
    const till = counter();
    till.printer.distrust(longestOf(80));
    await expectWhole(till);
  });

  it('of the whole width of the paper, torn behind its head', async () => {
    const widest = rasterBytes(newBitmap(576, 300), genericProfile(80));
    const till = counter(Buffer.concat([Buffer.from('CARD SLIP\n'), widest.subarray(0, 9)]));
    till.printer.distrust(longestOf(80));
    await expectWhole(till);
  });

  it('is ended at a printer that takes its bytes slowly, piece by piece, and no question goes before', async () => {
    const till = counter();
    till.printer.distrust(longestOf(80));
    const { clock, cable } = till;
    const go = (stalled: boolean) => {
      cable.stalled = stalled;
      if (!stalled) cable.flow();
      clock.after(stalled ? 900 : 30, () => go(!stalled));
    };
    go(true);
    await expectWhole(till);
  });

  it('is not ended by bytes that a driver had and threw away with its port', async () => {
    const till = counter();
    till.cable.stalled = true;
    till.printer.distrust(SIGNATURE);
    await pass(till.clock, 1_000);
    expect(await till.once()).toMatchObject({ state: 'not-sent' });
    expect(till.model.bytes.length, 'nothing was said').toBe(TORN.length);
    till.cable.flow();
    await expectWhole(till);
  });

  it('at a printer without paper: that is known, and its buffer is not filled while nobody empties it', async () => {
    const till = counter();
    till.model.change({ paper: 'end' });
    till.printer.distrust(longestOf(80));
    await pass(till.clock, 60_000);
    expect(await till.once()).toMatchObject({ state: 'not-sent', cause: 'PRINTER_PAPER_OUT' });
    expect(till.model.bytes.length).toBeLessThan(TORN.length + 1_000);
    till.model.change({ paper: 'ok' });
    await expectWhole(till);
  });

  it('is ended though the printer was asked a moment ago how it is', async () => {
    const till = counter(Buffer.from('CARD SLIP\n'));
    await pass(till.clock, 1_000);
    till.printer.lookAhead();
    await pass(till.clock, 100);
    till.cable.model.receive(SIGNATURE.subarray(0, 700));
    till.printer.distrust(SIGNATURE);
    await expectWhole(till);
  });
});
