import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { explain } from '../errors.ts';
import type { Log } from '../log.ts';
import { EnrolmentClient } from './enrolment-client.ts';
import { type Identity, identityOf, newKey, readIdentity, writeIdentity } from './identity.ts';

/** How often the certificate's end is looked at; also the pause after a renewal that failed. */
const EVERY_MS = 6 * 3_600_000;
/** A third of its life is left: weeks, for a certificate of a year, in which it can be tried again. */
const RENEW_AT = 1 / 3;
/** Nobody mends it by waiting any more. */
const URGENT_MS = 7 * 86_400_000;

export interface RenewalParts {
  readonly config: Pick<Config, 'address' | 'broker' | 'enrolment'>;
  readonly clock: Clock;
  readonly log: Log;
  /** backend time, Unix ms: a PC's own clock may be years off */
  readonly backendNow: () => number;
}

/**
 * Renews the till's certificate before it ends: a new key, made here, and a request over a connection that shows the old
 * certificate. The new one counts from the next connection on; the old one is kept until the new one has worked.
 */
export class CertificateRenewal {
  readonly #parts: RenewalParts;
  #cancel: (() => void) | undefined;

  constructor(parts: RenewalParts) {
    this.#parts = parts;
  }

  /** Resolves when the first look is over; later ones come by themselves. */
  async start(): Promise<void> {
    this.#cancel = this.#parts.clock.after(EVERY_MS, () => void this.start());
    const { config, log, backendNow } = this.#parts;
    const { certFile, keyFile } = config.broker;
    if (!config.enrolment || certFile === undefined || certFile !== keyFile) return;
    const identity = readIdentity(certFile);
    if (!identity || backendNow() < renewalTime(identity)) return;
    try {
      const until = await this.#renew(certFile, identity);
      log.info({ until: new Date(until).toISOString() }, 'the certificate was renewed');
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      const level = identity.until - backendNow() < URGENT_MS ? 'error' : 'warn';
      log[level]({ code: 'CERTIFICATE_ENDS', until: identity.until }, explain('CERTIFICATE_ENDS', detail));
    }
  }

  stop(): void {
    this.#cancel?.();
  }

  async #renew(file: string, identity: Identity): Promise<number> {
    const { address, enrolment } = this.#parts.config;
    const ca = enrolment?.caFile === undefined ? undefined : readFileSync(enrolment.caFile, 'utf8');
    const client = new EnrolmentClient(enrolment?.url ?? '', ca, identity.pem);
    const { key, csr } = newKey({ commonName: address.agent, organisation: address.tenant, unit: address.store });
    const certificate = await client.renewal(csr);
    if (ca !== undefined && !new X509Certificate(certificate).verify(new X509Certificate(ca).publicKey))
      throw new Error('the new certificate is not signed by the pinned authority');
    const renewed = identityOf(key + certificate);
    if (renewed.agent !== identity.agent) throw new Error(`the new certificate names ${renewed.agent}`);
    writeIdentity(file, renewed.pem);
    return renewed.until;
  }
}

export function renewalTime({ from, until }: Pick<Identity, 'from' | 'until'>): number {
  return until - (until - from) * RENEW_AT;
}
