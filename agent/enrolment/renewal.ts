import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { BrokerProbe } from '../backend/broker-probe.ts';
import type { BrokerServer } from '../backend/broker-socket.ts';
import { serversOf } from '../backend/servers.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { explain } from '../errors.ts';
import type { Log } from '../log.ts';
import { EnrolmentClient } from './enrolment-client.ts';
import { type Identity, identityOf, newKey, olderOf, readIdentity, writeIdentity } from './identity.ts';

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
  /** why the broker does not let the till in with this identity, tried beside the till's own session */
  readonly tryOut: (server: BrokerServer) => Promise<BrokerProbe['problem']>;
}

/**
 * Renews the till's certificate before it ends: a new key, made here, and a request over a connection that shows the old
 * certificate. The new one is shown to the broker at once, while the old one still has weeks: one that the broker does not take
 * is said, and asked for again with the old one, which the till works with until then.
 */
export class CertificateRenewal {
  readonly #parts: RenewalParts;
  #cancel: (() => void) | undefined;
  #refused: string | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: RenewalParts) {
    this.#parts = parts;
  }

  /** The broker does not take the newest certificate. */
  get isRefused(): boolean {
    return this.#refused !== undefined;
  }

  /** Resolves when the first look is over, whatever came of it; later ones come by themselves. */
  start(): Promise<void> {
    this.#cancel = this.#parts.clock.after(EVERY_MS, () => void this.start());
    return this.#inTurn((file) => this.#renewInTime(file));
  }

  /** A session stands: with the older identity, should that one still be there. */
  sessionUp(): Promise<void> {
    return this.#inTurn((file) => this.#prove(file));
  }

  stop(): void {
    this.#cancel?.();
  }

  #inTurn(work: (file: string) => Promise<void>): Promise<void> {
    const { broker, enrolment } = this.#parts.config;
    const { certFile, keyFile } = broker;
    if (!enrolment || certFile === undefined || certFile !== keyFile) return Promise.resolve();
    // a file that cannot be read or removed ends this look, not the till and not the next look
    this.#looking = this.#looking
      .then(() => work(certFile))
      .catch((error: unknown) => {
        const detail = error instanceof Error ? error.message : String(error);
        this.#parts.log.warn({ code: 'CERTIFICATE_ENDS' }, explain('CERTIFICATE_ENDS', detail));
      });
    return this.#looking;
  }

  async #renewInTime(file: string): Promise<void> {
    const { log, backendNow } = this.#parts;
    const works = this.isRefused ? readIdentity(olderOf(file)) : undefined;
    const identity = works ?? readIdentity(file);
    if (!identity || backendNow() < renewalTime(identity)) return;
    try {
      const until = await this.#renew(file, identity);
      log.info({ until: new Date(until).toISOString() }, 'the certificate was renewed');
      await this.#prove(file);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      const level = identity.until - backendNow() < URGENT_MS ? 'error' : 'warn';
      log[level]({ code: 'CERTIFICATE_ENDS', until: identity.until }, explain('CERTIFICATE_ENDS', detail));
    }
  }

  async #prove(file: string): Promise<void> {
    const { config, log, tryOut } = this.#parts;
    if (!existsSync(olderOf(file))) {
      this.#refused = undefined;
      return;
    }
    const [newest] = serversOf(config.broker);
    const problem = await tryOut(newest);
    if (!problem) {
      this.#refused = undefined;
      newest.worked?.();
      log.info({}, 'the broker takes the new certificate');
    } else if (problem.code === 'BROKER_REFUSED' && problem.detail !== this.#refused) {
      this.#refused = problem.detail;
      const until = readIdentity(olderOf(file))?.until;
      log.error({ code: 'CERTIFICATE_REFUSED', until }, explain('CERTIFICATE_REFUSED', problem.detail));
    }
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
    writeIdentity(file, renewed.pem, identity);
    return renewed.until;
  }
}

export function renewalTime({ from, until }: Pick<Identity, 'from' | 'until'>): number {
  return until - (until - from) * RENEW_AT;
}
