import type { GunAnswer, GunCode } from '../../protocols/scanner/gun-event.ts';
import type { Scan, SuspectMark } from '../../protocols/scanner/scan.ts';
import { DuplicateWindow, type LineReading, readLine } from '../../protocols/scanner/serial-line.ts';
import { readTyped } from '../../protocols/scanner/typed.ts';
import type { Clock } from '../clock.ts';
import type { ByteLink, LinkListener, LinkProblem, Peer } from '../transport/link.ts';
import { GunAttention } from './scanner/attention.ts';
import { GunFlow } from './scanner/flow.ts';
import { hidReader, type ScannerConfig, streamReader } from './scanner/languages.ts';
import { type NoiseReport, NoiseSum } from './scanner/noise.ts';
import type { GunOrder } from './scanner/orders.ts';
import { GunOutbox } from './scanner/outbox.ts';
import type { GunNews, GunReader, GunTyped } from './scanner/reader.ts';

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
  /** the gun did as it was told: it speaks the configured language */
  onCommandDone?(at: number): void;
  /** the gun refused a command, or did not answer it */
  onCommandFailed?(answer: Pick<GunAnswer, 'command' | 'outcome'>, at: number): void;
}

/** Since the gun was made. */
export interface ScannerCounts {
  bytes: number;
  scans: number;
  noReads: number;
  /** the same code again within the window, and what the gun itself sent twice */
  duplicates: number;
  invalidCodes: number;
  noiseBytes: number;
}

/** A code that begins so soon after the open may have lost its head (tcflush), or be power-up noise. */
export const SETTLE_MS = 200;
const DEFAULT_DEDUPE_MS = 1500;
/** Two codes in one moment were in view together: nobody aims twice so fast. */
const SAME_VIEW_MS = 150;
/** Orders that may wait for their answers. */
const MOST_UNANSWERED = 8;
const NEVER = Number.POSITIVE_INFINITY;
/** How long a stop waits for the gun to be left as it was found. */
const FAREWELL_MS = 300;

/** A gun, whatever it speaks: bytes or reports in, scans out, and what the counter wants of it. */
export class ScannerGun implements LinkListener {
  readonly counts: ScannerCounts = { bytes: 0, scans: 0, noReads: 0, duplicates: 0, invalidCodes: 0, noiseBytes: 0 };
  readonly #config: ScannerConfig;
  readonly #events: ScannerEvents;
  readonly #clock: Clock;
  /** for a gun on a serial line, which says nothing of itself */
  readonly #stream: GunReader;
  #reader: GunReader;
  readonly #repeats: DuplicateWindow;
  readonly #noise = new NoiseSum();
  readonly #outbox: GunOutbox;
  readonly #attention: GunAttention;
  readonly #flow: GunFlow | undefined;
  readonly #link: ByteLink;
  #up = false;
  #openedAt = 0;
  #firstCode = true;
  #scannedAt = Number.NEGATIVE_INFINITY;
  #callOff: () => void = () => undefined;

  /** `openLink` is called once, with the gun as listener: `(listener) => openSerialLink(config, listener, deps)`. */
  constructor(
    config: ScannerConfig,
    events: ScannerEvents,
    clock: Clock,
    openLink: (listener: LinkListener) => ByteLink,
  ) {
    this.#config = config;
    this.#events = events;
    this.#clock = clock;
    this.#stream = streamReader(config);
    this.#reader = this.#stream;
    this.#repeats = new DuplicateWindow(config.dedupeMs ?? DEFAULT_DEDUPE_MS);
    this.#outbox = new GunOutbox(() => this.#link);
    this.#attention = new GunAttention(config, (order, at) => this.#give(order, at));
    this.#flow = config.flow === 'xonxoff' ? new GunFlow((held) => this.#outbox.hold(held)) : undefined;
    this.#link = openLink(this);
  }

  get isUp(): boolean {
    return this.#up && this.#link.isUp;
  }

