import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { encode, join } from '../../protocols/escpos/encode.ts';
import type { Problem } from '../../protocols/escpos/problems.ts';
import { PROFILES } from '../../protocols/escpos/profile.ts';
import type { PrinterState } from '../../protocols/escpos/status.ts';
import { summariseSlip } from '../../protocols/escpos/summary.ts';
import { PrinterModel, type PrinterOptions } from '../../simulator/devices/printer.ts';
import { PrinterLine } from '../../simulator/devices/printer-line.ts';
import { PRINTERS, type PrinterName } from '../../simulator/personalities/printers.ts';
import { memoryWires } from '../../simulator/wires/wire.ts';
import { VirtualClock } from '../../simulator/world/clock.ts';

// The printer as a host meets it: bytes in, bytes out, paper. Expected bytes: receipts.md 1.6-1.8 (Epson TM-T88III
// specification p. 173, TM-L90 programming guide pp. 425-430 and others).

const hex = (text: string) => fromHex(text.replaceAll(' ', '')) ?? new Uint8Array();
const text = (line: string) => Uint8Array.from(`${line}\n`, (char) => char.charCodeAt(0));
const processId = (id: string) => encode('process-id', [...Buffer.from(id, 'latin1')]);
const CUT = encode('feed-cut-partial', [0]);

function bench(name: PrinterName = 'epson-80', options: Partial<PrinterOptions> = {}) {
  const clock = new VirtualClock(0);
  const said: string[] = [];
  const slips: { lines: string[]; cut: string | null; bytes: string }[] = [];
  const problems: Problem[] = [];
  const ready: boolean[] = [];
  const kicks: unknown[] = [];
  const printer = new PrinterModel({
    personality: PRINTERS[name],
    clock,
    send: (bytes) => said.push(toHex(bytes)),
    onSlip: (slip, bytes) => {
      const { lines, cut } = summariseSlip(slip);
      slips.push({ lines: lines.map((line) => line.text), cut, bytes: toHex(bytes) });
    },
    onProblem: (problem) => problems.push(problem),
    onReady: (isReady) => ready.push(isReady),
    onDrawer: (kick) => kicks.push(kick),
    ...options,
  });
  const send = (...parts: ArrayLike<number>[]) => printer.receive(join(parts));
  /** what it said since the last look */
  const heard = () => said.splice(0).join(' ');
  return { clock, printer, send, heard, slips, problems, ready, kicks };
}

describe('how a printer says how it is', () => {
  const ALL = hex('100401 100402 100403 100404 10140701');
  it.each<[string, Partial<PrinterState>, string]>([
    ['ready', {}, '12 12 12 12 10000000'],
    ['near the end of the paper', { paper: 'near-end' }, '12 12 12 1e 10000300'],
    ['without paper', { paper: 'end' }, '1a 32 12 7e 18000f00'],
    ['with its cover open', { cover: 'open' }, '1a 16 12 12 38000000'],
    ['with a jammed cutter', { error: 'cutter' }, '1a 52 1a 12 18080000'],
    ['dead', { error: 'unrecoverable' }, '1a 52 32 12 18200000'],
    ['with a hot head', { error: 'hot' }, '1a 52 52 12 18400000'],
    ['while the feed button is held', { feeding: true }, '5a 1a 12 12 58000000'],
    ['with the drawer lever up', { drawerPin: 'high' }, '16 12 12 12 14000000'],
  ])('%s', (_name, state, expected) => {
    const { printer, send, heard } = bench();
    printer.change(state);
    send(ALL);
    expect(heard()).toBe(expected);
  });

  it('answers 72 without paper where there is no near-end sensor', () => {
    const { printer, send, heard } = bench('xprinter-80');
    printer.change({ paper: 'end' });
    send(hex('100404'));
    expect(heard()).toBe('72');
  });

  it('says so when the cover is opened while a line is printed', () => {
    const { printer, send, heard } = bench();
    send(text('A'));
    printer.change({ cover: 'open' });
    send(hex('100403'));
    expect(heard()).toBe('52');
    printer.change({ cover: 'closed' });
    send(hex('100403'));
    expect(heard()).toBe('12');
  });

  it('tells changes by itself, those that were asked for', () => {
    const { printer, send, heard } = bench();
    send(hex('1d6108'));
    expect(heard()).toBe('10000000');
    printer.change({ drawerPin: 'high' });
    expect(heard()).toBe('');
    printer.change({ paper: 'near-end' });
    printer.change({ paper: 'near-end' });
    expect(heard()).toBe('14000300');
    send(hex('1d6100'));
    printer.change({ paper: 'ok' });
    expect(heard()).toBe('');
  });

  it('tells that it went offline, and why, when it was asked to', () => {
    const { printer, send, heard } = bench();
    send(encode('offline-response', [0x31]));
    printer.change({ cover: 'open' });
    printer.change({ cover: 'closed' });
    send(encode('offline-response', [0x32]));
    printer.change({ paper: 'end' });
    expect(heard()).toBe('372300 37234200');
  });

  it('says what it is: GS I', () => {
    const { send, heard } = bench();
    send(hex('1d4901 1d4902 1d4903 1d4942 1d4943 1d4945'));
    expect(heard()).toBe(
      ['20', '03', '01', '5f4550534f4e00', '5f544d2d543832494900', '5f4348494e41204742313830333000'].join(' '),
    );
  });

  it('answers GS ( k 182 with the size of the symbol: 21 modules of 10 dots', () => {
    const { send, heard } = bench();
    send(encode('qr-module', [10]), encode('qr-store', [0x30], hex('4849')), encode('qr-size', [0x30]));
    expect(heard()).toBe('373632 3130 1f 323130 1f 31 1f 30 00'.replaceAll(' ', ''));
  });
});

