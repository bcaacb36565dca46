import { X509Certificate } from 'node:crypto';
import { type RequestOptions, request } from 'node:https';
import type { z } from 'zod';
import {
  AuthorityAnswer,
  CertificateAnswer,
  ENROLMENT_CODE,
  type EnrolmentRefusal,
  RefusalAnswer,
  Site,
} from '../../protocols/backend/enrolment.ts';

/** How long one call may take, ms. */
const DEADLINE_MS = 10_000;
const MOST_BYTES = 65_536;

/** Where a till joins, and how its service is recognised. */
export interface Invitation {
  readonly url: string;
  readonly code: string;
  /** SHA-256 of the authority's certificate, hex */
  readonly pin?: string;
}

/** The service said no, or could not be believed or reached. */
export class EnrolmentFailed extends Error {
  readonly refused: EnrolmentRefusal | undefined;

  constructor(detail: string, refused?: EnrolmentRefusal) {
    super(detail);
    this.refused = refused;
  }
}

/** `https://host:port/K7QF-3MPD#<fingerprint>`, as it is printed and as its QR code says; or a bare code with its service. */
export function readInvitation(text: string, url?: string, pin?: string): Invitation | undefined {
  if (URL.canParse(text)) {
    const { protocol, origin, pathname, hash } = new URL(text);
    const code = pathname.slice(1).toUpperCase();
    const print = hash.slice(1).toLowerCase();
    if (protocol !== 'https:' || !ENROLMENT_CODE.test(code)) return undefined;
    return { url: origin, code, ...(/^[0-9a-f]{64}$/.test(print) ? { pin: print } : {}) };
  }
  const letters = text.toUpperCase().replaceAll(/[^0-9A-Z]/g, '');
  const code = `${letters.slice(0, 4)}-${letters.slice(4)}`;
  if (url === undefined || !ENROLMENT_CODE.test(code)) return undefined;
  return { url, code, ...(pin === undefined ? {} : { pin: pin.replaceAll(':', '').toLowerCase() }) };
}

/**
 * The service's CA, believed because its fingerprint was printed on the paper that the technician holds. What is fetched over
 * a connection that nobody vouches for is worth nothing but this.
 */
export async function pinnedAuthority({ url, pin }: Invitation): Promise<string | undefined> {
  if (pin === undefined) return undefined;
  const { ca } = await call(`${url}/enrol/v1/ca`, undefined, AuthorityAnswer, { rejectUnauthorized: false });
  const print = new X509Certificate(ca).fingerprint256.replaceAll(':', '').toLowerCase();
  if (print !== pin)
    throw new EnrolmentFailed(`${url} is not the service that was meant: its CA has another fingerprint`);
  return ca;
}

/** Calls of one service. `ca`: its authority; absent: those of the system. */
export class EnrolmentClient {
  readonly #url: string;
  readonly #tls: RequestOptions;

  /** `identity`: PEM of key and certificate, for a renewal */
  constructor(url: string, ca: string | undefined, identity?: string) {
    this.#url = url;
    this.#tls = {
      minVersion: 'TLSv1.2',
      ...(ca === undefined ? {} : { ca }),
      ...(identity === undefined ? {} : { cert: identity, key: identity }),
    };
  }

  async site(code: string): Promise<Site> {
    const answer = SiteAnswer;
    return (await call(`${this.#url}/enrol/v1/site`, { v: 1, code }, answer, this.#tls)).site;
  }

  certificate(code: string, csr: Uint8Array, more: { move?: boolean; confirmedBy?: string }): Promise<string> {
    return this.#certificate('certificate', { v: 1, code, csr: Buffer.from(csr).toString('base64'), ...more });
  }

  renewal(csr: Uint8Array): Promise<string> {
    return this.#certificate('renewal', { v: 1, csr: Buffer.from(csr).toString('base64') });
  }

  async #certificate(path: string, body: object): Promise<string> {
    return (await call(`${this.#url}/enrol/v1/${path}`, body, CertificateAnswer, this.#tls)).certificate;
  }
}

const SiteAnswer = AuthorityAnswer.omit({ ca: true }).extend({ site: Site });

async function call<T>(url: string, body: object | undefined, schema: z.ZodType<T>, tls: RequestOptions): Promise<T> {
  const text = await exchange(url, body === undefined ? undefined : JSON.stringify(body), tls);
  const json = jsonOf(text);
  const refusal = RefusalAnswer.safeParse(json);
  if (refusal.success) throw new EnrolmentFailed(refusal.data.refused, refusal.data.refused);
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new EnrolmentFailed(`${url} answers what is not of the contract`);
  return parsed.data;
}

function exchange(url: string, body: string | undefined, tls: RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(new EnrolmentFailed(`${url}: ${error.message}`));
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const options = { method: body === undefined ? 'GET' : 'POST', headers, agent: false, ...tls };
    const asking = request(url, { ...options, timeout: DEADLINE_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length > MOST_BYTES) asking.destroy(new Error('the answer is too long'));
      });
      response.on('end', () => resolve(text)).on('error', failed);
    });
    asking.on('timeout', () => asking.destroy(new Error('no answer in time'))).on('error', failed);
    asking.end(body);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
