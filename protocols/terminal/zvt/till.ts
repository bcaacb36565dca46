import type {
  Pending,
  TerminalCapabilities,
  TerminalDialogue,
  TerminalEffect,
  TerminalInput,
  TransactionKey,
} from '../messages.ts';
import { decodeApdu, encodeApdu, isApduError } from './apdu.ts';
import type { LinkEvent, ZvtLink } from './link.ts';
import { MAX_REPEATS, T2_ACK_MS } from './serial-frame.ts';
import { SerialLink } from './serial-link.ts';
import { StreamLink } from './stream-link.ts';
import { nextDeadline, step } from './till-machine.ts';
import { initialState, type TillEffect, type TillInput, type TillSettings, type TillState } from './till-state.ts';

/** BCD in six bytes; a till's own limits are far below. */
const MAX_AMOUNT = 999_999_999_999;

export type ZvtTransport = 'serial' | 'tcp';

export interface ZvtTillOptions extends Omit<TillSettings, 'deliveryMs'> {
  readonly transport: ZvtTransport;
  /** from the journal: a money command that was open when the agent stopped */
  readonly pending?: Pending;
}

/** A ZVT terminal as the payment engine sees it: bytes and time in, effects out. */
export class ZvtTill implements TerminalDialogue {
  readonly capabilities: TerminalCapabilities;
  readonly #link: ZvtLink;
  #state: TillState;

  constructor({ transport, pending, ...settings }: ZvtTillOptions) {
    const isSerial = transport === 'serial';
    this.#link = isSerial ? new SerialLink() : new StreamLink();
    this.#state = initialState({ ...settings, deliveryMs: isSerial ? (MAX_REPEATS + 1) * T2_ACK_MS : 0 }, pending);
    this.capabilities = {
      commands: [
        'sale',
        'void',
        'refund',
        'preAuth',
        'completePreAuth',
        'cancelPreAuth',
        'settle',
        'status',
        'queryLast',
        'reprint',
        'display',
        'print',
        'abort',
        'cleared',
      ],
      correlation: settings.messageIds ? 'sequence' : 'none',
      finalWhen: 'accepted',
      printsOnTill: settings.printsOnTill,
      signatureImage: false,
      maxAmount: MAX_AMOUNT,
    };
  }

  /** For whoever looks, never to be changed. */
  get state(): TillState {
    return this.#state;
  }

  get last(): TransactionKey | undefined {
    return this.#state.last;
  }

  get nextDeadline(): number | undefined {
    const due = [nextDeadline(this.#state), this.#link.nextDeadline].filter((at) => at !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  handle(input: TerminalInput): readonly TerminalEffect[] {
    const { at } = input;
    switch (input.kind) {
      case 'bytes':
        return this.#linkSays(this.#link.push(input.bytes, at), at);
      case 'time':
        return [...this.#linkSays(this.#link.time(at), at), ...this.#do({ kind: 'time', at })];
      case 'connected':
      case 'disconnected':
        this.#link.reset();
        return this.#do(input);
      case 'command':
      case 'stored':
      case 'not-stored':
        return this.#do(input);
    }
  }

  #linkSays(events: readonly LinkEvent[], at: number): readonly TerminalEffect[] {
    return events.flatMap((event): readonly TerminalEffect[] => {
      switch (event.kind) {
        case 'write':
          return [{ do: 'write', bytes: event.bytes }];
        case 'heard':
          return this.#heard(event.message, at);
        case 'delivered':
        case 'not-delivered':
          return this.#do({ kind: event.kind, at });
        case 'broken':
          return [...this.#do({ kind: 'disconnected', at }), { do: 'reconnect', why: 'bytes that are no message' }];
      }
    });
  }

  #heard(bytes: Uint8Array, at: number): readonly TerminalEffect[] {
    const message = decodeApdu(bytes);
    if (isApduError(message))
      return this.#do({ kind: 'unreadable', unknownField: message.problem === 'unknown-bmp', at });
    return this.#do({ kind: 'heard', message, at });
  }

  #do(input: TillInput): readonly TerminalEffect[] {
    const { state, effects } = step(this.#state, input);
    this.#state = state;
    return effects.flatMap((effect) => this.#performed(effect, input.at));
  }

  #performed(effect: TillEffect, at: number): readonly TerminalEffect[] {
    if (effect.do !== 'say') return [effect];
    return this.#linkSays(this.#link.say(encodeApdu(effect.message), at), at);
  }
}
