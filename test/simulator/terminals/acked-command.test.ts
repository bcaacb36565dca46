import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { AckedDialogue, type AckedTongue } from '../../../protocols/terminal/acked-dialogue.ts';
import { LINK_DIALECTS } from '../../../protocols/terminal/link/dialects.ts';
import { linkTongue } from '../../../protocols/terminal/link/tongue.ts';
import { transbankTongue } from '../../../protocols/terminal/transbank/tongue.ts';
import { DialogueTill } from '../../stories/dialogue-till.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/bin/tillwire-sim.js', import.meta.url));

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
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const events: { event: string }[] = [];
  await new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      events.push(JSON.parse(line) as { event: string });
      resolve();
    });
  });
  expect(events[0]).toMatchObject({ event: 'opened', protocol, path });
  const till = new DialogueTill(new AckedDialogue(tongue satisfies AckedTongue), path, 115_200);
  expect(await till.command({ kind: 'sale', reference: 'T1', amount: 1200 })).toMatchObject({ ok: true });
  await till.close();
  child.stdin.write('ledger\nquit\n');
  expect(await ended).toBe(0);
  expect(events.at(-1)).toMatchObject({ event: 'ledger', total: 1200, entries: [{ state: 'kept' }] });
});
