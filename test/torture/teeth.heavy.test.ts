import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Noticed } from './mutant.ts';
import { MUTATIONS, type MutationName } from './mutations.ts';

/** The built one: its modules are changed while they are loaded. */
const MUTANT = fileURLToPath(new URL('../../dist/test/torture/mutant.js', import.meta.url));

function hunt(name: MutationName): Promise<Noticed | undefined> {
  const child = fork(MUTANT, [name], { silent: true });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.once('message', ({ noticed }: { noticed: Noticed | undefined }) => resolve(noticed));
    child.once('exit', (code) => reject(new Error(`the mutant ended with ${code}: ${errors}`)));
  });
}

describe('the torture world bites', () => {
  it.for(Object.entries(MUTATIONS))('notices %s within its seeds', async ([name]) => {
    expect(await hunt(name as MutationName)).toMatchObject({ seed: expect.any(Number) });
  });
});
