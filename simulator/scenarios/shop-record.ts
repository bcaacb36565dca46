import type { CommandResult } from '../../protocols/backend/commands.ts';
import type { EventData, EventEnvelope } from '../../protocols/backend/events.ts';
import type { DeviceState } from '../../protocols/backend/presence.ts';
import type { Request } from '../../protocols/backend/requests.ts';
import type { Device } from '../../protocols/backend/topics.ts';
import type { Slip } from '../../protocols/escpos/slip.ts';
import { slipText, summariseSlip } from '../../protocols/escpos/summary.ts';
import { formatYuan } from '../../protocols/money/fen.ts';
import type { LedgerEntry } from '../acquirer/ledger.ts';
import type { Stage } from './stage.ts';

/** One line of how the story went. */
export interface StoryLine {
  /** ms since the first step */
  readonly at: number;
  readonly who: string;
  readonly what: string;
}

export interface Paper {
  readonly text: string;
  readonly qr: readonly string[];
  readonly isCut: boolean;
  readonly bytes: Uint8Array;
}

/** What the clerk was told: a word for it (category, reason, state) and the sentences. */
export interface Sighting {
  readonly words: readonly string[];
}

type EventOf<T extends EventData['type']> = Extract<EventData, { type: T }>;

/** Everything that the shop's side saw, in order: the expectations are held against this and nothing else. */
export class ShopRecord {
  readonly story: StoryLine[] = [];
  readonly events: EventData[] = [];
  readonly requests: Request[] = [];
  readonly results: CommandResult[] = [];
  readonly papers: Paper[] = [];
  readonly seen: Sighting[] = [];
  /** order -> the newest code shown for it */
  readonly intents = new Map<
    string,
    { readonly intentId: string; readonly codeText?: string; readonly shareUrl?: string }
  >();
  online = false;
  /** what the backend was told of each device */
  readonly devices = new Map<Device, DeviceState['avail']>();
  onLine: (line: StoryLine) => void = () => undefined;
  /** what the terminal's memory and the acquirer's drawer held before this story */
  readonly cardsBefore: { readonly deals: number; readonly totalFen: number; readonly signatures: number };
  readonly #stage: Stage;
  readonly #began: number;

  constructor(stage: Stage, dots: number) {
    this.#stage = stage;
    this.#began = stage.clock.mono();
    const { deals = [], totalFen = 0 } = stage.terminal?.terminal ?? {};
    this.cardsBefore = { deals: deals.length, totalFen, signatures: stage.signaturesKept };
    const { ledger } = stage.acquirer;
    const before = ledger.onEntry;
    ledger.onEntry = (entry) => {
      before(entry);
      this.#money(entry);
    };
    stage.watch({
      request: (request) => this.#request(request),
      event: (event) => this.#event(event),
      result: (result) => this.#result(result),
      device: ({ dev, avail, reason }) => {
        this.devices.set(dev, avail);
        this.tell('till', `${dev} ${avail}${reason === undefined ? '' : ` (${reason})`}`);
      },
      online: (isOnline) => {
        this.online = isOnline;
        this.tell('till', isOnline ? 'online' : 'offline');
      },
      slip: (slip, bytes) => this.#paper(slip, bytes, dots),
    });
  }

  /** The agent is gone: what it said of itself holds no more. */
  forgetTill(): void {
    this.online = false;
    this.devices.clear();
  }

  tell(who: string, what: string): void {
    const line = { at: this.#stage.clock.mono() - this.#began, who, what };
    this.story.push(line);
    this.onLine(line);
  }

  saw(words: readonly string[]): void {
    this.seen.push({ words });
    this.tell('clerk', `sees ${words.join(' / ')}`);
  }

  of<T extends EventData['type']>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  attemptsOf(orderId: string): EventOf<'attempt'>[] {
    return this.of('attempt').filter((attempt) => attempt.orderId === orderId);
  }

  #money({ kind, amountFen, orderId }: LedgerEntry): void {
    this.tell('ledger', `${kind} ${formatYuan(amountFen)} of ${orderId}`);
  }

  #request(request: Request): void {
    this.requests.push(request);
    const action = request.op === 'intent' ? ` ${request.args.action}` : '';
    this.tell('backend', `gets ${request.op}${action} of ${request.orderId}`);
  }

  #event({ data }: EventEnvelope): void {
    this.events.push(data);
    this.tell('backend', `is told: ${inWords(data)}`);
  }

  #result(result: CommandResult): void {
    this.results.push(result);
    const { phase, status, code } = result;
    this.tell('till', `answers ${phase} ${status} ${code}`);
  }

  resultsOf(commandId: string): CommandResult[] {
    return this.results.filter(({ id }) => id === commandId);
  }

  #paper(slip: Slip, bytes: Uint8Array, dots: number): void {
    const { qr, cut } = summariseSlip(slip);
    const text = slipText(slip, dots);
    this.papers.push({ text, qr, isCut: cut !== null, bytes });
    const head = text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .slice(0, 3)
      .join(' | ');
    this.tell('printer', `${cut === null ? 'a piece' : 'a paper'}: ${head}`);
  }
}

/** An event of the till in a few words. */
export function inWords(data: EventData): string {
  switch (data.type) {
    case 'attempt':
      return `${data.orderId} ${data.state}${data.state === data.category ? '' : ` (${data.category})`}`;
    case 'hold':
      return `hold of ${data.orderId} ${data.state}`;
    case 'intent':
      return `code of ${data.orderId} ${data.state}`;
    case 'slip':
      return `slip ${data.state}${data.proof === undefined ? '' : ` (${data.proof})`}`;
    case 'refund':
      return `refund ${data.refundId} ${data.state}`;
    case 'scan-refused':
      return `scan refused: ${data.reason}`;
    case 'resolution':
      return `a person says ${data.outcome}`;
    case 'settings':
      return 'settings changed';
    case 'terminal':
      return `terminal ${data.state}${data.asks === undefined ? '' : ', asks the backend'}`;
    case 'limit':
      return `limit ${data.limit}: ${data.used} of ${data.of}`;
    case 'signal':
      return `signal ${data.signal}: ${data.count}`;
    case 'alert':
      return `alert ${data.alert}: ${data.reversed} of ${data.asked}`;
    case 'report':
      return `${data.personId} reports: ${data.note}`;
    case 'terminal-late':
      return `the card terminal speaks late: ${data.outcome}`;
    case 'closing':
      return `${data.period} ${data.number} closed: ${data.total.count} payments, ${data.total.salesFen} fen`;
    case 'notice-ack':
      return `${data.personId} has read a notice`;
    case 'clock':
      return data.trusted ? "the till's clock is right again" : "the till's clock is not to be trusted";
  }
}
