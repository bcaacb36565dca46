import { readFileSync } from 'node:fs';
import type { AgentWish, ToShop } from '../rehearsal/conversation.ts';
import type { AgentControl } from './agent-control.ts';

/** The agent of a rehearsal: a child of the rehearsal, which is asked for everything that a story does to it. */
export class RehearsedAgent implements AgentControl {
  readonly #logFile: string;
  readonly #wish: (wish: AgentWish) => void;
  #isUp = true;

  constructor(logFile: string, wish: (wish: AgentWish) => void) {
    this.#logFile = logFile;
    this.#wish = wish;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  async start(): Promise<void> {
    await this.#granted('start');
    this.#isUp = true;
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#isUp = false;
    await this.#granted(signal);
  }

  second(): Promise<string | undefined> {
    return this.#granted('second');
  }

  #granted(wish: AgentWish): Promise<string | undefined> {
    return new Promise((resolve) => {
      const hear = (message: ToShop) => {
        if (message.kind !== 'done' || message.wish !== wish) return;
        process.off('message', hear);
        resolve(message.said);
      };
      process.on('message', hear);
      this.#wish(wish);
    });
  }
}
