import type { CommandEnvelope, CommandError } from '../../protocols/backend/commands.ts';
import { COMMAND_VERBS, type SignatureRule } from '../../protocols/backend/verbs.ts';
import { isLocalId } from './command-intake.ts';
import type { CommandKeys } from './command-keys.ts';
import type { Authority, CommandDesk } from './ports.ts';

/** Why a command is not carried out. Nothing was done. */
export interface CommandRefusal {
  readonly code: CommandError;
  readonly message: string;
}

/** The room behind one verb of the backend. Envelope and arguments have passed their schemas at the border. */
export interface VerbRoom {
  /** Whether it would give more room than there is now: then it must be signed. Asked where the verb's rule says so. */
  loosens?(command: CommandEnvelope): boolean;
  /** A reason not to accept now, or undefined. Must not have effects. */
  refuse(command: CommandEnvelope): CommandRefusal | undefined;
  /** Carries out a command that is accepted and on disk. Its results go through `CommandResults`. */
  execute(command: CommandEnvelope): void;
  /** An earlier process accepted it and wrote down no final result: what was done of it is in the journal. */
  resume(command: CommandEnvelope): void;
}

/**
 * Which room a verb goes to, and whether it may: what gives money back or loosens a rule is signed (product.md 7). A verb
 * whose room does not stand is refused, not guessed at.
 */
export class VerbDesk implements CommandDesk {
  readonly #rooms: ReadonlyMap<string, VerbRoom>;
  readonly #keys: Pick<CommandKeys, 'refusal'>;

  constructor(rooms: Readonly<Record<string, VerbRoom>>, keys: Pick<CommandKeys, 'refusal'>) {
    this.#rooms = new Map(Object.entries(rooms));
    this.#keys = keys;
  }

  refuse(command: CommandEnvelope, authority: Authority): CommandRefusal | undefined {
    const room = this.#rooms.get(command.type);
    if (!room) return { code: 'UNSUPPORTED', message: `no verb ${command.type}` };
    const unsigned = authority === 'signature' && mustBeSigned(room, command) ? this.#keys.refusal(command) : undefined;
    return unsigned ?? room.refuse(command);
  }

  execute(command: CommandEnvelope): void {
    this.#rooms.get(command.type)?.execute(command);
  }

  /** Takes up what the journal says was accepted and not concluded. */
  resume(unfinished: Iterable<CommandEnvelope>): void {
    for (const command of unfinished) this.#rooms.get(command.type)?.resume(command);
  }
}

/**
 * Persons with a token of the local API are known there: a refund waits for a second one, and who resolves a doubt answers
 * for it. What the till holds to is the backend's alone.
 */
const BY_PERSONS: ReadonlySet<string> = new Set(['refund', 'resolve']);

function mustBeSigned(room: VerbRoom, command: CommandEnvelope): boolean {
  if (isLocalId(command.id) && BY_PERSONS.has(command.type)) return false;
  const verbs: Readonly<Record<string, { readonly signature: SignatureRule }>> = COMMAND_VERBS;
  const rule = verbs[command.type]?.signature ?? 'always';
  return rule === 'always' || (rule === 'loosening' && room.loosens?.(command) !== false);
}