describe('real-time commands', () => {
  // a picture of 3 bytes by 1 row whose dots are DLE EOT 1
  const PICTURE = hex('1d7630 00 0300 0100 100401');

  it('inside picture data are carried out all the same, and reported', () => {
    const { send, heard, problems } = bench();
    send(PICTURE);
    expect(heard()).toBe('12');
    expect(problems).toMatchObject([{ code: 'realtime-inside-data', offset: 8 }]);
  });

  it('inside picture data are data for other makers', () => {
    const { send, heard, problems } = bench('epson-deaf-to-clear');
    send(PICTURE);
    expect(heard()).toBe('');
    send(hex('100401'));
    expect(heard()).toBe('12');
    expect(problems).toEqual([]);
  });

  it('are answered while the printer stands still with a full buffer', () => {
    const { printer, send, heard } = bench();
    printer.change({ paper: 'end' });
    send(new Uint8Array(5000).fill(0x41));
    send(hex('100402'));
    expect(heard()).toBe('32');
    expect(printer.discarded).toBe(5003 - 4096);
  });

  it('kick the drawer at once, while paper is missing', () => {
    const { printer, send, kicks } = bench();
    printer.change({ paper: 'end' });
    send(hex('10140101 02'), hex('1b700032fa'));
    expect(kicks).toEqual([{ pin: 5, ms: 200 }]);
    printer.change({ paper: 'ok' });
    expect(kicks).toEqual([
      { pin: 5, ms: 200 },
      { pin: 2, ms: 100 },
    ]);
  });
});

