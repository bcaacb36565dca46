import type { z } from 'zod';
import type { OperationBody, ProblemBody } from '../call-schemas.ts';
import type { OrderWithAttempt as OrderSchema, RefundBody, SlipBody } from '../order-schemas.ts';
import type { ApprovalBody, SessionBody, WelcomeBody } from '../people-schemas.ts';
import type { HistoryBody, RecordBody, RecordPage as RecordPageSchema } from '../record-schemas.ts';
import type { StateBody } from '../state-schemas.ts';
import type { CarriedBody, FindingBody, ReconciliationBody, ReconciliationsBody } from '../statement-schemas.ts';
import type { TakingsBody } from '../takings-schemas.ts';

// The local API as the page sees it: types of the agent's own schemas, and nothing else of the agent.

export type State = z.infer<typeof StateBody>;
export type Light = State['strip'][number];
export type Block = State['terminalState'];
export type Welcome = z.infer<typeof WelcomeBody>;
export type Session = z.infer<typeof SessionBody>;
export type Person = Session['person'];
export type Approval = z.infer<typeof ApprovalBody>;
export type OrderWithAttempt = z.infer<typeof OrderSchema>;
export type Attempt = NonNullable<OrderWithAttempt['attempt']>;
export type Intent = NonNullable<OrderWithAttempt['intent']>;
export type Hold = NonNullable<OrderWithAttempt['hold']>;
export type LateMoney = NonNullable<OrderWithAttempt['late']>[number];
export type Refund = z.infer<typeof RefundBody>;
export type Report = z.infer<typeof TakingsBody>;
export type Slip = z.infer<typeof SlipBody>;
export type Operation = z.infer<typeof OperationBody>;
export type Problem = z.infer<typeof ProblemBody>;
export type PaymentRecord = z.infer<typeof RecordBody>;
export type RecordPage = z.infer<typeof RecordPageSchema>;
export type HistoryEntry = z.infer<typeof HistoryBody>['entries'][number];
export type Reconciliation = z.infer<typeof ReconciliationBody>;
export type Reconciliations = z.infer<typeof ReconciliationsBody>;
export type StatementFinding = z.infer<typeof FindingBody>;
export type CarriedOver = z.infer<typeof CarriedBody>;
