import type { TillAddress } from '../../protocols/backend/topics.ts';
import type { MqttLink } from '../backend/link.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { padDialect } from '../devices/china-dialects.ts';
import { openLink } from '../devices/open-devices.ts';
import { type PadAnswer, SignaturePad } from '../devices/signature-pad.ts';
import { explain } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Outside } from '../outside.ts';
import type { Attempt } from '../payment/attempt.ts';
import type { TrialSignature } from '../selftest/self-test.ts';
import { tryPad } from '../selftest/try-pad.ts';
import type { SignedPicture } from '../slips/card-payment-slip.ts';
import type { SlipSpool } from '../slips/spool.ts';
import type { LinkListener } from '../transport/link.ts';
import { FailedSlips } from './failed-slips.ts';
import { featureCodeOf, signedSale } from './signed-sale.ts';
import { SignatureStore } from './store.ts';
import { pictureOf, SignatureUploads } from './uploads.ts';

export interface SignatureRoomParts {
  readonly pad: NonNullable<Config['pad']>;
  readonly outside: Outside;
  readonly link: Pick<MqttLink, 'route' | 'listen' | 'publish' | 'online'>;
  readonly till: TillAddress;
  readonly merchant: Config['merchant'];
  readonly clock: Clock;
  readonly log: Log;
  readonly backendNow: () => number;
  /** asked when it is needed: slips and signatures are made for each other */
  readonly spool: () => Pick<SlipSpool, 'paid' | 'reprint' | 'slipsOf'>;
}

/** Pictures that wait for their paper; more is a printer that was off for a morning. */
const KEPT_PICTURES = 50;

/** Has the customer sign a card payment: kept sealed, on the merchant's copy of the slip, and on its way to the acquirer. */
export class SignatureRoom {
  readonly #parts: SignatureRoomParts;
  readonly #store: SignatureStore;
  readonly #uploads: SignatureUploads;
  readonly #failed: FailedSlips;
  readonly #pad: SignaturePad;
  readonly #pictures = new Map<string, SignedPicture>();
  /** somebody tries the pad */
  #trial: Promise<unknown> | undefined;

  /** `undefined` where there is no pad, or no place where signatures can be kept: then slips are signed by hand. */
  static async open(parts: Omit<SignatureRoomParts, 'pad'>, pad: Config['pad']): Promise<SignatureRoom | undefined> {
    try {
      const place = pad && (await parts.outside.signatures?.());
      if (!place) return undefined;
      const random = (bytes: number) => parts.outside.random(bytes);
      return new SignatureRoom({ ...parts, pad }, await SignatureStore.open({ ...place, random }));
    } catch (error) {
      parts.log.error({ detail: String(error) }, 'signatures cannot be kept here: slips are signed by hand');
      return undefined;
    }
  }

  private constructor(parts: SignatureRoomParts, store: SignatureStore) {
    this.#parts = parts;
    this.#store = store;
    const { link, till, clock, log, backendNow, pad, outside } = parts;
    if (store.unreadable.length > 0) log.error({ files: store.unreadable.length }, 'signatures that do not open: kept');
    this.#uploads = new SignatureUploads({ link, till, store, clock, log, backendNow });
    this.#failed = new FailedSlips({ uploads: this.#uploads, spool: parts.spool, clock, log });
    this.#uploads.onFailed = () => this.#failed.look();
    const events = {
      onUp: () => log.info({}, 'signature pad connected'),
      onDown: (problem: Parameters<LinkListener['down']>[0]) =>
        log.warn({ device: 'pad', ...problem }, explain(problem.code, `signature pad at ${problem.path}`)),
    };
    this.#pad = new SignaturePad(padDialect(pad.dialect), events, clock, (listener) =>
      openLink(outside, { path: pad.path, baudRate: pad.baudRate }, listener),
    );
  }

  /** After a start: what the acquirer never took is printed for the file. */
  resume(): void {
    this.#failed.resume();
  }

  /** Whether the customer signs this payment before its slip is printed. */
  wants({ card, channel }: Attempt): boolean {
    // a code that the terminal charged is confirmed on the phone: nobody signs for a wallet
    // and a hold is charged days later, when no guest is there
    if (card?.command.kind !== 'sale' || channel !== 'CARD') return false;
    const check = card.result?.card?.holderCheck;
    return this.#parts.pad.signs === 'always' || check === 'signature' || check === 'pin-and-signature';
  }

  /** The customer signs; then, signed or not, the slip is printed. A slip without a picture has a line for the pen. */
  async sign(attempt: Attempt): Promise<void> {
    const { log, spool } = this.#parts;
    const { attemptId } = attempt;
    // the signature of the sale before goes up with this one
    this.#uploads.hurry();
    try {
      const code = featureCodeOf(attempt);
      const answer = code === undefined ? undefined : await this.#signed(code);
      if (code !== undefined && answer?.kind === 'signed') return await this.#keep(attempt, code, answer);
      const why = answer?.kind === 'unsigned' ? answer.why : 'busy';
      log.warn({ attemptId, why }, 'no signature: the slip is signed by hand');
    } finally {
      spool().paid(attempt);
    }
  }

  /** Somebody signs to see whether the pad works: shown once, kept nowhere. A customer who has to sign goes before it. */
  trySigning(withinMs: number): Promise<TrialSignature> {
    const trying = tryPad(this.#pad, this.#parts.clock, withinMs);
    this.#trial = trying;
    return trying;
  }

  /** What the customer signed, while this till has it. */
  of(attemptId: string): SignedPicture | undefined {
    const held = this.#pictures.get(attemptId);
    if (held) return held;
    const kept = this.#store.all.find(({ upload }) => upload.attemptId === attemptId);
    const picture = kept && pictureOf(kept);
    return picture && { picture, featureCode: kept.upload.featureCode };
  }

  async close(): Promise<void> {
    this.#uploads.close();
    this.#failed.close();
    await this.#pad.close();
  }

  async #signed(featureCode: string): Promise<PadAnswer | undefined> {
    if (this.#trial) this.#pad.cancel();
    await this.#trial;
    this.#trial = undefined;
    return this.#pad.sign({ featureCode });
  }

  /** On paper it is in any case; a disk or a record that does not take it leaves that paper as the only one. */
  async #keep(
    attempt: Attempt,
    featureCode: string,
    { bitmap }: Extract<PadAnswer, { kind: 'signed' }>,
  ): Promise<void> {
    const { log, merchant } = this.#parts;
    const { attemptId } = attempt;
    this.#pictures.set(attemptId, { picture: bitmap, featureCode });
    for (const old of [...this.#pictures.keys()].slice(0, -KEPT_PICTURES)) this.#pictures.delete(old);
    try {
      const refused = await this.#uploads.keep(signedSale(attempt, merchant, featureCode), bitmap);
      if (refused) log.warn({ attemptId, ...refused }, 'the signature cannot go up: the printed slip is the only one');
    } catch (error) {
      log.error(
        { attemptId, detail: String(error) },
        'the signature could not be kept: the printed slip is the only one',
      );
    }
  }
}