describe('proof of print', () => {
  it('comes when the mechanism has come to the end, not when the bytes have', () => {
    const { clock, send, heard, slips } = bench();
    // 10 lines of 30 dots, the feed to the cutter of 80 dots: 380 dots at 200 mm/s and 8 dots/mm take 238 ms, the cut 400
    send(...Array.from({ length: 10 }, () => text('LINE')), CUT, processId('0042'));
    clock.advance(630);
    expect({ heard: heard(), slips }).toEqual({ heard: '', slips: [] });
    clock.advance(10);
    expect(slips).toMatchObject([{ cut: 'partial' }]);
    expect(heard()).toBe('37223030343200');
  });

  it('paper out in the middle: it waits, and goes on by itself with new paper, once', () => {
    // 20 mm of paper: 5 lines of 3.75 mm and a little
    const { clock, printer, send, heard, slips } = bench('epson-80', { rollMm: 20 });
    send(...Array.from({ length: 8 }, (_, k) => text(`LINE ${k}`)), CUT, hex('1d7201'), processId('0001'));
    clock.advance(60_000);
    expect(printer.state.paper).toBe('end');
    expect({ heard: heard(), slips }).toEqual({ heard: '', slips: [] });
    send(hex('100402 100404'));
    expect(heard()).toBe('32 7e');
    printer.loadPaper(5000);
    clock.advance(60_000);
    expect(heard()).toBe('00 37223030303100');
    expect(slips).toMatchObject([{ lines: Array.from({ length: 8 }, (_, k) => `LINE ${k}`), cut: 'partial' }]);
  });

  it('a clear empties the buffers: its notice comes, the process id never does', () => {
    const { clock, printer, send, heard, slips } = bench();
    printer.change({ cover: 'open' });
    send(text('GONE'), CUT, processId('0001'), hex('1014080103140106 0208'));
    expect(heard()).toBe('372500');
    printer.change({ cover: 'closed' });
    send(text('NEXT'), CUT, processId('0002'));
    clock.advance(60_000);
    expect(heard()).toBe('37223030303200');
    expect(slips).toMatchObject([{ lines: ['NEXT'] }]);
  });

  it('a printer that ignores the clear prints both', () => {
    const { clock, printer, send, heard, slips } = bench('epson-deaf-to-clear');
    printer.change({ cover: 'open' });
    send(text('STAYS'), CUT, hex('1014080103140106 0208'), text('NEXT'), CUT);
    printer.change({ cover: 'closed' });
    clock.advance(60_000);
    expect(heard()).toBe('');
    expect(slips).toMatchObject([{ lines: ['STAYS'] }, { lines: ['NEXT'] }]);
  });

  it('a clear with other bytes is no clear', () => {
    const { send, heard } = bench();
    send(hex('1014080103140106 0209'));
    expect(heard()).toBe('');
  });

  it('a clone has no process ids, and that is reported', () => {
    const { clock, send, heard, problems } = bench('zj-58');
    send(text('A'), processId('0001'), hex('1d7201 100401'));
    clock.advance(60_000);
    expect(heard()).toBe('12');
    expect(problems.map(({ code, message }) => [code, message.match(/\((.*)\)/)?.[1]])).toEqual([
      ['not-this-model', 'process-id'],
      ['not-this-model', 'status'],
    ]);
  });

  it('an old clone prints as text what it does not know, and that is reported', () => {
    const { clock, send, problems, printer } = bench('mute-58');
    send(text('A'), processId('0042'), [0x0a]);
    clock.advance(60_000);
    expect(summariseSlip(printer.unfinished).lines.map((line) => line.text)).toEqual(['A', 'H000042']);
    expect(problems[0]).toMatchObject({ code: 'unknown-command', offset: 2 });
  });
});

describe('cutter', () => {
  it('jams at the cut; DLE ENQ helps once the paper is out of it', () => {
    const { clock, printer, send, heard, slips } = bench();
    printer.jamAtNextCut();
    send(text('A'), CUT, processId('0001'));
    clock.advance(60_000);
    send(hex('100501 100403'));
    expect({ heard: heard(), slips }).toEqual({ heard: '1a', slips: [] });
    printer.change({ cover: 'open' });
    printer.change({ cover: 'closed' });
    clock.advance(60_000);
    expect(slips).toEqual([]);
    send(hex('100501'));
    clock.advance(60_000);
    expect(heard()).toBe('37223030303100');
    expect(slips).toMatchObject([{ lines: ['A'], cut: 'partial' }]);
  });

  it('DLE ENQ 2 gives up what was buffered: the slip hangs there uncut, its id never comes', () => {
    const { clock, printer, send, heard, slips } = bench();
    printer.jamAtNextCut();
    send(text('A'), CUT, processId('0001'));
    clock.advance(60_000);
    printer.change({ cover: 'open' });
    printer.change({ cover: 'closed' });
    send(hex('100502'));
    clock.advance(60_000);
    expect(heard()).toBe('');
    expect(slips).toMatchObject([{ lines: ['A'], cut: null }]);
  });
});

