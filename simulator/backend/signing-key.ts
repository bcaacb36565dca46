import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { signedText } from '../../protocols/backend/signature.ts';
import type { TillAddress } from '../../protocols/backend/topics.ts';

/** PrivateKeyInfo of an Ed25519 key (RFC 8410 section 7): this prefix and the 32 bytes of the seed. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const RAW_BYTES = 32;

/** A key with which the backend signs what gives money back or loosens a rule. */
export class SigningKey {
  readonly kid: string;
  readonly #key: KeyObject;

  /** `seed`: 32 bytes */
  constructor(kid: string, seed: Uint8Array) {
    this.kid = kid;
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
  }

  /** As a till's configuration (`commandKeys`) has it. */
  get known(): { readonly kid: string; readonly publicKey: string } {
    const spki = createPublicKey(this.#key).export({ format: 'der', type: 'spki' });
    return { kid: this.kid, publicKey: spki.subarray(-RAW_BYTES).toString('base64') };
  }

  signed(till: TillAddress, command: CommandEnvelope): CommandEnvelope {
    const text = Buffer.from(signedText(till, command, this.kid), 'utf8');
    return { ...command, sig: { kid: this.kid, value: sign(null, text, this.#key).toString('base64') } };
  }
}