  /** What this gun can be told; empty while it is not connected and for guns that are only heard. */
  get orders(): ReadonlySet<GunOrder> {
    return this.#reader.orders;
  }

  /** It was told something and may still answer. */
  get owesAnswer(): boolean {
    return this.#reader.unanswered > 0;
  }

  /** Leaves the gun reading, for whoever uses it next. */
  async close(): Promise<void> {
    this.#outbox.end();
    if (this.#attention.letGo(this.#clock.mono()))
      await Promise.race([this.#outbox.drained(), new Promise<void>((done) => this.#clock.after(FAREWELL_MS, done))]);
    this.#callOff();
    this.#up = false;
    await this.#link.close();
  }

  // --- what the counter wants

  /** A payment waits for a code, or none does any more. */
  wait(waits: boolean): void {
    this.#attention.wait(waits, this.#clock.mono());
  }

  /** How the counter judged the last scan, in its words for sounds. */
  sound(sound: string): void {
    this.#attention.sound(sound, this.#clock.mono());
  }

  #give(order: GunOrder, at: number): boolean {
    const isFree = this.#reader.unanswered < MOST_UNANSWERED;
    this.#take(isFree ? this.#reader.give(order, at) : [], at);
    return isFree;
  }

  // --- the link

  up(at: number, peer?: Peer): void {
    if (peer && !this.#meet(peer, at)) return;
    this.#take(this.#reader.reset(at), at);
    // it may have been a HID gun until now: a setting barcode, or another gun in its place
    if (!peer) this.#reader = this.#stream;
    this.#flow?.reset();
    this.#outbox.clear();
    this.#up = true;
    this.#openedAt = at;
    this.#firstCode = true;
    this.#events.onUp(at);
    this.#take(this.#reader.greet(at), at);
    if (this.#reader.orders.size > 0) this.#attention.connected(at);
  }

  /** A HID device says what it speaks; true: we do, too. */
  #meet(peer: Peer, at: number): boolean {
    const reader = hidReader(this.#config, peer);
    if ('problem' in reader) {
      this.#up = false;
      this.#events.onDown({ code: 'DEVICE_UNSUPPORTED', path: this.#config.path, detail: reader.problem }, at);
      return false;
    }
    this.#take(this.#reader.reset(at), at);
    this.#reader = reader;
    return true;
  }

  bytes(bytes: Uint8Array, at: number): void {
    if (!this.#up) return;
    this.counts.bytes += bytes.length;
    const said = this.#reader === this.#stream ? (this.#flow?.take(bytes, at) ?? bytes) : bytes;
    this.#take(this.#reader.push(said, at), at);
  }

  down(problem: LinkProblem, at: number): void {
    this.#up = false;
    this.#attention.disconnected();
    this.#outbox.clear();
    this.#take(this.#reader.reset(at), at);
    this.#events.onDown(problem, at);
  }

  // --- news

  #take(news: readonly GunNews[], at: number): void {
    for (const item of news) this.#hear(item, at);
    const report = this.#noise.due(at);
    if (report) this.#events.onNoise(report);
    this.#wakeLater(at);
  }

  #hear(news: GunNews, at: number): void {
    switch (news.kind) {
      case 'code':
        return this.#readBytes(news);
      case 'typed':
        return this.#readTyped(news);
      case 'no-read':
        return this.#noRead(news.at);
      case 'noise':
        return this.#hearNoise(news.cause, news.length);
      case 'send':
      case 'feature':
        return this.#outbox.put(news);
      case 'answer':
        return this.#hearAnswer(news, at);
      case 'repeated':
        return this.#duplicate(news.at);
      default:
        return news satisfies never;
    }
  }

  #readBytes(code: GunCode): void {
    const reading = readLine(code.bytes, this.#config, code.aim);
    this.#read(reading, code, code.bytes.length, []);
  }

  #readTyped(code: GunTyped): void {
    const { mistake, ...reading } = readTyped(code.text, this.#config.layout ?? 'us', this.#config.codeId);
    this.#read(reading, code, code.text.length, mistake ? ['wrong-layout'] : []);
  }

  #read(reading: LineReading, code: GunCode | GunTyped, length: number, marks: readonly SuspectMark[]): void {
    const early = this.#firstCode && code.startedAt - this.#openedAt < SETTLE_MS;
    this.#firstCode = false;
    switch (reading.kind) {
      case 'blank':
        return;
      case 'no-read':
        return this.#noRead(code.endedAt);
      case 'invalid-bytes':
        this.counts.invalidCodes += 1;
        return this.#hearNoise('invalid-bytes', length);
      case 'code':
        return this.#offer(reading, code, early ? ['just-after-open', ...marks] : marks);
      default:
        return reading satisfies never;
    }
  }

  #offer(
    reading: Extract<LineReading, { kind: 'code' }>,
    code: GunCode | GunTyped,
    marks: readonly SuspectMark[],
  ): void {
    const { startedAt, endedAt } = code;
    // an early code will be asked for once more: the second time it is no repetition
    const early = marks.includes('just-after-open');
    if (!early && this.#repeats.isRepeat(reading.text, endedAt)) return this.#duplicate(endedAt);
    this.counts.scans += 1;
    const several: readonly SuspectMark[] = startedAt - this.#scannedAt < SAME_VIEW_MS ? ['several-in-view'] : [];
    this.#scannedAt = endedAt;
    this.#events.onScan({
      text: reading.text,
      source: this.#reader.source,
      startedAt,
      endedAt,
      suspect: [...marks, ...several, ...reading.suspect],
      ...toldBeside(reading, code),
    });
  }

