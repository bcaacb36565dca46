import {
  bits,
  der,
  membersOf,
  objectId,
  octets,
  readDer,
  sequence,
  tagged,
  time,
  unsigned,
  yes,
} from '../../protocols/bytes/der.ts';
import { encodeUtf8 } from '../../protocols/bytes/utf8.ts';
import { ECDSA_SHA256 } from '../../protocols/enrolment/csr.ts';
import { nameOf, type Subject } from '../../protocols/enrolment/names.ts';

// X.509 v3 certificates and revocation lists (RFC 5280), as few fields as brokers accept. What is made here still has to be
// signed; certificate-authority.ts does.

/** `server`: its names and addresses; `client`: a till or the backend; `authority`: it signs the others. */
export type Usage =
  | { readonly kind: 'authority' }
  | { readonly kind: 'client' }
  | { readonly kind: 'server'; readonly names: readonly string[] };

export interface CertificateFields {
  readonly serial: Uint8Array;
  readonly issuer: Subject;
  readonly subject: Subject;
  readonly spki: Uint8Array;
  /** of this key, and of the issuer's: how a chain is put together */
  readonly keyId: Uint8Array;
  readonly issuerKeyId: Uint8Array;
  /** Unix ms */
  readonly from: number;
  readonly until: number;
  readonly usage: Usage;
}

const V3 = Uint8Array.of(2);

export function certificateBody(fields: CertificateFields): Uint8Array {
  const { serial, issuer, subject, spki, keyId, issuerKeyId, from, until, usage } = fields;
  return sequence(
    tagged(0, unsigned(V3)),
    unsigned(serial),
    ECDSA_SHA256,
    nameOf(issuer),
    sequence(timeOf(from), timeOf(until)),
    nameOf(subject),
    spki,
    tagged(
      3,
      sequence(
        ...extensionsOf(usage),
        extension('2.5.29.14', octets(keyId)),
        extension('2.5.29.35', sequence(der(0x80, issuerKeyId))),
      ),
    ),
  );
}

/** Certificates and revocation lists have the same envelope. */
export function signed(body: Uint8Array, signature: Uint8Array): Uint8Array {
  return sequence(body, ECDSA_SHA256, bits(signature));
}

export interface Revoked {
  readonly serial: Uint8Array;
  /** Unix ms */
  readonly at: number;
}

export function revocationBody(issuer: Subject, from: number, until: number, revoked: readonly Revoked[]): Uint8Array {
  const entries = revoked.map(({ serial, at }) => sequence(unsigned(serial), timeOf(at)));
  return sequence(
    unsigned(Uint8Array.of(1)),
    ECDSA_SHA256,
    nameOf(issuer),
    timeOf(from),
    timeOf(until),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
  );
}

/** The serial number of a certificate. */
export function serialOf(certificate: Uint8Array): Uint8Array | undefined {
  const [whole] = readDer(certificate) ?? [];
  const [body] = membersOf(whole) ?? [];
  return membersOf(body)?.[1]?.content;
}

function extensionsOf(usage: Usage): Uint8Array[] {
  switch (usage.kind) {
    case 'authority':
      // keyCertSign and cRLSign: bits 5 and 6
      return [extension('2.5.29.19', sequence(yes()), true), extension('2.5.29.15', keyUsage(1, 0x06), true)];
    case 'client':
      return [...leaf(), extension('2.5.29.37', sequence(objectId('1.3.6.1.5.5.7.3.2')))];
    case 'server':
      return [
        ...leaf(),
        extension('2.5.29.37', sequence(objectId('1.3.6.1.5.5.7.3.1'))),
        extension('2.5.29.17', sequence(...usage.names.map(alternativeName))),
      ];
  }
}

/** No authority; digitalSignature: bit 0. */
function leaf(): Uint8Array[] {
  return [extension('2.5.29.19', sequence(), true), extension('2.5.29.15', keyUsage(7, 0x80), true)];
}

const keyUsage = (unused: number, flags: number): Uint8Array => der(0x03, Uint8Array.of(unused, flags));

function extension(id: string, value: Uint8Array, isCritical = false): Uint8Array {
  return sequence(objectId(id), ...(isCritical ? [yes()] : []), octets(value));
}

/** [7] an IPv4 address, [2] a DNS name. */
function alternativeName(name: string): Uint8Array {
  const address = name.split('.').map(Number);
  const isAddress = address.length === 4 && address.every((byte) => byte >= 0 && byte <= 255);
  return isAddress ? der(0x87, Uint8Array.from(address)) : der(0x82, encodeUtf8(name));
}

function timeOf(ms: number): Uint8Array {
  return time(`${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`);
}
