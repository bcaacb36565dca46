import { encode, join } from '../../protocols/escpos/encode.ts';
import { type Reply, ReplyReader } from '../../protocols/escpos/status.ts';
import type { Clock } from '../clock.ts';
import type { ErrorCode } from '../errors.ts';
import type { ByteLink, LinkListener, LinkProblem } from '../transport/link.ts';

export interface SlipPrinterConfig {
  readonly baudRate: number;
  /** the model understands GS ( H and echoes process ids; one that does not may print the command as text */
  readonly confirms: boolean;
}

/** What the printer said of itself; `unknown`: it did not answer. */
export interface PrinterStatus {
  readonly paper: 'ok' | 'near-end' | 'end' | 'unknown';
  readonly cover: 'closed' | 'open' | 'unknown';
  readonly fault: boolean | 'unknown';
}

/**
 * How a job ended. `not-sent`: no byte of the slip left, the caller may print it again. `unknown`: some may have.
 * Proof: `confirmed` the printer echoed this job's id after printing; `sent` the bytes were handed over, nothing more.
 */
export type PrintResult =
  | { readonly state: 'sent'; readonly proof: 'confirmed' | 'sent'; readonly status: PrinterStatus }
  | { readonly state: 'unknown'; readonly proof: 'none'; readonly status: PrinterStatus }
  | { readonly state: 'not-sent'; readonly proof: 'none'; readonly status: PrinterStatus; readonly cause: ErrorCode };

export interface PrintJob {
  readonly id: string;
  /** writes down that the job's bytes may leave from now on; not one does before it resolves, none if it rejects */
  readonly begin?: () => Promise<void>;
}

export interface SlipPrinterEvents {
  onUp(at: number): void;
  onDown(problem: LinkProblem, at: number): void;
  onStatus(status: PrinterStatus, job: string): void;
}

const UNKNOWN: PrinterStatus = { paper: 'unknown', cover: 'unknown', fault: 'unknown' };
/** Real-time status is answered on reception; 300 ms is generous at 9600 baud behind a USB adapter. */
const STATUS_MS = 300;
/** A cover opened this shortly before the slip is no worse than one opened while it prints; paying takes a second or two. */
const FRESH_MS = 2_000;
/** The mechanism: a 25 cm slip at 50 mm/s, doubled. */
const MECHANISM_MS = 10_000;
const WRITE_SLACK_MS = 5_000;
/** start bit, eight bits, stop bit */
const BITS_PER_BYTE = 10;
const STATUS_QUERIES = join([1, 2, 4].map((n) => encode('realtime-status', [n])));
const MAX_WAITING = 16;
const LAST_PROCESS_ID = 9999;

