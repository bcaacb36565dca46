import { createPublicKey, generateKeyPairSync, hash, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { readCsr } from '../../protocols/enrolment/csr.ts';
import type { Subject } from '../../protocols/enrolment/names.ts';
import { certificateBody, type Revoked, revocationBody, serialOf, signed, type Usage } from './certificate.ts';

const DAY_MS = 86_400_000;
/** Clocks of tills are wrong: a certificate that is valid only from now on is refused by half of them. */
const BACKDATED_MS = 3_600_000;

/** A certificate and the key to it, as PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

export interface Life {
  /** Unix ms */
  readonly from?: number;
  readonly until?: number;
}

/**
 * The certificate authority of one simulated acquirer: its own root, servers, clients from their signing requests, and what
 * it has revoked. ECDSA on P-256, as small as certificates get.
 */
export class CertificateAuthority {
  /** the root as PEM: what tills pin */
  readonly certificate: string;
  /** the new revocation list, for who has to keep it */
  onRevoked: (crl: string) => void = () => undefined;
  readonly #now: () => number;
  readonly #name: Subject;
  readonly #key: KeyObject;
  readonly #revoked: Revoked[] = [];

  constructor(now: () => number, name = 'Simulated acquirer CA') {
    this.#now = now;
    this.#name = { commonName: name };
    const { publicKey, privateKey } = newKeyPair();
    this.#key = privateKey;
    this.certificate = this.#issue(this.#name, spkiOf(publicKey), { kind: 'authority' }, { until: this.#in(3_650) });
  }

  /** The broker's or the enrolment service's own. */
  server(names: readonly string[], life: Life = {}): Identity {
    return this.#identity({ commonName: names[0] ?? 'server' }, { kind: 'server', names }, life);
  }

  /** For a client that has no till to make its own key: the backend. */
  client(subject: Subject, life: Life = {}): Identity {
    return this.#identity(subject, { kind: 'client' }, life);
  }

  /**
   * A certificate for the key that signed the request, under the name that was agreed on: what the request calls itself
   * must be the same. `undefined`: the request is not well-formed, not signed by its own key, or names somebody else.
   */
  certify(request: Uint8Array, subject: Subject, life: Life = {}): string | undefined {
    const read = readCsr(request);
    if (!read || !isSame(read.subject, subject)) return undefined;
    const key = createPublicKey({ key: Buffer.from(read.spki), format: 'der', type: 'spki' });
    if (!verify('sha256', read.body, key, read.signature)) return undefined;
    return this.#issue(subject, read.spki, { kind: 'client' }, life);
  }

  revoke(certificate: string): void {
    const serial = serialOf(bytesOf(certificate));
    if (!serial) return;
    this.#revoked.push({ serial, at: this.#now() });
    this.onRevoked(this.revocations());
  }

  /** The revocation list as PEM, for the broker. */
  revocations(): string {
    const body = revocationBody(this.#name, this.#now() - BACKDATED_MS, this.#in(30), this.#revoked);
    return pem('X509 CRL', signed(body, sign('sha256', body, this.#key)));
  }

  #identity(subject: Subject, usage: Usage, life: Life): Identity {
    const { publicKey, privateKey } = newKeyPair();
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    return { certificate: this.#issue(subject, spkiOf(publicKey), usage, life), key };
  }

  #issue(subject: Subject, spki: Uint8Array, usage: Usage, life: Life): string {
    const { from = this.#now() - BACKDATED_MS, until = this.#in(365) } = life;
    const serial = randomBytes(16);
    const keys = { keyId: keyIdOf(spki), issuerKeyId: keyIdOf(spkiOf(createPublicKey(this.#key))) };
    const body = certificateBody({ serial, issuer: this.#name, subject, spki, ...keys, from, until, usage });
    return pem('CERTIFICATE', signed(body, sign('sha256', body, this.#key)));
  }

  #in(days: number): number {
    return this.#now() + days * DAY_MS;
  }
}

function newKeyPair() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function spkiOf(key: KeyObject): Uint8Array {
  return key.export({ format: 'der', type: 'spki' });
}

/** RFC 7093 section 2, method 1: 160 bits of SHA-256. */
function keyIdOf(spki: Uint8Array): Uint8Array {
  return hash('sha256', spki, 'buffer').subarray(0, 20);
}

function isSame(a: Subject, b: Subject): boolean {
  return a.commonName === b.commonName && a.organisation === b.organisation && a.unit === b.unit;
}

export function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text.replaceAll(/-----[^-]+-----/g, ''), 'base64');
}
