import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { lockDevice } from '../../agent/transport/device-lock.ts';
import { GrabFailed, grabKeys } from '../../agent/transport/evdev-grab.ts';
import { openKeyboard } from '../../agent/transport/keyboard-connection.ts';
import { SupervisedLink } from '../../agent/transport/supervised-link.ts';
import { encodeInputEvents } from '../../protocols/scanner/evdev.ts';
import { deps, GunRecord } from './gun-record.ts';

const soon = { timeout: 10_000, interval: 5 };
const PEER = { vendorId: 0x0c2e, productId: 0x0b61 };
const SYN = { type: 0, code: 0, value: 0 };
const stroke = (code: number) => [{ type: 1, code, value: 1 }, SYN, { type: 1, code, value: 0 }, SYN];

describe.runIf(process.platform === 'linux')('a keyboard gun of its own', () => {
  let folder: string;
  let path: string;
  const closers: (() => unknown)[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tillwire-'));
    path = join(folder, `event-${process.pid}`);
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    rmSync(folder, { recursive: true });
  });

  it('is read event by event, without a thread that waits', async () => {
    execFileSync('mkfifo', [path]);
    // a named pipe has no keys to take: the grab is proved where there is a kernel with input devices
    const record = new GunRecord(
      { terminator: 'CR' },
      (listener) => new SupervisedLink(() => openKeyboard(path, PEER, systemClock, () => undefined), listener, deps),
    );
    closers.push(() => record.gun.close());
    await expect.poll(() => record.ups, soon).toBe(1);
    const kernel = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    closers.push(() => closeSync(kernel));
    // 6 2 1 2 3 4 5 6 7 8 9 0 1 2 and Enter
    const codes = [7, 3, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 2, 3, 28];
    for (const code of codes) writeSync(kernel, encodeInputEvents(stroke(code), width()));
    await expect.poll(() => record.codes, soon).toEqual(['62123456789012']);
    expect(record.scans[0]?.source).toBe('hid-keyboard');
  });

  it('a file that is no input device is named as that', async () => {
    writeFileSync(path, '');
    expect(await openKeyboard(path, PEER, systemClock)).toEqual({
      code: 'DEVICE_UNSUPPORTED',
      path,
      detail: 'this is no input device',
    });
    const fd = openSync(path, 'r+');
    closers.push(() => closeSync(fd));
    expect(() => grabKeys(fd)).toThrow(GrabFailed);
    expect(() => grabKeys(9999)).toThrow(/EBADF/);
  });

  it('what is not there, and what another program holds, is told with the holder', async () => {
    expect(await openKeyboard(path, PEER, systemClock)).toMatchObject({ code: 'PORT_NOT_FOUND' });
    const release = lockDevice(path);
    if ('code' in release) throw new Error(release.detail);
    closers.push(release);
    writeFileSync(path, '');
    expect(await openKeyboard(path, PEER, systemClock)).toEqual({
      code: 'PORT_BUSY',
      path,
      detail: `held by process ${process.pid}`,
    });
  });
});

function width(): 'bits32' | 'bits64' {
  return ['arm', 'ia32'].includes(process.arch) ? 'bits32' : 'bits64';
}
