import type { ApprovalKind } from './roles.ts';

/** What somebody did at the till that is no command: journaled, so that it can be told afterwards who it was. */
export interface Deed {
  readonly kind:
    | 'PROVISIONED'
    | 'SIGNED_IN'
    | 'SIGNED_OUT'
    | 'PIN_CHANGED'
    | 'LOCKED_OUT'
    | 'APPROVED'
    | 'PAYCODE_TYPED'
    | 'SLIP_SEEN';
  readonly personId: string;
  /** how they signed in, or why they were signed out */
  readonly how?: 'pin' | 'code' | 'asked' | 'idle' | 'shift' | 'pin-changed' | 'changed' | 'too-many';
  /** for so long nobody may guess */
  readonly lockMs?: number;
  readonly approval?: ApprovalKind;
  /** who asked for what was approved */
  readonly askedBy?: string;
  /** PROVISIONED: what the technician confirmed of the registration, and what became of the test payment */
  readonly ratePercent?: string;
  readonly settlementDays?: number;
  readonly serialNum?: string;
  readonly testPayment?: 'not-tested' | 'given-back' | 'not-paid' | 'not-given-back';
  readonly orderId?: string;
  readonly refundId?: string;
  readonly slipId?: string;
  readonly attemptId?: string;
}
