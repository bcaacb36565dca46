import { register } from 'node:module';
import process from 'node:process';
import type { SourceChange } from '../torture/source-change.ts';

// A mutated agent in a process of its own: plays the stories that its parent names, in virtual time, and tells which of them
// noticed.

interface Task {
  readonly change: SourceChange;
  readonly stories: readonly string[];
}

async function notice({ change, stories }: Task): Promise<readonly string[]> {
  register('../torture/source-change.js', { parentURL: import.meta.url, data: change });
  const { scenarioNamed } = await import('../../simulator/scenarios/catalogue.ts');
  const { playVirtually } = await import('./play-virtually.ts');
  const noticed: string[] = [];
  for (const name of stories) {
    const scenario = scenarioNamed(name);
    if (!scenario) throw new Error(`there is no story ${name}`);
    // a till that does not even come up is noticed, too
    const isOk = await playVirtually(scenario).then(
      ({ ok }) => ok,
      () => false,
    );
    if (!isOk) noticed.push(name);
  }
  return noticed;
}

process.on('unhandledRejection', () => undefined); // of a broken agent: the story says what came of it
process.once('message', (task: Task) => {
  void notice(task).then(
    (noticed) => process.send?.({ noticed }, () => process.exit(0)),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
