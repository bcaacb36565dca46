import { EscposDecoder } from '../../protocols/escpos/decode.ts';
import { type Problem, type ProblemCode, problem } from '../../protocols/escpos/problems.ts';
import { dialectOf, type PrinterProfile } from '../../protocols/escpos/profile.ts';
import type { Slip } from '../../protocols/escpos/slip.ts';
import { automaticStatus, isOffline, type PrinterState, READY, realtimeStatus } from '../../protocols/escpos/status.ts';
import type { Token } from '../../protocols/escpos/tokenize.ts';
import { type PrinterPersonality, printerOf } from '../personalities/printers.ts';
import type { Clock } from '../world/clock.ts';
import { ByteTape } from './byte-tape.ts';
import { Cutter } from './cutter.ts';
import { PaperFeed } from './paper-feed.ts';
import {
  answerTo,
  changedBits,
  clearNotice,
  mannerOf,
  offlineResponse,
  POWER_OFF_NOTICE,
  qrSizeAnswer,
} from './printer-answers.ts';
import { isClear, type RealtimeCommand, RealtimeScanner } from './realtime.ts';
import { ReceiveBuffer } from './receive-buffer.ts';

/** A pulse on the drawer's connector. */
export interface DrawerKick {
  readonly pin: 2 | 5;
  readonly ms: number;
}

export interface PrinterOptions {
  /** make and firmware; absent: as the manuals say, with `profile` */
  readonly personality?: PrinterPersonality;
  readonly profile?: PrinterProfile;
  /** absent: the mechanism takes no time */
  readonly clock?: Pick<Clock, 'mono' | 'after'>;
  /** mm on a fresh roll */
  readonly rollMm?: number;
  /** the printer's mouth: bytes to the host */
  readonly send: (bytes: Uint8Array) => void;
  /** a slip came out; `bytes` are the ones that made it */
  readonly onSlip?: (slip: Slip, bytes: Uint8Array) => void;
  /** what was wrong with the bytes: nothing is hidden */
  readonly onProblem?: (problem: Problem) => void;
  readonly onState?: (state: PrinterState) => void;
  /** the line to the host: false asks for silence (DTR, or XOFF) */
  readonly onReady?: (ready: boolean) => void;
  readonly onDrawer?: (kick: DrawerKick) => void;
  /** all that can be done now is done: the buffer is empty, or something is in the way */
  readonly onIdle?: () => void;
}

type Command = Extract<Token, { kind: 'command' }>;

const XON = Uint8Array.of(0x11);
const XOFF = Uint8Array.of(0x13);
/** 50 m */
const ROLL_MM = 50_000;

/**
 * A receipt printer without a wire. Bytes go in by `receive`: real-time commands are carried out at once, wherever they
 * stand; then each byte goes through the receive buffer to the interpreter, which waits for the mechanism and stands still
 * while the printer is offline (receipts.md 1.6-1.8).
 */
export class PrinterModel {
  readonly personality: PrinterPersonality;
  readonly profile: PrinterProfile;
  /** answers nothing, as on a cable without a back channel */
  mute = false;
  readonly #options: PrinterOptions;
  readonly #buffer: ReceiveBuffer;
  readonly #scanner: RealtimeScanner;
  readonly #decoder: EscposDecoder;
  readonly #feed: PaperFeed;
  readonly #received = new ByteTape();
  readonly #interpreted = new ByteTape();
  readonly #byte = new Uint8Array(1);
  #state: PrinterState = READY;
  #on = true;
  #ready = true;
  /** GS a: bits of what is told by itself */
  #automatic = 0;
  /** GS ( H 49 */
  #tellsOffline: 'no' | 'yes' | 'with-cause' = 'no';
  #stopsNearEnd = false;
  readonly #cutter = new Cutter();
  #overflowing = false;

