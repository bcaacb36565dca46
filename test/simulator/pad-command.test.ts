import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { SignaturePad } from '../../agent/devices/signature-pad.ts';
import { openSerialLink } from '../../agent/transport/serial.ts';
import { readPbm } from '../../protocols/signature/pbm.ts';
import { OBSERVED_PAD } from '../../protocols/terminal/pad/settings.ts';
import { sameDots } from '../protocols/jbig-peer.ts';
import { SimProcess } from './sim-process.ts';

let folder: string | undefined;
afterEach(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

it('tillwire-sim pad: a till signs on it, the signature lies there as a picture, quit ends it', async () => {
  folder = mkdtempSync(join(tmpdir(), 'tillwire-pad-'));
  const path = join(folder, 'pad');
  const args = ['pad', '--path', path, '--sign-ms', '50', '--out', folder, '--json', '--fault', 'one-byte-chunks'];
  const sim = new SimProcess(...args);
  expect(await sim.event(1)).toMatchObject({ event: 'open', at: path });
  let isUp = () => undefined as void;
  const up = new Promise<void>((resolve) => {
    isUp = resolve;
  });
  const pad = new SignaturePad(OBSERVED_PAD, { onUp: () => isUp(), onDown: () => undefined }, systemClock, (listener) =>
    openSerialLink({ path, baudRate: 115_200 }, listener, { clock: systemClock, random: () => 0 }),
  );
  await up;
  const answer = await pad.sign({ featureCode: '0B3F2A71' });
  await pad.close();
  sim.type('ledger', 'quit');
  expect(await sim.ended).toBe(0);
  const kept = readPbm(readFileSync(join(folder, 'signature-1.pbm')));
  expect(answer?.kind === 'signed' && sameDots(kept, answer.bitmap)).toBe(true);
  expect(readFileSync(join(folder, 'signature-1.png')).subarray(1, 4).toString()).toBe('PNG');
  expect(sim.events.at(-1)).toMatchObject({ event: 'ledger', signatures: [{ sequence: 1, featureCode: '0B3F2A71' }] });
});
