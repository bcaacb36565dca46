import type { HoldStateName } from '../../protocols/backend/holds.ts';
import type { Advice } from '../errors.ts';

// The life of a hold (预授权), pure: (state, event) -> state. A hold is money that the issuer keeps apart for the shop and that
// the shop has not: its states are its own, and what is charged of it is an attempt like every other (states.ts). Every cell is
// decided, with what follows and why, or ignored, with the reason; docs/payment-states.md is made from this table.
//
//   ASKED --yes--> HELD --completion--> COMPLETING --yes--> COMPLETED
//                   |  \--cancellation-> RELEASING --yes--> RELEASED
//                   \<------------- no ------/
//   Nobody knows: UNCLEAR, and a person says what became of it.

interface HoldStateRow extends Advice {
  readonly final: boolean;
}

export const HOLD_STATES = {
  ASKED: { final: false, zh: '正在申请预授权', en: 'the terminal is asked to hold the amount' },
  HELD: { final: false, zh: '预授权成功，资金已冻结，尚未收款', en: 'the amount is held; nothing was charged yet' },
  COMPLETING: { final: false, zh: '正在完成预授权（扣款）', en: 'it is being charged' },
  RELEASING: { final: false, zh: '正在撤销预授权', en: 'it is being given up' },
  COMPLETED: { final: true, zh: '预授权已完成，已收款', en: 'it was charged: the order is paid' },
  RELEASED: {
    final: true,
    zh: '预授权已撤销，资金已解冻',
    en: 'it was given up: the customer has the money free again',
  },
  REFUSED: { final: true, zh: '预授权未成功', en: 'it never came about' },
  UNCLEAR: { final: false, zh: '预授权结果不明，待人工核对', en: 'nobody knows: a person finds out' },
} as const satisfies Record<HoldStateName, HoldStateRow>;
export type HoldState = keyof typeof HOLD_STATES;

export const HOLD_EVENTS = [
  /** a command of it is on disk, and is said next */
  'completion-begun',
  'cancellation-begun',
  /** what became of the command that runs, by the terminal's certain word */
  'yes',
  'no',
  'nobody-knows',
  /** the terminal's yes to a command that it had said no to */
  'yes-behind-no',
  /** a person found out */
  'person-stands',
  'person-gone',
  'person-charged',
] as const;
export type HoldEvent = (typeof HOLD_EVENTS)[number];

export type HoldCell = { readonly next: HoldState; readonly why: string } | { readonly ignored: string };

const STANDS_NOT = 'there is no hold that could be charged or given up';
const ONE_AT_A_TIME = 'one command of a hold at a time';
const NOTHING_RUNS = 'no command of it runs';
const NO_DOUBT = 'a person decides only what is in doubt';
const NOT_YET = 'another command of it runs: what surprised is kept, and counts when that one has ended';
const OVER = 'it is over; what is charged goes back by a refund only';
const PERSON = 'a person looks already, with this beside the other evidence';

const FOUND_OUT = {
  'person-stands': { next: 'HELD', why: 'a person saw it among the terminal’s or the bank’s holds' },
  'person-gone': { next: 'RELEASED', why: 'a person saw that nothing is held' },
  'person-charged': { next: 'COMPLETED', why: 'a person saw the charge' },
} as const;
const NOT_ASKED_A_PERSON = {
  'person-stands': { ignored: NO_DOUBT },
  'person-gone': { ignored: NO_DOUBT },
  'person-charged': { ignored: NO_DOUBT },
} as const;
const NO_BEGINNING = {
  'completion-begun': { ignored: STANDS_NOT },
  'cancellation-begun': { ignored: STANDS_NOT },
} as const;
const NO_RESULT = {
  yes: { ignored: NOTHING_RUNS },
  no: { ignored: NOTHING_RUNS },
  'nobody-knows': { ignored: NOTHING_RUNS },
} as const;
const FAILED_STANDS = { next: 'HELD', why: 'it certainly did not happen: the hold stands as before' } as const;
const UNCLEAR = { next: 'UNCLEAR', why: 'neither charged nor standing nor gone: a person finds out' } as const;
const RUNS = {
  'completion-begun': { ignored: ONE_AT_A_TIME },
  'cancellation-begun': { ignored: ONE_AT_A_TIME },
  'nobody-knows': UNCLEAR,
  'yes-behind-no': { ignored: NOT_YET },
  ...NOT_ASKED_A_PERSON,
} as const;
const FINISHED = { ...NO_BEGINNING, ...NO_RESULT, ...NOT_ASKED_A_PERSON } as const;

export const HOLD_CELLS: { readonly [S in HoldState]: { readonly [E in HoldEvent]: HoldCell } } = {
  ASKED: {
    ...RUNS,
    ...NO_BEGINNING,
    yes: { next: 'HELD', why: 'the issuer keeps the amount apart' },
    no: { next: 'REFUSED', why: 'certainly nothing is held' },
  },
  HELD: {
    ...NO_RESULT,
    ...NOT_ASKED_A_PERSON,
    'person-gone': {
      next: 'RELEASED',
      why: 'a person saw at the bank, or at the terminal itself, that it stands no more',
    },
    'completion-begun': { next: 'COMPLETING', why: 'its charge is on disk before the first byte' },
    'cancellation-begun': { next: 'RELEASING', why: 'its cancellation is on disk before the first byte' },
    'yes-behind-no': { next: 'UNCLEAR', why: 'a charge or cancellation that was refused turned out to be carried out' },
  },
  COMPLETING: {
    ...RUNS,
    yes: { next: 'COMPLETED', why: 'the charge stands, and what was left of the hold is free' },
    no: FAILED_STANDS,
  },
  RELEASING: { ...RUNS, yes: { next: 'RELEASED', why: 'the customer has it free again' }, no: FAILED_STANDS },
  COMPLETED: { ...FINISHED, 'yes-behind-no': { ignored: OVER } },
  RELEASED: {
    ...FINISHED,
    'yes-behind-no': { next: 'UNCLEAR', why: 'a charge that was refused before turned out to be carried out' },
  },
  REFUSED: {
    ...FINISHED,
    'yes-behind-no': { next: 'UNCLEAR', why: 'the customer’s money is held although the terminal had said no' },
  },
  UNCLEAR: { ...NO_BEGINNING, ...NO_RESULT, ...FOUND_OUT, 'yes-behind-no': { ignored: PERSON } },
};

/** What a hold becomes; the same state where the event changes nothing. */
export function holdAfter(state: HoldState, event: HoldEvent): HoldState {
  const cell = HOLD_CELLS[state][event];
  return 'next' in cell ? cell.next : state;
}

/** The issuer keeps money apart, or nobody knows that it does not. */
export function isHoldOver(state: HoldState): boolean {
  return HOLD_STATES[state].final;
}
