import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { signedText } from '../../protocols/backend/signature.ts';
import type { TillAddress } from '../../protocols/backend/topics.ts';

/** PKCS #8 and SubjectPublicKeyInfo of an Ed25519 key (RFC 8410): these prefixes and 32 bytes. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_LENGTH = 32;

/** The backend's key for commands that loosen a rule or tell of money. */
export class CommandSigner {
  readonly kid: string;
  /** 32 bytes, base64: what the till's configuration names */
  readonly publicKey: string;
  readonly #key: KeyObject;

  constructor(kid: string, seed: Uint8Array) {
    this.kid = kid;
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(this.#key).export({ format: 'der', type: 'spki' });
    this.publicKey = spki.subarray(-SPKI_LENGTH).toString('base64');
  }

  sign(till: TillAddress, command: CommandEnvelope): CommandEnvelope {
    const text = Buffer.from(signedText(till, command, this.kid), 'utf8');
    return { ...command, sig: { kid: this.kid, value: sign(null, text, this.#key).toString('base64') } };
  }
}
