import { fromHex } from '../../../protocols/bytes/hex.ts';
import type { ReportHello } from '../../../protocols/framing/report-stream.ts';
import type { GunFault } from '../../../simulator/faults/gun-faults.ts';
import { makeGun } from '../../../simulator/guns/make-gun.ts';
import type { GunPersonality } from '../../../simulator/personalities/guns.ts';
import { scrubberFor } from '../../../simulator/recording/recorder.ts';
import { SyntheticCodes } from '../../../simulator/recording/synthetic.ts';
import { VirtualClock } from '../../../simulator/world/clock.ts';
import { earFor, type Told } from '../../guns/ears.ts';
import { pass, settled } from '../../world/pass.ts';

export interface Heard {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Everything that a gun says on its wire while it reads these codes, one after the other, with a till that answers it. */
export async function heardFrom(
  personality: GunPersonality,
  scans: readonly { readonly code: string; readonly fault?: GunFault }[],
  random: () => number,
): Promise<readonly Heard[]> {
  const clock = new VirtualClock(0);
  const ear = earFor(personality);
  const heard: Heard[] = [];
  let gun: ReturnType<typeof makeGun> | undefined;
  const answer = (told: readonly Told[]) => {
    for (const one of told) if (one.kind === 'send') gun?.hear(one.bytes);
  };
  const wire = {
    send: (bytes: Uint8Array) => {
      heard.push({ at: clock.mono(), bytes: bytes.slice() });
      answer(ear.push(bytes.slice(), clock.mono()));
      return Promise.resolve(true);
    },
    listen: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
  };
  const plug = { pull: () => Promise.resolve(), plug: () => answer(ear.reset(clock.mono())) };
  gun = makeGun(personality, { wire, clock, random, plug });
  for (const { code, fault } of scans) {
    void gun.scan(code, fault === undefined ? {} : { fault });
    // a gun that holds its code until the host pulls the trigger is pulled by nobody here
    await pass(clock, 4_000);
    answer(ear.wake(clock.mono()));
    await settled();
  }
  gun.close();
  return heard;
}

/** The texts that a till would read from it. */
export function textsIn(personality: GunPersonality, heard: readonly Heard[]): string[] {
  const ear = earFor(personality);
  const told = heard.flatMap(({ at, bytes }) => [...ear.wake(at), ...ear.push(bytes.slice(), at)]);
  const last = heard.at(-1)?.at ?? 0;
  return [...told, ...ear.wake(last + 5_000)].flatMap((one) => (one.kind === 'text' ? [one.text] : []));
}

export function helloOf(personality: GunPersonality): ReportHello | undefined {
  if (!('usb' in personality)) return undefined;
  const { descriptor, ...usb } = personality.usb;
  return { kind: 'hello', release: 0x0100, ...usb, descriptor: fromHex(descriptor) ?? new Uint8Array() };
}

/** What a recording would hold of it. */
export function scrubbed(personality: GunPersonality, heard: readonly Heard[], random: () => number): readonly Heard[] {
  const layout = personality.protocol === 'hid-keyboard' ? personality.settings.layout : 'us';
  const scrubber = scrubberFor(personality.protocol, new SyntheticCodes(random), helloOf(personality), layout);
  return [...heard.flatMap(({ at, bytes }) => scrubber.push(bytes, at)), ...scrubber.end()];
}

/** Streams are read in other pieces than they are written in. */
export function readInPieces(heard: readonly Heard[], random: () => number): Heard[] {
  return heard.flatMap(({ at, bytes }) => {
    const cut = Math.floor(random() * (bytes.length + 1));
    return [bytes.subarray(0, cut), bytes.subarray(cut)]
      .filter(({ length }) => length > 0)
      .map((part) => ({ at, bytes: part }));
  });
}

/** Every way in which a code could be read out of the bytes again: as text, and as the keys that were pressed. */
export function views(heard: readonly Heard[]): string[] {
  const text = heard.map(({ bytes }) => Buffer.from(bytes).toString('latin1')).join('');
  const fields = heard
    .map(({ bytes }) => Buffer.from(bytes.subarray(2)).toString('latin1').replaceAll('\0', ''))
    .join('');
  const keys = heard
    .flatMap(({ bytes }) => [...bytes.subarray(2)])
    .filter((usage) => (usage >= 0x1e && usage <= 0x27) || (usage >= 0x59 && usage <= 0x62))
    .map((usage) => (usage < 0x59 ? (usage - 0x1d) % 10 : (usage - 0x58) % 10))
    .join('');
  return [text, fields, keys];
}

/** Pieces of a code that nobody has by chance. */
export function grams(code: string): string[] {
  const [size, from] = /^\d+$/.test(code) ? [8, 3] : [20, 28];
  return Array.from({ length: Math.max(0, code.length - size - from + 1) }, (_, at) =>
    code.slice(from + at, from + at + size),
  );
}
