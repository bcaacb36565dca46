import type { CommandResult } from '../../protocols/backend/commands.ts';
import type { EventEnvelope } from '../../protocols/backend/events.ts';
import type { DeviceState } from '../../protocols/backend/presence.ts';
import type { LedgerEntry } from '../acquirer/ledger.ts';
import type { Sign } from '../guns/model.ts';
import { PRINTERS, printerNamed } from '../personalities/printers.ts';
import type { ShopNews, ShopTerms } from './conversation.ts';
import { type Frame, FrameBook } from './frames.ts';
import { Slip } from './slip.ts';

/** Everything that happened in the shop, as the test heard it. */
export class NewsBook {
  /** the acquirer's book: the truth about money */
  readonly ledger: LedgerEntry[] = [];
  readonly slips: Slip[] = [];
  /** what the till told the backend */
  readonly events: EventEnvelope[] = [];
  /** answers of the till to commands */
  readonly results: CommandResult[] = [];
  readonly devices = new Map<string, DeviceState>();
  readonly signs: Sign[] = [];
  /** topics of messages that the backend could not read */
  readonly notOfTheContract: string[] = [];
  till: 'online' | 'offline' | 'lost' | 'never seen' = 'never seen';
  readonly #frames: FrameBook;
  readonly #terms: ShopTerms;

  constructor(terms: ShopTerms) {
    this.#terms = terms;
    this.#frames = new FrameBook(terms);
  }

  get frames(): readonly Frame[] {
    return this.#frames.frames;
  }

  take(news: ShopNews): void {
    switch (news.kind) {
      case 'ledger':
        return void this.ledger.push(news.entry);
      case 'slip':
        return void this.slips.push(new Slip(news.bytes, this.#profile));
      case 'event':
        return void this.events.push(news.event);
      case 'result':
        return void this.results.push(news.result);
      case 'device':
        return void this.devices.set(news.state.dev, news.state);
      case 'agent':
        this.till = news.state;
        return;
      case 'not-of-the-contract':
        return void this.notOfTheContract.push(news.topic);
      case 'sign':
        return void this.signs.push(news.sign);
      case 'bytes':
        return this.#frames.take(news);
      default:
        return news satisfies never;
    }
  }

  /** For a message: what the till said of itself last. */
  describe(): string {
    const devices = [...this.devices.values()].map(
      ({ dev, avail, reason }) => `${dev} ${avail}${reason === undefined ? '' : ` (${reason})`}`,
    );
    const last = this.events.slice(-5).map(({ data }) => `  ${JSON.stringify(data)}`);
    return [
      `till: ${this.till}${devices.length === 0 ? '' : `; ${devices.join(', ')}`}`,
      ...(last.length === 0 ? [] : ['last events:', ...last]),
      ...this.notOfTheContract
        .slice(-3)
        .map((topic) => `a message on ${topic} is not of the contract (docs/mqtt.md) and was not taken`),
    ].join('\n');
  }

  get #profile() {
    return (printerNamed(this.#terms.printer) ?? PRINTERS['generic-58']).profile;
  }
}