describe('buffer and flow control', () => {
  it('is busy from 128 free bytes, ready again from 256', () => {
    const { printer, send, ready, clock } = bench();
    printer.change({ cover: 'open' });
    send(new Uint8Array(3967).fill(0x0a));
    expect(ready).toEqual([]);
    send([0x0a]);
    expect(ready).toEqual([false]);
    printer.change({ cover: 'closed' });
    // 30 dots at 203 dpi and 200 mm/s: 18.8 ms a line
    clock.advance(126 * 18.77);
    expect(ready).toEqual([false]);
    clock.advance(3 * 18.77);
    expect(ready).toEqual([false, true]);
  });

  it('says XOFF and XON where the wire has no line for it', () => {
    const { printer, send, heard, clock } = bench('epson-small-buffer');
    printer.change({ cover: 'open' });
    send(new Uint8Array(29).fill(0x41));
    expect(heard()).toBe('13');
    printer.change({ cover: 'closed' });
    clock.advance(1000);
    expect(heard()).toBe('11');
  });

  it('discards what comes when it is full, and reports it once', () => {
    const { printer, send, problems, slips, clock } = bench();
    printer.change({ cover: 'open' });
    send(new Uint8Array(4096).fill(0x0a), text('LOST'), text('LOST TOO'));
    printer.change({ cover: 'closed' });
    clock.advance(600_000);
    send(text('SEEN'), CUT);
    clock.advance(1000);
    expect(problems).toMatchObject([{ code: 'buffer-overflow', level: 'error', offset: 4110 }]);
    expect(slips[0]?.lines).toEqual(['SEEN']);
  });

  it('a clone is also busy while it is offline', () => {
    const { printer, ready } = bench('xprinter-80');
    printer.change({ cover: 'open' });
    printer.change({ cover: 'closed' });
    expect(ready).toEqual([false, true]);
  });

  it('a host that listens to the line loses nothing, however much it sends at once', async () => {
    const clock = new VirtualClock(0);
    const [near, far] = memoryWires();
    const slips: string[] = [];
    const problems: Problem[] = [];
    const line = new PrinterLine(near, { clock, bytesPerSecond: 11_520 });
    const printer = new PrinterModel({
      personality: PRINTERS['epson-80'],
      clock,
      send: (bytes) => line.say(bytes),
      onReady: (isReady) => isReady && line.go(),
      onSlip: (_, bytes) => slips.push(toHex(bytes)),
      onProblem: (problem) => problems.push(problem),
    });
    line.join(printer);
    const job = join([...Array.from({ length: 2000 }, (_, k) => text(`LINE ${k}`)), CUT]);
    const sent = far.send(job);
    clock.advance(600_000);
    expect(await sent).toBe(true);
    expect(slips).toEqual([toHex(job)]);
    expect({ problems, discarded: printer.discarded }).toEqual({ problems: [], discarded: 0 });
  });
});

describe('power', () => {
  it('off: buffer and modes are gone, what hangs out stays until somebody tears it off', () => {
    const { clock, printer, send, heard, slips } = bench();
    send(hex('1d2111'), text('HALF'), text('A SLIP'), hex('414243'));
    clock.advance(1000);
    printer.powerOff();
    send(hex('100401'));
    expect(heard()).toBe('');
    printer.powerOn();
    send(text('NEXT'), CUT, hex('100401'));
    clock.advance(1000);
    expect(heard()).toBe('12');
    expect(slips).toMatchObject([{ lines: ['HALF', 'A SLIP', 'NEXT'] }]);
  });

  it('a person tears off what hangs out', () => {
    const { clock, printer, send, slips } = bench();
    send(text('HALF'));
    clock.advance(1000);
    printer.tearOff();
    send(text('NEXT'), CUT);
    clock.advance(1000);
    expect(slips).toMatchObject([
      { lines: ['HALF'], cut: null, bytes: toHex(text('HALF')) },
      { lines: ['NEXT'], cut: 'partial' },
    ]);
  });

  it('by command: it says so and is gone', () => {
    const { printer, send, heard } = bench();
    send(hex('1014020108 100401'));
    expect(heard()).toBe('3b3000');
    expect(printer.isOn).toBe(false);
  });
});

describe('personalities', () => {
  it.each(Object.entries(PRINTERS))('%s has its own name, and thresholds that work', (name, personality) => {
    const { bytes, busyAtFree, readyAtFree } = personality.buffer;
    expect(personality.name).toBe(name);
    expect(readyAtFree).toBeGreaterThan(busyAtFree);
    expect(bytes).toBeGreaterThan(readyAtFree);
    expect(Object.values(PROFILES)).toContain(personality.profile);
  });

  it('behaves the same however the bytes are chunked', () => {
    const job = join([text('A'), encode('status', [1]), hex('100401'), CUT, processId('0007')]);
    const outcomes = [1, 2, 3, 7, job.length].map((size) => {
      const { clock, printer, heard, slips } = bench();
      for (let at = 0; at < job.length; at += size) printer.receive(job.subarray(at, at + size));
      clock.advance(5000);
      return { heard: heard(), slips };
    });
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    expect(outcomes[0]?.heard).toBe('12 00 37223030303700');
  });
});
