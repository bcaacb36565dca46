import { encodeLatin1 } from '../../protocols/bytes/latin1.ts';
import {
  AUTO_ENDS,
  idleMsAt,
  type LineConfig,
  type LineEvent,
  type LineFrame,
  LineFramer,
  type LineNoiseCause,
  type LineSource,
  lineEnds,
} from '../../protocols/framing/line.ts';
import type { Scan } from '../../protocols/scanner/scan.ts';
import { type CodeIdMode, DuplicateWindow, type LineEncoding, readLine } from '../../protocols/scanner/serial-line.ts';
import type { Clock } from '../clock.ts';
import type { ByteLink, LinkListener, LinkProblem } from '../transport/link.ts';
import { ReadlineLines } from '../transport/readline.ts';

/** A gun in raw line mode on a serial or USB-CDC port. */
export interface SerialScannerConfig {
  readonly path: string;
  readonly baudRate: number;
  readonly dataBits?: 7 | 8;
  readonly parity?: 'none' | 'even' | 'odd';
  readonly terminator: 'auto' | 'CR' | 'LF' | 'CRLF' | 'TAB' | 'ETX' | 'none';
  /** 1 to 4 characters below U+0100; what comes before it is noise */
  readonly prefix?: string;
  /** false: the prefix is cut off where it is there, and nothing is missed where it is not; default true */
  readonly prefixRequired?: boolean;
  /** silence that ends a code when `terminator` is none; default max(100 ms, 10 character times + 50 ms) */
  readonly idleMs?: number;
  readonly maxBytes?: number;
  readonly codeId: CodeIdMode;
  readonly encoding: LineEncoding;
  /** the same code again within this time is left out; default 1500, 0 switches it off */
  readonly dedupeMs?: number;
}

/** What was heard and is no code, summed over at most {@link NOISE_WINDOW_MS}. */
export interface NoiseReport {
  readonly bytes: number;
  /** how often each kind occurred; `invalid-bytes`: a payment code spoilt by wrong data bits or parity */
  readonly causes: Readonly<Partial<Record<LineNoiseCause | 'invalid-bytes', number>>>;
}

/** Facts a gun tells. Times are monotonic ms. Whoever takes a scan may not log its text: it cannot print itself. */
export interface ScannerEvents {
  onScan(scan: Scan): void;
  onNoise(report: NoiseReport): void;
  /** the trigger was released and nothing was read */
  onNoRead(at: number): void;
  /** the same code within `dedupeMs`; it was left out */
  onDuplicate(at: number): void;
  onUp(at: number): void;
  onDown(problem: LinkProblem, at: number): void;
}

/** Since the gun was made. */
export interface ScannerCounts {
  bytes: number;
  scans: number;
  noReads: number;
  duplicates: number;
  invalidCodes: number;
  noiseBytes: number;
}

/** A code that begins so soon after the open may have lost its head (tcflush), or be power-up noise. */
export const SETTLE_MS = 200;
const DEFAULT_DEDUPE_MS = 1500;
/** A flood of noise is one report a second. */
const NOISE_WINDOW_MS = 1000;

export class ScannerGun implements LinkListener {
  readonly counts: ScannerCounts = { bytes: 0, scans: 0, noReads: 0, duplicates: 0, invalidCodes: 0, noiseBytes: 0 };
  readonly #config: SerialScannerConfig;
  readonly #events: ScannerEvents;
  readonly #clock: Clock;
  readonly #lines: LineSource;
  readonly #repeats: DuplicateWindow;
  readonly #link: ByteLink;
  #openedAt = 0;
  #firstFrame = true;
  #noise: { bytes: number; causes: Record<string, number> } | undefined;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #callOff: () => void = () => undefined;

  /** `openLink` is called once, with the gun as listener: `(listener) => openSerialLink(config, listener, deps)`. */
  constructor(
    config: SerialScannerConfig,
    events: ScannerEvents,
    clock: Clock,
    openLink: (listener: LinkListener) => ByteLink,
  ) {
    this.#config = config;
    this.#events = events;
    this.#clock = clock;
    this.#lines = linesOf(config);
    this.#repeats = new DuplicateWindow(config.dedupeMs ?? DEFAULT_DEDUPE_MS);
    this.#link = openLink(this);
  }

  get isUp(): boolean {
    return this.#link.isUp;
  }

  async close(): Promise<void> {
    this.#callOff();
    await this.#link.close();
  }

