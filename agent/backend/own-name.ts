import type { AgentState } from '../../protocols/backend/presence.ts';
import type { BrokerProblem } from './broker-problem.ts';

/** As many connections of one other process: two may be left over in the session from the one before this one. */
const PROOF = 3;

/**
 * Whether another agent uses this till's name: a copied data folder, or a till that moved to a new PC while the old one still
 * runs. The broker lets one of them in at a time, and each throws the other out. The one that was started first gives way, so
 * that one of them can work; both say it.
 */
export class OwnName {
  readonly #boot: string;
  /** connections of others under our name since this process runs, by boot */
  readonly #others = new Map<string, Set<number>>();
  #twin: string | undefined;

  constructor(boot: string) {
    this.#boot = boot;
  }

  /** What stands on our own state topic and is not from us; true when there is a second agent. */
  heard({ boot, conn }: AgentState): boolean {
    if (boot === this.#boot) return false;
    const seen = this.#others.get(boot) ?? new Set();
    this.#others.set(boot, seen.add(conn));
    if (seen.size < PROOF) return false;
    this.#twin = boot;
    return true;
  }

  /** Nobody came for a while. */
  forget(): void {
    this.#others.clear();
    this.#twin = undefined;
  }

  get contested(): boolean {
    return this.#twin !== undefined;
  }

  /** Boots are ULIDs: of two copies of one till, by the clock of each; of one till always in order (boot.ts). */
  get givesWay(): boolean {
    return this.#twin !== undefined && this.#twin > this.#boot;
  }

  get problem(): BrokerProblem {
    return {
      code: 'AGENT_TWICE',
      detail: this.givesWay ? 'it was started later: this one gives way' : 'it was started earlier: it gives way',
    };
  }
}