/** Prints slips on a byte link: one at a time, each at most once, never again by itself. */
export class SlipPrinter implements LinkListener {
  readonly #config: SlipPrinterConfig;
  readonly #events: SlipPrinterEvents;
  readonly #clock: Clock;
  readonly #replies = new ReplyReader();
  readonly #link: ByteLink;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #lookingAhead = false;
  /** it has a back channel: it answered once since this program began */
  #answers = false;
  #seen: { readonly status: PrinterStatus; readonly at: number } | undefined;
  #processId: number;
  /** who waits for an answer; called with `undefined` when the link was lost */
  #expecting: ((reply: Reply | undefined) => void) | undefined;

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
    // not always 0001: an echo from before a restart must not confirm the first job after it
    this.#processId = Math.floor(clock.now() / 1000) % LAST_PROCESS_ID;
    this.#link = openLink(this);
  }

  get isUp(): boolean {
    return this.#link.isUp;
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  up(at: number): void {
    this.#replies.reset();
    this.#events.onUp(at);
  }

  bytes(bytes: Uint8Array): void {
    for (const reply of this.#replies.push(bytes)) this.#expecting?.(reply);
  }

  down(problem: LinkProblem, at: number): void {
    this.#replies.reset();
    this.#seen = undefined;
    this.#expecting?.(undefined);
    this.#events.onDown(problem, at);
  }

  /**
   * Asks how the printer is, before there is anything to print: while a payment is on its way the answers cost nobody any
   * time. A job that comes soon enough believes them. A printer that never answered is not asked in vain.
   */
  lookAhead(): void {
    if (this.#waiting > 0 || this.#lookingAhead || !this.#link.isUp || !this.#answers) return;
    this.#lookingAhead = true;
    this.#tail = this.#tail.then(async () => {
      const status = await this.#askStatus('taken');
      this.#lookingAhead = false;
      const isAnswer = typeof status !== 'string' && status !== UNKNOWN;
      this.#seen = isAnswer ? { status, at: this.#clock.mono() } : undefined;
    });
  }

  /** What was seen just now, once, and only if it was good: a hindrance may be gone by now. */
  #takeSeen(): PrinterStatus | undefined {
    const seen = this.#seen;
    this.#seen = undefined;
    const isFresh = seen !== undefined && this.#clock.mono() - seen.at <= FRESH_MS;
    return isFresh && !hindranceOf(seen.status) ? seen.status : undefined;
  }

  /** Prints `bytes` after the jobs before it. */
  async print(bytes: Uint8Array, job: PrintJob): Promise<PrintResult> {
    if (this.#waiting >= MAX_WAITING) return notSent('PRINTER_BUSY', UNKNOWN);
    this.#waiting += 1;
    const result = this.#tail.then(() => this.#job(bytes, job));
    this.#tail = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #job(bytes: Uint8Array, { id, begin }: PrintJob): Promise<PrintResult> {
    if (!this.#link.isUp) return notSent('PORT_LOST', UNKNOWN);
    // On disk while the printer is asked how it is: one wait, not two.
    const begun = begin?.().then(
      () => true,
      () => false,
    );
    const status = this.#takeSeen() ?? (await this.#askStatus());
    if ((await begun) === false) return notSent('JOURNAL_UNAVAILABLE', UNKNOWN);
    if (typeof status === 'string') return notSent(status, UNKNOWN);
    this.#events.onStatus(status, id);
    const hindrance = hindranceOf(status);
    if (hindrance) return notSent(hindrance, status);
    return this.#send(bytes, status);
  }

  async #send(slip: Uint8Array, status: PrinterStatus): Promise<PrintResult> {
    const processId = this.#nextProcessId();
    const tail = this.#config.confirms ? encode('process-id', [...Buffer.from(processId, 'latin1')]) : [];
    const bytes = join([encode('initialize'), slip, tail]);
    const wireMs = (bytes.length * BITS_PER_BYTE * 1000) / this.#config.baudRate;
    // the echo may come before the write is known to be complete
    const echo = this.#config.confirms
      ? this.#expect(2 * wireMs + WRITE_SLACK_MS + MECHANISM_MS, (reply) => isEcho(reply, processId))
      : undefined;
    const outcome = await this.#link.write(bytes, 2 * wireMs + WRITE_SLACK_MS);
    if (outcome.kind === 'not-written') {
      echo?.callOff();
      return notSent(outcome.cause === 'DOWN' ? 'PORT_LOST' : 'PRINTER_BUSY', status);
    }
    if (outcome.kind === 'unknown') {
      echo?.callOff();
      return { state: 'unknown', proof: 'none', status };
    }
    const answer = await echo?.answer;
    // It answers, was to echo the job, and did not: the slip may still stand in its buffer, or be lost with it.
    const unconfirmed = answer === 'silent' && status.paper !== 'unknown';
    if (answer === 'lost' || unconfirmed) return { state: 'unknown', proof: 'none', status };
    return { state: 'sent', proof: answer === undefined || answer === 'silent' ? 'sent' : 'confirmed', status };
  }

  /**
   * DLE EOT 1, 2 and 4 in one breath: an answer does not say which question it belongs to, so all three are waited for, and
   * counted only when none is missing. A printer without a back channel is asked once.
   */
  async #askStatus(until: 'sent' | 'taken' = 'sent'): Promise<PrinterStatus | ErrorCode> {
    const answers: number[] = [];
    const expected = this.#expect(STATUS_MS, (reply) => reply.kind === 'realtime' && answers.push(reply.byte) === 3);
    const outcome = await this.#link.write(STATUS_QUERIES, STATUS_MS, until);
    if (outcome.kind !== 'written') {
      expected.callOff();
      return outcome.cause === 'DEADLINE' || outcome.cause === 'BUSY' ? 'PRINTER_STALLED' : 'PORT_LOST';
    }
    const answer = await expected.answer;
    if (answer === 'lost') return 'PORT_LOST';
    const [, offline, roll] = answers;
    if (answer === 'silent' || offline === undefined || roll === undefined) return UNKNOWN;
    this.#answers = true;
    return statusOf(offline, roll);
  }

  /** Waits for the first reply that `accepts`; `silent` after `ms`, `lost` when the link goes down. */
  #expect(
    ms: number,
    accepts: (reply: Reply) => boolean,
  ): { readonly answer: Promise<Reply | 'silent' | 'lost'>; readonly callOff: () => void } {
    let settle: (answer: Reply | 'silent' | 'lost') => void = () => undefined;
    const answer = new Promise<Reply | 'silent' | 'lost'>((resolve) => {
      settle = resolve;
    });
    const done = (result: Reply | 'silent' | 'lost') => {
      this.#expecting = undefined;
      stopTimer();
      settle(result);
    };
    const stopTimer = this.#clock.after(ms, () => done('silent'));
    this.#expecting = (reply) => {
      if (reply === undefined) done('lost');
      else if (accepts(reply)) done(reply);
    };
    return { answer, callOff: () => done('silent') };
  }

  #nextProcessId(): string {
    this.#processId = (this.#processId % LAST_PROCESS_ID) + 1;
    return String(this.#processId).padStart(4, '0');
  }
}

function isEcho(reply: Reply, processId: string): boolean {
  return reply.kind === 'process-id' && reply.id === processId;
}

/** DLE EOT 2: bit 2 cover, bit 5 paper end, bit 6 error; DLE EOT 4: bits 2,3 near the end, 5,6 at the end. */
function statusOf(offline: number, roll: number): PrinterStatus {
  const isEnd = (offline & 0x20) !== 0 || (roll & 0x60) !== 0;
  return {
    paper: isEnd ? 'end' : (roll & 0x0c) !== 0 ? 'near-end' : 'ok',
    cover: (offline & 0x04) !== 0 ? 'open' : 'closed',
    fault: (offline & 0x40) !== 0,
  };
}

/** A printer that says it cannot print gets no slip: it would come out later, perhaps beside a reprint. */
function hindranceOf({ paper, cover, fault }: PrinterStatus): ErrorCode | undefined {
  if (cover === 'open') return 'PRINTER_COVER_OPEN';
  if (paper === 'end') return 'PRINTER_PAPER_OUT';
  return fault === true ? 'PRINTER_ERROR' : undefined;
}

function notSent(cause: ErrorCode, status: PrinterStatus): PrintResult {
  return { state: 'not-sent', proof: 'none', status, cause };
}
