import type { SignatureAck, SignatureUpload } from '../../protocols/backend/signatures.ts';
import { toHex } from '../../protocols/bytes/hex.ts';
import type { KeptSignature } from '../../simulator/backend/signature-book.ts';
import type { Invariant } from './judge.ts';
import type { GivenSignature } from './pad-box.ts';
import type { SealedDisk } from './sealed-disk.ts';
import type { Witness } from './witness.ts';

export interface PadJudgeParts {
  readonly witness: Witness;
  readonly disk: SealedDisk;
  /** what the pad gave, by its own memory */
  readonly given: () => readonly GivenSignature[];
  /** what the acquirer has */
  readonly kept: () => readonly KeptSignature[];
  /** slips of an attempt that were on paper: unmarked, marked */
  readonly papersOf: (attemptId: string) => number;
  readonly find: (invariant: Invariant, detail: string) => void;
}

type Key = Pick<SignatureUpload, 'batch' | 'trace'>;

/** stored, and stored before (terminals.md 3.3) */
const TAKEN: ReadonlySet<string> = new Set(['00', '94']);
/** then its slip is printed for the file (terminals.md 3.3) */
const TRIES = 3;
/** Behind the head of JBIG, which all pictures of one size share; base64. */
const PICTURE_TEXT = [40, 72] as const;

/**
 * Judges what became of signatures: by the pad's memory, the sealed disk, the acquirer's book and the paper. A customer's
 * signature is sealed on disk before it goes up, goes up under its sale's key, is deleted when it was taken, and is else where
 * only the merchant's copy of the slip has it.
 */
export class PadJudge {
  readonly #parts: PadJudgeParts;
  readonly #codes = new Set<string>();
  /** as they stand in the record that goes up */
  readonly #pictures = new Set<string>();
  readonly #attempts = new Map<string, string>();

  constructor(parts: PadJudgeParts) {
    this.#parts = parts;
  }

  asked(featureCode: string): void {
    // eight digits alone also are a date, an amount, a trace
    if (/[A-F]/.test(featureCode)) this.#codes.add(featureCode);
  }

  /** The till sends one up. */
  published(text: string): void {
    const upload = JSON.parse(text) as SignatureUpload;
    const { attemptId, batch, trace, attempt, amountFen, record } = upload;
    const { disk, witness, find } = this.#parts;
    this.#pictures.add(record.fields['62'].slice(...PICTURE_TEXT));
    this.#attempts.set(nameOf(upload), attemptId);
    if (attempt > TRIES) find('over-limit', `signature ${batch}-${trace} is sent for the ${attempt}th time`);
    if (!disk.has(nameOf(upload)))
      find('spoke-before-writing', `signature ${batch}-${trace} goes up and is on no disk`);
    const sale = witness.durable.attempts.get(attemptId);
    if (sale?.state !== 'PAID' || sale.amountFen !== amountFen)
      find('wrong-amount', `signature ${batch}-${trace} of ${amountFen} fen goes up for ${attemptId} ${sale?.state}`);
  }

  /** The till has heard that it was taken, and said so to the broker: nothing of it is left there. */
  acknowledged(text: string): void {
    const { batch, trace, code } = JSON.parse(text) as SignatureAck;
    const { disk, find } = this.#parts;
    if (TAKEN.has(code) && disk.has(nameOf({ batch, trace })) && disk.isWell)
      find('signature-kept', `${batch}-${trace} was taken with ${code} and is kept on`);
  }

  /** A sealed file is gone: somebody has what it held. */
  deleted(name: string): void {
    if (this.#isTaken(name)) return;
    const attemptId = this.#attempts.get(name) ?? '';
    if (this.#slips(attemptId).some(({ duplicate, state }) => duplicate && state === 'sent')) return;
    this.#parts.find('signature-lost', `${name} is deleted, and neither the acquirer nor a marked slip has it`);
  }

  /** What is written where signatures are kept. */
  sealed(text: string): void {
    if (text.includes('"featureCode"') || text.includes('"record"'))
      this.#parts.find('signature-leaked', 'the folder of the signatures, in clear');
  }

  /** Neither a picture nor its code stands where only money is spoken of. */
  searched(text: string, where: string): void {
    for (const picture of this.#pictures) if (text.includes(picture)) this.#parts.find('signature-leaked', where);
    for (const code of this.#codes)
      if (new RegExp(`(?<![0-9A-Z])${code}(?![0-9A-Z])`).test(text))
        this.#parts.find('signature-leaked', `${where}: the code of one`);
  }

  atEnd(): void {
    const { disk, kept, find } = this.#parts;
    for (const signature of kept()) this.#judgeKept(signature);
    for (const name of disk.everSealed) {
      if (disk.has(name)) find('signature-kept', `${name} is still here, and nothing stands in its way`);
      else if (!this.#isTaken(name)) this.#judgePaper(name);
    }
  }

  /** What the acquirer has is what this customer drew, under this sale's code. */
  #judgeKept({ upload, bitmap }: KeptSignature): void {
    const { given, find } = this.#parts;
    const dots = toHex(bitmap.bits);
    const owner = given().find((one) => toHex(one.bitmap.bits) === dots);
    if (owner?.featureCode !== upload.featureCode)
      find('signature-lost', `${nameOf(upload)} has the picture of ${owner ? 'another sale' : 'nobody'}`);
  }

  #judgePaper(name: string): void {
    const attemptId = this.#attempts.get(name);
    // it was sealed and never went up, and was not deleted by the till: its disk lost it with its plug, the slip was signed by hand
    if (attemptId === undefined) return this.#parts.find('signature-lost', `${name} was sealed and is nowhere`);
    const isPrinted =
      this.#parts.papersOf(attemptId) > 0 || this.#slips(attemptId).some(({ proof }) => proof === 'sent');
    if (!isPrinted) this.#parts.find('signature-lost', `${name} of ${attemptId} is on no paper and with nobody`);
  }

  #isTaken(name: string): boolean {
    return this.#parts.kept().some(({ upload }) => nameOf(upload) === name);
  }

  #slips(attemptId: string) {
    return [...this.#parts.witness.durable.slips.values()].filter((slip) => slip.attemptId === attemptId);
  }
}

function nameOf({ batch, trace }: Key): string {
  return `signature-${batch}-${trace}`;
}
