import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import {
  CertificateRequest,
  type EnrolmentRefusal,
  RenewalRequest,
  type Site,
  SiteRequest,
} from '../../protocols/backend/enrolment.ts';
import type { Subject } from '../../protocols/enrolment/names.ts';
import type { CertificateAuthority, Life } from './certificate-authority.ts';
import { EnrolmentCodes } from './codes.ts';

const MOST_BYTES = 16_384;
/** Wrong codes before everybody waits: 2^40 codes, so a guesser needs longer than any code lives. */
const WRONG_CODES = 20;

interface Live {
  readonly subject: Subject;
  readonly certificates: string[];
}

type Answer = { readonly status: number; readonly body: object };

/** The backend's side of enrolment: codes, certificates, renewals. HTTPS on loopback, with a certificate of its own CA. */
export class EnrolmentService {
  readonly codes: EnrolmentCodes;
  readonly ca: CertificateAuthority;
  url = '';
  /** of certificates that are given out from now on */
  life: Life = {};
  /** who confirmed rate and settlement, as the tills said */
  readonly confirmations: string[] = [];
  /** certificates that are good, by agent */
  readonly #live = new Map<string, Live>();
  #wrong = 0;
  #close: () => Promise<void> = () => Promise.resolve();

  private constructor(ca: CertificateAuthority, now: () => number) {
    this.ca = ca;
    this.codes = new EnrolmentCodes(now);
  }

  static async open(ca: CertificateAuthority, now: () => number): Promise<EnrolmentService> {
    const service = new EnrolmentService(ca, now);
    const { certificate, key } = ca.server(['127.0.0.1', 'localhost']);
    // a till that joins has no certificate yet; one that renews shows its own
    const options = { cert: certificate, key, ca: ca.certificate, requestCert: true, rejectUnauthorized: false };
    const server = createServer({ ...options, minVersion: 'TLSv1.2' }, (request, response) => {
      void service.#serve(request).then(({ status, body }) => answer(response, status, body));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    service.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    service.#close = async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    };
    return service;
  }

  /** What is printed and shown: address, code and fingerprint in one line, as `tillwire provision --code` takes it. */
  invitation(code: string): string {
    const print = new X509Certificate(this.ca.certificate).fingerprint256.replaceAll(':', '').toLowerCase();
    return `${this.url}/${code}#${print}`;
  }

  /** The till is out of use: its certificates are no longer good. */
  revoke(agent: string): void {
    for (const certificate of this.#live.get(agent)?.certificates ?? []) this.ca.revoke(certificate);
    this.#live.delete(agent);
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #serve(request: IncomingMessage): Promise<Answer> {
    if (request.url === '/enrol/v1/ca') return yes({ ca: this.ca.certificate });
    const body = await bodyOf(request);
    switch (request.url) {
      case '/enrol/v1/site':
        return this.#site(body);
      case '/enrol/v1/certificate':
        return this.#certificate(body);
      case '/enrol/v1/renewal':
        return this.#renewal(body, request.socket as TLSSocket);
      default:
        return { status: 404, body: {} };
    }
  }

  #site(body: unknown): Answer {
    const parsed = SiteRequest.safeParse(body);
    if (!parsed.success) return no('REQUEST_INVALID');
    const site = this.#lookUp(parsed.data.code);
    return typeof site === 'string' ? no(site) : yes({ site });
  }

  #certificate(body: unknown): Answer {
    const parsed = CertificateRequest.safeParse(body);
    if (!parsed.success) return no('REQUEST_INVALID');
    const { code, csr, move, confirmedBy } = parsed.data;
    const site = this.#lookUp(code);
    if (typeof site === 'string') return no(site);
    if (this.codes.isUsedUp(code)) return no('CODE_USED_UP');
    const { agent } = site.address;
    if (this.#live.has(agent) && move !== true) return no('ALREADY_ENROLLED');
    const certificate = this.ca.certify(Buffer.from(csr, 'base64'), subjectOf(site), this.life);
    if (certificate === undefined) return no('CERTIFICATE_REFUSED');
    this.codes.use(code);
    this.revoke(agent);
    this.#live.set(agent, { subject: subjectOf(site), certificates: [certificate] });
    if (confirmedBy !== undefined) this.confirmations.push(confirmedBy);
    return yes({ certificate });
  }

  /** The name stays; only the key is new. The old one stays good until it ends: the till may need it once more. */
  #renewal(body: unknown, socket: TLSSocket): Answer {
    const parsed = RenewalRequest.safeParse(body);
    const serial = socket.authorized ? socket.getPeerX509Certificate()?.serialNumber : undefined;
    const live = [...this.#live.values()].find(({ certificates }) =>
      certificates.some((one) => new X509Certificate(one).serialNumber === serial),
    );
    if (!parsed.success || !live) return no('CERTIFICATE_REFUSED');
    const certificate = this.ca.certify(Buffer.from(parsed.data.csr, 'base64'), live.subject, this.life);
    if (certificate === undefined) return no('CERTIFICATE_REFUSED');
    live.certificates.push(certificate);
    return yes({ certificate });
  }

  #lookUp(code: string): Site | EnrolmentRefusal {
    if (this.#wrong >= WRONG_CODES) return 'TOO_MANY_REQUESTS';
    const site = this.codes.look(code);
    if (typeof site === 'string') this.#wrong += 1;
    return site;
  }
}

function subjectOf({ address: { tenant, store, agent } }: Site): Subject {
  return { commonName: agent, organisation: tenant, unit: store };
}

const yes = (body: object): Answer => ({ status: 200, body: { v: 1, ...body } });
const no = (refused: EnrolmentRefusal): Answer => ({ status: 403, body: { v: 1, refused } });

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) {
    parts.push(part);
    if (parts.reduce((sum, { length }) => sum + length, 0) > MOST_BYTES) return undefined;
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return undefined;
  }
}
