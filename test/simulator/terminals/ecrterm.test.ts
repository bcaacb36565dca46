import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fromHex, toHex } from '../../../protocols/bytes/hex.ts';
import { TERMINALS } from '../../../simulator/personalities/terminals.ts';
import { openTerminal, SimulatedZvtTerminal, TERMINAL_WIRES } from '../../../simulator/terminals/terminal-port.ts';
import { systemClock, VirtualClock } from '../../../simulator/world/clock.ts';

// An independent till (wirelane/ecrterm, LGPL-3, Python with pyserial) pays at our terminal. It is not part of this project:
// TILLWIRE_ECRTERM names the folders where Python finds it and pyserial, joined by colons; without it nothing runs here.

const FOLDERS = process.env['TILLWIRE_ECRTERM'];
const SCRIPT = fileURLToPath(new URL('./ecrterm-till.py', import.meta.url));

async function drive(device: string): Promise<unknown> {
  const till = spawn('python3', [SCRIPT, device], { env: { ...process.env, PYTHONPATH: FOLDERS }, timeout: 30_000 });
  const said: Buffer[] = [];
  till.stdout.on('data', (bytes: Buffer) => said.push(bytes));
  till.stderr.pipe(process.stderr);
  const [code] = (await once(till, 'close')) as [number];
  if (code !== 0) throw new Error(`ecrterm ended with ${code}`);
  return JSON.parse(Buffer.concat(said).toString());
}

// oxlint-disable-next-line vitest/no-conditional-tests -- a till that is not here is no failure and no skip
if (FOLDERS !== undefined)
  describe('ecrterm, a till that knows nothing of us', () => {
    it.each(TERMINAL_WIRES)(
      'pays, is refused, holds, books, gives back and closes the day over %s',
      async (wire) => {
        const folder = mkdtempSync(join(tmpdir(), 'tillwire-ecrterm-'));
        const port = await openTerminal({
          personality: TERMINALS['zvt-brisk'],
          clock: systemClock,
          wire,
          link: join(folder, 'terminal'),
        });
        try {
          const report = Report.parse(await drive(port.path.replace('tcp://', 'socket://')));
          expect(report.steps.map(([name, returned, heard]) => [name, returned, withoutLines(heard)])).toEqual(STEPS);
          expect(report.results).toEqual(RESULTS);
          expect(report.version).toBe('2.14.15');
          expect(port.terminal.ledger.entries.map(({ amount, state }) => [amount, state])).toEqual(LEDGER);
        } finally {
          await port.close();
          rmSync(folder, { recursive: true, force: true });
        }
      },
      40_000,
    );
  });

const Report = z.object({
  version: z.string(),
  steps: z.array(z.tuple([z.string(), z.unknown(), z.string()])),
  results: z.array(z.array(z.unknown())),
});

/** How many lines a receipt has is its own affair. */
const withoutLines = (heard: string) => heard.replace(/PrintLine\*\d+/, 'lines');

const PAID = 'PacketReceived IntermediateStatusInformation*2 StatusInformation lines Completion';
const REFUSED = 'PacketReceived IntermediateStatusInformation*2 StatusInformation lines Abort';
const HELD = 'PacketReceived IntermediateStatusInformation*2 StatusInformation Completion';
const BOOKED = 'PacketReceived StatusInformation lines Completion';
const TOLD = 'PacketReceived StatusInformation Completion';

