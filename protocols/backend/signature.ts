import { canonicalJson, type Json } from './canonical.ts';
import type { CommandEnvelope } from './commands.ts';
import type { TillAddress } from './topics.ts';

// What an Ed25519 signature (RFC 8032) of a command covers: every member of the envelope but the signature itself, the
// arguments by their hash, and the till it is meant for, so that it is good at no other till, for no other verb, and no
// longer than it says. docs/commands.md has a worked example.

/** Keeps these bytes apart from anything else that the same key may ever sign. */
const DOMAIN = 'tillwire command v1\n';

/** No signature is good for longer behind `issued`, whatever `exp` says: a key that was lost must run dry. */
export const SIGNATURE_LIFE_MS = 86_400_000;

/** The text (UTF-8) that is signed. */
export function signedText(till: TillAddress, command: Omit<CommandEnvelope, 'args' | 'sig'>, kid: string): string {
  const { v, id, type, dev, issued, exp, ttl, by, hash } = command;
  const members: Json = {
    till: `${till.training ? 'training/' : ''}${till.tenant}/${till.store}/${till.agent}`,
    v,
    id,
    type,
    dev,
    issued,
    exp,
    ttl,
    by,
    hash,
    kid,
  };
  return DOMAIN + canonicalJson(members);
}
