import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { SecretText } from '../../protocols/paycode/secret.ts';
import { OBSERVED_DIALECT } from '../../protocols/terminal/mis/dialect.ts';
import { MisDialogue } from '../../protocols/terminal/mis/dialogue.ts';
import { DialogueTill } from '../stories/dialogue-till.ts';
import { SimProcess } from './sim-process.ts';

let folder: string | undefined;
afterEach(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

it('tillwire-sim terminal --protocol mis: a till sells on it, the ledger says so, quit ends it', async () => {
  folder = mkdtempSync(join(tmpdir(), 'tillwire-mis-'));
  const path = join(folder, 'terminal');
  const args = ['terminal', '--protocol', 'mis', '--path', path, '--json', '--fault', 'ack-glued-to-answer'];
  const sim = new SimProcess(...args);
  expect(await sim.event(1)).toMatchObject({ event: 'opened', protocol: 'mis', path, personality: 'boc-yinjie' });
  const whoAsks = { till: '0019', operator: '811615' };
  const till = new DialogueTill(
    new MisDialogue({ dialect: OBSERVED_DIALECT, till: whoAsks, firstCorrelation: 1 }),
    path,
    9600,
  );
  const paycode = new SecretText('134622817080551492');
  expect(await till.command({ kind: 'sale', reference: 'T-1', amount: 1200, paycode })).toMatchObject({ ok: true });
  await till.close();
  sim.type('ledger', 'quit');
  expect(await sim.ended).toBe(0);
  expect(sim.events.at(-1)).toMatchObject({ event: 'ledger', netFen: 1200, entries: [{ outcome: 'approved' }] });
  expect(JSON.stringify(sim.events)).not.toContain('134622817080551492');
});
