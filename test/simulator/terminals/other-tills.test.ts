import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { fromHex, toHex } from '../../../protocols/bytes/hex.ts';
import { decodeApdu, encodeApdu, isApduError } from '../../../protocols/terminal/zvt/apdu.ts';
import { TERMINALS } from '../../../simulator/personalities/terminals.ts';
import { BareTill } from './bare-till.ts';

// Four tills that know nothing of us (two in Python, one in C#, one in Go) went through a day at our terminal. Their bytes are
// said again here, and the terminal answers as it did when they were content with it, byte for byte but for the clock and the receipts' lines.

const Session = z.object({ till: z.string(), messages: z.array(z.tuple([z.enum(['ECR>PT', 'PT>ECR']), z.string()])) });
const file = new URL('../../vectors/terminals/zvt-session-tills.json', import.meta.url);
const { sessions } = z.object({ sessions: z.array(Session) }).parse(JSON.parse(readFileSync(file, 'utf8')));

it.each(sessions)('$till is answered as on the day it was there', ({ messages }) => {
  const till = new BareTill(TERMINALS['zvt-brisk']);
  const said: string[] = [];
  const expected: string[] = [];
  for (const [at, [from, hex]] of messages.entries()) {
    // what stands on a receipt may change; each of its lines was acknowledged, and is here
    if (isPrint(hex) || isPrint(messages[at - 1]?.[1] ?? '')) continue;
    if (from === 'PT>ECR') {
      expected.push(clockless(hex));
      said.push(clockless(answered(till)));
    } else {
      if (hex !== '800000') till.rests();
      till.say(hex);
    }
  }
  expect(said).toEqual(expected);
  expect(till.hears(), 'no more than it said then').toBeUndefined();
});

const isPrint = (hex: string) => /^06D[13]/.test(hex);

function answered(till: BareTill): string {
  for (;;) {
    const hex = till.hears() ?? 'nothing';
    if (!isPrint(hex)) return hex;
    till.say('800000');
  }
}

const CLOCK: ReadonlySet<string> = new Set(['0C', '0D', 'AA']);

/** Without time and date. */
function clockless(hex: string): string {
  const message = decodeApdu(fromHex(hex) ?? new Uint8Array());
  if (isApduError(message)) return hex;
  return toHex(encodeApdu({ ...message, fields: message.fields.filter(({ bmp }) => !CLOCK.has(bmp)) }));
}
