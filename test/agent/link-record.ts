import type { LinkListener, LinkProblem } from '../../agent/transport/link.ts';

/** Everything a link told, in order, and a way to wait for more of it. */
export class LinkRecord implements LinkListener {
  readonly told: ({ at: number } & ({ kind: 'up' } | { kind: 'down'; problem: LinkProblem }))[] = [];
  heard = '';
  heardBytes = 0;
  readonly #waiters = new Set<() => void>();

  up(at: number): void {
    this.told.push({ kind: 'up', at });
    this.#wake();
  }

  bytes(bytes: Uint8Array): void {
    this.heardBytes += bytes.length;
    this.heard = (this.heard + Buffer.from(bytes).toString('latin1')).slice(-100_000);
    this.#wake();
  }

  down(problem: LinkProblem, at: number): void {
    this.told.push({ kind: 'down', problem, at });
    this.#wake();
  }

  get problems(): LinkProblem['code'][] {
    return this.told.flatMap((event) => (event.kind === 'down' ? [event.problem.code] : []));
  }

  get ups(): number {
    return this.told.filter(({ kind }) => kind === 'up').length;
  }

  /** Resolves when `condition` holds; fails with the story so far after `deadlineMs`. */
  until(condition: (record: this) => boolean, deadlineMs = 10_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!condition(this)) return;
        this.#waiters.delete(check);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(check);
        reject(new Error(`not within ${deadlineMs} ms: ${condition.toString()}; told ${JSON.stringify(this.told)}`));
      }, deadlineMs);
      this.#waiters.add(check);
      check();
    });
  }

  #wake(): void {
    for (const check of this.#waiters) check();
  }
}
