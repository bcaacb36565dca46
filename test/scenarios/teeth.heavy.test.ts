import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MUTATIONS, type NoticedMistake } from './mutations.ts';

/** The built one: its modules are changed while they are loaded. */
const MUTANT = fileURLToPath(new URL('../../dist/test/scenarios/mutant.js', import.meta.url));

/** The stories of a mistake that fail with it. */
function noticed({ file, find, replace, noticedBy }: NoticedMistake): Promise<readonly string[]> {
  const child = fork(MUTANT, [], { silent: true });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.once('message', (message: { noticed: readonly string[] }) => resolve(message.noticed));
    child.once('exit', (code) => reject(new Error(`the mutant ended with ${code}: ${errors}`)));
    child.send({ change: { file, find, replace }, stories: noticedBy });
  });
}

describe('the stories bite', () => {
  it.each(Object.entries(MUTATIONS))('%s', async (_, mistake) => {
    expect(await noticed(mistake)).toEqual(mistake.noticedBy);
  });
});
