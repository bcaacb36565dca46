import { z } from 'zod';
import type { ShopRecord } from './shop-record.ts';
import type { Stage } from './stage.ts';

// What the clerk is told, heard where the clerk's page hears it: the till's own event stream, and the state behind it.

const Words = z.looseObject({ zh: z.string(), en: z.string() });
const Told = z.looseObject({
  attempt: z.looseObject({ attemptId: z.string(), state: z.string(), category: z.string(), clerk: Words }).optional(),
  slip: z.looseObject({ slipId: z.string(), state: z.string() }).optional(),
  intent: z.looseObject({ orderId: z.string(), state: z.string() }).optional(),
  refund: z.looseObject({ state: z.string(), clerk: Words }).optional(),
  notice: z.looseObject({ titleZh: z.string(), textZh: z.string() }).optional(),
  reason: z.string().optional(),
  clerk: Words.optional(),
});
type Told = z.infer<typeof Told>;

const Light = z.looseObject({ device: z.string(), state: z.string(), code: z.string().optional() });
const State = z.looseObject({ strip: z.array(Light), questions: z.array(z.looseObject({ slipId: z.string() })) });

/** Reads one life of the till's event stream after the other. */
export class ClerkEye {
  readonly #stage: Stage;
  readonly #record: ShopRecord;
  readonly #lights = new Map<string, string>();
  #last = '';
  /** number of the newest event that was heard; a till that comes back goes on behind it */
  #after = 0;
  #cancel: (() => void) | undefined;
  /** the slip that the clerk is asked about */
  question: string | undefined;

  constructor(stage: Stage, record: ShopRecord) {
    this.#stage = stage;
    this.#record = record;
  }

  /** Gun and printer show green. */
  get hasDevices(): boolean {
    return ['gun', 'printer'].every((device) => this.#lights.get(device)?.startsWith('ok') === true);
  }

  /** Looks at the till that has just come up. */
  async open(): Promise<void> {
    const response = await this.#stage.call(`/v1/events?after=${this.#after}`);
    const reader = response.body?.getReader();
    if (!reader) throw new Error('the till has no event stream');
    this.#cancel = () => void reader.cancel().catch(() => undefined);
    void this.#read(reader);
    await this.#look();
  }

  close(): void {
    for (const device of this.#lights.keys()) this.#lights.set(device, 'gone');
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        const parts = (rest + decoder.decode(value, { stream: true })).split('\n\n');
        rest = parts.pop() ?? '';
        for (const part of parts) this.#heard(part);
      }
    } catch (error) {
      // the till died in the middle of it
      this.#record.tell('page', error instanceof Error ? 'loses the till' : String(error));
    }
  }

  #heard(part: string): void {
    const data = /^data: (.*)$/m.exec(part)?.[1];
    const event = /^event: (.*)$/m.exec(part)?.[1];
    if (data === undefined || event === undefined) return;
    const id = /^id: (\d+)$/m.exec(part)?.[1];
    if (id !== undefined) this.#after = Math.max(this.#after, Number(id));
    if (event === 'devices') return void this.#look().catch(() => undefined);
    const told = Told.safeParse(JSON.parse(data)).data;
    const words = told && wordsOf(event, told);
    if (!words) return;
    if (told.slip) this.question = told.slip.state === 'unknown' ? told.slip.slipId : undefined;
    const line = words.join(' / ');
    // the same thing again is no news, but a scan that is refused again is
    if (line === this.#last && event !== 'scan') return;
    this.#last = line;
    this.#record.saw(words);
  }

  /** The lights of the device strip: only what changed is news. */
  async #look(): Promise<void> {
    const response = await this.#stage.call('/v1/state');
    const state = State.safeParse(await response.json()).data;
    for (const { device, state: light, code } of state?.strip ?? []) {
      const now = code === undefined ? light : `${light} ${code}`;
      const before = this.#lights.get(device);
      this.#lights.set(device, now);
      if (before !== undefined && before !== now) this.#record.saw([`${device} ${now}`]);
    }
  }
}

function wordsOf(event: string, told: Told): readonly string[] | undefined {
  const { attempt, slip, intent, refund, notice, reason, clerk } = told;
  if (event === 'attempt' && attempt) return [attempt.category, attempt.clerk.zh, attempt.clerk.en];
  if (event === 'scan' && reason !== undefined && clerk) return [reason, clerk.zh, clerk.en];
  if (event === 'slip' && slip) return [`slip ${slip.state}`];
  if (event === 'intent' && intent) return [`code ${intent.state}`];
  if (event === 'refund' && refund) return [`refund ${refund.state}`, refund.clerk.zh, refund.clerk.en];
  if (event === 'notice' && notice) return ['notice', notice.titleZh, notice.textZh];
  return undefined;
}
