import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import type { LinkListener } from '../../agent/transport/link.ts';
import { openSerialLink } from '../../agent/transport/serial.ts';
import { gunOn } from '../../simulator/guns/gun-port.ts';
import type { Sign } from '../../simulator/guns/model.ts';
import { GUN_PERSONALITIES } from '../../simulator/personalities/guns.ts';
import { PtyWire } from '../../simulator/wires/pty.ts';
import { deps, GunRecord } from '../agent/gun-record.ts';
import { ForwardClock } from '../world/forward-clock.ts';

// A simulated CipherLab gun on a pseudo-terminal, and the agent's gun at its other end.

const CODE = '130012345678901234';
const soon = { timeout: 10_000, interval: 5 };
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function counter(flow: 'none' | 'xonxoff' = 'none', clock = systemClock) {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-'));
  const path = join(folder, 'gun');
  const wire = new PtyWire({ link: path });
  const gun = gunOn(wire, GUN_PERSONALITIES['cipherlab-1664'], { clock: systemClock, random: () => 0.5 });
  const beeps: string[] = [];
  gun.onSign = (sign: Sign) => void (sign.kind === 'beep' && beeps.push(sign.tone));
  const openLink = (listener: LinkListener) =>
    openSerialLink({ path, baudRate: 115_200 }, listener, { ...deps, clock });
  const record = new GunRecord({ path, language: 'cipherlab', flow, dedupeMs: 0 }, openLink, clock);
  closers.push(
    () => rmSync(folder, { recursive: true }),
    () => wire.close(),
    () => gun.close(),
    () => record.gun.close(),
  );
  await expect.poll(() => record.ups, soon).toBe(1);
  return { gun, wire, record, beeps };
}

/** The till's order is on its way; the gun reads when it has it. */
const read = async ({ gun }: Awaited<ReturnType<typeof counter>>, how: string) =>
  await expect.poll(async () => (await gun.scan(CODE)).how, soon).toBe(how);

describe.runIf(process.platform === 'linux')('a CipherLab gun', () => {
  it('reads only while a payment waits, and its beeps are what became of the code', async () => {
    const shop = await counter();
    await read(shop, 'disabled');
    shop.record.scans.length = 0;
    shop.record.gun.wait(true);
    await read(shop, 'said');
    await expect.poll(() => shop.record.codes, soon).toEqual([CODE]);
    shop.beeps.length = 0;
    shop.record.gun.sound('good');
    await expect.poll(() => shop.beeps, soon).toEqual(['beep']);
    shop.record.gun.sound('fail');
    await expect.poll(() => shop.beeps, soon).toEqual(['beep', 'beep', 'beep', 'beep']);
    await shop.record.gun.close();
    await read(shop, 'said');
    expect(shop.record.failed).toEqual([]);
  });

  it('that says XOFF is told nothing until its XON, and its code comes all the same', async () => {
    const shop = await counter('xonxoff');
    shop.record.gun.wait(true);
    await read(shop, 'said');
    await expect.poll(() => shop.record.codes.at(-1), soon).toBe(CODE);
    shop.record.scans.length = 0;
    shop.beeps.length = 0;
    const stalled = shop.gun.scan(CODE, { fault: 'stalled' });
    await expect.poll(() => shop.record.codes, soon).toEqual([CODE]);
    // it would be lost: the gun takes nothing now
    shop.record.gun.sound('good');
    shop.record.gun.wait(false);
    await stalled;
    await expect.poll(() => shop.beeps, soon).toEqual(['good', 'beep']);
    await read(shop, 'disabled');
    expect(shop.record.failed).toEqual([]);
  });

  it('that forgets its XON is told to the log, and obeys again behind three seconds', async () => {
    const clock = new ForwardClock();
    const shop = await counter('xonxoff', clock);
    await read(shop, 'disabled');
    shop.record.scans.length = 0;
    const before = shop.record.gun.counts.bytes;
    await shop.wire.send(Uint8Array.of(0x13));
    await expect.poll(() => shop.record.gun.counts.bytes, soon).toBe(before + 1);
    shop.record.gun.wait(true);
    clock.forward(2_900);
    expect(shop.record.failed).toEqual([]);
    clock.forward(100);
    await expect.poll(() => shop.record.failed, soon).toEqual(['XON no-answer']);
    await read(shop, 'said');
    await expect.poll(() => shop.record.codes, soon).toEqual([CODE]);
    expect(shop.record.downs).toEqual([]);
  });
});
