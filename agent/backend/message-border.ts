import type { z } from 'zod';
import { MAX_MESSAGE_BYTES } from '../../protocols/backend/fields.ts';
import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Incoming } from './broker-session.ts';

const LINES_PER_WINDOW = 10;
const WINDOW_MS = 60_000;
const TOPIC_IN_LOG = 160;

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Where bytes from the broker become values: size, UTF-8, JSON, schema, once. What does not fit is one line in the log. */
export class MessageBorder {
  readonly #clock: Clock;
  readonly #log: Log;
  #windowStart = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #suppressed = 0;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** The message as its schema says, or `undefined` after saying why in the log. */
  read<T>(message: Incoming, schema: z.ZodType<T>): T | undefined {
    const json = this.json(message);
    if (json === undefined) return undefined;
    const parsed = schema.safeParse(json.value);
    if (parsed.success) return parsed.data;
    this.reject(message, reasonOf(parsed.error));
    return undefined;
  }

  /** The message as JSON; wrapped, because `null` is JSON too. */
  json(message: Incoming): { readonly value: unknown } | undefined {
    if (message.payload.length > MAX_MESSAGE_BYTES) {
      this.reject(message, `larger than ${MAX_MESSAGE_BYTES} bytes`);
      return undefined;
    }
    try {
      return { value: JSON.parse(UTF8.decode(message.payload)) };
    } catch {
      // the parser's own words quote the payload, which may hold a secret
      this.reject(message, 'not JSON in UTF-8');
      return undefined;
    }
  }

  /** One line per message, at most ten a minute: a broken backend must not fill the disk. */
  reject(message: Incoming, reason: string): void {
    const mono = this.#clock.mono();
    if (mono - this.#windowStart >= WINDOW_MS) {
      this.#windowStart = mono;
      this.#lines = 0;
    }
    if (this.#lines >= LINES_PER_WINDOW) {
      this.#suppressed += 1;
      return;
    }
    this.#lines += 1;
    const { topic, payload } = message;
    const fields = { code: 'MESSAGE_INVALID', reason, topic: topic.slice(0, TOPIC_IN_LOG), bytes: payload.length };
    this.#log.warn({ ...fields, suppressed: this.#suppressed }, explain('MESSAGE_INVALID'));
    this.#suppressed = 0;
  }
}

/** Where and what, never the value: it may be a secret. */
export function reasonOf(error: z.ZodError): string {
  const [first] = error.issues;
  return first ? `${first.path.join('.') || 'message'}: ${first.code}` : 'not valid';
}
