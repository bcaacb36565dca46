import { renderStream } from '../../simulator/render/stream.ts';
import { COLUMNS, PROFILE, QR, WORDS } from './same-slip.ts';

/** Why a stream is not the slip that was asked for: nothing when every word, amount and code is on the paper. */
export function whatIsWrong(bytes: Uint8Array): string[] {
  const { slips, problems } = renderStream(Uint8Array.from(bytes), PROFILE).summary();
  const [slip] = slips;
  if (!slip || slips.length !== 1) return [`${slips.length} slips`];
  const lines = slip.lines.map(({ text }) => text.trim().replaceAll(/\s+/g, ' '));
  const missing = WORDS.filter((words) => !lines.includes(words)).map((words) => `no line "${words}"`);
  const broken = problems.filter(({ level, code }) => level === 'error' || code === 'row-overflow');
  return [
    ...missing,
    ...broken.map(({ message }) => message),
    ...(slip.qr.length === 1 && slip.qr[0] === QR ? [] : [`QR ${slip.qr.join()}`]),
    ...(slip.cut === null ? ['no cut'] : []),
    ...lines.filter((line) => line.length > COLUMNS).map((line) => `too long: ${line}`),
  ];
}
