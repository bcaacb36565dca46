import type { Clock } from '../clock.ts';
import type { SignaturePad } from '../devices/signature-pad.ts';
import type { TrialSignature } from './self-test.ts';

/** Stands on the pad where the feature code of a sale stands; no sale has this one. */
const TRIAL_CODE = '00000000';

/** Asks for a signature that belongs to nothing. The pad is told that it may forget it. */
export async function tryPad(
  pad: Pick<SignaturePad, 'sign' | 'cancel' | 'noteUpload'>,
  clock: Clock,
  withinMs: number,
): Promise<TrialSignature> {
  const signing = pad.sign({ featureCode: TRIAL_CODE });
  if (!signing) return { kind: 'unsigned', why: 'busy' };
  const callOff = clock.after(withinMs, () => pad.cancel());
  const answer = await signing;
  callOff();
  if (answer.kind === 'unsigned') return { kind: 'unsigned', why: answer.why };
  await pad.noteUpload(answer.sequence, true);
  return { kind: 'signed', picture: answer.bitmap };
}
