import { encode } from '../../protocols/escpos/encode.ts';
import type { Reply } from '../../protocols/escpos/status.ts';
import type { Clock } from '../clock.ts';
import type { ByteLink } from '../transport/link.ts';
import type { Expectations, Expected } from './expectations.ts';
import { type Doing, decide, type Fact, type Job, newJob, type PrintEnd, type Proof } from './print-machine.ts';
import { type Hindrance, hindranceOf, NOT_TOLD, type PrinterStatus } from './printer-status.ts';
import { askStatus } from './status-question.ts';

/** The mechanism: a 25 cm slip at 50 mm/s, doubled. */
const MECHANISM_MS = 10_000;
/** How often a printer that is to prove a slip, or cannot print, is asked how it is. */
const POLL_MS = 1_000;
/** Questions without an answer; a ninth may cost the printer the other eight (TM-U220: at most 8 outstanding). */
const UNANSWERED_POLLS = 8;
/** Each question fills nine bytes of a buffer that is not emptied: after the first few they are rare. */
const QUICK_POLLS = 10;
const SLOW_POLL_MS = 15_000;
/** A customer who waits longer has left: the printer is told to forget the slip, so that it comes out on no later day. */
const HELD_MS = 30 * 60_000;
/** The answer to a clear comes at once. */
const CLEAR_MS = 1_000;
const CLEAR = encode('realtime-clear', [0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08]);

export interface RunParts {
  readonly link: ByteLink;
  readonly replies: Expectations;
  readonly clock: Clock;
  readonly best: Proof;
  readonly mustAnswer: boolean;
  /** the line may be held back while the printer cannot print: then it speaks by itself, and silence means nothing */
  readonly holdsLine: boolean;
  /** whether a reply is this job's own proof */
  readonly proves: (reply: Reply) => boolean;
  readonly onStatus: (status: PrinterStatus) => void;
  readonly onHeld: (why: Hindrance) => void;
}

/** Carries one job through {@link decide}: its bytes, the questions beside it, the times to wait. */
export class PrintRun {
  readonly #parts: RunParts;
  #job: Job;
  #status: PrinterStatus = NOT_TOLD;
  #end: (end: PrintEnd) => void = () => undefined;
  #ended = false;
  #proof: Expected | undefined;
  #proofMs = 0;
  #unanswered = 0;
  #polls = 0;
  readonly #timers = new Set<() => void>();

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#job = newJob(parts.best, parts.mustAnswer);
  }

  get status(): PrinterStatus {
    return this.#status;
  }

  /** What the printer said before the job; `undefined`: nothing. Returns why it ends here, if it does. */
  begin(status: PrinterStatus | 'silent' | 'refused' | 'stalled' | 'lost'): PrintEnd | undefined {
    const next = decide(this.#job, this.#factOf(status));
    if ('end' in next) return next;
    this.#job = next;
    return undefined;
  }

  /** Sends the bytes by `write` and follows them to their end. `wireMs`: what they take on the wire. */
  send(write: () => Promise<Fact>, wireMs: number): Promise<PrintEnd> {
    this.#proofMs = 2 * wireMs + MECHANISM_MS;
    const end = new Promise<PrintEnd>((resolve) => {
      this.#end = resolve;
    });
    this.#awaitProof();
    void write().then((fact) => this.#fact(fact));
    return end;
  }

  /** It is not wanted any more: the printer is asked to forget what it has of it. */
  giveUp(): void {
    this.#fact('given-up');
  }

  #fact(fact: Fact): void {
    if (this.#ended) return;
    const before = this.#job.doing;
    const next = decide(this.#job, fact);
    if ('end' in next) return this.#finish(next);
    this.#job = next;
    if (next.doing !== before) this.#enter(before);
  }

  #finish(end: PrintEnd): void {
    this.#ended = true;
    this.#stopTimers();
    this.#proof?.callOff();
    this.#end(end);
  }

  #enter(before: Doing): void {
    this.#stopTimers();
    const { doing } = this.#job;
    if (doing === 'proving') {
      this.#after(this.#proofMs, () => this.#fact('overdue'));
      if (before === 'writing') this.#pollFirst();
    }
    if (doing === 'held') {
      this.#parts.onHeld(hindranceOf(this.#status) ?? 'PRINTER_ERROR');
      this.#after(HELD_MS, () => this.#fact('given-up'));
    }
    if (doing === 'clearing') void this.#clear();
  }

  /** A printer that can give no proof is asked once behind the last byte; from then on a poll follows the other. */
  #pollFirst(): void {
    const { best, answered } = this.#job;
    if (best !== 'sent') this.#pollIn(POLL_MS);
    else if (answered) void this.#poll();
    else this.#fact('silent');
  }

  /** From the first byte: an echo may come before the write is known to be complete. */
  #awaitProof(): void {
    const { replies, proves } = this.#parts;
    this.#proof = replies.expect(NEVER_MS, proves);
    void this.#proof.answer.then((answer) => {
      if (answer !== 'silent') this.#fact(answer === 'heard' ? 'proved' : 'lost');
    });
  }

  #pollIn(ms: number): void {
    this.#after(ms, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    const { doing } = this.#job;
    if (this.#ended || (doing !== 'proving' && doing !== 'held')) return;
    const { link, replies } = this.#parts;
    // taken: a printer that holds its line back must not cost the connection
    const said = await askStatus(link, replies, 'taken', this.#proofMs);
    this.#unanswered = said === 'silent' ? this.#unanswered + 1 : 0;
    this.#fact(this.#factOf(said));
    if (this.#unanswered >= UNANSWERED_POLLS) return this.#parts.holdsLine ? undefined : this.#fact('mute');
    if (!this.#ended) this.#pollIn(++this.#polls <= QUICK_POLLS ? POLL_MS : SLOW_POLL_MS);
  }

  /** The printer says by itself how it is. */
  told(status: PrinterStatus): void {
    this.#unanswered = 0;
    this.#fact(this.#factOf(status));
  }

  #factOf(said: PrinterStatus | 'silent' | 'refused' | 'stalled' | 'lost'): Fact {
    if (said === 'silent' || said === 'lost') return said;
    if (said === 'refused') return this.#job.doing === 'asking' ? 'write-broke' : 'silent';
    if (said === 'stalled') return 'write-broke';
    this.#status = said;
    this.#parts.onStatus(said);
    return hindranceOf(said) ? 'hindered' : 'ready';
  }

  async #clear(): Promise<void> {
    const { link, replies } = this.#parts;
    const expected = replies.expect(CLEAR_MS, isCleared);
    const { kind } = await link.write(CLEAR, CLEAR_MS, 'taken');
    if (kind === 'not-written') return this.#fact('not-written');
    const answer = await expected.answer;
    this.#fact(answer === 'heard' ? 'cleared' : answer === 'lost' ? 'lost' : 'overdue');
  }

  #stopTimers(): void {
    for (const callOff of this.#timers) callOff();
    this.#timers.clear();
  }

  #after(ms: number, run: () => void): void {
    const callOff = this.#parts.clock.after(ms, () => {
      this.#timers.delete(callOff);
      run();
    });
    this.#timers.add(callOff);
  }
}

/** The end of the job calls it off; every job has one. */
const NEVER_MS = 24 * 3_600_000;

/** 37 25 00 */
function isCleared(reply: Reply): boolean {
  return reply.kind === 'block' && reply.bytes.length === 3 && reply.bytes[1] === 0x25;
}
