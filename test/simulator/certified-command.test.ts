import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { CertifiedTerminal } from '../../agent/devices/certified-terminal.ts';
import { openSerialLink } from '../../agent/transport/serial.ts';
import { ASSUMED_CERTIFIED, type TerminalIdentity } from '../../protocols/terminal/certified/messages.ts';
import { SimProcess } from './sim-process.ts';

// whole processes, beside others that test: a busy machine starts them slowly
vi.setConfig({ testTimeout: 60_000 });

let folder: string | undefined;
afterEach(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

it('tillwire-sim certified: says who it is, makes the published MAC, refuses one when told to, and quit ends it', async () => {
  folder = mkdtempSync(join(tmpdir(), 'tillwire-certified-'));
  const path = join(folder, 'certified');
  const sim = new SimProcess('certified', '--path', path);
  expect(await sim.event(1)).toMatchObject({ event: 'open', at: path, mark: 'Work' });
  const seen: TerminalIdentity[] = [];
  const device = new CertifiedTerminal({
    dialect: ASSUMED_CERTIFIED,
    answerMs: 2_000,
    clock: systemClock,
    events: { onIdentity: (identity) => seen.push(identity), onDown: () => undefined },
    open: (listener) =>
      openSerialLink({ path, baudRate: 115_200 }, listener, { clock: systemClock, random: () => 0.5 }),
  });
  await expect.poll(() => seen.at(-1)?.serial, { timeout: 15_000 }).toBe('00000902KS8312000000000001');
  // terminal-info.json, sm4Mac
  expect(await device.mac('713672')).toEqual({ mac: '91CFE10F' });
  sim.type('refuses');
  await sim.event(2);
  expect(await device.mac('713672')).toEqual({ absent: 'refused' });
  await device.close();
  sim.type('place nowhere');
  expect(await sim.event(3)).toMatchObject({ event: 'help' });
  sim.type('quit');
  expect(await sim.ended).toBe(0);
});
