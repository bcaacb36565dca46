import type { ErrorCode } from '../errors.ts';

// What becomes of one print job, decided without a clock and without a wire. The rule behind every cell: what may have
// left is never sent again; what is uncertain is said to be uncertain (receipts.md 1.7).

/** `confirmed`: the printer echoed the job's id after printing. `processed`: it answered a question put behind the slip. */
export type Proof = 'confirmed' | 'processed' | 'sent';

export const DOINGS = ['asking', 'writing', 'proving', 'held', 'clearing'] as const;
/**
 * `asking` how the printer is, not one byte has left; `writing`; `proving`: all bytes are out; `held`: the printer has the
 * job and says that it cannot print; `clearing`: it was told to forget it.
 */
export type Doing = (typeof DOINGS)[number];

export const FACTS = [
  /** the printer said that it can print, that it cannot, or nothing */
  'ready',
  'hindered',
  'silent',
  /** it said nothing for many questions in a row */
  'mute',
  /** how the write ended: all bytes out, not one out, some may be out */
  'written',
  'not-written',
  'write-broke',
  /** the job's own proof arrived */
  'proved',
  /** it did not arrive in time */
  'overdue',
  /** held for too long, or a person does not want it any more */
  'given-up',
  /** 37 25 00: the printer has nothing of it left */
  'cleared',
  /** the cable is out, the connection is gone */
  'lost',
] as const;
export type Fact = (typeof FACTS)[number];

/** How a job ended at the printer. `cleared`: it will not come out any more; a part of it may have. */
export type PrintEnd =
  | { readonly end: 'printed'; readonly proof: Proof }
  | { readonly end: 'not-sent'; readonly cause: ErrorCode | undefined }
  | { readonly end: 'unknown' }
  | { readonly end: 'cleared' };

export interface Job {
  readonly doing: Doing;
  /** the best proof this printer can give */
  readonly best: Proof;
  /** it has a back channel: a network, or it answered before. Then no answer means that nobody is there */
  readonly mustAnswer: boolean;
  /** it answered when it was asked for this job: then its silence means something */
  readonly answered: boolean;
  /** its proof came before the write was known to be complete */
  readonly proved: boolean;
}

export const newJob = (best: Proof, mustAnswer: boolean): Job => ({
  doing: 'asking',
  best,
  mustAnswer,
  answered: false,
  proved: false,
});

type Next = Job | PrintEnd;
type Cell = (job: Job) => Next;

const stay: Cell = (job) => job;
const to =
  (doing: Doing): Cell =>
  (job) => ({ ...job, doing });
const answeredTo =
  (doing: Doing): Cell =>
  (job) => ({ ...job, doing, answered: true });
const notSent =
  (cause?: ErrorCode): Cell =>
  () => ({ end: 'not-sent', cause });
const printed: Cell = ({ best }) => ({ end: 'printed', proof: best });
const unknown: Cell = () => ({ end: 'unknown' });
const cleared: Cell = () => ({ end: 'cleared' });
/** An echo proves the paper, whatever became of the cable afterwards. */
const unlessProved =
  (otherwise: Cell): Cell =>
  (job) =>
    job.proved ? printed(job) : otherwise(job);
/** A printer that can give no proof is believed when it is well behind its last byte. */
const well: Cell = (job) => (job.best === 'sent' ? printed(job) : { ...job, answered: true });
/** No word at all from a printer that never spoke: its bytes were handed over, more is not known of it. */
const noProof: Cell = (job) => (job.answered ? { end: 'unknown' } : { end: 'printed', proof: 'sent' });

/** Every cell is decided; a test walks through all of them. */
export const CELLS: Readonly<Record<Doing, Readonly<Record<Fact, Cell>>>> = {
  asking: {
    ready: answeredTo('writing'),
    hindered: notSent(),
    // switched off, or in talk with another computer; else a cable without a back channel
    silent: (job) => (job.mustAnswer ? { end: 'not-sent', cause: 'PRINTER_SILENT' } : { ...job, doing: 'writing' }),
    mute: stay,
    written: stay,
    'not-written': notSent('PORT_LOST'),
    'write-broke': notSent('PRINTER_STALLED'),
    proved: stay,
    overdue: stay,
    'given-up': stay,
    cleared: stay,
    lost: notSent('PORT_LOST'),
  },
  writing: {
    ready: stay,
    hindered: stay,
    silent: stay,
    mute: stay,
    written: unlessProved(to('proving')),
    'not-written': notSent('PORT_LOST'),
    'write-broke': unlessProved(unknown),
    proved: (job) => ({ ...job, proved: true }),
    overdue: stay,
    'given-up': stay,
    cleared: stay,
    lost: unlessProved(unknown),
  },
  proving: {
    ready: well,
    hindered: answeredTo('held'),
    silent: (job) => (job.best === 'sent' && !job.answered ? printed(job) : job),
    mute: stay,
    written: stay,
    'not-written': stay,
    'write-broke': stay,
    proved: printed,
    overdue: noProof,
    'given-up': to('clearing'),
    cleared: cleared,
    lost: unknown,
  },
  held: {
    ready: (job) => (job.best === 'sent' ? printed(job) : { ...job, doing: 'proving' }),
    hindered: stay,
    silent: stay,
    // it may have been switched off and on: nobody can tell from here
    mute: unknown,
    written: stay,
    'not-written': stay,
    'write-broke': stay,
    proved: printed,
    // while it says that it cannot print, no time counts
    overdue: stay,
    'given-up': to('clearing'),
    cleared: cleared,
    lost: unknown,
  },
  clearing: {
    ready: stay,
    hindered: stay,
    silent: stay,
    mute: stay,
    written: stay,
    'not-written': unknown,
    'write-broke': unknown,
    proved: printed,
    overdue: unknown,
    'given-up': stay,
    cleared: cleared,
    lost: unknown,
  },
};

export function decide(job: Job, fact: Fact): Next {
  return CELLS[job.doing][fact](job);
}
