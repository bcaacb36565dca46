import type { CommandEnvelope, CommandError, CommandResult } from '../../protocols/backend/commands.ts';
import type { EventEnvelope } from '../../protocols/backend/events.ts';
import type { Reply } from '../../protocols/backend/replies.ts';
import type { Request } from '../../protocols/backend/requests.ts';

// What the payment engine and the MQTT room ask of each other. The engine never sees a topic or a socket; the MQTT room
// never decides about money.

/** A request before it has an id, an expiry in backend time and a hash. */
export type OutgoingRequest = Pick<Request, 'attemptId' | 'orderId'> &
  (
    | { op: 'pay'; args: Extract<Request, { op: 'pay' }>['args'] }
    | { op: 'query'; args: Extract<Request, { op: 'query' }>['args'] }
    | { op: 'reverse'; args: Extract<Request, { op: 'reverse' }>['args'] }
    | { op: 'refund'; args: Extract<Request, { op: 'refund' }>['args'] }
    | { op: 'refund-query'; args: Extract<Request, { op: 'refund-query' }>['args'] }
    | { op: 'intent'; args: Extract<Request, { op: 'intent' }>['args'] }
  ) & {
    /** milliseconds from now after which the backend must refuse it; for pay: what is left of scan + 50 s */
    readonly validForMs: number;
  };

/** How one request ended. Only `not-sent` proves that nothing left this machine. */
export type RequestOutcome =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'not-sent'; readonly cause: 'OFFLINE' | 'EXPIRED' }
  | { readonly kind: 'no-reply' };

export interface Requests {
  /** true while a broker session stands and its subscriptions are granted */
  readonly online: boolean;
  /**
   * Publishes the request once, never again, and waits for its reply at most `timeoutMs`. Offline: `not-sent` at once.
   * `onPublished` is called when the bytes were handed to the socket.
   */
  send(request: OutgoingRequest, timeoutMs: number, onPublished?: () => void): Promise<RequestOutcome>;
  /** Called for a valid reply whose request is no longer waiting (late, or from before a restart). */
  onLateReply: (reply: Reply) => void;
  /** The same for replies about intents. */
  onLateIntentReply: (reply: Reply) => void;
}

/** What the backend has not acknowledged yet, oldest first. Lives in the journal. */
export interface OutboxSource {
  /** at most `limit` events with seq > `after` */
  pending(after: number, limit: number): readonly EventEnvelope[];
  /**
   * The backend keeps everything up to `upto`, and has seen the journal up to the entry `anchor`. Resolves when that is on
   * disk.
   */
  acknowledge(upto: number, anchor?: { readonly seq: number; readonly hash: string }): Promise<void>;
  /** Called when an event was added (already on disk). */
  onAdded: () => void;
}

/** Commands seen before, kept for at least seven days across restarts. */
export interface CommandMemory {
  recall(
    id: string,
  ):
    | { readonly hash: string; readonly type?: string | undefined; readonly result: CommandResult | undefined }
    | undefined;
  /** Resolves when the acceptance is on disk; rejects when the journal cannot be written. */
  accept(command: CommandEnvelope, personId?: string): Promise<void>;
}

/** What proves that a command may loosen a rule or give money back: its signature, or a token whose scope was looked at. */
export type Authority = 'signature' | 'token';

/** The rooms behind the verbs. */
export interface CommandDesk {
  /** A reason not to accept now (unknown verb, busy, bad arguments), or undefined. Must not have effects. */
  refuse(
    command: CommandEnvelope,
    authority: Authority,
  ): { readonly code: CommandError; readonly message: string } | undefined;
  /** Carries out a command that is accepted and on disk. Results go out through `publishResult`. */
  execute(command: CommandEnvelope): void;
}

/** Publishes `res/{id}`; best effort: the backend asks again with the same command id and gets the stored answer. */
export type PublishResult = (result: CommandResult) => void;
