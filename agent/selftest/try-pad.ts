import type { Clock } from '../clock.ts';
import type { SignaturePad } from '../devices/signature-pad.ts';
import type { TrialSignature } from './self-test.ts';

/** Stands on the pad where the feature code of a sale stands; no sale has this one. */
const TRIAL_CODE = '00000000';

export interface PadTrial {
  readonly trial: TrialSignature;
  /** of the signature that came, so that it is not taken for a later one */
  readonly sequence?: number;
}

/** Asks for a signature that belongs to nothing. The pad is told that it may forget it. */
export async function tryPad(
  pad: Pick<SignaturePad, 'sign' | 'cancel' | 'noteUpload'>,
  clock: Clock,
  withinMs: number,
  lastSequence?: number,
): Promise<PadTrial> {
  const signing = pad.sign({ featureCode: TRIAL_CODE, lastSequence });
  if (!signing) return { trial: { kind: 'unsigned', why: 'busy' } };
  const callOff = clock.after(withinMs, () => pad.cancel());
  const answer = await signing;
  callOff();
  if (answer.kind === 'unsigned') return { trial: { kind: 'unsigned', why: answer.why } };
  await pad.noteUpload(answer.sequence, true);
  return { trial: { kind: 'signed', picture: answer.bitmap }, sequence: answer.sequence };
}
