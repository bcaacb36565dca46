import { useEffect } from 'preact/hooks';
import { ask, token } from './agent.ts';
import { hearGuns } from './keys.ts';
import { both } from './language.ts';
import { refresh } from './till.ts';
import { tell, tellProblem, tellUnsent, untell } from './told.ts';
import type { TypedCode } from './wedge.ts';

/** A gun that types into the page is heard wherever one is on it. */
export function useGuns(): void {
  useEffect(() => hearGuns((code) => void scanned(code)), []);
}

/** The agent judges it as any scan. It is kept nowhere: not sent again, not put into a field. */
async function scanned({ text, tookMs }: TypedCode): Promise<void> {
  if (token.peek() === undefined) return tell('bad', both('signInFirst'));
  untell();
  const answer = await ask('/v1/scans', { body: { text, durationMs: Math.round(tookMs), keystrokes: text.length } });
  if (answer.kind === 'no') tellProblem(answer.problem);
  if (answer.kind === 'lost') tellUnsent();
  void refresh();
}
