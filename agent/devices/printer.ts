import { encode, join } from '../../protocols/escpos/encode.ts';
import { type Reply, ReplyReader } from '../../protocols/escpos/status.ts';
import type { Clock } from '../clock.ts';
import type { ErrorCode } from '../errors.ts';
import type { ByteLink, LinkListener, LinkProblem, WriteOutcome } from '../transport/link.ts';
import { BrokenCommand } from './broken-command.ts';
import { Expectations } from './expectations.ts';
import { FirstAnswer } from './first-answer.ts';
import { pacedWrite } from './paced-write.ts';
import type { Fact, PrintEnd, Proof } from './print-machine.ts';
import { PrintRun } from './print-run.ts';
import { type Hindrance, hindranceOf, NOT_TOLD, type PrinterStatus, statusOfAutomatic } from './printer-status.ts';
import { askStatus, type StatusAnswer, unasked } from './status-question.ts';

export interface SlipPrinterConfig {
  /** none on a network or USB: as fast as a fast serial line */
  readonly baudRate?: number;
  /** the model understands GS ( H and echoes process ids; one that does not may print the command as text */
  readonly confirms: boolean;
  /** it answers GS r in its turn: where it cannot confirm, that proves a slip processed */
  readonly barrier?: boolean;
  /** the line has flow control: a write may stand still as long as the printer is out of paper */
  readonly holdsLine?: boolean;
  /** its link has a back channel for certain, and the model answers DLE EOT */
  readonly mustAnswer?: boolean;
}

/**
 * How a job ended. `not-sent`: no byte of the slip left, the caller may print it again. `unknown`: some may have.
 * `cleared`: the printer took it and then forgot it on demand; a part may be on paper, the rest will never be.
 */
export type PrintResult =
  | { readonly state: 'sent'; readonly proof: Proof; readonly status: PrinterStatus }
  | { readonly state: 'unknown' | 'cleared'; readonly proof: 'none'; readonly status: PrinterStatus }
  | { readonly state: 'not-sent'; readonly proof: 'none'; readonly status: PrinterStatus; readonly cause: ErrorCode };

export interface PrintJob {
  readonly id: string;
  /** writes down that the job's bytes may leave from now on; not one does before it resolves, none if it rejects */
  readonly begin?: () => Promise<void>;
}

export interface SlipPrinterEvents {
  onUp(at: number): void;
  onDown(problem: LinkProblem, at: number): void;
  /** It was asked again and again and never answered. What it prints now, nobody can prove; `mustAnswer`: nothing is sent to it. */
  onSilent?(mustAnswer: boolean): void;
  /** `job`: the one that is being printed, none when it was only looked at */
  onStatus(status: PrinterStatus, job: string | undefined): void;
  /** the printer has the job and cannot print it now; it comes out when the hindrance is gone */
  onHeld(why: Hindrance, job: string): void;
  /** a job that had ended as unknown is on paper after all: its echo came late */
  onLateProof(job: string): void;
}

/** A cover opened this shortly before the slip is no worse than one opened while it prints; paying takes a second or two. */
const FRESH_MS = 2_000;
/** Looked at again while it cannot print and nothing is to be printed. */
const WATCH_MS = 5_000;
const WRITE_SLACK_MS = 5_000;
/** A line with flow control is allowed to stand still: the printer holds it back until somebody has put in paper. */
const HELD_LINE_MS = 10 * 60_000;
/** start bit, eight bits, stop bit */
const BITS_PER_BYTE = 10;
/** Behind the last answer to a barrier no older one can come. */
const BARRIER_QUIET_MS = 500;
const MAX_WAITING = 16;
const LAST_PROCESS_ID = 9999;
/** Jobs without proof whose echo may still come. */
const LATE_PROOFS = 8;

/** The bytes of one answer come together; a USB adapter holds them back for 16 ms. */
const ANSWER_PAUSE_MS = 200;

/** GS a: online, errors and paper are told at every change; a line that is held back carries no question. */
const SPEAK_UP = join([encode('initialize'), encode('automatic-status', [0x0e])]);
const CUT_OFF = join([encode('initialize'), encode('feed-lines', [4]), encode('feed-cut-partial', [0])]);
const BARRIER = encode('status', [1]);

