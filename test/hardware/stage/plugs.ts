import type net from 'node:net';
import { createInterface } from 'node:readline';
import { GuestCall } from './plugs-contract.ts';
import type { Qmp } from './qmp.ts';

// The host's hands: what the guest asks for over its second serial port, one JSON line each way. The guest plugs and pulls
// QEMU's own devices, types on its keyboard, and says what the far end of its USB serial adapter does.

/** QEMU's keyboard keeps 16 events and drops the rest: keys are pressed one by one. */
const KEY_GAP_MS = 10;

export interface Plugs {
  readonly guest: net.Socket;
  readonly qmp: Qmp;
  /** the far end of the USB serial adapter: the gun */
  readonly serial: net.Socket;
}

/** Serves the guest's calls until its socket ends. */
export function servePlugs({ guest, qmp, serial }: Plugs): void {
  guest.on('error', () => {});
  serial.on('error', () => {});
  // The far end always reads: QEMU stops the whole machine for a full one.
  serial.resume();
  let turn: Promise<void> = Promise.resolve();
  createInterface({ input: guest }).on('line', (line) => {
    turn = turn.then(() => answer(line)).catch(() => undefined);
  });

  async function answer(line: string): Promise<void> {
    const call = GuestCall.parse(JSON.parse(line));
    const reply = await carryOut(call).then(
      () => ({ id: call.id }),
      (error: unknown) => ({ id: call.id, error: String(error) }),
    );
    guest.write(`${JSON.stringify(reply)}\n`);
  }

  async function carryOut(call: GuestCall): Promise<void> {
    switch (call.do) {
      case 'plug':
        await qmp.call('device_add', call.device);
        return;
      case 'unplug':
        return qmp.unplug(call.device);
      case 'say':
        serial.write(Buffer.from(call.hex, 'hex'));
        return;
      case 'type':
        for (const character of call.text) await press(keysOf(character));
    }
  }

  async function press(keys: readonly string[]): Promise<void> {
    await qmp.call('input-send-event', { events: keys.map((code) => key(code, true)) });
    await pause();
    await qmp.call('input-send-event', { events: keys.toReversed().map((code) => key(code, false)) });
    await pause();
  }
}

const pause = () => new Promise<void>((resolve) => void setTimeout(resolve, KEY_GAP_MS));

function key(code: string, down: boolean) {
  return { type: 'key', data: { down, key: { type: 'qcode', data: code } } };
}

/** QEMU's names of the keys that make a character on a US keyboard. */
function keysOf(character: string): readonly string[] {
  if (/[A-Z]/.test(character)) return ['shift', character.toLowerCase()];
  const named: Readonly<Record<string, string>> = { '\n': 'ret', '-': 'minus', '.': 'dot', '/': 'slash' };
  return [named[character] ?? character];
}
