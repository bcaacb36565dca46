import { z } from 'zod';
import { TERMINAL_INFO_NAMES } from '../terminal/terminal-info.ts';
import { channel, fen, text, version } from './fields.ts';
import { TOPIC_LEVEL } from './topics.ts';

// How a till joins: HTTPS calls of `tillwire provision` and of an agent that renews its certificate. Short-lived code in, site and
// certificate out; afterwards everything goes over MQTT. Calls are POST with JSON below /enrol/v1.

/** Eight characters without I, L, O and U, in two groups. */
export const ENROLMENT_CODE = /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/;
const code = z.string().regex(ENROLMENT_CODE);
const level = z.string().regex(TOPIC_LEVEL);
const pem = z.string().max(16_384).startsWith('-----BEGIN ');

/**
 * What the acquirer registered: the fields of terminal_info (payment.md 4.3) with the declared place, and what the merchant
 * agreed to. Names and accounts are masked before they leave the backend. No key: the one for `secret_text` lives in the
 * certified terminal.
 */
export const Registration = z.strictObject({
  acquirer: text(40).min(1),
  /** make and model of the terminal */
  model: text(64).min(1),
  deviceType: z.string().regex(/^\d{2}$/),
  deviceId: text(8).min(1),
  serialNum: text(50).optional(),
  networkLicense: text(5).optional(),
  /** `+30.274085/+120.15507`, as registered; changed by registering again, never typed here */
  location: text(32).optional(),
  countryNo: text(2).optional(),
  areaNo: text(6).optional(),
  /** the place in words */
  place: text(100).optional(),
  /** 张* */
  legalName: text(40).optional(),
  /** 6222************1234 */
  settlementAccount: text(32).optional(),
  /** per cent, as agreed: 0.38 */
  ratePercent: z.string().regex(/^\d{1,2}(\.\d{1,4})?$/),
  /**
   * which fields of terminal_info a channel's acquirer does not do without, beside those of the device type; a channel that is not
   * named wants no more. Absent: every channel wants `secret_text` of a terminal that has a serial number
   */
  requires: z.partialRecord(channel, z.array(z.enum(TERMINAL_INFO_NAMES)).max(16)).optional(),
  /** working days until the money is on the account */
  settlementDays: z.int().min(0).max(90),
});
export type Registration = z.infer<typeof Registration>;

export const Site = z.strictObject({
  v: version,
  address: z.strictObject({ tenant: level, store: level, agent: level }),
  merchant: z.strictObject({
    name: text(40).min(1),
    merchantNo: text(15).min(1),
    terminalNo: text(8).min(1),
    operatorNo: text(8).optional(),
    servicePhone: text(20).optional(),
  }),
  registration: Registration,
  brokerUrl: z.url({ protocol: /^mqtts$/ }),
  commandKeys: z.array(z.strictObject({ kid: text(64).min(1), publicKey: text(44).min(44) })).max(4),
  limits: z.strictObject({ maxFen: fen.optional() }).optional(),
});
export type Site = z.infer<typeof Site>;

export const SiteRequest = z.strictObject({ v: version, code });

export const CertificateRequest = z.strictObject({
  v: version,
  code,
  /** PKCS #10, DER as base64 */
  csr: z.base64().max(4_096),
  /** the till comes from another PC: certificates given out before are revoked */
  move: z.boolean().optional(),
  /** who has confirmed rate and settlement, for the backend's own record */
  confirmedBy: text(24).optional(),
});

/** From the till that holds the certificate, over a connection that shows it. */
export const RenewalRequest = z.strictObject({ v: version, csr: z.base64().max(4_096) });

export const CertificateAnswer = z.strictObject({ v: version, certificate: pem });

const ENROLMENT_REFUSALS = [
  'CODE_UNKNOWN',
  'CODE_EXPIRED',
  'CODE_USED_UP',
  /** this agent has a certificate already: it moves (`--move`), or something is wrong */
  'ALREADY_ENROLLED',
  'REQUEST_INVALID',
  'CERTIFICATE_REFUSED',
  'TOO_MANY_REQUESTS',
] as const;
export type EnrolmentRefusal = (typeof ENROLMENT_REFUSALS)[number];
export const RefusalAnswer = z.strictObject({ v: version, refused: z.enum(ENROLMENT_REFUSALS) });

/** The authority's certificate, for who knows its fingerprint. */
export const AuthorityAnswer = z.strictObject({ v: version, ca: pem });
