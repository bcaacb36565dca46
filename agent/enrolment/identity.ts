import { createPrivateKey, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { csrBody, csrOf } from '../../protocols/enrolment/csr.ts';
import type { Subject } from '../../protocols/enrolment/names.ts';

// The till's key, and the certificate that says whose it is, in one PEM file: they change together or not at all.

/** A key that was made here, and the request for its certificate. The key never leaves the till. */
export interface NewKey {
  /** PKCS #8, PEM */
  readonly key: string;
  /** PKCS #10, DER */
  readonly csr: Uint8Array;
}

export function newKey(subject: Subject): NewKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = csrBody(subject, publicKey.export({ format: 'der', type: 'spki' }));
  const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { key, csr: csrOf(body, sign('sha256', body, privateKey)) };
}

export interface Identity {
  /** key and certificate */
  readonly pem: string;
  readonly agent: string;
  /** Unix ms */
  readonly from: number;
  readonly until: number;
}

/** The identity in a file; `undefined`: there is none, or its parts do not belong together. */
export function readIdentity(file: string): Identity | undefined {
  try {
    return identityOf(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Key and certificate as one; throws when they do not belong together. */
export function identityOf(pem: string): Identity {
  const certificate = new X509Certificate(pem);
  if (!certificate.checkPrivateKey(createPrivateKey(pem))) throw new Error('the certificate is not of this key');
  const agent = /^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? '';
  return { pem, agent, from: Date.parse(certificate.validFrom), until: Date.parse(certificate.validTo) };
}

/** What the broker is shown when it refuses the newer one. */
export const olderOf = (file: string): string => file.replace(/(\.pem)?$/, '.old.pem');

/** Puts an identity in place, readable by its owner alone. `before`, one that works, is kept beside it until the new one does. */
export function writeIdentity(file: string, pem: string, before: Identity | undefined = readIdentity(file)): void {
  identityOf(pem);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (before) replace(olderOf(file), before.pem);
  replace(file, pem);
}

/** The whole file or the one before it, across a power cut. */
export function replace(file: string, text: string): void {
  const beside = `${file}.new`;
  writeFileSync(beside, '', { mode: 0o600 });
  const fd = openSync(beside, 'w', 0o600);
  writeSync(fd, text);
  fsyncSync(fd);
  closeSync(fd);
  renameSync(beside, file);
}
