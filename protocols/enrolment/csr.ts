import { bits, membersOf, objectId, readDer, sequence, tagged, unsigned } from '../bytes/der.ts';
import { toHex } from '../bytes/hex.ts';
import { nameOf, readName, type Subject } from './names.ts';

// A certificate signing request (PKCS #10, RFC 2986): "this is my public key, please say that it is mine".
//
//   SEQUENCE
//     SEQUENCE  version 0, subject, SubjectPublicKeyInfo, [0] attributes (none)     <- what is signed
//     SEQUENCE  ecdsa-with-SHA256
//     BIT STRING  the signature, made with the private key that never leaves the till

/** ecdsa-with-SHA256 (RFC 5758 3.2): the only algorithm here. No parameters. */
export const ECDSA_SHA256: Uint8Array = sequence(objectId('1.2.840.10045.4.3.2'));

/** The part that is to be signed. `spki`: SubjectPublicKeyInfo as the platform exports it. */
export function csrBody(subject: Subject, spki: Uint8Array): Uint8Array {
  return sequence(unsigned(Uint8Array.of(0)), nameOf(subject), spki, tagged(0));
}

/** The request. `signature`: ECDSA over the body, in its DER form. */
export function csrOf(body: Uint8Array, signature: Uint8Array): Uint8Array {
  return sequence(body, ECDSA_SHA256, bits(signature));
}

export interface SigningRequest {
  readonly subject: Subject;
  readonly spki: Uint8Array;
  /** what the signature must fit */
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

/** Reads a request. `undefined`: not one of this form. Whether the signature fits is for whoever has an algorithm. */
export function readCsr(bytes: Uint8Array): SigningRequest | undefined {
  const [whole, ...more] = readDer(bytes) ?? [];
  const [body, algorithm, signature] = membersOf(whole) ?? [];
  if (more.length > 0 || !body || !signature || signature.content[0] !== 0) return undefined;
  if (!algorithm || toHex(algorithm.whole) !== toHex(ECDSA_SHA256)) return undefined;
  const [, name, spki] = membersOf(body) ?? [];
  const subject = readName(name);
  if (!subject || !spki) return undefined;
  return { subject, spki: spki.whole, body: body.whole, signature: signature.content.subarray(1) };
}