  constructor(options: PrinterOptions) {
    this.#options = options;
    this.personality = options.personality ?? printerOf(options.profile);
    this.profile = this.personality.profile;
    const dialect = dialectOf(this.profile);
    this.#buffer = new ReceiveBuffer(this.personality.buffer);
    this.#scanner = new RealtimeScanner(this.personality.realtimeInsideData, (found) => this.#realtime(found), dialect);
    this.#feed = new PaperFeed({
      ...this.personality,
      dotsPerMm: this.profile.dpi / 25.4,
      rollMm: options.rollMm ?? ROLL_MM,
      ...(options.clock && { clock: options.clock }),
      onIdle: () => this.#work(),
    });
    this.#decoder = new EscposDecoder(this.profile, {
      token: (token) => token.kind === 'command' && this.#command(token),
      slip: (slip) => this.#slip(slip),
      problem: (found) => options.onProblem?.(found),
      moved: (dots) => this.#feed.move(dots),
    });
  }

  get state(): PrinterState {
    return this.#state;
  }

  get isOn(): boolean {
    return this.#on;
  }

  /** What the line to the host says: bytes that come while this is false may be discarded. */
  get isReady(): boolean {
    return this.#ready;
  }

  /** Bytes that fit into the receive buffer. */
  get room(): number {
    return this.#buffer.free;
  }

  /** Nothing is in the buffer and nothing moves. */
  get isIdle(): boolean {
    return this.#buffer.isEmpty && !this.#feed.isMoving;
  }

  /** Bytes lost because they came while the buffer was full. */
  get discarded(): number {
    return this.#buffer.discarded;
  }

  get paperLeftMm(): number {
    return this.#feed.leftMm;
  }

  /** What hangs out: printed and not cut off. */
  get unfinished(): Slip {
    return this.#cutter.slip ?? this.#decoder.unfinished;
  }

  /** Everything received so far. */
  get bytes(): Uint8Array {
    return this.#received.all();
  }

  receive(bytes: Uint8Array): void {
    if (!this.#on) return;
    this.#received.put(bytes);
    for (const byte of bytes) {
      // into the buffer first: a clear takes its own bytes along
      if (this.#buffer.free === 0) this.#overflow();
      this.#buffer.put(byte);
      this.#scanner.push(byte);
      this.#work();
    }
  }

  /** A person opens the cover, takes the paper out, presses a button; or the head gets hot. */
  change(change: Partial<PrinterState>): void {
    if (change.paper !== undefined) this.#feed.load(change.paper);
    const interrupted = this.#interrupted(change.cover);
    if (change.cover === 'closed') this.#coverClosed();
    this.#set({ ...change, interrupted });
    this.#work();
  }

  /** A roll with so much on it is put in. */
  loadPaper(mm: number): void {
    this.#feed.loadMm(mm);
    this.#set({ paper: this.#feed.paper });
    this.#work();
  }

  /** The next cut gets stuck. Opening the cover takes the paper out of the cutter. */
  jamAtNextCut(): void {
    this.#cutter.jamNext();
  }

  /** A jam that was to come does not. */
  calm(): void {
    this.#cutter.calm();
  }

  /** The buffers and all settings are gone; the paper that hangs out stays. */
  powerOff(): void {
    this.#on = false;
    this.#feed.stop();
    this.#clear();
    this.#decoder.restart();
    this.#automatic = 0;
    this.#tellsOffline = 'no';
    this.#stopsNearEnd = false;
    this.#tellReady();
  }

  powerOn(): void {
    if (this.#on) return;
    this.#on = true;
    const isJammed = this.#state.error === 'cutter' && this.#cutter.isBlocked;
    this.#state = { ...this.#state, error: isJammed ? 'cutter' : 'none', interrupted: false };
    this.#tellReady();
    this.#work();
  }

  /** A person tears off what hangs out. */
  tearOff(): void {
    const uncut = this.#cutter.take();
    if (uncut) this.#emit({ ...uncut, cut: null });
    this.#decoder.tearOff();
  }

  /** The stream is over: what stands in the line buffer comes out as the last slip. */
  end(): void {
    this.#decoder.end();
  }

  // --- the interpreter

  /** Takes bytes out of the buffer while nothing is in the way. */
  #work(): void {
    while (!this.#feed.isMoving) {
      this.#cutThrough();
      this.#lookAtPaper();
      if (!this.#on || this.#isStopped || this.#buffer.isEmpty) break;
      this.#byte[0] = this.#buffer.take();
      this.#overflowing = false;
      this.#interpreted.put(this.#byte);
      this.#decoder.push(this.#byte);
    }
    this.#tellReady();
    if (!this.#feed.isMoving) this.#options.onIdle?.();
  }

  get #isStopped(): boolean {
    return isOffline(this.#state) || (this.#stopsNearEnd && this.#state.paper === 'near-end');
  }

  #lookAtPaper(): void {
    const { paper } = this.#feed;
    if (paper !== this.#state.paper) this.#set({ paper });
  }

  /** In the order of the data, when everything before it is printed. */
  #command(command: Command): void {
    const [first = 0] = command.operands;
    switch (command.name) {
      case 'automatic-status':
        this.#automatic = this.personality.answersBuffered ? first : 0;
        if (this.#automatic !== 0) this.#sayStatus();
        return;
      case 'offline-response':
        this.#tellsOffline = (['no', 'yes', 'with-cause'] as const)[first & 0x0f] ?? 'no';
        return;
      case 'paper-sensor-stop':
        this.#stopsNearEnd = (first & 0x03) !== 0;
        return;
      case 'drawer':
        return this.#kick(first, 2 * (command.operands[1] ?? 0));
      case 'qr-size':
        return this.#say(qrSizeAnswer(this.#decoder.storedQr));
      default:
        break;
    }
    const answer = answerTo(command, this.#state, this.personality);
    if (answer === 'not-this-model') this.#report('not-this-model', command.offset, command.name);
    else if (answer) this.#say(answer);
  }

  #slip(slip: Slip): void {
    if (slip.cut === null) return this.#emit(slip);
    this.#feed.pause(this.personality.cutMs);
    if (this.#cutter.begin(slip)) this.#set({ error: 'cutter' });
  }

  /** The cutter has come to its end: the slip lies there. */
  #cutThrough(): void {
    const slip = this.#state.error === 'cutter' ? undefined : this.#cutter.take();
    if (slip) this.#emit(slip);
  }

  #emit(slip: Slip): void {
    this.#options.onSlip?.(slip, this.#interpreted.slice(slip.from, slip.to));
    this.#interpreted.forget(slip.to);
  }

  // --- carried out on reception

  #realtime({ name, operands, insideData, offset }: RealtimeCommand): void {
    if (insideData) this.#report('realtime-inside-data', offset, name);
    const [first = 0, second = 0] = operands;
    switch (name) {
      case 'realtime-status':
        return this.#sayRealtime(first);
      case 'realtime-recover':
        return first === 1 || first === 2 ? this.#recover(first === 2) : undefined;
      case 'realtime-drawer':
        return this.#kick(first, 100 * second);
      case 'realtime-asb':
        return first === 1 && this.personality.answersBuffered ? this.#sayStatus() : undefined;
      case 'realtime-power-off':
        this.#say(POWER_OFF_NOTICE);
        return this.powerOff();
      case 'realtime-clear':
        if (!this.personality.clears || !isClear(operands)) return;
        this.#clear();
        return this.#say(clearNotice);
      default:
    }
  }

  #sayRealtime(n: number): void {
    if (!this.personality.answersStatus) return;
    const byte = realtimeStatus(n, this.#state, mannerOf(this.personality));
    if (byte !== undefined) this.#say(Uint8Array.of(byte));
  }

  /** DLE ENQ 1 goes on where it stopped, 2 clears first. It helps against the cutter, once the paper is out of it. */
  #recover(clears: boolean): void {
    if (this.#state.error !== 'cutter' || this.#cutter.isBlocked) return;
    if (clears) this.#clear();
    this.#cutGoesOn(clears ? null : undefined);
    this.#work();
  }

  #clear(): void {
    this.#buffer.clear();
    this.#scanner.clear();
    this.#decoder.clear();
  }

  // --- switches and levers

  #interrupted(cover: PrinterState['cover'] | undefined): boolean {
    if (cover === undefined) return this.#state.interrupted;
    return cover === 'open' && this.#feed.isMoving;
  }

  #coverClosed(): void {
    if (this.#state.cover === 'open') this.#cutter.free();
    if (this.#state.error === 'cutter' && this.personality.recoversBy === 'cover') this.#cutGoesOn();
  }

  /** The cutter moves again; `cut`: what becomes of the cut that got stuck. */
  #cutGoesOn(cut?: null): void {
    const slip = this.#cutter.take();
    this.#set({ error: 'none' });
    if (slip) this.#emit(cut === null ? { ...slip, cut } : slip);
  }

  #kick(m: number, ms: number): void {
    this.#options.onDrawer?.({ pin: m === 1 || m === 49 ? 5 : 2, ms });
  }

  #set(change: Partial<PrinterState>): void {
    const before = this.#state;
    this.#state = { ...before, ...change };
    const told = changedBits(before, this.#state);
    if (told === 0) return;
    this.#options.onState?.(this.#state);
    if (this.#automatic & told) this.#sayStatus();
    const wentOffline = isOffline(this.#state) && !isOffline(before);
    if (wentOffline && this.#tellsOffline !== 'no')
      this.#say(offlineResponse(this.#state, this.#tellsOffline === 'with-cause'));
  }

  // --- the mouth

  #sayStatus(): void {
    this.#say(automaticStatus(this.#state, mannerOf(this.personality)));
  }

  #say(bytes: Uint8Array): void {
    if (this.#on && !this.mute) this.#options.send(bytes);
  }

  #tellReady(): void {
    const isHeld = this.#buffer.isBusy || (this.personality.busyWhileOffline && isOffline(this.#state));
    const ready = this.#on && !isHeld;
    if (ready === this.#ready) return;
    this.#ready = ready;
    if (this.personality.flow === 'xon-xoff') this.#say(ready ? XON : XOFF);
    this.#options.onReady?.(ready);
  }

  #overflow(): void {
    if (!this.#overflowing) this.#report('buffer-overflow', this.#received.length);
    this.#overflowing = true;
  }

  #report(code: ProblemCode, offset: number, detail?: string): void {
    this.#options.onProblem?.(problem(code, offset, detail));
  }
}