  up(at: number): void {
    this.#take(this.#lines.reset(), at);
    this.#openedAt = at;
    this.#firstFrame = true;
    this.#events.onUp(at);
  }

  bytes(bytes: Uint8Array, at: number): void {
    this.counts.bytes += bytes.length;
    this.#take(this.#lines.push(bytes, at), at);
  }

  down(problem: LinkProblem, at: number): void {
    this.#take(this.#lines.reset(), at);
    this.#events.onDown(problem, at);
  }

  #take(events: readonly LineEvent[], at: number): void {
    for (const event of events) {
      if (event.kind === 'frame') this.#read(event);
      else this.#hearNoise(event.cause, event.length);
    }
    this.#tellNoise(at);
    this.#wakeLater(at);
  }

  #read(frame: LineFrame): void {
    const early = this.#firstFrame && frame.startedAt - this.#openedAt < SETTLE_MS;
    this.#firstFrame = false;
    const reading = readLine(frame.bytes, this.#config);
    switch (reading.kind) {
      case 'blank':
        return;
      case 'no-read':
        this.counts.noReads += 1;
        return this.#events.onNoRead(frame.endedAt);
      case 'invalid-bytes':
        this.counts.invalidCodes += 1;
        return this.#hearNoise('invalid-bytes', frame.bytes.length);
      case 'code':
        return this.#offer(reading, frame, early);
    }
  }

  #offer(reading: Extract<ReturnType<typeof readLine>, { kind: 'code' }>, frame: LineFrame, early: boolean): void {
    const { startedAt, endedAt } = frame;
    // an early code will be asked for once more: the second time it is no repetition
    if (!early && this.#repeats.isRepeat(reading.text, endedAt)) {
      this.counts.duplicates += 1;
      return this.#events.onDuplicate(endedAt);
    }
    this.counts.scans += 1;
    const { text, aim, codeId, suspect } = reading;
    this.#events.onScan({
      text,
      ...(aim !== undefined && { aim }),
      ...(codeId !== undefined && { codeId }),
      source: 'serial',
      startedAt,
      endedAt,
      suspect: early ? ['just-after-open', ...suspect] : suspect,
    });
  }

  #hearNoise(cause: keyof NoiseReport['causes'], length: number): void {
    this.counts.noiseBytes += length;
    this.#noise ??= { bytes: 0, causes: {} };
    this.#noise.bytes += length;
    this.#noise.causes[cause] = (this.#noise.causes[cause] ?? 0) + 1;
  }

  /** The first noise at once, what follows within the window as one sum. */
  #tellNoise(at: number): void {
    if (!this.#noise || at < this.#quietUntil) return;
    const report = this.#noise;
    this.#noise = undefined;
    this.#quietUntil = at + NOISE_WINDOW_MS;
    this.#events.onNoise(report);
  }

  #wakeLater(at: number): void {
    this.#callOff();
    const times = [this.#lines.nextDeadline, this.#repeats.nextDeadline, this.#noise && this.#quietUntil];
    const due = Math.min(...times.filter((time) => time !== undefined));
    if (due === Number.POSITIVE_INFINITY) return;
    this.#callOff = this.#clock.after(due - at, () => {
      const now = this.#clock.mono();
      this.#repeats.forget(now);
      this.#take(this.#lines.silence(now), now);
    });
  }
}

/** CR and LF guns go through `@serialport/parser-readline`, all others through the framer. */
function linesOf(config: SerialScannerConfig): LineSource {
  const { terminator, maxBytes, prefix } = config;
  if ((terminator === 'CR' || terminator === 'LF') && prefix === undefined)
    return new ReadlineLines({ terminator, ...(maxBytes !== undefined && { maxBytes }) });
  return new LineFramer(framingOf(config));
}

function framingOf(config: SerialScannerConfig): LineConfig {
  const { terminator, prefix, prefixRequired, maxBytes } = config;
  const start = prefix === undefined ? undefined : encodeLatin1(prefix);
  return {
    ends: terminator === 'auto' ? AUTO_ENDS : terminator === 'none' ? [] : lineEnds(terminator),
    ...(start && { prefix: start }),
    ...(prefixRequired !== undefined && { prefixRequired }),
    idleMs: config.idleMs ?? idleMsAt(config.baudRate),
    ...(maxBytes !== undefined && { maxBytes }),
  };
}
