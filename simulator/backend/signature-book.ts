import type { SignatureAck, SignatureUpload } from '../../protocols/backend/signatures.ts';
import { type TillAddress, topicRoot } from '../../protocols/backend/topics.ts';
import { fromBase64 } from '../../protocols/bytes/base64.ts';
import { toHex } from '../../protocols/bytes/hex.ts';
import type { Bitmap } from '../../protocols/escpos/image.ts';
import { decodeJbig } from '../../protocols/signature/jbig-decode.ts';
import type { Clock } from '../world/clock.ts';

/** A signature as the acquirer keeps it. */
export interface KeptSignature {
  readonly till: string;
  readonly upload: SignatureUpload;
  readonly bitmap: Bitmap;
}

/** What goes wrong with the next uploads; each happens once. */
export const SIGNATURE_FAULTS = {
  'upload-94': 'stored, but the answer says that it was stored before',
  'upload-refused': 'not stored, and the answer says so (96)',
  'upload-ack-lost': 'stored, and the answer is lost',
  'upload-lost': 'neither stored nor answered',
} as const satisfies Record<string, string>;
export type SignatureFault = keyof typeof SIGNATURE_FAULTS;

const STORED = '00';
const DUPLICATE = '94';
const FORMAT_ERROR = '30';
const SYSTEM_FAULT = '96';

/** The acquirer's store of signatures behind the backend: keyed by till, batch and trace, each once. */
export class SignatureBook {
  readonly #clock: Clock;
  readonly #kept = new Map<string, KeptSignature>();
  #faults: SignatureFault[] = [];
  /** uploads that arrived, repeated ones again */
  arrived = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get kept(): readonly KeptSignature[] {
    return [...this.#kept.values()];
  }

  inject(...faults: readonly SignatureFault[]): void {
    this.#faults.push(...faults);
  }

  /** The answer, unless it is lost. */
  take(till: TillAddress, upload: SignatureUpload): SignatureAck | undefined {
    this.arrived += 1;
    const fault = this.#faults.shift();
    if (fault === 'upload-lost') return undefined;
    const code = fault === 'upload-refused' ? SYSTEM_FAULT : this.#store(topicRoot(till), upload);
    if (fault === 'upload-ack-lost') return undefined;
    const { batch, trace } = upload;
    return { v: 1, batch, trace, code: fault === 'upload-94' ? DUPLICATE : code, ts: this.#clock.now() };
  }

  #store(till: string, upload: SignatureUpload): string {
    const { batch, trace, record } = upload;
    const image = fromBase64(record.fields['62']);
    const picture = image && decodeJbig(image);
    if (!picture || 'refusal' in picture || !agrees(upload)) return FORMAT_ERROR;
    const key = `${till} ${batch} ${trace}`;
    const before = this.#kept.get(key);
    if (before) return toHex(before.bitmap.bits) === toHex(picture.bitmap.bits) ? DUPLICATE : FORMAT_ERROR;
    this.#kept.set(key, { till, upload, bitmap: picture.bitmap });
    return STORED;
  }
}

/** What stands outside the record and inside it must be the same. */
function agrees({ batch, trace, amountFen, record: { fields } }: SignatureUpload): boolean {
  return fields['11'] === trace && fields['60'] === `07${batch}800` && Number(fields['4']) === amountFen;
}
