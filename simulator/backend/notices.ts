import { canonicalHash } from '../../protocols/backend/canonical.ts';
import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import type { TillAddress } from '../../protocols/backend/topics.ts';
import type { IntentCharge } from '../acquirer/intents.ts';
import type { Clock } from '../world/clock.ts';
import type { CommandSigner } from './command-signer.ts';

/** How the backend tells a till of a payment. `forged`: signed by somebody else. */
export type NoticeManner = 'signed' | 'unsigned' | 'forged' | 'none';

export interface NoticePlan {
  readonly manner: NoticeManner;
  /** after the payment, ms; each is a command of its own, as a provider's repeated notification is */
  readonly afterMs: readonly number[];
}

/** WoSai/shouqianba-doc: 1 s, 5 s, 30 s, 600 s (merchant-qr.json). */
const NOTICES: NoticePlan = { manner: 'signed', afterMs: [1_000, 5_000, 30_000] };
const VALID_FOR_MS = 600_000;

export interface NoticeParts {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly signer: CommandSigner;
  readonly stranger: CommandSigner;
  readonly send: (till: TillAddress, command: CommandEnvelope) => void;
}

/** Tells tills of payments, again and again, as providers do. */
export class Notices {
  plan: NoticePlan = NOTICES;
  readonly #parts: NoticeParts;

  constructor(parts: NoticeParts) {
    this.#parts = parts;
  }

  paid(till: TillAddress, charge: IntentCharge): void {
    const { manner, afterMs } = this.plan;
    if (manner === 'none') return;
    for (const ms of afterMs) this.#parts.clock.after(ms, () => this.tell(till, charge, manner));
  }

  tell(till: TillAddress, charge: IntentCharge, manner: Exclude<NoticeManner, 'none'>): CommandEnvelope {
    const command = this.#command(charge);
    const { signer, stranger } = this.#parts;
    const signed = {
      signed: () => signer.sign(till, command),
      forged: () => forge(stranger.sign(till, command), signer),
    };
    const told = manner === 'unsigned' ? command : signed[manner]();
    this.#parts.send(till, told);
    return told;
  }

  #command(charge: IntentCharge): CommandEnvelope {
    const args = { ...charge };
    const issued = this.#parts.clock.now();
    const head = { v: 1, id: this.#parts.newId(), type: 'intent-notify', by: 'backend' } as const;
    return { ...head, issued, exp: issued + VALID_FOR_MS, hash: canonicalHash(args), args };
  }
}

/** Somebody who knows the name of the key and has not got it. */
function forge(command: CommandEnvelope, { kid }: CommandSigner): CommandEnvelope {
  return command.sig ? { ...command, sig: { ...command.sig, kid } } : command;
}
