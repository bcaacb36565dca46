import { describe, expect, it } from 'vitest';
import { BehavingWire } from '../../simulator/behaviours/behaving-wire.ts';
import type { Behaviour } from '../../simulator/behaviours/behaviour.ts';
import { memoryWires, type PortWire } from '../../simulator/wires/wire.ts';
import { systemClock } from '../../simulator/world/clock.ts';

describe('a device scripted in a few lines', () => {
  it('bytes: pieces, others, none, and words of its own', async () => {
    const [device, far] = memoryWires();
    const port = Object.assign(device, {
      path: 'memory',
      hangup: () => Promise.resolve(),
      replug: () => undefined,
      close: () => Promise.resolve(),
    }) as unknown as PortWire;
    const heard: number[][] = [];
    far.listen((bytes) => heard.push([...bytes]));
    const stutters: Behaviour = {
      name: 'says the first byte twice',
      said: (bytes) => (bytes[0] === 9 ? 'nothing' : [bytes.subarray(0, 1), bytes]),
      heard: (bytes, { say }) => (bytes[0] === 1 ? (say(Uint8Array.of(6)), 'nothing') : undefined),
    };
    const wire = new BehavingWire(port, [stutters], systemClock);
    const got: number[][] = [];
    wire.listen((bytes) => got.push([...bytes]));
    await wire.send(Uint8Array.of(1, 2));
    await wire.send(Uint8Array.of(9, 9));
    await far.send(Uint8Array.of(1));
    await far.send(Uint8Array.of(7));
    expect(heard).toEqual([[1], [1, 2], [6]]);
    expect(got).toEqual([[7]]);
  });
});
