import { type IncomingMessage, request } from 'node:http';

export interface SentEvent {
  readonly id: number | undefined;
  readonly event: string;
  // what stands in `data`
  readonly data: Record<string, unknown>;
}

/** A reader of server-sent events that does what the standard says and no more. */
export class EventReaderClient {
  readonly events: SentEvent[] = [];
  ended = false;
  status = 0;
  #response: IncomingMessage | undefined;
  #rest = '';

  static open(url: string, token: string, lastId?: number): Promise<EventReaderClient> {
    const client = new EventReaderClient();
    const headers = {
      authorization: `Bearer ${token}`,
      ...(lastId === undefined ? {} : { 'last-event-id': String(lastId) }),
    };
    return new Promise((resolve, reject) => {
      const asking = request(new URL('/v1/events', url), { agent: false, headers }, (response) => {
        client.#response = response;
        client.status = response.statusCode ?? 0;
        response.setEncoding('utf8').on('data', (text: string) => client.#take(text));
        response.on('close', () => {
          client.ended = true;
        });
        response.on('error', () => undefined);
        resolve(client);
      });
      asking.on('error', reject);
      asking.end();
    });
  }

  /** The numbers seen so far, gaps and greetings left out. */
  get ids(): number[] {
    return this.events.flatMap(({ id, event }) => (id === undefined || event === 'hello' ? [] : [id]));
  }

  get lastId(): number | undefined {
    return this.events.findLast(({ id }) => id !== undefined)?.id;
  }

  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  close(): void {
    this.#response?.destroy();
  }

  #take(text: string): void {
    const parts = (this.#rest + text).split('\n\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) {
      const fields = new Map(
        part.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      const event = fields.get('event');
      if (event === undefined) continue;
      const id = fields.get('id');
      const data = JSON.parse(fields.get('data') ?? '{}') as Record<string, unknown>;
      this.events.push({ id: id === undefined ? undefined : Number(id), event, data });
    }
  }
}
