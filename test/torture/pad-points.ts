// Where the agent is killed on the way of a signature: from the question to its deletion.

export const PAD_MOMENTS = ['pad-asked', 'pad-signed', 'pad-ended'] as const;
export type PadMoment = (typeof PAD_MOMENTS)[number];

const SIGNATURE_MOMENTS = [
  'signature-written-not-synced',
  'signature-synced',
  'signature-published',
  'signature-ack-arrived',
  'signature-deleted',
] as const;

export type PadPoint = PadMoment | (typeof SIGNATURE_MOMENTS)[number];

export const PAD_POINTS: readonly [PadPoint, ...PadPoint[]] = [...PAD_MOMENTS, ...SIGNATURE_MOMENTS];

export const RARE_PAD_POINTS: readonly [PadPoint, ...PadPoint[]] = [
  'pad-asked',
  'pad-signed',
  'pad-ended',
  'signature-published',
];
