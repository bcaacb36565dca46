import { SignatureAck, type SignatureUpload } from '../../protocols/backend/signatures.ts';
import { type TillAddress, topicsOf } from '../../protocols/backend/topics.ts';
import { fromBase64, toBase64 } from '../../protocols/bytes/base64.ts';
import type { Bitmap } from '../../protocols/escpos/image.ts';
import { decodeJbig } from '../../protocols/signature/jbig-decode.ts';
import {
  type SignatureSale,
  UPLOAD_ACCEPTED,
  UPLOAD_LIMITS,
  type UploadLimits,
  type UploadRefusal,
  uploadRecord,
} from '../../protocols/signature/upload-record.ts';
import type { Incoming } from '../backend/broker-session.ts';
import type { MqttLink } from '../backend/link.ts';
import { MessageBorder } from '../backend/message-border.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { KeptSignature, SignatureKey, SignatureStore } from './store.ts';

export interface SignatureUploadsDeps {
  readonly link: Pick<MqttLink, 'route' | 'listen' | 'publish' | 'online'>;
  readonly till: TillAddress;
  readonly store: SignatureStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Unix milliseconds of the backend's clock */
  readonly backendNow: () => number;
  readonly limits?: UploadLimits;
}

export interface SignedSale extends SignatureSale {
  readonly attemptId: string;
  readonly orderId: string;
  readonly featureCode: string;
}

/** A signature of another payment with the same batch and trace waits here: two of one key would be one to the acquirer. */
export interface KeyTaken {
  readonly refusal: 'key-taken';
  readonly batch: string;
  readonly trace: string;
}

/** terminals.md 3.3: three times, then the failed slips are printed */
const MAX_TRIES = 3;
const ANSWER_MS = 15_000;
/** between two tries of the same signature, unless a sale or the settlement asks for it */
const PAUSE_MS = 60_000;

/**
 * The signatures' own way to the acquirer, beside the outbox: at least once, keyed by (batch, trace), one at a time. A try is
 * counted on disk before it leaves; being offline is none. 00 and 94 end it and delete the signature.
 */
export class SignatureUploads {
  /** Three tries in vain, or an image that no record can hold: the slip must be printed and signed by hand. */
  onFailed: (failed: KeptSignature) => void = () => undefined;
  readonly #deps: SignatureUploadsDeps;
  readonly #topics: ReturnType<typeof topicsOf>;
  readonly #border: MessageBorder;
  #asked: { readonly key: SignatureKey; readonly callOff: () => void } | undefined;
  #isBusy = false;
  #isClosed = false;
  #again: () => void = () => undefined;

