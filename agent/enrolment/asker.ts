import { cancel, confirm, log, select, text } from '@clack/prompts';

/** Somebody who sits at the screen, or nobody. */
export interface Asker {
  /** a person answers; without one nothing is asked that moves money */
  readonly isPerson: boolean;
  say(lines: readonly string[]): void;
  step(title: string): void;
  confirm(question: string): Promise<boolean>;
  /** `undefined`: nobody can choose */
  choose(
    question: string,
    options: readonly { readonly value: string; readonly label: string }[],
  ): Promise<string | undefined>;
  text(question: string, check: (answer: string) => string | undefined): Promise<string | undefined>;
}

/** The person left with Ctrl-C: nothing more is asked, and nothing more is done. */
export class Left extends Error {}

export const personAtTheScreen: Asker = {
  isPerson: true,
  say: (lines) => log.message([...lines]),
  step: (title) => log.step(title),
  confirm: async (message) => answered<boolean>(await confirm({ message, initialValue: false })),
  choose: async (message, options) => answered<string>(await select({ message, options: [...options] })),
  text: async (message, check) => answered<string>(await text({ message, validate: (value) => check(value ?? '') })),
};

function answered<T extends boolean | string>(answer: T | symbol): T {
  if (typeof answer !== 'symbol') return answer;
  cancel('stopped / 已停止');
  throw new Left('stopped');
}

/** Scripts and CI: plain lines, and yes only to what the command line said yes to. */
export function nobody(yes: boolean, out: (line: string) => void): Asker {
  return {
    isPerson: false,
    say: (lines) => {
      for (const line of lines) out(line);
    },
    step: out,
    confirm: (question) => {
      out(`${question} ${yes ? 'yes (--yes)' : 'no: give --yes'}`);
      return Promise.resolve(yes);
    },
    choose: () => Promise.resolve(undefined),
    text: () => Promise.resolve(undefined),
  };
}
