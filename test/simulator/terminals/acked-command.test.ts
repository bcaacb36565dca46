import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { AckedDialogue, type AckedTongue } from '../../../protocols/terminal/acked-dialogue.ts';
import { LINK_DIALECTS } from '../../../protocols/terminal/link/dialects.ts';
import { linkTongue } from '../../../protocols/terminal/link/tongue.ts';
import { transbankTongue } from '../../../protocols/terminal/transbank/tongue.ts';
import { DialogueTill } from '../../stories/dialogue-till.ts';
import { SimProcess } from '../sim-process.ts';

let folder: string | undefined;
afterEach(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

it.each([
  ['transbank', transbankTongue],
  ['kbtg', linkTongue(LINK_DIALECTS.kbtg)],
] as const)('tillwire-sim terminal --protocol %s: a till sells on it, the ledger says so', async (protocol, tongue) => {
  folder = mkdtempSync(join(tmpdir(), 'tillwire-acked-'));
  const path = join(folder, 'terminal');
  const args = ['terminal', '--protocol', protocol, '--path', path, '--json', '--fault', 'ack-glued'];
  const sim = new SimProcess(...args);
  expect(await sim.event(1)).toMatchObject({ event: 'opened', protocol, path });
  const till = new DialogueTill(new AckedDialogue(tongue satisfies AckedTongue), path, 115_200);
  expect(await till.command({ kind: 'sale', reference: 'T1', amount: 1200 })).toMatchObject({ ok: true });
  await till.close();
  sim.type('ledger', 'quit');
  expect(await sim.ended).toBe(0);
  expect(sim.events.at(-1)).toMatchObject({ event: 'ledger', total: 1200, entries: [{ state: 'kept' }] });
});
