// How a signature goes wrong (terminals.md 6.4), by name. One fault is for one signature, from A0 to A3.

export const PAD_FAULTS = {
  cancel: 'the customer presses the red key',
  timeout: 'the customer walks away',
  blank: 'nothing is drawn, although an empty signature is not to be taken',
  'three-re-signs': 'the customer begins anew three times',
  'oversize-image': 'the picture is larger than was asked for',
  'image-of-control-bytes': 'the picture is full of 02 and 03',
  'lrc-error-in-image': 'one dot of the picture turns over on the line',
  'always-lrc-error': 'the same, every time',
  'old-feature-code': "the picture is the one over the last sale's feature code, under a new number",
  'old-sequence': 'the last signature comes again, number and all',
  'unreadable-image': 'the picture is no picture',
  'memory-full': 'the pad cannot keep another signature',
  'unplugged-while-signing': 'the cable is pulled while the customer signs, and put back',
  'end-unanswered': 'A3 is never answered',
  'heartbeat-forever': 'the pad lives, and that is all it says',
  'handshake-silent': 'the pad does not answer A0',
  'setting-refused': 'the pad does not take the size of the picture',
  'one-byte-chunks': 'every byte comes alone',
  'glued-frames': 'frames wait in an adapter and come together',
  'noise-before-frame': 'bytes that are nothing come in front of each frame',
  'bad-lrc': 'the first answer has a wrong LRC',
  'lrc-over-stx': 'the first answer has an LRC that takes STX in',
  'length-plus-one': 'the first answer says that it is one byte longer',
  'length-minus-one': 'the first answer says that it is one byte shorter',
  'duplicate-frames': 'every frame comes twice',
} as const satisfies Record<string, string>;

export type PadFault = keyof typeof PAD_FAULTS;

export function isPadFault(name: string): name is PadFault {
  return Object.hasOwn(PAD_FAULTS, name);
}