/** Prints slips on a byte link: one at a time, each at most once, never again by itself. */
export class SlipPrinter implements LinkListener {
  readonly #config: SlipPrinterConfig;
  readonly #events: SlipPrinterEvents;
  readonly #clock: Clock;
  readonly #reader = new ReplyReader();
  readonly #replies: Expectations;
  readonly #link: ByteLink;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #lookingAhead = false;
  /** it has a back channel: it answered once since this program began */
  #answers = false;
  readonly #first: FirstAnswer;
  #seen: { readonly status: PrinterStatus; readonly at: number } | undefined;
  #processId: number;
  #run: { readonly jobId: string; readonly run: PrintRun } | undefined;
  /** process ids of jobs that ended without proof, and their jobs */
  readonly #unproved = new Map<string, string>();
  /** barriers sent whose answer has not come */
  #barriers = 0;
  readonly #broken = new BrokenCommand();
  /** a piece of a slip hangs out */
  #torn = false;
  #heardAt = 0;
  #stopWatching: () => void = () => undefined;

  /** `openLink` is called once, with the printer as listener: `(listener) => openSerialLink(config, listener, deps)`. */
  constructor(
    config: SlipPrinterConfig,
    events: SlipPrinterEvents,
    clock: Clock,
    openLink: (listener: LinkListener) => ByteLink,
  ) {
    this.#config = config;
    this.#events = events;
    this.#clock = clock;
    this.#replies = new Expectations(clock);
    this.#first = new FirstAnswer(
      clock,
      () => this.#look(),
      () => this.#silent(),
    );
    // not always 0001: an echo from before a restart must not confirm the first job after it
    this.#processId = Math.floor(clock.now() / 1000) % LAST_PROCESS_ID;
    this.#link = openLink(this);
  }

  get isUp(): boolean {
    return this.#link.isUp;
  }

  close(): Promise<void> {
    this.#stopWatching();
    this.#first.over();
    return this.#link.close();
  }

  up(at: number): void {
    this.#reader.reset();
    this.#first.over();
    this.#events.onUp(at);
    this.#look();
  }

  bytes(bytes: Uint8Array, at: number): void {
    // an answer that broke off is not waited for: its rest would be taken from the next one
    if (at - this.#heardAt > ANSWER_PAUSE_MS) this.#reader.reset();
    this.#heardAt = at;
    this.#first.heard(at);
    for (const reply of this.#reader.push(bytes)) this.#heard(reply);
  }

  down(problem: LinkProblem, at: number): void {
    this.#reader.reset();
    this.#seen = undefined;
    this.#stopWatching();
    this.#first.over();
    this.#replies.lost();
    this.#broken.beginAnew();
    this.#events.onDown(problem, at);
  }

  #heard(reply: Reply): void {
    if (reply.kind === 'automatic') this.#saysByItself(statusOfAutomatic(reply.bytes));
    if (reply.kind === 'buffered') this.#barriers = Math.max(0, this.#barriers - 1);
    this.#replies.heard(reply);
    const late = reply.kind === 'process-id' ? this.#unproved.get(reply.id) : undefined;
    if (reply.kind !== 'process-id' || late === undefined) return;
    this.#unproved.delete(reply.id);
    this.#events.onLateProof(late);
  }

  #saysByItself(status: PrinterStatus): void {
    this.#seen = undefined;
    if (this.#run) this.#run.run.told(status);
    else this.#told(status, undefined);
  }

  /**
   * Asks how the printer is, before there is anything to print: while a payment is on its way the answers cost nobody any
   * time. A job that comes soon enough believes them. A printer that was asked often enough is not asked in vain.
   */
  lookAhead(): void {
    if (this.#answers || !this.#first.isSilent) this.#look();
  }

  #look(): void {
    if (this.#lookingAhead || !this.#link.isUp) return;
    // a job asks by itself, and what it hears is heard
    if (this.#waiting > 0) return this.#watch();
    this.#lookingAhead = true;
    this.#tail = this.#tail.then(async () => {
      const said = await this.#ask('taken');
      this.#lookingAhead = false;
      this.#seen = typeof said === 'string' ? undefined : { status: said, at: this.#clock.mono() };
      if (typeof said !== 'string') this.#told(said, undefined);
      else if (said === 'silent' || said === 'refused') this.#first.silence();
    });
  }

  async #ask(until: 'sent' | 'taken'): Promise<StatusAnswer> {
    if (!this.#broken.isOpen) return askStatus(this.#link, this.#replies, until);
    const said = (await this.#endBroken(until)) ?? (await askStatus(this.#link, this.#replies, until));
    if (typeof said === 'string' && this.#answers) this.#broken.unheard();
    return said;
  }

  /** Why a command that broke off could not be ended yet; `undefined`: the printer is at a command's beginning. */
  async #endBroken(until: 'sent' | 'taken'): Promise<StatusAnswer | undefined> {
    const deadlineMs = (bytes: number) => 2 * this.#wireMs(bytes) + WRITE_SLACK_MS;
    const head = await this.#broken.endHead(this.#link, deadlineMs);
    if (head.kind !== 'written') return unasked(head);
    if (!this.#broken.isOpen) return undefined;
    const said = await askStatus(this.#link, this.#replies, until);
    if (said !== 'silent' && (typeof said === 'string' || hindranceOf(said))) return said;
    if (said === 'silent') this.#broken.beginAnew();
    const rest = await this.#broken.end(this.#link, deadlineMs, this.#clock);
    return rest.kind === 'written' ? undefined : unasked(rest);
  }

  /** It said how it is. One that cannot print is looked at until it can, so that the counter knows. */
  #told(status: PrinterStatus, job: string | undefined): void {
    this.#answers = true;
    this.#first.over();
    this.#events.onStatus(status, job);
    this.#stopWatching();
    if (hindranceOf(status)) this.#watch();
  }

  #silent(): void {
    this.#events.onSilent?.(this.#mustAnswer);
    if (this.#mustAnswer) this.#watch();
  }

  #watch(): void {
    this.#stopWatching();
    this.#stopWatching = this.#clock.after(WATCH_MS, () => this.#look());
  }

  get #mustAnswer(): boolean {
    return this.#answers || this.#config.mustAnswer === true;
  }

  /** What was seen just now, once, and only if it was good: a hindrance may be gone by now. */
  #takeSeen(): PrinterStatus | undefined {
    const seen = this.#seen;
    this.#seen = undefined;
    const isFresh = seen !== undefined && !this.#broken.isOpen && this.#clock.mono() - seen.at <= FRESH_MS;
    return isFresh && !hindranceOf(seen.status) ? seen.status : undefined;
  }

  /** Prints `bytes` after the jobs before it. */
  async print(bytes: Uint8Array, job: PrintJob): Promise<PrintResult> {
    if (this.#waiting >= MAX_WAITING) return notSent('PRINTER_BUSY', NOT_TOLD);
    // nothing before it: where the disk has it already and the printer is known to be well, it leaves before this returns
    const isFree = this.#waiting === 0 && !this.#lookingAhead;
    const before = this.#tail;
    let over = (): void => undefined;
    // whoever comes while this one leaves stands behind it
    this.#tail = new Promise<void>((resolve) => {
      over = resolve;
    });
    this.#waiting += 1;
    try {
      if (!isFree) await before;
      return await this.#job(bytes, job);
    } finally {
      this.#waiting -= 1;
      over();
    }
  }

  /** The printer is asked to forget a job that it holds; what comes of it is that job's result. */
  giveUp(jobId: string): void {
    if (this.#run?.jobId === jobId) this.#run.run.giveUp();
  }

  /** A process before this one may have been cut off inside these bytes. */
  distrust(bytes: Uint8Array): void {
    this.#broken.mayBeIn(bytes);
    this.#torn = true;
  }

  async #job(bytes: Uint8Array, { id, begin }: PrintJob): Promise<PrintResult> {
    if (!this.#link.isUp) return notSent('PORT_LOST', NOT_TOLD);
    // On disk while the printer is asked how it is: one wait, not two.
    const begun = begin?.().then(
      () => true,
      () => false,
    );
    const processId = this.#nextProcessId();
    const run = this.#newRun(id, processId);
    const seen = this.#takeSeen();
    const said = seen ?? (await this.#ask('sent'));
    if (begun && !(await begun)) return notSent('JOURNAL_UNAVAILABLE', NOT_TOLD);
    const refused = run.begin(said);
    if (refused) return this.#resultOf(refused, run);
    if (this.#barriers > 0) await this.#settleBarriers();
    this.#run = { jobId: id, run };
    const end = await this.#send(bytes, processId, run);
    this.#run = undefined;
    this.#remember(end, bytes, processId, id);
    return this.#resultOf(end, run);
  }

  #newRun(id: string, processId: string): PrintRun {
    const best = this.#best;
    return new PrintRun({
      link: this.#link,
      replies: this.#replies,
      clock: this.#clock,
      best,
      mustAnswer: this.#mustAnswer,
      holdsLine: this.#config.holdsLine === true,
      proves:
        best === 'confirmed' ? (reply) => isEcho(reply, processId) : () => best === 'processed' && this.#barriers === 0,
      onStatus: (status) => this.#told(status, id),
      onHeld: (why) => this.#events.onHeld(why, id),
    });
  }

  get #best(): Proof {
    return this.#config.confirms ? 'confirmed' : this.#config.barrier ? 'processed' : 'sent';
  }

  #send(slip: Uint8Array, processId: string, run: PrintRun): Promise<PrintEnd> {
    const best = this.#best;
    const tail = best === 'confirmed' ? encode('process-id', [...Buffer.from(processId, 'latin1')]) : BARRIER;
    const head = this.#config.holdsLine ? SPEAK_UP : encode('initialize');
    const bytes = join([this.#scissors(), head, slip, best === 'sent' ? [] : tail]);
    const wireMs = this.#wireMs(bytes.length);
    const slackMs = this.#config.holdsLine ? HELD_LINE_MS : WRITE_SLACK_MS;
    if (best === 'processed') this.#barriers = 1;
    return run.send(async () => factOf(await this.#write(bytes, 2 * wireMs + slackMs)), wireMs);
  }

  #wireMs(bytes: number): number {
    return (bytes * BITS_PER_BYTE * 1000) / (this.#config.baudRate ?? 115_200);
  }

  #write(bytes: Uint8Array, deadlineMs: number): Promise<WriteOutcome> {
    if (this.#config.holdsLine) return this.#link.write(bytes, deadlineMs);
    return pacedWrite(this.#link, this.#clock, bytes, deadlineMs);
  }

  /** The last slip's piece is cut off, so that nobody takes the two for one. */
  #scissors(): Uint8Array {
    const isTorn = this.#torn;
    this.#torn = false;
    return isTorn ? CUT_OFF : new Uint8Array();
  }

  #remember({ end }: PrintEnd, bytes: Uint8Array, processId: string, jobId: string): void {
    if (end === 'cleared') this.#torn = true;
    if (end !== 'unknown') return;
    this.distrust(bytes);
    this.#unproved.set(processId, jobId);
    const [oldest] = this.#unproved.keys();
    if (this.#unproved.size > LATE_PROOFS && oldest !== undefined) this.#unproved.delete(oldest);
  }

  #resultOf(end: PrintEnd, { status }: PrintRun): PrintResult {
    switch (end.end) {
      case 'printed':
        return { state: 'sent', proof: end.proof, status };
      case 'not-sent':
        return notSent(end.cause ?? hindranceOf(status) ?? 'PRINTER_BUSY', status);
      case 'unknown':
      case 'cleared':
        return { state: end.end, proof: 'none', status };
    }
  }

  /**
   * GS r carries no name: an answer that is still to come from an earlier job must not prove this one. A fresh question is
   * answered behind all older ones; when it is quiet after an answer, none of them is left.
   */
  async #settleBarriers(): Promise<void> {
    this.#barriers += 1;
    await this.#link.write(BARRIER, WRITE_SLACK_MS, 'taken');
    while (this.#barriers > 0) {
      const { answer } = this.#replies.expect(BARRIER_QUIET_MS, (reply) => reply.kind === 'buffered');
      if ((await answer) !== 'heard') break;
    }
    this.#barriers = 0;
  }

  #nextProcessId(): string {
    this.#processId = (this.#processId % LAST_PROCESS_ID) + 1;
    return String(this.#processId).padStart(4, '0');
  }
}

function isEcho(reply: Reply, processId: string): boolean {
  return reply.kind === 'process-id' && reply.id === processId;
}

function factOf({ kind }: WriteOutcome): Fact {
  return kind === 'written' ? 'written' : kind === 'not-written' ? 'not-written' : 'write-broke';
}

function notSent(cause: ErrorCode, status: PrinterStatus): PrintResult {
  return { state: 'not-sent', proof: 'none', status, cause };
}