  constructor(deps: SignatureUploadsDeps) {
    this.#deps = deps;
    this.#topics = topicsOf(deps.till);
    this.#border = new MessageBorder(deps.clock, deps.log);
    deps.link.route({ filter: this.#topics.signatureAck, qos: 1, handle: (message) => this.#answered(message) });
    deps.link.listen({ up: () => void this.#next(), down: () => this.#lost() });
  }

  /** Signatures whose slips must still be printed. */
  get failed(): readonly KeptSignature[] {
    return this.#deps.store.all.filter(({ state }) => state === 'failed');
  }

  get waiting(): readonly KeptSignature[] {
    return this.#deps.store.all.filter(({ state }) => state === 'waiting');
  }

  /**
   * Keeps a signature and sends it. Resolves when it is on disk, or with why it can never be sent: then its slip has to be
   * signed by hand. Rejects when the disk refuses.
   */
  async keep(sale: SignedSale, signature: Bitmap): Promise<UploadRefusal | KeyTaken | undefined> {
    const { attemptId, orderId, featureCode, amountFen, batch, trace } = sale;
    const record = uploadRecord(sale, signature, this.#deps.limits ?? UPLOAD_LIMITS);
    if ('refusal' in record) return record;
    if (this.#deps.store.isTaken(sale)) return { refusal: 'key-taken', batch, trace };
    const { '55': receipt, '62': image, ...fields } = record.fields;
    const sent = { ...fields, '55': toBase64(receipt), '62': toBase64(image) };
    await this.#deps.store.put({
      upload: { attemptId, orderId, amountFen, batch, trace, featureCode, record: { mti: record.mti, fields: sent } },
      signedAt: this.#deps.clock.now(),
      tries: 0,
      state: 'waiting',
    });
    void this.#next();
    return undefined;
  }

  /** The next sale, or the settlement: what waits goes up now. */
  hurry(): void {
    this.#again();
    void this.#next();
  }

  /** The slip of a failed one is on paper: the signature is no longer needed. */
  async printed(key: SignatureKey): Promise<void> {
    if (this.#deps.store.get(key)?.state === 'failed') await this.#deps.store.remove(key);
  }

  close(): void {
    this.#isClosed = true;
    this.#calm();
    this.#again();
  }

  async #next(): Promise<void> {
    const { store, link, log } = this.#deps;
    const [first] = this.waiting;
    if (!first || this.#asked || this.#isBusy || this.#isClosed || !link.online) return;
    // sent for the third time before a restart, and nobody heard what came of it
    if (first.tries >= MAX_TRIES) return this.#settle(first.upload, undefined, false);
    this.#isBusy = true;
    this.#again();
    try {
      const counted = { ...first, tries: first.tries + 1 };
      await store.put(counted);
      this.#isBusy = false;
      this.#send(counted);
    } catch (error) {
      this.#isBusy = false;
      log.warn(
        { batch: first.upload.batch, trace: first.upload.trace, detail: String(error) },
        'signature waits: the disk refused',
      );
      this.#later();
    }
  }

  #send({ upload, tries }: KeptSignature): void {
    const { link, clock, backendNow } = this.#deps;
    const message: SignatureUpload = { v: 1, ...upload, attempt: tries, ts: backendNow() };
    const key = { batch: upload.batch, trace: upload.trace };
    if (this.#isClosed) return;
    if (!link.publish({ topic: this.#topics.signature, body: message, qos: 1 }))
      return void this.#settle(key, undefined, true);
    const callOff = clock.after(ANSWER_MS, () => void this.#settle(key, undefined, false));
    this.#asked = { key, callOff };
  }

  /** Acknowledged when what was made of it is on disk. */
  async #answered(message: Incoming): Promise<undefined> {
    if (message.retained) this.#border.reject(message, 'retained');
    const ack = message.retained ? undefined : this.#border.read(message, SignatureAck);
    if (ack) await this.#settle(ack, ack.code, false);
    return undefined;
  }

  /** An answer, no answer, or a message that did not leave: that one was no try. */
  async #settle({ batch, trace }: SignatureKey, code: string | undefined, unsent: boolean): Promise<void> {
    const { store, log } = this.#deps;
    const key = { batch, trace };
    const held = store.get(key);
    const isAsked = this.#asked?.key.batch === batch && this.#asked.key.trace === trace;
    if (isAsked) this.#calm();
    try {
      if (held) await this.#apply(held, code, unsent);
    } catch (error) {
      log.warn({ batch, trace, detail: String(error) }, 'what became of a signature is not on disk; it is sent again');
    }
    if (code !== undefined && UPLOAD_ACCEPTED.includes(code)) void this.#next();
    else this.#later();
  }

  async #apply(held: KeptSignature, code: string | undefined, unsent: boolean): Promise<void> {
    const { store, log } = this.#deps;
    const { batch, trace } = held.upload;
    if (code !== undefined && UPLOAD_ACCEPTED.includes(code)) {
      await store.remove(held.upload);
      return log.info({ batch, trace, code, tries: held.tries }, 'signature accepted and deleted here');
    }
    if (held.state === 'failed') return;
    if (unsent) return store.put({ ...held, tries: Math.max(0, held.tries - 1) });
    const state = held.tries >= MAX_TRIES ? 'failed' : 'waiting';
    const next: KeptSignature = { ...held, state, ...(code !== undefined && { code }) };
    await store.put(next);
    log.warn({ batch, trace, code, tries: held.tries, state }, 'signature not accepted');
    if (state === 'failed') this.onFailed(next);
  }

  /** The session is gone: whether the upload arrived is unknown, but nobody refused it. */
  #lost(): void {
    const key = this.#asked?.key;
    if (key) void this.#settle(key, undefined, true);
  }

  #later(): void {
    this.#again();
    if (!this.#isClosed) this.#again = this.#deps.clock.after(PAUSE_MS, () => void this.#next());
  }

  /** Nothing is waited for any more. */
  #calm(): void {
    this.#asked?.callOff();
    this.#asked = undefined;
  }
}

/** The picture of a kept signature, for the merchant's copy. */
export function pictureOf({ upload }: KeptSignature): Bitmap | undefined {
  const image = fromBase64(upload.record.fields['62']);
  const picture = image && decodeJbig(image);
  return picture && 'bitmap' in picture ? picture.bitmap : undefined;
}
