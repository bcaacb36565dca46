import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { SIGNATURE_LIFE_MS, signedText } from '../../protocols/backend/signature.ts';
import type { TillAddress } from '../../protocols/backend/topics.ts';
import { explain } from '../errors.ts';
import type { CommandRefusal } from './verb-desk.ts';

/** A key by which commands are believed, as the configuration names it. */
export interface CommandKey {
  readonly kid: string;
  /** 32 bytes (RFC 8032), base64 */
  readonly publicKey: string;
}

/** The keys whose signatures this till believes. Two of them while one takes the other's place. */
export class CommandKeys {
  readonly #till: TillAddress;
  readonly #keys: ReadonlyMap<string, KeyObject>;

  constructor(till: TillAddress, keys: readonly CommandKey[]) {
    this.#till = till;
    this.#keys = new Map(keys.map(({ kid, publicKey }) => [kid, keyOf(publicKey)]));
  }

  /** Why the signature of a command that needs one cannot be believed; `undefined`: it can. */
  refusal(command: CommandEnvelope): CommandRefusal | undefined {
    if (this.#keys.size === 0)
      return { code: 'COMMAND_KEYS_MISSING', message: explain('COMMAND_KEYS_MISSING', `cmd/${command.type}`) };
    const { sig, issued, exp } = command;
    if (!sig) return { code: 'SIGNATURE_REQUIRED', message: `${command.type} gives more room, or money back` };
    const key = this.#keys.get(sig.kid);
    if (!key) return { code: 'SIGNATURE_KEY_UNKNOWN', message: `no key ${sig.kid} here` };
    if (exp > issued + SIGNATURE_LIFE_MS)
      return { code: 'SIGNATURE_INVALID', message: 'exp: a signature is good for at most 24 hours' };
    const text = Buffer.from(signedText(this.#till, command, sig.kid), 'utf8');
    if (verify(null, text, key, Buffer.from(sig.value, 'base64'))) return undefined;
    return { code: 'SIGNATURE_INVALID', message: `not signed by ${sig.kid} for this till and these arguments` };
  }
}

/** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 section 4): this prefix and the 32 bytes. */
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

function keyOf(publicKey: string): KeyObject {
  const raw = Buffer.from(publicKey, 'base64');
  return createPublicKey({ key: Buffer.concat([SPKI_ED25519, raw]), format: 'der', type: 'spki' });
}
