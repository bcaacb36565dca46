import {
  encodeReportMessage,
  type ReportHello,
  type ReportMessage,
  ReportStreamReader,
} from '../../protocols/framing/report-stream.ts';
import type { Clock } from '../clock.ts';
import { type SocketAddress, socketText } from './address.ts';
import type { ByteLink, LinkListener, LinkProblem, Peer, WriteOutcome } from './link.ts';
import { openSocket, SocketConnection } from './socket-connection.ts';
import { type Connection, type LinkDeps, SupervisedLink } from './supervised-link.ts';

/** A device greets at once; what stays silent is something else. */
const HELLO_DEADLINE_MS = 3000;
/** Asked so often ... */
const PING_MS = 1000;
/** ... and given up after so much silence: a network cable that was pulled sends no goodbye. */
const SILENCE_MS = 3500;

/** Reports that a device sends in the same breath as its greeting; hidraw keeps as many. */
const MOST_EARLY = 64;

/** HID reports over a socket: one report is one call of `bytes`, and one write. */
export function openReportLink(at: SocketAddress, listener: LinkListener, deps: LinkDeps): ByteLink {
  return new SupervisedLink(() => connectReports(at, deps.clock), listener, deps);
}

async function connectReports(at: SocketAddress, clock: Clock): Promise<Connection | LinkProblem> {
  const socket = await openSocket(at, clock);
  if ('code' in socket) return socket;
  const connection = new ReportConnection(new SocketConnection(socket, at, clock), clock);
  const problem = await connection.greeted();
  return problem === undefined ? connection : { code: 'PORT_FAILED', path: socketText(at), detail: problem };
}

class ReportConnection implements Connection {
  peer?: Peer;
  readonly #wire: SocketConnection;
  readonly #clock: Clock;
  readonly #reader = new ReportStreamReader('device');
  #onReport: ((report: Uint8Array) => void) | undefined;
  #onLost: (problem: LinkProblem) => void = () => undefined;
  /** reports that came before anybody listened */
  #early: Uint8Array[] = [];
  #lost: LinkProblem | undefined;
  #endGreeting: (problem: string | undefined) => void = () => undefined;
  #endFeature: ((done: Extract<ReportMessage, { kind: 'done' }>) => void) | undefined;
  #heardAt: number;
  #number = 0;
  #stop: () => void = () => undefined;

  constructor(wire: SocketConnection, clock: Clock) {
    this.#wire = wire;
    this.#clock = clock;
    this.#heardAt = clock.mono();
  }

  /** What is wrong with the other side; `undefined`: it greeted as it should. */
  async greeted(): Promise<string | undefined> {
    const problem = await new Promise<string | undefined>((resolve) => {
      this.#endGreeting = resolve;
      this.#stop = this.#clock.after(HELLO_DEADLINE_MS, () => resolve('the other side does not greet'));
      this.#wire.start(
        (bytes) => this.#hear(bytes),
        (lost) => this.#lose(lost),
      );
    });
    this.#stop();
    if (problem === undefined) this.#pingLater();
    else await this.close();
    return problem;
  }

  start(onReport: (report: Uint8Array) => void, onLost: (problem: LinkProblem) => void): void {
    this.#onReport = onReport;
    this.#onLost = onLost;
    for (const report of this.#early.splice(0)) onReport(report);
    const lost = this.#lost;
    if (lost) this.#clock.after(0, () => onLost(lost));
  }

  #hear(bytes: Uint8Array): void {
    this.#heardAt = this.#clock.mono();
    for (const message of this.#reader.push(bytes)) {
      if (message.kind === 'broken') return this.#break(message.why);
      this.#take(message);
    }
  }

  #break(why: string): void {
    this.#endGreeting(`no report stream: ${why}`);
    this.#wire.lose(`the report stream is damaged: ${why}`);
  }

  #take(message: ReportMessage): void {
    if (message.kind === 'hello') this.#greet(message);
    else if (message.kind === 'input') this.#report(message.report);
    else if (message.kind === 'ping') void this.#say({ kind: 'pong', number: message.number });
    else if (message.kind === 'done' && message.request === this.#number) this.#endFeature?.(message);
  }

  #greet({ vendorId, productId, serialNumber, product, descriptor }: ReportHello): void {
    this.peer = {
      vendorId,
      productId,
      ...(serialNumber !== '' && { serialNumber }),
      ...(product !== '' && { product }),
      ...(descriptor.length > 0 && { descriptor }),
    };
    this.#endGreeting(undefined);
  }

  #report(report: Uint8Array): void {
    if (this.#onReport) this.#onReport(report);
    else if (this.#early.length < MOST_EARLY) this.#early.push(report);
  }

  #lose(problem: LinkProblem): void {
    this.#stop();
    this.#lost = problem;
    this.#endGreeting(problem.detail);
    this.#onLost(problem);
  }

  #pingLater(): void {
    this.#stop = this.#clock.after(PING_MS, () => {
      if (this.#clock.mono() - this.#heardAt > SILENCE_MS) return this.#wire.lose(`silent for ${SILENCE_MS} ms`);
      void this.#say({ kind: 'ping', number: 0 });
      this.#pingLater();
    });
  }

  #say(message: ReportMessage, deadlineMs = PING_MS): Promise<WriteOutcome> {
    return this.#wire.write(encodeReportMessage(message), deadlineMs);
  }

  write(report: Uint8Array, deadlineMs: number): Promise<WriteOutcome> {
    return this.#say({ kind: 'output', report }, deadlineMs);
  }

  /** `written`: the device has confirmed it. */
  async sendFeature(report: Uint8Array, deadlineMs: number): Promise<WriteOutcome> {
    this.#number = (this.#number + 1) & 0xff;
    const answered = new Promise<WriteOutcome>((resolve) => {
      const callOff = this.#clock.after(deadlineMs, () => resolve({ kind: 'unknown', cause: 'DEADLINE' }));
      this.#endFeature = ({ ok }) => {
        callOff();
        resolve(ok ? { kind: 'written' } : { kind: 'unknown', cause: 'LOST' });
      };
    });
    const said = await this.#say({ kind: 'set-feature', request: this.#number, report }, deadlineMs);
    return said.kind === 'written' ? answered : said;
  }

  close(): Promise<void> {
    this.#stop();
    return this.#wire.close();
  }
}
