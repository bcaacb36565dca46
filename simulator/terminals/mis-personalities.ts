import { type MisDialect, OBSERVED_DIALECT } from '../../protocols/terminal/mis/dialect.ts';
import type { HoldRules } from '../personalities/terminals.ts';

/** One make of MIS terminal. */
export interface MisPersonality {
  readonly title: string;
  readonly dialect: MisDialect;
  readonly baudRate: number;
  readonly merchant: { readonly id: string; readonly english: string; readonly chinese: string };
  readonly terminalId: string;
  /** from the request to the ACK, and from there to the answer */
  readonly ackMs: number;
  readonly hostMs: number;
  /** takes the same bytes for a new sale: no till may count on the terminal to know them again */
  readonly chargesRepeats: boolean;
  /** answers once more when its answer is not acknowledged within this time */
  readonly repeatMs: number;
  readonly holds: HoldRules;
}

const YINJIE = {
  title: 'BOC 银捷, as observed',
  dialect: OBSERVED_DIALECT,
  baudRate: 9600,
  merchant: { id: '104152253311021', english: 'TILLWIRE TEST SHOP', chinese: '测试商户' },
  terminalId: '15221155',
  ackMs: 20,
  hostMs: 1500,
  chargesRepeats: false,
  repeatMs: 2000,
  // 115 % is the rule of card payments in China, 30 days from memory
  holds: { days: 30, bookUpToPercent: 115 },
} as const satisfies MisPersonality;

export const MIS_PERSONALITIES = {
  'boc-yinjie': YINJIE,
  forgetful: { ...YINJIE, title: 'charges again when the same bytes come again', chargesRepeats: true },
  /** every code replaced, as another bank might have it */
  'another-bank': {
    ...YINJIE,
    title: 'another bank: other commands, a code for the red key, card sales, holds',
    dialect: {
      ...OBSERVED_DIALECT,
      name: 'another bank (invented)',
      tags: { ...OBSERVED_DIALECT.tags, container: 'DF60', correlation: 'DF61', paycode: 'DF62', result: 'DF63' },
      commands: {
        sale: 0x01,
        void: 0x02,
        qrSale: 0x61,
        qrVoid: 0x62,
        refund: 0x03,
        preAuth: 0x11,
        completePreAuth: 0x12,
        cancelPreAuth: 0x13,
      },
      results: { ...OBSERVED_DIALECT.results, cancelled: ['00020001'] },
    },
  },
} as const satisfies Record<string, MisPersonality>;

export type MisPersonalityName = keyof typeof MIS_PERSONALITIES;
