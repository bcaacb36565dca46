import { keepToken, token } from './agent.ts';
import type { Chosen } from './statement-result.tsx';
import { bothS } from './statement-words.ts';
import type { Problem, Reconciliation } from './types.ts';

/** As the agent has it: what is larger is not sent. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Reading sixteen MiB and a journal of a year takes seconds. */
const ANSWER_MS = 75_000;

/** Sends a file as it is; what the agent says of it is shown where the file stands. */
export async function uploaded(file: File): Promise<Chosen> {
  const { name } = file;
  if (file.size > MOST_BYTES) return { name, refused: { cause: bothS('tooLarge'), remedy: bothS('tooLargeTodo') } };
  try {
    const used = token.peek();
    const response = await fetch(`/v1/reconciliations?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${used ?? ''}`, 'Content-Type': 'application/octet-stream' },
      body: file,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (response.ok) return { name, result: (await response.json()) as Reconciliation };
    if (response.status === 401) keepToken(undefined);
    return { name, refused: (await response.json()) as Problem };
  } catch {
    return { name, refused: { cause: bothS('unanswered'), remedy: bothS('unanswered') } };
  }
}
