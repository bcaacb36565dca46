import type { PadImageFormat } from '../../protocols/signature/pad-image.ts';

/** One make of signature pad: what it can, how long it takes. */
export interface PadPersonality {
  readonly title: string;
  /** dots of its screen */
  readonly width: number;
  readonly height: number;
  readonly format: PadImageFormat;
  /** draws the feature code under the ink */
  readonly drawsCode: boolean;
  /** a sign of life while the customer signs; 0: none */
  readonly heartbeatMs: number;
  /** from the question to the first stroke, and for each signature */
  readonly signMs: number;
  /** its own patience, when the till sets none */
  readonly patienceMs: number;
  /** signatures that it can keep */
  readonly slots: number;
}

export const PAD_PERSONALITIES = {
  'vx820-pad': {
    title: 'external pad of a VX820: PBM behind a word, heartbeats, feature code under the ink',
    width: 240,
    height: 80,
    format: 'pbm',
    drawsCode: true,
    heartbeatMs: 1000,
    signMs: 2500,
    patienceMs: 60_000,
    slots: 50,
  },
  'bmp-240x120': {
    title: 'a pad that sends BMP, draws no feature code and gives no sign of life',
    width: 240,
    height: 120,
    format: 'bmp',
    drawsCode: false,
    heartbeatMs: 0,
    signMs: 2500,
    patienceMs: 60_000,
    slots: 10,
  },
  'mono-128x64': {
    title: 'the smallest screen: 128 x 64',
    width: 128,
    height: 64,
    format: 'bmp',
    drawsCode: true,
    heartbeatMs: 1000,
    signMs: 2500,
    patienceMs: 60_000,
    slots: 4,
  },
} as const satisfies Record<string, PadPersonality>;

export type PadPersonalityName = keyof typeof PAD_PERSONALITIES;

export function isPadPersonality(name: string): name is PadPersonalityName {
  return Object.hasOwn(PAD_PERSONALITIES, name);
}
