import { token } from './agent.ts';

/** One event of the agent's stream; `id` is the number of its journal entry. */
export interface TillEvent {
  readonly id: number | undefined;
  readonly type: string;
  readonly data: unknown;
}

export interface Watch {
  readonly onEvent: (event: TillEvent) => void;
  readonly onOpen: () => void;
  readonly onLost: () => void;
}

/** The agent breathes every 15 s; silence longer than this is a dead connection. */
const SILENCE_MS = 25_000;
const AGAIN_MS = [200, 500, 1_000, 2_000, 5_000] as const;

/** Watches the agent's events until called off: what was missed comes first, in order. EventSource cannot carry a token. */
export function watch({ onEvent, onOpen, onLost }: Watch): () => void {
  const calledOff = new AbortController();
  let last: number | undefined;
  let failures = 0;

  const once = async () => {
    const abort = new AbortController();
    calledOff.signal.addEventListener('abort', () => abort.abort(), { once: true });
    const silence = new Silence(() => abort.abort());
    try {
      const response = await fetch('/v1/events', {
        headers: {
          Authorization: `Bearer ${token.peek() ?? ''}`,
          ...(last === undefined ? {} : { 'Last-Event-ID': String(last) }),
        },
        cache: 'no-store',
        credentials: 'omit',
        signal: abort.signal,
      });
      if (!response.ok || !response.body) return;
      failures = 0;
      onOpen();
      for await (const event of eventsOf(response.body, () => silence.broken())) {
        last = event.id ?? last;
        onEvent(event);
        if (event.type === 'end') return;
      }
    } finally {
      silence.stop();
    }
  };
  const forever = async () => {
    while (!calledOff.signal.aborted) {
      await once().catch(() => undefined);
      if (calledOff.signal.aborted) return;
      onLost();
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS[Math.min(failures++, AGAIN_MS.length - 1)]));
    }
  };
  void forever();
  return () => calledOff.abort();
}

class Silence {
  readonly #cut: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(cut: () => void) {
    this.#cut = cut;
    this.broken();
  }

  broken(): void {
    this.stop();
    this.#timer = setTimeout(this.#cut, SILENCE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** Longer than any event of the agent (64 KiB of message, some words around it). */
const MOST_CHARS = 1_000_000;

async function* eventsOf(body: ReadableStream<Uint8Array>, onBytes: () => void): AsyncGenerator<TillEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onBytes();
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop() ?? '';
    if (rest.length > MOST_CHARS) return;
    for (const block of blocks) {
      const event = eventOf(block);
      if (event) yield event;
    }
  }
}

/** One block of text/event-stream; `undefined`: a heartbeat. */
export function eventOf(block: string): TillEvent | undefined {
  const fields = new Map(
    block
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()] as const),
  );
  const type = fields.get('event');
  if (type === undefined) return undefined;
  const id = fields.get('id');
  return { id: id === undefined ? undefined : Number(id), type, data: JSON.parse(fields.get('data') ?? 'null') };
}
