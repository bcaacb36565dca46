import type { CommandEnvelope, CommandError } from '../../protocols/backend/commands.ts';
import type { CommandDesk } from './ports.ts';

/** Why a command is not carried out. Nothing was done. */
export interface CommandRefusal {
  readonly code: CommandError;
  readonly message: string;
}

/** The room behind one verb of the backend. Arguments are parsed there; the envelope was checked at the border. */
export interface VerbRoom {
  /** A reason not to accept now, or undefined. Must not have effects. */
  refuse(command: CommandEnvelope): CommandRefusal | undefined;
  /** Carries out a command that is accepted and on disk. Its results go through `CommandResults`. */
  execute(command: CommandEnvelope): void;
  /** An earlier process accepted it and wrote down no final result: what was done of it is in the journal. */
  resume(command: CommandEnvelope): void;
}

/** Which room a verb goes to. A verb whose room does not stand is refused, not guessed at. */
export class VerbDesk implements CommandDesk {
  readonly #rooms: ReadonlyMap<string, VerbRoom>;

  constructor(rooms: Readonly<Record<string, VerbRoom>>) {
    this.#rooms = new Map(Object.entries(rooms));
  }

  refuse(command: CommandEnvelope): CommandRefusal | undefined {
    const room = this.#rooms.get(command.type);
    return room ? room.refuse(command) : { code: 'UNSUPPORTED', message: `no verb ${command.type}` };
  }

  execute(command: CommandEnvelope): void {
    this.#rooms.get(command.type)?.execute(command);
  }

  /** Takes up what the journal says was accepted and not concluded. */
  resume(unfinished: Iterable<CommandEnvelope>): void {
    for (const command of unfinished) this.#rooms.get(command.type)?.resume(command);
  }
}
