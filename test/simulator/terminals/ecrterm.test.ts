import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
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
      'registers, asks, pays, is refused and closes the day over %s',
      async (wire) => {
        const folder = mkdtempSync(join(tmpdir(), 'tillwire-ecrterm-'));
        const port = await openTerminal({
          personality: TERMINALS['zvt-plain'],
          clock: systemClock,
          wire,
          link: join(folder, 'terminal'),
        });
        try {
          expect(await drive(port.path.replace('tcp://', 'socket://'))).toEqual({
            register: 0,
            version: '2.14.15',
            payment: true,
            lines: 8,
            results: [{ result_code: 0, amount: 11_000, trace_number: '000001', receipt: '0001', tid: '00000104' }],
            declined: false,
            end_of_day: 0,
          });
          expect(port.terminal.ledger.entries.map(({ amount, state }) => [amount, state])).toEqual([
            [11_000, 'kept'],
            [11_051, 'declined'],
          ]);
        } finally {
          await port.close();
          rmSync(folder, { recursive: true, force: true });
        }
      },
      40_000,
    );
  });

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
