import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';

/** Later than any time: nothing is forgotten before it. */
const UNTIMED = Number.MAX_SAFE_INTEGER;

/** A command that was accepted. The envelope is kept until its final result, then the result instead. */
export interface KnownCommand {
  readonly hash: string;
  /** the verb; two verbs may have the same arguments */
  readonly type?: string;
  /** backend time, Unix ms: the later of issued and exp; {@link UNTIMED} while the time of it is not known */
  readonly until: number;
  readonly issued: number;
  readonly command?: CommandEnvelope;
  readonly result?: CommandResult;
}

/** Commands by their id, so that none is carried out twice, and when each may be forgotten. */
export class KnownCommands extends Map<string, KnownCommand> {
  /** those that still wait for a time */
  readonly #untimed = new Set<string>();

  /**
   * A command that came while nobody knew the time was not issued when this PC's clock says: its seven days begin with the next
   * one whose time is known.
   */
  accepted(command: CommandEnvelope, isUntimed: boolean): void {
    const { id, hash, type, issued, exp } = command;
    const until = Math.max(issued, exp);
    if (isUntimed) this.#untimed.add(id);
    else this.#timeKnown(until);
    this.set(id, { hash, type, until: isUntimed ? UNTIMED : until, issued, command });
  }

  #timeKnown(until: number): void {
    for (const id of this.#untimed) {
      const known = this.get(id);
      if (known) this.set(id, { ...known, until });
    }
    this.#untimed.clear();
  }

  concluded(result: CommandResult): void {
    const known = this.get(result.id);
    if (!known) return;
    const { command: _done, ...rest } = known;
    this.set(result.id, { ...rest, result });
  }

  restore(id: string, known: KnownCommand): void {
    this.set(id, known);
    if (known.until === UNTIMED) this.#untimed.add(id);
  }
}