  #noRead(at: number): void {
    this.counts.noReads += 1;
    this.#events.onNoRead(at);
    this.#attention.stoppedReading(at);
  }

  #duplicate(at: number): void {
    this.counts.duplicates += 1;
    this.#events.onDuplicate(at);
    this.#attention.stoppedReading(at);
  }

  #hearNoise(cause: keyof NoiseReport['causes'], length: number): void {
    this.counts.noiseBytes += length;
    this.#noise.hear(cause, length);
  }

  #hearAnswer(answer: GunAnswer, at: number): void {
    if (!this.#up) return;
    if (answer.outcome === 'ok') {
      this.#events.onCommandDone?.(at);
      return;
    }
    this.#events.onCommandFailed?.(answer, at);
    this.#attention.failed(at);
  }

  #wakeLater(at: number): void {
    this.#callOff();
    const first = Math.min(
      this.#reader.nextDeadline ?? NEVER,
      this.#repeats.nextDeadline ?? NEVER,
      this.#noise.nextDeadline ?? NEVER,
      this.#attention.nextDeadline ?? NEVER,
      this.#flow?.nextDeadline ?? NEVER,
    );
    if (first !== NEVER) this.#callOff = this.#clock.after(first - at, () => this.#wake());
  }

  #wake(): void {
    const now = this.#clock.mono();
    this.#repeats.forget(now);
    if (this.#flow?.isStalled(now)) this.#events.onCommandFailed?.({ command: 'XON', outcome: 'no-answer' }, now);
    this.#attention.wake(now);
    this.#take(this.#reader.wake(now), now);
  }
}

/** What some guns say of a code beside its text. */
function toldBeside(
  { aim, codeId: read }: Extract<LineReading, { kind: 'code' }>,
  code: GunCode | GunTyped,
): Pick<Scan, 'aim' | 'codeId' | 'symbology'> | undefined {
  const { codeId: told, symbology }: Partial<GunCode> = code.kind === 'code' ? code : {};
  const codeId = read ?? told;
  if (aim === undefined && codeId === undefined && symbology === undefined) return undefined;
  return {
    ...(aim !== undefined && { aim }),
    ...(codeId !== undefined && { codeId }),
    ...(symbology !== undefined && { symbology }),
  };
}