/** What ecrterm returned, and what it heard. */
const STEPS: readonly (readonly unknown[])[] = [
  ['register', 0, 'PacketReceived Completion'],
  ['status', '2.14.15', 'PacketReceived Completion'],
  ['pay 11000', true, PAID],
  ['pay 5000', true, PAID],
  ['pay 11051', false, REFUSED],
  ['pay 11055', false, REFUSED.replace('*2', '*8')],
  ['pay 11097', false, 'PacketReceived IntermediateStatusInformation StatusInformation Abort'],
  ['reversal', 0, BOOKED],
  ['reversal again', 0, 'PacketReceived Abort'],
  ['refund', 0, PAID],
  ['repeat receipt', 0, 'PacketReceived lines Completion'],
  ['hold', true, HELD],
  ['another hold', true, HELD],
  ['open holds', ['0008', '0009'], 'PacketReceived Abort'],
  ['book', true, BOOKED],
  ['give back a part', true, BOOKED],
  ['open holds', [], 'PacketReceived Abort'],
  ['diagnosis', 0, 'PacketReceived Completion'],
  ['initialisation', true, 'PacketReceived Completion'],
  ['display', 0, 'PacketReceived'],
  ['abort', 0, 'PacketReceived'],
  ['totals', 0, TOLD],
  ['end of day', 0, TOLD],
  ['log-off', 0, 'PacketReceived'],
];

/** Result code, amount, trace and receipt as ecrterm read them. */
const RESULTS: readonly (readonly unknown[])[] = [
  ['pay 11000', 0x00, 11_000, '000001', '0001'],
  ['pay 5000', 0x00, 5_000, '000002', '0002'],
  ['pay 11051', 0x51, 11_051, '000003', '0003'],
  ['pay 11055', 0x55, 11_055, '000004', '0004'],
  ['pay 11097', 0x6c, null, null, null],
  ['reversal', 0x00, 11_000, '000006', '0006'],
  ['refund', 0x00, 2_500, '000007', '0007'],
  ['hold', 0x00, 30_000, '000008', '0008'],
  ['another hold', 0x00, 40_000, '000009', '0009'],
  ['book', 0x00, 20_000, '000010', '0010'],
  ['give back a part', 0x00, 20_000, '000011', '0011'],
  ['totals', 0x00, 42_500, '000011', null],
  ['end of day', 0x00, 42_500, '000011', null],
];

const LEDGER: readonly (readonly unknown[])[] = [
  [11_000, 'reversed'],
  [5_000, 'kept'],
  [11_051, 'declined'],
  [11_055, 'declined'],
  [11_097, 'cancelled'],
  [11_000, 'kept'],
  [2_500, 'kept'],
  [30_000, 'booked'],
  [40_000, 'booked'],
  [20_000, 'kept'],
  [20_000, 'kept'],
];

/** What ecrterm said when it was recorded, and the kinds of message that it was answered with. */
it('our terminal takes the recorded session of ecrterm from register to end of day', () => {
  const file = new URL('../../vectors/terminals/zvt-session-ecrterm.json', import.meta.url);
  const { sessions } = JSON.parse(readFileSync(file, 'utf8')) as { sessions: { messages: [string, string][] }[] };
  const clock = new VirtualClock(0);
  const terminal = new SimulatedZvtTerminal({ personality: TERMINALS['zvt-plain'], clock });
  const said: string[] = [];
  let hear: (bytes: Uint8Array) => void = () => undefined;
  const send = (bytes: Uint8Array) => {
    said.push(toHex(bytes.subarray(0, 2)));
    return Promise.resolve(true);
  };
  terminal.onStream({
    send,
    listen: (listener) => void (hear = listener),
    pause: () => undefined,
    resume: () => undefined,
  });
  const commands = (sessions[0]?.messages ?? []).filter(([from, hex]) => from === 'ECR>PT' && hex !== '800000');
  const heard = commands.map(([, hex]) => {
    said.length = 0;
    hear(fromHex(hex) ?? new Uint8Array());
    for (let n = 1; n < 40; n++) {
      clock.advance(1_000);
      if (said.length > n) hear(Uint8Array.of(0x80, 0x00, 0x00));
    }
    return said.join(' ').replace(/(?: 06d1)+/, ' 06d1*');
  });
  // BA: payment receipts for the till, the others are the terminal's (PA00P015 2.1)
  expect(heard).toEqual(['8000 060f', '8000 060f', '8000 04ff 04ff 040f 06d1* 060f', '8000 040f 060f']);
});
